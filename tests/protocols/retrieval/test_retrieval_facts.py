"""Facts of retrieval parties folded from their journals, and what a damaged entry is told."""

from __future__ import annotations

import pytest

from protocols.canonical import JsonValue
from protocols.errors import JournalError
from protocols.journal import Entry
from protocols.retrieval.facts import RequesterFacts, ResponderFacts, Sealed, requester_facts, responder_facts

ROOT, KEY, KEY_HASH = b"\xc1" * 32, b"\x4e" * 32, b"\x7a" * 32


def hexed(word: bytes) -> str:
    return "0x" + word.hex()


def entries(*items: tuple[str, dict[str, JsonValue]]) -> list[Entry]:
    return [Entry(number, kind, body) for number, (kind, body) in enumerate(items)]


SEALED: tuple[str, dict[str, JsonValue]] = (
    "sealed",
    {"key": hexed(KEY), "key_hash": hexed(KEY_HASH), "root": hexed(ROOT), "chunks": "9"},
)


def test_responder_facts() -> None:
    written = entries(
        ("offer-checked", {"problems": ["a", "b"]}),
        ("acceptance-sent", {}),
        ("proof-ready", {"batch": "2"}),
        ("proof-ready", {"batch": "0"}),
        ("somebody-elses", {"x": "y"}),
        SEALED,
        ("documents-sent", {}),
    )
    assert responder_facts(written) == ResponderFacts(
        offer_problems=("a", "b"),
        acceptance_sent=True,
        proofs=frozenset({0, 2}),
        sealed=Sealed(KEY, KEY_HASH, ROOT, 9),
        documents_sent=True,
    )
    again = responder_facts([*written, *entries(("problem", {"root": hexed(ROOT), "reason": "lost"}))])
    assert not again.documents_sent and again.sealed is not None
    assert responder_facts(entries(("declined", {"reason": "no"}))).declined
    assert KEY.hex() not in repr(again) and repr(KEY) not in repr(again)


def test_requester_facts() -> None:
    written = entries(
        ("offer-sent", {}),
        ("acceptance", {"channel_key": hexed(KEY)}),
        ("documents", {"root": hexed(KEY_HASH), "holds": False, "reason": "chunk 3"}),
        ("problem-sent", {"root": hexed(KEY_HASH)}),
        ("documents", {"root": hexed(ROOT), "holds": True, "reason": ""}),
        ("decrypted", {"fault": "view"}),
    )
    assert requester_facts(written) == RequesterFacts(
        offer_sent=True,
        channel_key=KEY,
        holds=ROOT,
        problem="chunk 3",
        problem_root=KEY_HASH,
        problem_sent=KEY_HASH,
        fault="view",
    )
    assert requester_facts(entries(("declined", {"reason": "too cheap"}))).declined == "too cheap"


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("sealed", {**SEALED[1], "key": "0x12"}, "key is not 0x and 32 bytes"),
        ("sealed", {**SEALED[1], "key": "xyz"}, "key is not hex"),
        ("sealed", {**SEALED[1], "chunks": "-1"}, "chunks: '-1' is not a count"),
        ("sealed", {}, "key is missing"),
        ("proof-ready", {"batch": 1}, "batch is not a text"),
        ("offer-checked", {"problems": "none"}, "problems is not a list"),
        ("offer-checked", {"problems": [1]}, "problems is not a list of texts"),
    ],
)
def test_damaged_responder_entries(kind: str, body: dict[str, JsonValue], words: str) -> None:
    with pytest.raises(JournalError, match=words):
        responder_facts(entries((kind, body)))


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("documents", {"root": hexed(ROOT), "holds": "yes", "reason": ""}, "holds is not true or false"),
        ("decrypted", {"fault": "all"}, "fault is 'all'"),
        ("acceptance", {"channel_key": hexed(KEY)[2:]}, "channel_key is not 0x and 32 bytes"),
    ],
)
def test_damaged_requester_entries(kind: str, body: dict[str, JsonValue], words: str) -> None:
    with pytest.raises(JournalError, match=f"journal line 1 \\({kind}\\): {words}"):
        requester_facts(entries((kind, body)))
