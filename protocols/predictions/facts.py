"""What a party knows from its own journal, folded from the entries so that a restarted process knows it again.

Kinds the drivers write, and their bodies (all values strings, booleans or lists of strings):

    provider  offer-checked {problems: [..]}  acceptance-sent {}  declined {reason}  answered {index, h}
              receipt {answered}              proof-ready {index} unprovable {index}
    client    offer-sent {}   declined {reason}   acceptance {credit}   received {index}   unanswered {index}
              suspected {index}   receipt-sent {answered}   drawn {indices: [..]}

``answered`` is written before an answer leaves, so that no crash makes a provider sign two answers to one question.
Unknown kinds are left to whoever wrote them; a service may keep the same facts in a database instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from protocols.journal import Entry
from protocols.journal_fields import bad_entry, count, text, texts

_FIELD_ELEMENT = re.compile(r"0|[1-9][0-9]{0,77}")


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """The provider's own knowledge of one job.

    Args:
        offer_problems: reasons to refuse the offer, None before it was checked. acceptance_sent, declined: sent.
        answers: circuit hash of the input by answered index. receipt: highest count the client has signed for.
        proofs: contested indices whose proof is ready. unprovable: contested indices no proof can be made for.
    """

    offer_problems: tuple[str, ...] | None = None
    acceptance_sent: bool = False
    declined: bool = False
    answers: Mapping[int, int] = field(default_factory=dict)
    receipt: int = 0
    proofs: frozenset[int] = frozenset()
    unprovable: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """The client's own knowledge of one job.

    Args:
        offer_sent: the offer is with the provider. declined: its reason for refusing, None while it has not.
        credit: of its acceptance, None before that came. received: indices with a checked, signed answer that came
            before the draw. unanswered: questions asked in vain. suspected: received answers the client thinks wrong.
        receipt_sent: count signed for so far. drawn: answers drawn at random for contesting, None before the draw.
    """

    offer_sent: bool = False
    declined: str | None = None
    credit: int | None = None
    received: frozenset[int] = frozenset()
    unanswered: frozenset[int] = frozenset()
    suspected: frozenset[int] = frozenset()
    receipt_sent: int = 0
    drawn: tuple[int, ...] | None = None


def provider_facts(entries: Iterable[Entry]) -> ProviderFacts:
    """Fold the provider's journal; JournalError names an entry that is not what its kind says."""
    facts = ProviderFacts()
    for entry in entries:
        reader = _PROVIDER_READERS.get(entry.kind)
        facts = reader(facts, entry) if reader else facts
    return facts


def client_facts(entries: Iterable[Entry]) -> ClientFacts:
    """Fold the client's journal; JournalError names an entry that is not what its kind says."""
    facts = ClientFacts()
    for entry in entries:
        reader = _CLIENT_READERS.get(entry.kind)
        facts = reader(facts, entry) if reader else facts
    return facts


def _answered(facts: ProviderFacts, entry: Entry) -> ProviderFacts:
    """One answer signed; two different inputs under one index are a damaged journal."""
    index, digits = count(entry, "index"), text(entry, "h")
    if not _FIELD_ELEMENT.fullmatch(digits):
        raise bad_entry(entry, f"h: {digits!r:.90} is not a field element")
    if facts.answers.get(index, int(digits)) != int(digits):
        raise bad_entry(entry, f"question {index} was answered for another input before")
    return replace(facts, answers={**facts.answers, index: int(digits)})


def _drawn(facts: ClientFacts, entry: Entry) -> ClientFacts:
    """The draw, made once."""
    digits = texts(entry, "indices")
    if not all(item.isascii() and item.isdigit() and len(item) <= 10 for item in digits):
        raise bad_entry(entry, "indices are not counts")
    return replace(facts, drawn=tuple(int(item) for item in digits))


_PROVIDER_READERS: dict[str, Callable[[ProviderFacts, Entry], ProviderFacts]] = {
    "offer-checked": lambda facts, entry: replace(facts, offer_problems=texts(entry, "problems")),
    "acceptance-sent": lambda facts, _: replace(facts, acceptance_sent=True),
    "declined": lambda facts, _: replace(facts, declined=True),
    "answered": _answered,
    "receipt": lambda facts, entry: replace(facts, receipt=max(facts.receipt, count(entry, "answered"))),
    "proof-ready": lambda facts, entry: replace(facts, proofs=facts.proofs | {count(entry, "index")}),
    "unprovable": lambda facts, entry: replace(facts, unprovable=facts.unprovable | {count(entry, "index")}),
}
_CLIENT_READERS: dict[str, Callable[[ClientFacts, Entry], ClientFacts]] = {
    "offer-sent": lambda facts, _: replace(facts, offer_sent=True),
    "declined": lambda facts, entry: replace(facts, declined=text(entry, "reason")),
    "acceptance": lambda facts, entry: replace(facts, credit=count(entry, "credit")),
    "received": lambda facts, entry: replace(facts, received=facts.received | {count(entry, "index")}),
    "unanswered": lambda facts, entry: replace(facts, unanswered=facts.unanswered | {count(entry, "index")}),
    "suspected": lambda facts, entry: replace(facts, suspected=facts.suspected | {count(entry, "index")}),
    "receipt-sent": lambda facts, entry: replace(facts, receipt_sent=max(facts.receipt_sent, count(entry, "answered"))),
    "drawn": _drawn,
}
