"""The journal: crashes at every byte, every kind of damage, locking, and disks that refuse."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.encoding import keccak256
from protocols.canonical import encode_canonical
from protocols.errors import JournalError
from protocols.journal import Journal, parse_journal, read_journal

IDENTITY = b"seller of job 1"
BODIES = [("offer", {"job": "0x01"}), ("checked", {"ok": True, "counts": ["1", "2"]}), ("note", {"text": "grüße\r\n"})]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "seller.journal"


def write(path: Path, count: int = 3) -> bytes:
    with Journal(path, IDENTITY) as journal:
        for kind, body in BODIES[:count]:
            journal.append(kind, body)
    return path.read_bytes()


def test_round_trip(path: Path) -> None:
    write(path)
    with Journal(path, IDENTITY) as journal:
        assert [(entry.kind, entry.body) for entry in journal.entries] == BODIES
        assert [entry.sequence for entry in journal.entries] == [0, 1, 2]
        assert journal.append("more", {}).sequence == 3
    assert [entry.kind for entry in read_journal(path, IDENTITY)] == ["offer", "checked", "note", "more"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_truncation_at_every_byte_keeps_the_whole_lines_and_resumes(path: Path) -> None:
    raw = write(path)
    ends = [position + 1 for position, byte in enumerate(raw) if byte == 10]
    for length in range(len(raw) + 1):
        path.write_bytes(raw[:length])
        kept = sum(end <= length for end in ends)
        assert len(read_journal(path, IDENTITY)) == kept
        with Journal(path, IDENTITY) as journal:
            assert [(entry.kind, entry.body) for entry in journal.entries] == BODIES[:kept]
            for kind, body in BODIES[kept:]:
                journal.append(kind, body)
        assert path.read_bytes() == raw


@settings(max_examples=150, deadline=None)
@given(position=st.integers(0, 10_000), change=st.integers(1, 255))
def test_any_changed_byte_is_found(tmp_path_factory: pytest.TempPathFactory, position: int, change: int) -> None:
    path = tmp_path_factory.mktemp("journal") / "j"
    raw = bytearray(write(path))
    position %= len(raw)
    raw[position] ^= change
    line = bytes(raw[:position]).count(b"\n") + 1
    if position == len(raw) - 1:  # the last newline: indistinguishable from a crash, so the line is dropped
        assert len(parse_journal(bytes(raw), IDENTITY, "j")[0]) == 2
    else:
        with pytest.raises(JournalError, match=f"line {line}|line {line + 1}"):
            parse_journal(bytes(raw), IDENTITY, "j")


def test_lines_cannot_be_dropped_swapped_repeated_or_inserted(path: Path) -> None:
    first, second, third = write(path).splitlines(keepends=True)
    for raw in (second + third, first + third, second + first + third, first + first + second, b"\n" + first):
        with pytest.raises(JournalError, match="line"):
            parse_journal(raw, IDENTITY, "j")


def test_fields_of_a_line(path: Path) -> None:
    content = json.loads(write(path, 1))
    cases = [
        ({"more": "1"}, "fields"),
        ({"kind": ["x"]}, "fields"),
        ({"body": "x"}, "fields"),
        ({"kind": "y"}, "digest"),
    ]
    for changed, found in cases:
        line = json.dumps({**content, **changed}, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        with pytest.raises(JournalError, match=found):
            parse_journal(line, IDENTITY, "j")


def test_a_wrong_number_is_refused_even_with_a_right_digest(path: Path) -> None:
    content = json.loads(write(path, 1))
    del content["digest"]
    content["seq"] = "1"
    content["digest"] = "0x" + keccak256(encode_canonical(content)).hex()
    with pytest.raises(JournalError, match="line 1 carries number '1'"):
        parse_journal(encode_canonical(content) + b"\n", IDENTITY, "j")


def test_a_torn_line_is_cut_off_on_opening(path: Path) -> None:
    raw = write(path)
    path.write_bytes(raw + b"x" * 10_000)
    Journal(path, IDENTITY).close()
    assert path.read_bytes() == raw


def test_another_identity_is_refused(path: Path) -> None:
    write(path)
    with pytest.raises(JournalError, match="line 1 does not follow"):
        Journal(path, b"buyer of job 1")


def test_damage_does_not_leave_the_lock_behind(path: Path) -> None:
    raw = write(path)
    path.write_bytes(b"x" + raw)
    with pytest.raises(JournalError, match="line 1 is damaged"):
        Journal(path, IDENTITY)
    path.write_bytes(raw)
    Journal(path, IDENTITY).close()


def test_second_writer_is_refused(path: Path) -> None:
    with Journal(path, IDENTITY) as journal:
        with pytest.raises(JournalError, match="in use by another process"):
            Journal(path, IDENTITY)
        journal.append("still", {"mine": "yes"})
    Journal(path, IDENTITY).close()


def test_lock_holds_between_processes_and_ends_with_the_process(path: Path) -> None:
    program = (
        "import sys, pathlib; from protocols.journal import Journal\n"
        "j = Journal(pathlib.Path(sys.argv[1]), sys.argv[2].encode()); j.append('child', {})\n"
        "print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path), IDENTITY.decode()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout.readline() == "ready\n"
        with pytest.raises(JournalError, match="in use"):
            Journal(path, IDENTITY)
        child.kill()
    with Journal(path, IDENTITY) as journal:
        assert [entry.kind for entry in journal.entries] == ["child"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Bad", {}),
        ("", {}),
        ("x" * 41, {}),
        ("ok", {"n": 1}),
        ("ok", {"n": None}),
        ("ok", {"n": b"x"}),
        ("ok", {1: "x"}),
    ],
)
def test_unreadable_entries_are_not_written(path: Path, kind: str, body: dict[str, object]) -> None:
    before = write(path)
    with Journal(path, IDENTITY) as journal, pytest.raises(JournalError):
        journal.append(kind, body)
    assert path.read_bytes() == before


def test_too_long_an_entry(path: Path) -> None:
    with Journal(path, IDENTITY) as journal, pytest.raises(JournalError, match="size"):
        journal.append("long", {"text": "x" * (1 << 20)})


def test_full_disk_is_rolled_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = write(path)
    real = os.pwrite

    def half(descriptor: int, content: bytes, offset: int) -> int:
        if offset > len(before):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, content[:5], offset)

    journal = Journal(path, IDENTITY)
    monkeypatch.setattr(os, "pwrite", half)
    with pytest.raises(JournalError, match="No space left"):
        journal.append("lost", {})
    monkeypatch.undo()
    assert path.read_bytes() == before
    with pytest.raises(JournalError, match="closed"):
        journal.append("later", {})
    journal.close()


def test_paths_that_cannot_be_journals(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "j"):
        with pytest.raises(JournalError, match="cannot open"):
            Journal(path, IDENTITY)
        with pytest.raises(JournalError, match="cannot read"):
            read_journal(path, IDENTITY)
    target = tmp_path / "target"
    target.touch()
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(JournalError, match="cannot open"):
        Journal(tmp_path / "link", IDENTITY)
