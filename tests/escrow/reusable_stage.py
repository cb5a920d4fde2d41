"""A chain on which the golden circuit stands behind the shared verifier, beside its own; and what both cost.

``python tests/escrow/reusable_stage.py`` writes golden/reusable/gas.json.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from golden_job import GoldenJob, golden_folder, load_golden
from golden_stage import Stage, prepare
from helpers.chains import put_back

from escrow.anvil import Anvil
from escrow.reusable import ReusableCircuit, reusable_on_chain
from escrow.solc import compile_verifier
from proofs.halo2.reusable import ReusableKey

FOLDER = golden_folder("reusable")
SNAPSHOT = FOLDER / "gas.json"


@dataclass(frozen=True)
class ReusableStage:
    """``own``: the circuit behind its own verifier. ``shared``: the same job behind the shared one."""

    own: Stage
    shared: Stage
    circuit: ReusableCircuit
    foreign: ReusableCircuit


def load_circuits(golden: GoldenJob) -> tuple[ReusableCircuit, ReusableCircuit]:
    """The golden circuit for the shared verifier, and another circuit's key in its place."""
    stored = json.loads((FOLDER / "key.json").read_text())
    source = (FOLDER / "Halo2VerifierReusable.sol").read_text()
    key = ReusableKey(bytes.fromhex(stored["words"]), stored["proof_bytes"], source)
    circuit = ReusableCircuit(compile_verifier(source), key, golden.binding, golden.points, golden.scale_bits)
    return circuit, replace(circuit, key=replace(key, words=bytes.fromhex(stored["foreign_words"])))


def prepare_reusable(url: str) -> ReusableStage:
    """Deploy everything on a fresh anvil."""
    golden = load_golden("reusable")
    own = prepare(url, golden, compile_verifier(golden.source))
    circuit, foreign = load_circuits(golden)
    deployment = reusable_on_chain(own.chain, own.seller, circuit)
    return ReusableStage(own, replace(own, circuit=deployment), circuit, foreign)


def measure(stage: ReusableStage) -> dict[str, int]:
    """Gas of deploying and of proving, and sizes of code, both ways; leaves no trace."""
    steps = stage.own.chain.ledger.by_step()
    own_adapter, shared_adapter = steps["adapter.deploy"][:2]
    figures = {
        "own: verifier.deploy": steps["verifier.deploy"][0],
        "own: adapter.deploy": own_adapter,
        "shared: verifier.deploy, once": steps["shared-verifier.deploy"][0],
        "shared: vka.deploy": steps["vka.deploy"][0],
        "shared: adapter.deploy, key registered": shared_adapter,
        "own: verifier bytes": len(stage.own.compiled.runtime),
        "shared: verifier bytes": len(stage.circuit.shared.runtime),
        "shared: vka bytes": len(stage.circuit.key.code),
    }
    for name, side in (("own", stage.own), ("shared", stage.shared)):
        with put_back(side.chain):
            job_id, _ = side.proving_job()
            figures[f"{name}: submitBatch, first"] = side.submit(job_id, 0)
            figures[f"{name}: submitBatch, next"] = side.submit(job_id, 1)
    return figures


def load_snapshot() -> dict[str, int]:
    """The committed figures."""
    stored: dict[str, int] = json.loads(SNAPSHOT.read_text())
    return stored


if __name__ == "__main__":
    with Anvil() as running:
        SNAPSHOT.write_text(json.dumps(measure(prepare_reusable(running.url)), indent=1) + "\n")
