"""What a party knows from its own journal, folded from the entries so that a restarted process knows it again.

Kinds the drivers write, and their bodies (all values strings, booleans or lists of strings):

    seller  offer-checked {problems: [..]}   accept-seed {seed}      acceptance-sent {}    declined {reason}
            test-set {matches, reason}       predicted {counts: [..]} receipt-sent {}      proof-ready {batch, count}
    buyer   offer-sent {}                    declined {reason}       acceptance {seed, channel_key}
            sealed {root, chunks}            test-set-sent {}        receipt {}

Unknown kinds are left to whoever wrote them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from protocols.canonical import JsonValue
from protocols.errors import JournalError
from protocols.journal import Entry


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """The seller's own knowledge of one job.

    Args:
        offer_problems: reasons to refuse the offer, None before it was checked. seed: as noted before accepting.
        acceptance_sent, declined, receipt_sent: messages already on the channel.
        test_set: None not received, else whether it hashes to the data root. test_set_reason: why it does not.
        predicted: right answers per batch by the quantised model, secret until proven. proofs: count by proven batch.
    """

    offer_problems: tuple[str, ...] | None = None
    seed: bytes | None = None
    acceptance_sent: bool = False
    declined: bool = False
    test_set: bool | None = None
    test_set_reason: str = ""
    predicted: tuple[int, ...] | None = None
    receipt_sent: bool = False
    proofs: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    """The buyer's own knowledge of one job.

    Args:
        offer_sent: the offer is on the channel. declined: the seller's reason for refusing, None while it has not.
        acceptance_seed: seed of the seller's signed acceptance, None before it came. ciphertext_root: of the sealed
            test set, None before sealing. test_set_sent: notice and chunks are on the channel. receipt: it came back.
    """

    offer_sent: bool = False
    declined: str | None = None
    acceptance_seed: bytes | None = None
    channel_key: bytes | None = None
    ciphertext_root: bytes | None = None
    test_set_sent: bool = False
    receipt: bool = False


def seller_facts(entries: Iterable[Entry]) -> SellerFacts:
    """Fold the seller's journal; JournalError names an entry that is not what its kind says."""
    facts = SellerFacts()
    for entry in entries:
        if entry.kind == "proof-ready":
            batch, count = (_count(entry, _text(entry, key)) for key in ("batch", "count"))
            facts = replace(facts, proofs={**facts.proofs, batch: count})
        elif entry.kind in _SELLER_READERS:
            facts = replace(facts, **_SELLER_READERS[entry.kind](entry))
    return facts


def buyer_facts(entries: Iterable[Entry]) -> BuyerFacts:
    """Fold the buyer's journal; JournalError names an entry that is not what its kind says."""
    facts = BuyerFacts()
    for entry in entries:
        if entry.kind in _BUYER_READERS:
            facts = replace(facts, **_BUYER_READERS[entry.kind](entry))
    return facts


def _bad(entry: Entry, what: str) -> JournalError:
    """The error for an entry whose body is not what its kind says."""
    return JournalError(f"journal line {entry.sequence + 1} ({entry.kind}): {what}; it was written by another version")


def _value(entry: Entry, key: str) -> JsonValue:
    """The body's value under ``key``."""
    if key not in entry.body:
        raise _bad(entry, f"{key} is missing")
    return entry.body[key]


def _text(entry: Entry, key: str) -> str:
    """A string value."""
    value = _value(entry, key)
    if not isinstance(value, str):
        raise _bad(entry, f"{key} is not a text")
    return value


def _flag(entry: Entry, key: str) -> bool:
    """A boolean value."""
    value = _value(entry, key)
    if not isinstance(value, bool):
        raise _bad(entry, f"{key} is not true or false")
    return value


def _texts(entry: Entry, key: str) -> list[str]:
    """A list of strings."""
    value = _value(entry, key)
    if not isinstance(value, list):
        raise _bad(entry, f"{key} is not a list")
    texts = [item for item in value if isinstance(item, str)]
    if len(texts) != len(value):
        raise _bad(entry, f"{key} is not a list of texts")
    return texts


def _count(entry: Entry, text: str) -> int:
    """A non-negative integer in decimal."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise _bad(entry, f"{text!r:.30} is not a count")
    return int(text)


def _word(entry: Entry, key: str) -> bytes:
    """32 bytes as 0x and hex."""
    text = _text(entry, key)
    try:
        word = bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise _bad(entry, f"{key} is not hex") from error
    if len(word) != 32 or not text.startswith("0x"):
        raise _bad(entry, f"{key} is not 0x and 32 bytes")
    return word


_Reader = Callable[[Entry], dict[str, Any]]
_SELLER_READERS: dict[str, _Reader] = {
    "offer-checked": lambda entry: {"offer_problems": tuple(_texts(entry, "problems"))},
    "accept-seed": lambda entry: {"seed": _word(entry, "seed")},
    "acceptance-sent": lambda _: {"acceptance_sent": True},
    "declined": lambda _: {"declined": True},
    "test-set": lambda entry: {"test_set": _flag(entry, "matches"), "test_set_reason": _text(entry, "reason")},
    "predicted": lambda entry: {"predicted": tuple(_count(entry, text) for text in _texts(entry, "counts"))},
    "receipt-sent": lambda _: {"receipt_sent": True},
}
_BUYER_READERS: dict[str, _Reader] = {
    "offer-sent": lambda _: {"offer_sent": True},
    "declined": lambda entry: {"declined": _text(entry, "reason")},
    "acceptance": lambda entry: {
        "acceptance_seed": _word(entry, "seed"),
        "channel_key": _word(entry, "channel_key"),
    },
    "sealed": lambda entry: {"ciphertext_root": _word(entry, "root")},
    "test-set-sent": lambda _: {"test_set_sent": True},
    "receipt": lambda _: {"receipt": True},
}
