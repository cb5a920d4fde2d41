"""What every step costs with real proofs, against the committed figures."""

from __future__ import annotations

from golden_stage import Stage
from measure_gas import SNAPSHOT, differences, load_snapshot, measure

from escrow.gas import MAX_TRANSACTION_GAS


def test_gas_is_as_committed(bound: Stage) -> None:
    binding = bound.golden.binding
    found = differences({binding: load_snapshot()[binding]}, {binding: measure(bound)})
    assert not found, f"{found}: if meant, run python tests/escrow/measure_gas.py and commit {SNAPSHOT}"


def test_every_step_fits_one_transaction() -> None:
    for figures in load_snapshot().values():
        assert max(figures.values()) < MAX_TRANSACTION_GAS
        assert figures["accuracy.submitBatch, first"] > 400_000  # a pairing check and its curve points, not a stand-in


def test_differences_are_noticed() -> None:
    committed = {"hashed": {"open": 1_000, "gone": 5}}
    assert differences(committed, {"hashed": {"open": 1_020, "gone": 5}}) == []
    assert differences(committed, {"hashed": {"open": 1_021, "gone": 5}}) == [
        "hashed, open: 1000 committed, 1021 measured"
    ]
    assert len(differences(committed, {"hashed": {"open": 979, "new": 5}})) == 3
    assert len(differences(committed, {})) == 2
