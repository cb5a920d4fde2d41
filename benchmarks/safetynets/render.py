"""docs/safetynets-measured.md: the figures in words, tables and pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from benchmarks.safetynets.figures import Point
from benchmarks.safetynets.paper import PAPER_ERRORS

_POINT_HEAD = (
    "network",
    "batch",
    "primes",
    "challenges",
    "field s",
    "product s",
    "float32 s",
    "extra prove s",
    "extra / field",
    "extra / product",
    "client before s",
    "client after s",
    "field / client",
    "float32 / client",
    "bytes",
    "messages",
    "bits",
    "peak MB",
)

LIMITS = {
    "copy_gb_s": "copying memory, read and write counted, GB/s",
    "float64_mac_ns": "float64 matrix product, ns a multiplication",
    "float32_mac_ns": "float32 matrix product, ns a multiplication",
    "field_product_streamed_ns": "products of long arrays of field elements, ns each",
    "field_product_small_arrays_ns": "products of arrays of 2,048, the call included, ns each",
    "general_matmul_mac_ns": "matrix product of 61-bit numbers, ns a multiplication",
}


def page(record: dict[str, Any], points: Sequence[Point], errors: dict[str, Any]) -> str:
    """The whole page."""
    return _PAGE.format(
        date=record["date"],
        machine=record["machine"],
        errors=error_table(errors),
        points=point_table(points),
        growth=growth_table(points),
        limits=limit_table(record["limits"]),
    )


def point_table(points: Sequence[Point]) -> str:
    """Every measured point."""
    return _table(_POINT_HEAD, [_cells(point) for point in points])


def _cells(p: Point) -> tuple[object, ...]:
    client = p.prepare_s + p.online_s
    return (
        p.network,
        p.batch,
        p.primes,
        p.challenges,
        f"{p.field_s:.3f}",
        f"{p.run_s:.3f}",
        f"{p.float_s:.3f}",
        f"{p.prove_s:.3f}",
        f"{p.overhead:.1%}",
        f"{p.prove_s / p.run_s:.1%}",
        f"{p.prepare_s:.4f}",
        f"{p.online_s:.4f}",
        f"{p.client_gain:.0f}x",
        f"{p.float_s / client:.1f}x",
        f"{p.exchanged_bytes:,}",
        p.messages,
        f"{p.soundness_bits:.2f}",
        f"{p.peak_memory_mb:,.0f}",
    )


def growth_table(points: Sequence[Point]) -> str:
    """Exponents of growth with the batch, between the least and the largest measured."""
    rows = []
    for network in dict.fromkeys(point.network for point in points):
        mine = [p for p in points if p.network == network and p.challenges == "extension"]
        first, last = mine[0], mine[-1]
        steps = math.log(last.batch / first.batch)
        cells = [
            f"{math.log(after / before) / steps:.2f}"
            for before, after in (
                (first.prove_s, last.prove_s),
                (first.run_s, last.run_s),
                (first.field_s, last.field_s),
                (first.prepare_s + first.online_s, last.prepare_s + last.online_s),
            )
        ]
        rows.append((network, f"{first.batch} to {last.batch}", *cells))
    return _table(("network", "batch", "extra prove", "product", "field", "client"), rows)


def error_table(errors: dict[str, Any]) -> str:
    """Error rates beside the paper's."""
    rows = []
    for name, found in errors.items():
        whole = f"{found['error_integer']:.2%}" if "error_integer" in found else "-"
        paper = f"{PAPER_ERRORS[name]:.2%}" if name in PAPER_ERRORS else "-"
        rows.append((name, found.get("test_inputs", "-"), f"{found['error_float']:.2%}", whole, paper))
    return _table(("network", "test inputs", "float error", "integer error", "paper"), rows)


def limit_table(limits: dict[str, float]) -> str:
    """What the machine can do."""
    return _table(("limit", "measured"), [(LIMITS.get(name, name), f"{value:.3g}") for name, value in limits.items()])


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


_PAGE = """# SafetyNets, measured beside the paper

Written by `python -m benchmarks.safetynets --write` on {date}: {machine}. Everything in one run on one machine; each
point in a process of its own, seconds are the best of three runs after one that compiles and warms.

## Error rates

Training: [examples/safetynets](../examples/safetynets/README.md). The integer networks are what is proven; the test
sets are complete, and looked at once. The paper's speech task is TIMIT, which is licensed: ours is the digit of a whole
recording of the Free Spoken Digit Dataset, another and easier task, so its error stands beside nothing.

{errors}

## Prover, client, bytes

![seconds over the batch](figures/safetynets-seconds.svg)

![ratios over the batch, the paper's as dashed lines](figures/safetynets-ratios.svg)

* *field*: executing the network modulo every prime by general products of 61-bit numbers on all cores: what the paper
  measures overhead against, with a fast matrix product in its place.
* *product*: executing it as `assay prove` does: small integer weights, exact products in floating point where static
  bounds allow. The same residues come out; it is the honest thing to compare with where only time matters.
* *extra prove*: what the sum-checks add once the values are there.
* *client before / after*: the client's own work before the answer (challenges drawn, weights and inputs evaluated at
  them) and after it (the outputs' claim and the rounds' arithmetic).
* *bytes*: payload of all rounds both ways, inputs and outputs left out; a websocket's frames add 2 to 8 bytes to each.
* *challenges base*: challenges from the prime field itself, as in the paper; for comparison, no proof is made so.
* The paper: extra prover time 5%, client 8 to 82 times faster than executing, under 8 KB at a batch of 2,048, soundness
  error below 2^-30. FcNN-3-Quad's weights here are random and sparse, which no time depends on; the paper ran it over
  2^127 - 1, here it runs modulo two 61-bit primes, both branches proven.

{points}

## Growth with the batch

Exponents of time over batch: at most 1.0 is linear.

{growth}

## Limits of the machine

{limits}

The column rounds of a square take about 12 base-field products a value, in few passes over memory: rounds one and two
share a pass over the base values, and later ones bind variables on the fly. For CNN-2-Quad at a batch of 2,048,
23 million squares are 0.28 G products. A product takes 0.5 to 0.8 ns of one core in cache, so arithmetic sets a limit
of 0.07 to 0.11 s on two cores; reading the values once takes 0.02 s. The prover is at the limit of arithmetic.
"""
