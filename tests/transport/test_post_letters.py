"""Letters open at one place only: nothing altered, replayed, reordered, reflected or readdressed does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_sides import BACK, FORTH

from proofs.errors import AssayError, InvalidInput
from protocols.errors import MessageRejected
from protocols.post.letters import (
    MAX_HELLO_BYTES,
    MAX_LETTER_BYTES,
    MAX_REPLY_BYTES,
    Address,
    letter_head,
    open_admission,
    open_hello,
    open_letter,
    open_reply,
    seal_admission,
    seal_hello,
    seal_letter,
    seal_reply,
)
from protocols.post.wire import Frame
from protocols.sealing import ChannelKey

CALLER, OFFICE, OTHER = (ChannelKey(bytes([number]) * 32) for number in (1, 2, 3))
VISIT, FRAME = b"\x55" * 32, Frame(b"\x07" * 32, 0, 1, 0, (b"hello",))
HELLO = seal_hello(b"statement", OFFICE.public, FORTH)
LETTER = seal_letter(FRAME, VISIT, 4, CALLER, OFFICE.public, FORTH)
AT = letter_head(LETTER)
REPLY = seal_reply(FRAME, AT, OFFICE, CALLER.public, BACK)
ADMISSION = seal_admission(VISIT, HELLO, OFFICE, CALLER.public, BACK)


def test_each_opens_where_it_belongs() -> None:
    assert open_hello(HELLO, OFFICE, FORTH) == b"statement"
    assert open_admission(ADMISSION, HELLO, CALLER, OFFICE.public, BACK) == VISIT
    assert (AT.visit, AT.serial) == (VISIT, 4)
    assert open_letter(AT, OFFICE, CALLER.public, FORTH) == FRAME
    assert open_reply(REPLY, VISIT, 4, CALLER, OFFICE.public, BACK) == FRAME


ELSEWHERE: dict[str, Callable[[], object]] = {
    "hello to another office": lambda: open_hello(HELLO, OTHER, FORTH),
    "hello reflected": lambda: open_hello(HELLO, OFFICE, BACK),
    "admission to another": lambda: open_admission(ADMISSION, HELLO, OTHER, OFFICE.public, BACK),
    "admission by another": lambda: open_admission(ADMISSION, HELLO, CALLER, OTHER.public, BACK),
    "admission to another hello": lambda: open_admission(ADMISSION, HELLO + b"x", CALLER, OFFICE.public, BACK),
    "admission reflected": lambda: open_admission(ADMISSION, HELLO, CALLER, OFFICE.public, FORTH),
    "letter of another serial": lambda: open_letter(Address(VISIT, 5, AT.envelope), OFFICE, CALLER.public, FORTH),
    "letter of another visit": lambda: open_letter(Address(HELLO[:32], 4, AT.envelope), OFFICE, CALLER.public, FORTH),
    "letter to another office": lambda: open_letter(AT, OTHER, CALLER.public, FORTH),
    "letter of another caller": lambda: open_letter(AT, OFFICE, OTHER.public, FORTH),
    "letter reflected": lambda: open_letter(AT, OFFICE, CALLER.public, BACK),
    "letter as its own reply": lambda: open_reply(AT.envelope, VISIT, 4, OFFICE, CALLER.public, FORTH),
    "reply to another letter": lambda: open_reply(REPLY, VISIT, 5, CALLER, OFFICE.public, BACK),
    "reply of another visit": lambda: open_reply(REPLY, HELLO[:32], 4, CALLER, OFFICE.public, BACK),
    "reply by another": lambda: open_reply(REPLY, VISIT, 4, CALLER, OTHER.public, BACK),
    "reply reflected": lambda: open_reply(REPLY, VISIT, 4, CALLER, OFFICE.public, FORTH),
    "long hello": lambda: open_hello(HELLO + bytes(MAX_HELLO_BYTES), OFFICE, FORTH),
    "long letter": lambda: letter_head(LETTER + bytes(MAX_LETTER_BYTES)),
    "long reply": lambda: open_reply(REPLY + bytes(MAX_REPLY_BYTES), VISIT, 4, CALLER, OFFICE.public, BACK),
    "long admission": lambda: open_admission(ADMISSION + b"x", HELLO, CALLER, OFFICE.public, BACK),
    "hello of another version": lambda: open_hello(b"\x02" + HELLO[1:], OFFICE, FORTH),
    "letter of another version": lambda: letter_head(b"\x02" + LETTER[1:]),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_and_nowhere_else(name: str) -> None:
    with pytest.raises(MessageRejected):
        ELSEWHERE[name]()


@settings(max_examples=20)
@given(st.integers(0, len(LETTER) - 1), st.integers(1, 255))
def test_no_byte_of_a_letter_can_be_changed(place: int, by: int) -> None:
    raw = LETTER[:place] + bytes([LETTER[place] ^ by]) + LETTER[place + 1 :]
    with pytest.raises(MessageRejected):
        open_letter(letter_head(raw), OFFICE, CALLER.public, FORTH)


@settings(max_examples=25)
@given(st.binary(max_size=200))
def test_any_bytes_at_each_opening(raw: bytes) -> None:
    for opening in (
        lambda: open_hello(b"\x01" + raw, OFFICE, FORTH),
        lambda: open_letter(letter_head(b"\x01" + raw), OFFICE, CALLER.public, FORTH),
        lambda: open_reply(raw, VISIT, 4, CALLER, OFFICE.public, BACK),
        lambda: open_admission(raw, HELLO, CALLER, OFFICE.public, BACK),
    ):
        with pytest.raises(AssayError):
            opening()


def test_what_travels_says_nothing_in_the_open() -> None:
    for raw in (HELLO, LETTER, REPLY, ADMISSION):
        assert b"statement" not in raw and b"hello" not in raw and FRAME.job_id not in raw
        assert CALLER.public not in raw and OFFICE.public not in raw


def test_serial_numbers_end() -> None:
    with pytest.raises(InvalidInput, match="begin another"):
        seal_letter(FRAME, VISIT, 1 << 64, CALLER, OFFICE.public, FORTH)
