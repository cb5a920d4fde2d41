"""The sections of a page about one exchange on a chain."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from assay.report.blocks import (
    BAD,
    GOOD,
    NOTE,
    WARN,
    Banner,
    Block,
    Bullets,
    Code,
    Facts,
    Notice,
    Part,
    Section,
    Table,
    Text,
    Value,
)
from assay.report.exchange import Exchange, Party
from assay.report.figures.rows import Happening, Stake, gas_figure, payoff_figure, timeline_figure
from assay.report.set_up import origin_notice, origin_of_digest
from assay.report.words import after, cost, hexed, is_digest, moment, money, short, spoken
from escrow.history import JobTransaction
from proofs.sheets import SECTIONS
from proofs.wording import counted
from protocols.solidity import ZERO_ADDRESS

LIARS = SECTIONS[-1]
NOT_COVERED = ("Not covered by the chain", "No contract checks what follows. Weigh it before you rely on the rest.")
UNCHECKED = "the verifier contract was not checked against a circuit"
"""Of every job with proofs: a report compiles no circuit, and one that accepts everything looks the same from here."""
MOST_ROWS = 24
"""Rows a time line has; of a longer job equal calls in a row are drawn as one."""


def exchange_banner(found: Exchange) -> Banner:
    """Whether the chain did what the rules say."""
    about = f"{found.kind.name} on chain {found.chain_id}"
    state = spoken(found.reading.status.state.name)
    if found.disagreements:
        names = "; ".join(check.name for check in found.disagreements)
        return Banner(BAD, "NOT BY THE RULES", about, f"The chain and the pure state machine disagree: {names}.")
    meaning = found.kind.meaning.get(found.reading.status.state.name, "")
    if not found.ended:
        text = f"{meaning} So far every move was allowed. Nothing is final yet."
        return Banner(NOTE, f"RUNNING: {state.upper()}", about, text.strip())
    proofless = found.reading.terms.verifier == ZERO_ADDRESS
    level = GOOD if found.reading.status.state.name == "COMPLETED" and proofless else WARN
    text = f"{meaning} Every move was allowed, and every party was credited to the last unit what the rules say."
    text += "" if proofless else f" But {UNCHECKED}."
    return Banner(level, f"ENDED: {state.upper()}", about, text.strip())


def exchange_sections(found: Exchange) -> tuple[Section, ...]:
    """All sections about the exchange."""
    return (
        Section("exchange", "The exchange", _overview(found)),
        Section("job-result", "What the chain has verified", found.kind.shown(found.reading)),
        Section("job-liars", LIARS, (Notice(WARN, *NOT_COVERED), Bullets(found.kind.sheet.liars))),
        Section("payoffs", "Deposits and pay-offs", _money(found)),
        Section("rules", "Chain against rules", _rules(found)),
        Section("transactions", "Transactions of the job", _transactions(found)),
        Section("job-sheet", "What is public, bound and hidden", (), _sheet(found)),
        Section("job-strength", "Reference string of the job's proofs", _strength(found)),
        Section("job-limits", "What this part does not tell", (Bullets(_limits(found)),)),
    )


def _sheet(found: Exchange) -> tuple[Part, ...]:
    sheet = found.kind.sheet
    return (
        Part("Public", (Bullets(sheet.public),)),
        Part("Bound", (Bullets(sheet.bound),)),
        Part("Hidden", (Bullets(sheet.hidden),)),
    )


def _strength(found: Exchange) -> tuple[Block, ...]:
    digest = found.reading.terms.srs_digest
    if digest == bytes(len(digest)):
        return (Text("Nothing is proven in this job, so it needs none."),)
    return (origin_notice(origin_of_digest(digest)), Facts((("sha-256", Code(digest.hex())),)))


def _overview(found: Exchange) -> tuple[Block, ...]:
    status, terms = found.reading.status, found.reading.terms
    rows: list[tuple[str, Value]] = [
        ("Kind", found.kind.name),
        ("State", spoken(status.state.name)),
        ("As of", f"block {found.as_of.number}, {moment(found.as_of.time)}"),
        ("Chain", str(found.chain_id)),
        ("Escrow", Code(found.escrow)),
        ("Job", Code(hexed(found.job_id))),
    ]
    if not found.ended:
        passed = "has passed: anybody may finalise" if found.as_of.time >= status.deadline else "runs"
        rows.insert(2, ("Deadline", f"{moment(status.deadline)}; it {passed}"))
    people = tuple((party.role, Code(party.address)) for party in found.parties)
    words = tuple((name, Code(text) if is_digest(text) else text) for name, text in found.kind.summary(terms))
    return (
        Facts(tuple(rows)),
        Table("Parties", ("Role", "Account"), people),
        Table("Terms in words", ("Term", "Agreed"), words),
    )


def _money(found: Exchange) -> tuple[Block, ...]:
    token, ended = found.token, found.ended
    heads = ("Party", "Paid in", "Credited on chain", "Credited by the rules", "Agree", "Change", "Gas paid")
    rows = tuple(
        (
            party.role,
            money(party.paid, token),
            money(party.booked, token),
            money(party.ruled, token),
            "yes" if party.booked == party.ruled else "NO",
            money(party.booked - party.paid, token) if ended else "not ended",
            cost(party.fees_wei),
        )
        for party in found.parties
    )
    blocks: list[Block] = [
        Table("Money of this job", heads, rows, frozenset({1, 2, 3, 5, 6})),
        *([payoff_figure([_stake(party, token) for party in found.parties])] if ended else []),
    ]
    if not ended:
        locked = money(found.replayed.job.locked, token)
        blocks.append(Notice(WARN, "Still locked", f"The escrow holds {locked} for this job until it ends."))
    owed = tuple((party.role, money(party.withdrawn, token), money(party.owed, token)) for party in found.parties)
    late = "An escrow books money for people, who fetch it themselves, for all their jobs there at once."
    table = Table(
        "Fetched since this job opened, and still owed, over all jobs of this escrow",
        ("Party", "Fetched", "Still owed"),
        owed,
        frozenset({1, 2}),
    )
    return (*blocks, Text(late), table)


def _stake(party: Party, token: str) -> Stake:
    booked, ruled = party.booked - party.paid, party.ruled - party.paid
    return Stake(party.role, booked, ruled, _signed(booked, token), _signed(ruled, token))


def _signed(amount: int, token: str) -> str:
    return ("+" if amount > 0 else "") + money(amount, token)


def _rules(found: Exchange) -> tuple[Block, ...]:
    rows = tuple(
        (check.name, check.on_chain, check.by_rules, "yes" if check.agrees else "NO") for check in found.checks
    )
    said = (
        "The job's events were played again, move by move and with their blocks' times, by a state machine that knows "
        "no chain. Left: what the contract did. Right: what it had to do."
    )
    return (Text(said), Table("Comparison", ("What", "On chain", "By the rules", "Agree"), rows))


def _transactions(found: Exchange) -> tuple[Block, ...]:
    history, roles = found.reading.history.transactions, {party.address: party.role for party in found.parties}
    began = history[0].time
    rows = tuple(
        (
            str(number),
            _call(sent),
            roles.get(sent.sender, f"other, {short(sent.sender)}"),
            moment(sent.time),
            f"{sent.gas_used:,}",
            cost(sent.fee_wei),
            money(sent.value),
        )
        for number, sent in enumerate(history, 1)
    )
    heads = ("No.", "Call", "Sender", "Time", "Gas", "Cost of gas", "Ether sent")
    steps = {sent.call: [each.gas_used for each in history if each.call == sent.call] for sent in history}
    total, fees = sum(sent.gas_used for sent in history), sum(sent.fee_wei for sent in history)
    happenings = [
        Happening(
            sent.time, f"{_numbers(group)} {_call(sent)}, {roles.get(sent.sender, 'other')}, {after(sent.time - began)}"
        )
        for sent, group in _drawn(history)
    ]
    return (
        Facts((("In all", f"{counted(len(history), 'transaction')}, {total:,} gas, {cost(fees)} for gas"),)),
        Table("Transactions in order", heads, rows, frozenset({4, 5, 6})),
        timeline_figure(happenings),
        gas_figure(list(steps.items())),
    )


def _drawn(history: tuple[JobTransaction, ...]) -> Iterator[tuple[JobTransaction, list[int]]]:
    """The last of each run of transactions that share a row, with the numbers of all of them."""
    numbered = list(enumerate(history, 1))
    if len(history) <= MOST_ROWS:
        yield from ((sent, [number]) for number, sent in numbered)
        return
    for _, run in groupby(numbered, key=lambda item: (item[1].call, item[1].sender)):
        members = list(run)
        yield members[-1][1], [number for number, _ in members]


def _numbers(group: list[int]) -> str:
    return f"{group[0]}." if len(group) == 1 else f"{group[0]}.-{group[-1]}."


def _call(sent: JobTransaction) -> str:
    return sent.call if sent.direct else f"{sent.call} (by way of another contract)"


def _limits(found: Exchange) -> tuple[str, ...]:
    return (
        "Refused transactions leave no event. They cost their senders gas and changed nothing, and are not listed.",
        "What the parties sent each other off the chain is not on it.",
        "One node was asked. A node that lies can make up all of this: ask a second one, or your own.",
        "The verifier contract is taken as the terms name it. That it belongs to the committed model is for the "
        "parties to check before they pay: assay rebuilds it then, this report does not.",
        *((f"Blocks before {found.since} were not read.",) if found.since else ()),
    )
