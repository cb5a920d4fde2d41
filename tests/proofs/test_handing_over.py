"""A test set on its way to the seller, and the memory of what has been opened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.tiny_audit import SHAPE, TOTAL
from helpers.tiny_models import examples

from proofs.commitment.single_use import record_opened, require_unused
from proofs.commitment.test_set import TestSet, commit_test_set
from proofs.commitment.wire import decode_test_set, encode_test_set, encoded_bytes
from proofs.encoding import keccak256
from proofs.errors import InvalidInput, MalformedProof


def stand_in_hash(rows: np.ndarray) -> list[int]:
    return [int.from_bytes(keccak256(row.astype(">i8").tobytes())[:31], "big") for row in rows]


def some_set(seed: int = 1) -> TestSet:
    x, y = examples(TOTAL, seed=seed)
    return commit_test_set(x - 0.5, y, SHAPE, stand_in_hash)


def test_receiver_recomputes_the_root() -> None:
    sent = some_set()
    raw = encode_test_set(sent)
    assert len(raw) == encoded_bytes(SHAPE, TOTAL)
    received = decode_test_set(raw, SHAPE, TOTAL, stand_in_hash)
    assert received.commitment == sent.commitment
    assert (received.rows == sent.rows).all()


def test_any_other_bytes_give_another_root_or_are_malformed() -> None:
    sent = some_set()
    raw = encode_test_set(sent)
    for place in range(0, len(raw), 5):
        damaged = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        try:
            received = decode_test_set(damaged, SHAPE, TOTAL, stand_in_hash)
        except MalformedProof:
            continue
        assert received.commitment != sent.commitment


@pytest.mark.parametrize("change", [lambda r: r[:-1], lambda r: r + b"\0", lambda _: b"", lambda r: b"\x7f" + r[1:]])
def test_unusable_bytes(change) -> None:
    with pytest.raises(MalformedProof):
        decode_test_set(change(encode_test_set(some_set())), SHAPE, TOTAL, stand_in_hash)


def test_examples_are_used_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    first, fresh = some_set(1), some_set(2)
    require_unused(first)
    record_opened(first)
    record_opened(first)
    with pytest.raises(InvalidInput, match=r"6 examples \(first: 0\)"):
        require_unused(some_set(1))  # other salts, same examples
    require_unused(fresh)
    mixed = commit_test_set(np.concatenate([fresh.x[:4], first.x[:2]]), np.zeros(6, int), SHAPE, stand_in_hash)
    with pytest.raises(InvalidInput, match=r"2 examples \(first: 4\)"):
        require_unused(mixed)
    remembered = (tmp_path / "data" / "opened-examples" / "opened.txt").read_bytes()
    assert len(remembered.splitlines()) == 6
    assert not any(row.tobytes() in remembered for row in first.raw)
