"""What a party of protocol A' knows from its own journal, folded so that a restarted process knows it again.

Kinds the drivers write, and their bodies (all values strings, booleans or lists of strings):

    seller  offer-checked {problems: [..]}   accept-seed {seed}          acceptance-sent {}   declined {reason}
            sample {holds, reason, key}      sample-right {count}        rest {key, fault}
            predicted {counts: [..]}         proof-ready {batch, count}   left-out {examples: [..]}
    buyer   offer-sent {}                    declined {reason}           acceptance {seed, channel_key}
            sealed {sample_key, rest_key, root, chunks}                  examples-sent {}     key-sent {}

``sealed`` and ``sample`` and ``rest`` entries hold keys: a journal is as secret as the test set. ``fault`` is "none",
"decryption" or "view". Unknown kinds are left to whoever wrote them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from protocols.journal import Entry
from protocols.journal_fields import bad_entry, count, flag, text, texts, word

FAULTS = ("none", "decryption", "view")


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """The seller's own knowledge of one job.

    Args:
        offer_problems: reasons to refuse the offer, None before it was checked. seed: as noted before accepting.
        acceptance_sent, declined: messages already on the channel.
        holds: None nothing complete came, else whether all ciphertexts and a sound sample did. why_not: what is wrong.
        sample_key, rest_key: as they opened sample and rest, secret. sample_right: right answers in the sample.
        fault: what opening the rest found, None before. predicted: right answers per batch of the rest, secret until
            proven. proofs: count by proven batch. left_out: examples of the rest that no proof can be about, None
            before the model was run. hopeless: batches this process could not prove.
    """

    offer_problems: tuple[str, ...] | None = None
    seed: bytes | None = None
    acceptance_sent: bool = False
    declined: bool = False
    holds: bool | None = None
    why_not: str = ""
    sample_key: bytes | None = field(default=None, repr=False)
    sample_right: int | None = None
    rest_key: bytes | None = field(default=None, repr=False)
    fault: str | None = None
    predicted: tuple[int, ...] | None = None
    proofs: Mapping[int, int] = field(default_factory=dict)
    left_out: tuple[int, ...] | None = None
    hopeless: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sealed:
    """The buyer's encrypted examples: both keys (secret), ciphertext root, chunk count."""

    sample_key: bytes = field(repr=False)
    rest_key: bytes = field(repr=False)
    ciphertext_root: bytes
    chunk_count: int


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    """The buyer's own knowledge of one job.

    Args:
        offer_sent: the offer is on the channel. declined: the seller's reason for refusing, None while it has not.
        acceptance_seed, channel_key: of the seller's signed acceptance, None before it came. sealed: the encrypted
            examples, None before. examples_sent, key_sent: notice and ciphertexts, and the rest's key, are on the
            channel, or the channel did not take them and the chain has to do.
    """

    offer_sent: bool = False
    declined: str | None = None
    acceptance_seed: bytes | None = None
    channel_key: bytes | None = None
    sealed: Sealed | None = None
    examples_sent: bool = False
    key_sent: bool = False


def seller_facts(entries: Iterable[Entry]) -> SellerFacts:
    """Fold the seller's journal; JournalError names an entry that is not what its kind says."""
    facts = SellerFacts()
    for entry in entries:
        if entry.kind == "proof-ready":
            facts = replace(facts, proofs={**facts.proofs, count(entry, "batch"): count(entry, "count")})
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


def _sample(entry: Entry) -> dict[str, Any]:
    if not flag(entry, "holds"):
        return {"holds": False, "why_not": text(entry, "reason")}
    return {"holds": True, "sample_key": word(entry, "key")}


def _rest(entry: Entry) -> dict[str, Any]:
    fault = text(entry, "fault")
    if fault not in FAULTS:
        raise bad_entry(entry, f"fault is {fault!r:.30}, not one of {', '.join(FAULTS)}")
    return {"rest_key": word(entry, "key"), "fault": fault}


def _predicted(entry: Entry) -> dict[str, Any]:
    counts = texts(entry, "counts")
    if not all(digits.isascii() and digits.isdigit() and len(digits) <= 10 for digits in counts):
        raise bad_entry(entry, "counts are not counts")
    return {"predicted": tuple(int(digits) for digits in counts)}


def _left_out(entry: Entry) -> dict[str, Any]:
    indices = texts(entry, "examples")
    if not all(digits.isascii() and digits.isdigit() and len(digits) <= 10 for digits in indices):
        raise bad_entry(entry, "examples are not numbers")
    return {"left_out": tuple(int(digits) for digits in indices)}


def _sealed(entry: Entry) -> dict[str, Any]:
    sample_key, rest_key, root = (word(entry, name) for name in ("sample_key", "rest_key", "root"))
    return {"sealed": Sealed(sample_key, rest_key, root, count(entry, "chunks"))}


_Reader = Callable[[Entry], dict[str, Any]]
_SELLER_READERS: dict[str, _Reader] = {
    "offer-checked": lambda entry: {"offer_problems": texts(entry, "problems")},
    "accept-seed": lambda entry: {"seed": word(entry, "seed")},
    "acceptance-sent": lambda _: {"acceptance_sent": True},
    "declined": lambda _: {"declined": True},
    "sample": _sample,
    "sample-right": lambda entry: {"sample_right": count(entry, "count")},
    "rest": _rest,
    "predicted": _predicted,
    "left-out": _left_out,
}
_BUYER_READERS: dict[str, _Reader] = {
    "offer-sent": lambda _: {"offer_sent": True},
    "declined": lambda entry: {"declined": text(entry, "reason")},
    "acceptance": lambda entry: {
        "acceptance_seed": word(entry, "seed"),
        "channel_key": word(entry, "channel_key"),
    },
    "sealed": _sealed,
    "examples-sent": lambda _: {"examples_sent": True},
    "key-sent": lambda _: {"key_sent": True},
}
