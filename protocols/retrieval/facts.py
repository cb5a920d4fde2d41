"""What a party knows from its own journal, folded from the entries so that a restarted process knows it again.

Kinds the drivers write, and their bodies (all values strings, booleans or lists of strings):

    responder  offer-checked {problems: [..]}  acceptance-sent {}     declined {reason}      proof-ready {batch}
               sealed {key, key_hash, root, chunks}                   documents-sent {}      problem {root, reason}
    requester  offer-sent {}                   declined {reason}      acceptance {channel_key}
               documents {root, holds, reason} problem-sent {root}    decrypted {fault}

A ``sealed`` entry holds the key of the documents: the responder's journal is as secret as they are. ``fault`` is
"none", "decryption" or "view". Unknown kinds are left to whoever wrote them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from protocols.journal import Entry
from protocols.journal_fields import bad_entry, count, flag, text, texts, word

FAULTS = ("none", "decryption", "view")


@dataclass(frozen=True, slots=True)
class Sealed:
    """The responder's encrypted documents: key (secret until revealed), its hash, ciphertext root, chunk count."""

    key: bytes = field(repr=False)
    key_hash: bytes
    ciphertext_root: bytes
    chunk_count: int


@dataclass(frozen=True, slots=True)
class ResponderFacts:
    """The responder's own knowledge of one job.

    Args:
        offer_problems: reasons to refuse the offer, None before it was checked. acceptance_sent, declined: messages on
            the channel. proofs: batches whose proof is ready. sealed: the encrypted documents, None before.
        documents_sent: they are on the channel, and the requester has not asked for them again since.
    """

    offer_problems: tuple[str, ...] | None = None
    acceptance_sent: bool = False
    declined: bool = False
    proofs: frozenset[int] = frozenset()
    sealed: Sealed | None = None
    documents_sent: bool = False


@dataclass(frozen=True, slots=True)
class RequesterFacts:
    """The requester's own knowledge of one job.

    Args:
        offer_sent: the offer is on the channel. declined: the responder's reason for refusing, None while it has not.
        channel_key: the responder's, None before its acceptance came. holds: the root of ciphertexts it holds in full,
            None before. problem: why those under ``problem_root`` are not what was delivered. problem_sent: the root
            it complained about. fault: what decryption found, None before it was done.
    """

    offer_sent: bool = False
    declined: str | None = None
    channel_key: bytes | None = None
    holds: bytes | None = None
    problem: str = ""
    problem_root: bytes | None = None
    problem_sent: bytes | None = None
    fault: str | None = None


def responder_facts(entries: Iterable[Entry]) -> ResponderFacts:
    """Fold the responder's journal; JournalError names an entry that is not what its kind says."""
    facts = ResponderFacts()
    for entry in entries:
        if entry.kind == "proof-ready":
            facts = replace(facts, proofs=facts.proofs | {count(entry, "batch")})
        elif entry.kind in _RESPONDER_READERS:
            facts = replace(facts, **_RESPONDER_READERS[entry.kind](entry))
    return facts


def requester_facts(entries: Iterable[Entry]) -> RequesterFacts:
    """Fold the requester's journal; JournalError names an entry that is not what its kind says."""
    facts = RequesterFacts()
    for entry in entries:
        if entry.kind in _REQUESTER_READERS:
            facts = replace(facts, **_REQUESTER_READERS[entry.kind](entry))
    return facts


def _sealed(entry: Entry) -> dict[str, Any]:
    key, key_hash, root = (word(entry, name) for name in ("key", "key_hash", "root"))
    return {"sealed": Sealed(key, key_hash, root, count(entry, "chunks")), "documents_sent": False}


def _documents(entry: Entry) -> dict[str, Any]:
    root, reason = word(entry, "root"), text(entry, "reason")
    return {"holds": root} if flag(entry, "holds") else {"problem": reason, "problem_root": root}


def _decrypted(entry: Entry) -> dict[str, Any]:
    fault = text(entry, "fault")
    if fault not in FAULTS:
        raise bad_entry(entry, f"fault is {fault!r:.30}, not one of {', '.join(FAULTS)}")
    return {"fault": fault}


_Reader = Callable[[Entry], dict[str, Any]]
_RESPONDER_READERS: dict[str, _Reader] = {
    "offer-checked": lambda entry: {"offer_problems": texts(entry, "problems")},
    "acceptance-sent": lambda _: {"acceptance_sent": True},
    "declined": lambda _: {"declined": True},
    "sealed": _sealed,
    "documents-sent": lambda _: {"documents_sent": True},
    "problem": lambda _: {"documents_sent": False},
}
_REQUESTER_READERS: dict[str, _Reader] = {
    "offer-sent": lambda _: {"offer_sent": True},
    "declined": lambda entry: {"declined": text(entry, "reason")},
    "acceptance": lambda entry: {"channel_key": word(entry, "channel_key")},
    "documents": _documents,
    "problem-sent": lambda entry: {"problem_sent": word(entry, "root")},
    "decrypted": _decrypted,
}
