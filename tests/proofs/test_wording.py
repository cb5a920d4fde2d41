"""Messages and sheets count in words a person would use."""

from __future__ import annotations

from proofs.wording import counted, each_of


def test_one_thing_is_not_many() -> None:
    assert [counted(number, "proof") for number in (0, 1, 2)] == ["0 proofs", "1 proof", "2 proofs"]
    assert [counted(number, "batch", "batches") for number in (1, 12)] == ["1 batch", "12 batches"]
    assert [each_of(number, "input") for number in (1, 2)] == ["the one input", "each of the 2 inputs"]
