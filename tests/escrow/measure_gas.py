"""Gas of every on-chain step with the golden circuits' real proofs; ``python tests/escrow/measure_gas.py`` updates it.

The forge snapshots in ``contracts/snapshots`` price the contracts with a stand-in verifier; these are the full prices.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from golden_job import BINDINGS, DAY_S, load_golden
from golden_stage import Stage, prepare

from escrow.anvil import Anvil
from escrow.dev_clock import advance_time, restore, snapshot
from escrow.solc import compile_verifier

SNAPSHOT = Path(__file__).resolve().parent / "golden" / "gas.json"
TOLERANCE = 0.02
"""A change of more than this part of a figure is one to look at and commit."""

SET_UP = ("verifier.deploy", "adapter.deploy", "accuracy.deploy", "registry.deploy", "registry.register")

Figures = dict[str, int]


def measure(stage: Stage) -> Figures:
    """Gas used by each step of the stage's golden job, which leaves no trace."""
    by_step = stage.chain.ledger.by_step()
    figures = {step: by_step[step][-1] for step in SET_UP}
    return {**figures, **_proven(stage), **_aborted(stage), **_expired(stage), **_rejected(stage)}


def measure_on_a_fresh_chain(binding: str) -> Figures:
    """``measure`` on an anvil of its own."""
    golden = load_golden(binding)
    with Anvil() as anvil:
        return measure(prepare(anvil.url, golden, compile_verifier(golden.source)))


def differences(committed: dict[str, Figures], measured: dict[str, Figures]) -> list[str]:
    """Figures that are missing, new, or more than ``TOLERANCE`` away from the committed ones."""
    wrong = []
    for binding in sorted({*committed, *measured}):
        before, now = committed.get(binding, {}), measured.get(binding, {})
        for step in sorted({*before, *now}):
            old, new = before.get(step), now.get(step)
            if old is None or new is None or abs(new - old) > TOLERANCE * old:
                wrong.append(f"{binding}, {step}: {old} committed, {new} measured")
    return wrong


def load_snapshot() -> dict[str, Figures]:
    """The committed figures by binding and step."""
    stored: dict[str, Figures] = json.loads(SNAPSHOT.read_text())
    return stored


def _proven(stage: Stage) -> Figures:
    """From opening to completion and withdrawals, all batches submitted."""
    start, entered = snapshot(stage.chain), len(stage.chain.ledger.entries)
    job_id, terms = _handed_over(stage), stage.terms()
    stage.escrow.proceed(stage.seller, job_id)
    figures = {line.step: line.gas_used for line in stage.chain.ledger.entries[entered:]}
    places = ["first", *["next"] * (terms.batches - 2), "completing"]
    for index, place in enumerate(places):
        figures[f"accuracy.submitBatch, {place}"] = stage.submit(job_id, index)
    figures["accuracy.withdraw"] = stage.escrow.withdraw(stage.seller).gas_used
    figures["accuracy.withdrawFor"] = stage.escrow.withdraw_for(stage.stranger, terms.buyer).gas_used
    restore(stage.chain, start)
    return figures


def _handed_over(stage: Stage) -> bytes:
    terms = stage.terms()
    job_id, _ = stage.escrow.open(stage.buyer, terms)
    stage.escrow.accept(stage.seller, terms, b"\x05" * 32)
    stage.escrow.hand_over(stage.buyer, job_id, b"\x06" * 32)
    return job_id


def _aborted(stage: Stage) -> Figures:
    start = snapshot(stage.chain)
    gas = stage.escrow.abort(stage.seller, _handed_over(stage)).gas_used
    restore(stage.chain, start)
    return {"accuracy.abort": gas}


def _expired(stage: Stage) -> Figures:
    """``finalise`` from each state that expires neutrally."""
    figures = {}
    for steps, state in enumerate(("Open", "Accepted", "HandedOver"), start=1):
        start, terms = snapshot(stage.chain), stage.terms()
        job_id, _ = stage.escrow.open(stage.buyer, terms)
        if steps > 1:
            stage.escrow.accept(stage.seller, terms, b"\x05" * 32)
        if steps > 2:
            stage.escrow.hand_over(stage.buyer, job_id, b"\x06" * 32)
        figures[f"accuracy.finalise, from {state}"] = _finalised(stage, job_id)
        restore(stage.chain, start)
    return figures


def _rejected(stage: Stage) -> Figures:
    """``finalise`` after one batch proven and no more."""
    start = snapshot(stage.chain)
    job_id, _ = stage.proving_job()
    stage.submit(job_id, 0)
    gas = _finalised(stage, job_id)
    restore(stage.chain, start)
    return {"accuracy.finalise, from Proving": gas}


def _finalised(stage: Stage, job_id: bytes) -> int:
    advance_time(stage.chain, DAY_S)
    return stage.escrow.finalise(stage.stranger, job_id).gas_used


if __name__ == "__main__":
    SNAPSHOT.write_text(
        json.dumps({binding: measure_on_a_fresh_chain(binding) for binding in BINDINGS}, indent=1) + "\n"
    )
