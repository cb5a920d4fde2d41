"""Frames: one encoding each, and nothing but MessageRejected for every other string of bytes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.errors import InvalidInput
from protocols.channel import MAX_MESSAGE_BYTES, MAX_MESSAGES
from protocols.errors import MessageRejected
from protocols.post.wire import (
    LIST,
    MAX_CARRIED,
    MAX_CARRIED_BYTES,
    MAX_FRAME_BYTES,
    MAX_JOBS_LISTED,
    Frame,
    decode_frame,
    job_ids_in,
    listed,
)

HEAD = 45
JOB = b"\x07" * 32


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    messages = tuple(draw(st.lists(st.binary(max_size=40), max_size=6)))
    first = draw(st.integers(0, MAX_MESSAGES - len(messages)))
    of = draw(st.integers(first + len(messages), MAX_MESSAGES))
    return Frame(draw(st.binary(min_size=32, max_size=32)), first, of, draw(st.integers(0, MAX_MESSAGES)), messages)


@settings(max_examples=40)
@given(frames())
def test_round_trip(frame: Frame) -> None:
    assert decode_frame(frame.encode()) == frame


@settings(max_examples=40)
@given(frames(), st.data())
def test_cut_or_longer_bytes_are_another_frame_or_none(frame: Frame, data: st.DataObject) -> None:
    raw = frame.encode()
    cut = data.draw(st.integers(0, len(raw) - 1))
    for other in (raw[:cut], raw + b"\x00", raw[:cut] + bytes([raw[cut] ^ 1]) + raw[cut + 1 :]):
        try:
            found = decode_frame(other)
        except MessageRejected as error:
            assert error.check == "frame"
        else:
            assert found != frame and found.encode() == other


@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    try:
        assert decode_frame(b"\x01" + raw).encode() == b"\x01" + raw
    except MessageRejected as error:
        assert error.check == "frame"


def head(first: int = 0, of: int = 0, received: int = 0, version: int = 1) -> bytes:
    return struct.pack(">B32sIII", version, JOB, first, of, received)


def carried(*sizes: int) -> bytes:
    return b"".join(struct.pack(">I", size) + bytes(size) for size in sizes)


@pytest.mark.parametrize(
    "raw",
    [
        head()[:-1],
        head(version=2),
        head(first=MAX_MESSAGES + 1),
        head(of=MAX_MESSAGES + 1),
        head(received=MAX_MESSAGES + 1),
        head(first=1, of=1) + carried(3),
        head(of=1) + b"\x00\x00\x00",
        head(of=1) + struct.pack(">I", 5) + b"four",
        head(of=300) + carried(*([0] * (MAX_CARRIED + 1))),
        head(of=1) + carried(MAX_MESSAGE_BYTES + 1),
        head(of=3) + carried(MAX_CARRIED_BYTES // 2, MAX_CARRIED_BYTES // 2, 1),
        bytes(MAX_FRAME_BYTES + 1),
    ],
    ids=["short", "version", "first", "of", "received", "unsent", "half-length", "cut", "many", "long", "all", "huge"],
)
def test_each_limit(raw: bytes) -> None:
    with pytest.raises(MessageRejected, match="frame"):
        decode_frame(raw)


def test_the_largest_frame_has_an_encoding() -> None:
    sizes = [MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES - (MAX_CARRIED - 2), *([1] * (MAX_CARRIED - 2))]
    frame = Frame(JOB, 0, MAX_CARRIED, 0, tuple(map(bytes, sizes)))
    assert len(frame.encode()) == MAX_FRAME_BYTES and decode_frame(frame.encode()) == frame


def test_a_job_id_has_32_bytes() -> None:
    with pytest.raises(InvalidInput, match="32 bytes"):
        Frame(b"short")


def test_lists_of_jobs() -> None:
    jobs = [bytes([number]) * 32 for number in range(200)] * 2
    assert job_ids_in(decode_frame(listed(jobs).encode())) == jobs[:MAX_JOBS_LISTED]
    longest = b"".join(jobs[:MAX_JOBS_LISTED])
    wrong = [Frame(JOB, of=1, messages=(longest,)), Frame(LIST), Frame(LIST, of=1, messages=(b"x" * 33,))]
    for frame in [*wrong, Frame(LIST, of=1, messages=(longest + JOB,)), Frame(LIST, of=2, messages=(JOB, JOB))]:
        with pytest.raises(MessageRejected, match="list"):
            job_ids_in(frame)
