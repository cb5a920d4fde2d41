"""The benchmark table as Markdown, and the page around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.demo import table as demo_table
from benchmarks.row import Row
from benchmarks.service import Load
from benchmarks.service import table as load_table

_HEAD = (
    "model, binding",
    "batch",
    "params",
    "MACs",
    "rows",
    "set-up s",
    "prove s",
    "verify s",
    "peak MB",
    "proof B",
    "gas",
    "bytecode B",
)


def table(rows: Sequence[Row]) -> str:
    """One Markdown table."""
    lines = ["| " + " | ".join(_HEAD) + " |", "|" + " --- |" * len(_HEAD)]
    for row in rows:
        cells = (
            row.name,
            row.batch,
            f"{row.parameters:,}",
            f"{row.macs:,}",
            f"2^{row.logrows}",
            f"{row.setup_s:.1f}",
            f"{row.prove_s:.1f}",
            f"{row.verify_s:.2f}",
            f"{row.peak_memory_mb:.0f}",
            row.proof_bytes,
            f"{row.verify_gas:,}",
            f"{row.bytecode:,}",
        )
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def document(record: dict[str, Any], demo: dict[str, Any], service: dict[str, Any]) -> str:
    """docs/benchmarks.md from the three measured records."""
    return _PAGE.format(
        date=record["date"],
        machine=record["machine"],
        table=table([Row(**fields) for fields in record["rows"]]),
        demo_date=demo["date"],
        demo_machine=demo["machine"],
        demo=demo_table(demo),
        service_date=service["date"],
        service_machine=service["machine"],
        service=load_table([Load(**fields) for fields in service["loads"]]),
    )


_PAGE = """# Benchmarks

`make bench` measures all of this again, with every circuit built anew; nothing here is an estimate.

## Proofs

Measured {date} on: {machine}.

{table}

- *Set-up* is compiling the circuit and deriving its keys, once per architecture, test-set format and reference string;
  the reference string itself (0.9 s for 2^12 rows, about 6 s for 2^15, doubling with each power) is not in it.
- *Prove* is the proof of one batch alone. Around it come the witness and a mock run that finds unsatisfiable inputs before
  the prover can hang on them (together about 1.4 s at 2^15), loading the key, and checking the finished proof.
- *Verify* is `assay verify` without start-up: Merkle path, commitment, instances, and ezkl's verifier in a child process.
- *Gas* is a transaction that verifies one batch through the adapter. `submitBatch` adds the Merkle path, the escrow's
  bookkeeping and, with the last batch, the settlement: about 0.07M to 0.17M.
- *Bytecode* is the generated verifier's; a chain stores at most 24,576 bytes. One transaction may use 16,777,216 gas.
- What bounds it: at 2^15 rows most of proving is multi-scalar multiplication and FFTs over columns of 2^15 scalars in
  ezkl's Rust code, on all cores. Rows are spent on hashing the examples (about 41 rows an element, 82 elements a digit)
  as much as on the network, so larger batches do not make an example cheaper once a power of two is full.

- *Inference* and *retrieval* use the accuracy circuit's commitment and its number of rows, so one batch of the same size
  takes about as long; committed with a batch of 1, an inference takes the time of the row above it.

## The demo

`make demo` after its set-up of packages, from an empty cache: {demo_date}, {demo_machine}.

{demo}

## The prediction service

The digits model over a loopback, the load's own work on the same two cores: {service_date}, {service_machine}.

{service}

What bounds it: one answer costs a Poseidon hash of 72 elements (72 permutations of 64 rounds), one signature, its share
of an fsync, and the HTTP around it; all but the fsync is processor time. Goal: 200 answers a second with p99 below 50 ms.

## Reading the figures

Weights are bound and hidden as the `binding` says ([halo2 backend](halo2-backend.md)); the reference string of the
measurements is insecure, as always on a test machine.
"""
