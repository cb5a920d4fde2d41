"""Playing a job's events through the pure state machine: what the rules say everybody gets, whatever the chain says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assay.report.exchanges.kind import Kind, Moment
from escrow.history import JobHistory, JobTransaction
from escrow.logs import ChainEvent
from proofs.errors import AssayError
from protocols.games.game import Credit, paid_in


@dataclass(frozen=True, slots=True)
class Payment:
    """``amount`` that ``who`` paid in with a move, in the job's currency."""

    who: str
    amount: int


@dataclass(frozen=True, slots=True)
class Replay:
    """A job after all its moves.

    Args:
        job: of the pure machine. credits: what its moves credited. payments: what they paid in.
        refused: the first move the rules do not allow, in words; empty where they allow all. Nothing is played after.
    """

    job: Any
    credits: tuple[Credit, ...]
    payments: tuple[Payment, ...]
    refused: str = ""


def replay(kind: Kind, start: Any, history: JobHistory, in_ether: bool, chosen: tuple[int, ...]) -> Replay:
    """Play the history. ``start`` is the pure machine's job before the opening."""
    job = start
    credits: list[Credit] = []
    payments: list[Payment] = []
    for transaction, event in _events(history):
        moment = Moment(transaction, in_ether, chosen)
        move = _move_of(kind, event, job, moment)
        if move is None:
            continue
        try:
            job, booked = kind.apply(job, move, transaction.time)
        except AssayError as refusal:
            where = f"{event.name} in transaction 0x{transaction.transaction.hex()}: {refusal}"
            return Replay(job, tuple(credits), tuple(payments), where)
        credits += booked
        if paid_in(move):
            payments.append(Payment(_payer(kind, start.terms, event), paid_in(move)))
    return Replay(job, tuple(credits), tuple(payments))


def _events(history: JobHistory) -> Iterator[tuple[JobTransaction, ChainEvent]]:
    for transaction in history.transactions:
        for event in transaction.events:
            yield transaction, event


def _move_of(kind: Kind, event: ChainEvent, job: Any, moment: Moment) -> Any:
    """The event's move; an ending that the last move has not brought about was finalised."""
    if event.name in kind.endings:
        return None if job.state.ended else kind.finalise(moment.mover(_payee(kind, job.terms)))
    return kind.move(event, job, moment)


def _payee(kind: Kind, terms: Any) -> str:
    return str(getattr(terms, kind.parties[1][1]))


def _payer(kind: Kind, terms: Any, event: ChainEvent) -> str:
    """The payee accepts; all other money comes from the payer."""
    field = kind.parties[1][1] if event.name == "JobAccepted" else kind.parties[0][1]
    return str(getattr(terms, field))
