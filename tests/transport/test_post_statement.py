"""The key statement: whose it is, for which chain and escrow, and that its key is one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from two_sides import BUYER, DOMAIN, SELLER, statement_of

from proofs.errors import AssayError, InvalidInput
from protocols.canonical import decode_canonical, encode_canonical
from protocols.eip712 import Domain
from protocols.errors import MessageRejected
from protocols.post.jobs import read_pin, write_pin
from protocols.post.statement import MAX_STATEMENT_BYTES, KeyStatement, open_statement, sign_statement
from protocols.sealing import ChannelKey

KEY = ChannelKey(b"\x31" * 32)
RAW = sign_statement(KEY, SELLER, DOMAIN)


def altered(**fields: str) -> bytes:
    content = decode_canonical(RAW, "statement", MAX_STATEMENT_BYTES)
    message = content["message"]
    assert isinstance(message, dict)
    return encode_canonical({**content, "message": {**message, **fields}})


def test_says_whose_key_it_is() -> None:
    assert open_statement(RAW, DOMAIN) == KeyStatement(str(SELLER.address), KEY.public)
    assert len(RAW) < MAX_STATEMENT_BYTES / 2


@pytest.mark.parametrize(
    ("raw", "check"),
    [
        (altered(account=str(BUYER.address)), "signer"),
        (altered(key="0x" + "11" * 32), "signer"),
        (altered(account=str(SELLER.address).lower()), "field"),
        (altered(more="x"), "keys"),
        (RAW.replace(b"TransportKey", b"Acceptance"), "keys"),
        (RAW + b" ", "canonical"),
        (RAW + bytes(MAX_STATEMENT_BYTES), "size"),
        (b"", "json"),
    ],
)
def test_what_is_no_statement(raw: bytes, check: str) -> None:
    with pytest.raises(MessageRejected) as refused:
        open_statement(raw, DOMAIN)
    assert refused.value.check == check


@pytest.mark.parametrize("domain", [Domain(1, DOMAIN.escrow), Domain(31337, "0x" + "5b" * 20)])
def test_for_another_chain_or_escrow(domain: Domain) -> None:
    with pytest.raises(MessageRejected, match="signed"):
        open_statement(RAW, domain)


def test_a_key_of_low_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChannelKey, "public", property(lambda _: bytes(32)))
    raw = sign_statement(KEY, SELLER, DOMAIN)
    monkeypatch.undo()
    with pytest.raises(MessageRejected, match="nothing can be sealed"):
        open_statement(raw, DOMAIN)


@settings(max_examples=40)
@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
def test_no_byte_can_be_changed(place: int, by: int) -> None:
    with pytest.raises(AssayError):
        open_statement(RAW[:place] + bytes([RAW[place] ^ by]) + RAW[place + 1 :], DOMAIN)


def test_pins(tmp_path: Path) -> None:
    path, who = tmp_path / "peer.json", statement_of(BUYER, KEY)
    assert read_pin(path) is None
    write_pin(path, who)
    assert read_pin(path) == who
    for spoilt in (b"", b"{}", path.read_bytes()[:-1]):
        path.write_bytes(spoilt)
        with pytest.raises(InvalidInput, match="cannot be read"):
            read_pin(path)


def test_a_key_has_32_bytes() -> None:
    with pytest.raises(InvalidInput, match="32 bytes"):
        KeyStatement(str(SELLER.address), b"short")
