"""The container: exact layout, nothing missing, nothing after."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs import container
from proofs.container import pack, read_file, unpack
from proofs.errors import InvalidInput, MalformedProof, MissingArtifact

MAGIC = b"ASSAYTST"
SECTIONS = st.lists(st.tuples(st.binary(min_size=4, max_size=4), st.binary(max_size=40)), max_size=5)


@given(SECTIONS)
def test_round_trip_and_every_truncation(sections: list[tuple[bytes, bytes]]) -> None:
    raw = pack(MAGIC, 1, sections)
    assert unpack(raw, MAGIC, 1, "test file") == sections
    for length in range(len(raw)):
        with pytest.raises(MalformedProof):
            unpack(raw[:length], MAGIC, 1, "test file")
    with pytest.raises(MalformedProof, match="after its last section"):
        unpack(raw + b"\0", MAGIC, 1, "test file")


@given(st.binary(max_size=80))
def test_arbitrary_bytes(raw: bytes) -> None:
    try:
        sections = unpack(MAGIC + raw, MAGIC, 1, "test file")
    except MalformedProof:
        return
    assert pack(MAGIC, 1, sections) == MAGIC + raw


def test_foreign_and_later_files_are_named() -> None:
    with pytest.raises(MalformedProof, match="not a test file"):
        unpack(pack(b"PK\3\4....", 1, []), MAGIC, 1, "test file")
    with pytest.raises(MalformedProof, match="format version 2"):
        unpack(pack(MAGIC, 2, []), MAGIC, 1, "test file")


def test_layout_is_the_documented_one() -> None:
    assert pack(MAGIC, 1, [(b"HEAD", b"xy")]) == MAGIC + b"\0\1" + b"\0\1" + b"HEAD" + bytes(7) + b"\2" + b"xy"


def test_reading_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingArtifact):
        read_file(tmp_path / "none", "proof")
    with pytest.raises(InvalidInput, match="not a file"):
        read_file(tmp_path, "proof")
    (tmp_path / "big").write_bytes(bytes(101))
    monkeypatch.setattr(container, "MAX_FILE_BYTES", 100)
    with pytest.raises(MalformedProof, match="101 bytes"):
        read_file(tmp_path / "big", "proof")
