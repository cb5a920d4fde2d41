"""What client and provider read back from their journals."""

from __future__ import annotations

import pytest

from protocols.errors import JournalError
from protocols.journal import Entry
from protocols.predictions.facts import ClientFacts, ProviderFacts, client_facts, provider_facts


def entries(*lines: tuple[str, dict[str, object]]) -> list[Entry]:
    return [Entry(number, kind, body) for number, (kind, body) in enumerate(lines)]


def test_provider_facts() -> None:
    assert provider_facts([]) == ProviderFacts()
    facts = provider_facts(
        entries(
            ("offer-checked", {"problems": ["no"]}), ("acceptance-sent", {}), ("declined", {"reason": "no"}),
            ("answered", {"index": "2", "h": "77"}), ("answered", {"index": "2", "h": "77"}),
            ("receipt", {"answered": "3"}), ("receipt", {"answered": "2"}), ("proof-ready", {"index": "2"}),
            ("unprovable", {"index": "1"}), ("something-else", {}),
        )
    )  # fmt: skip
    assert facts == ProviderFacts(("no",), True, True, {2: 77}, 3, frozenset({2}), frozenset({1}))


def test_client_facts() -> None:
    assert client_facts([]) == ClientFacts()
    facts = client_facts(
        entries(
            ("offer-sent", {}), ("declined", {"reason": "dear"}), ("acceptance", {"credit": "4"}),
            ("received", {"index": "0"}), ("received", {"index": "2"}), ("unanswered", {"index": "1"}),
            ("suspected", {"index": "2"}), ("receipt-sent", {"answered": "2"}), ("receipt-sent", {"answered": "1"}),
            ("drawn", {"indices": ["2", "0"]}), ("something-else", {}),
        )
    )  # fmt: skip
    assert facts == ClientFacts(
        True, "dear", 4, frozenset({0, 2}), frozenset({1}), frozenset({2}), 2, (2, 0)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("answered", {"index": "1", "h": "07"}),
        ("answered", {"index": "1", "h": "-7"}),
        ("answered", {"index": "x", "h": "7"}),
        ("answered", {"index": "1"}),
        ("receipt", {"answered": True}),
        ("offer-checked", {"problems": "none"}),
    ],
)
def test_damaged_provider_entries_are_refused(kind: str, body: dict[str, object]) -> None:
    with pytest.raises(JournalError, match="line 1"):
        provider_facts(entries((kind, body)))


def test_two_inputs_under_one_index_are_refused() -> None:
    with pytest.raises(JournalError, match="another input"):
        provider_facts(entries(("answered", {"index": "1", "h": "7"}), ("answered", {"index": "1", "h": "8"})))


@pytest.mark.parametrize("indices", ["1", ["x"], ["-1"], ["1" * 11], ["٣"]])
def test_damaged_draws_are_refused(indices: object) -> None:
    with pytest.raises(JournalError):
        client_facts(entries(("drawn", {"indices": indices})))
