"""What a report has to know of a kind of escrow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assay.report.blocks import Block
from assay.report.exchanges.sheets import JobSheet
from escrow.chain import Chain
from escrow.client import PullPaymentsClient
from escrow.history import JobHistory, JobTransaction
from escrow.logs import ChainEvent
from protocols.games.game import Credit

Line = tuple[str, str]
"""A name and its text."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a move came from, for reading an event as a move.

    Args:
        transaction: that emitted the event. in_ether: the job is paid in ether, whose amounts a transaction shows.
        chosen: documents the escrow has on record, where it draws them itself.
    """

    transaction: JobTransaction
    in_ether: bool
    chosen: tuple[int, ...] = ()

    def mover(self, role: str) -> str:
        """Who moved: the sender where it called the escrow itself, else whom the escrow must have let do it."""
        return self.transaction.sender if self.transaction.direct else role

    def paid(self, due: int) -> int:
        """What came in: the wei sent along, or where it can't be seen here what the escrow takes, which is exact."""
        return self.transaction.value if self.transaction.direct and self.in_ether else due


@dataclass(frozen=True, slots=True)
class Reading:
    """A job as it was read from the chain, and as the pure state machine has it after the same moves.

    Args:
        terms: the job's, checked against its id. status: the contract's record. ruled: the pure machine's job.
        history: its transactions. chosen: documents the escrow has selected.
    """

    terms: Any
    status: Any
    ruled: Any
    history: JobHistory
    chosen: tuple[int, ...]


def _nothing_chosen(client: Any, job_id: bytes, terms: Any, block: int) -> tuple[int, ...]:
    """Of an escrow that selects nothing."""
    return ()


def _ether(terms: Any) -> str | None:
    """Of an escrow that knows no tokens."""
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of escrow.

    Args:
        name: the exchange, in words. client: makes the escrow's client at an address.
        check: raises CodeMismatch where the contract is not what its source compiles to.
        parties: (role, field of the terms), the payer first, then the payee, then the fee recipient.
        machine: the pure state machine before the opening, of terms, the escrow's shortest window and the
            job's id.
        apply: plays a move of it. move: an event, at a job, as a move; None for one that is another's consequence.
        endings: events that end a job; where the last move did not, somebody has finalised. finalise: that move.
        progress: numbers the contract and the pure machine both keep: (what, on chain, by the rules).
        summary: the terms in words. shown: blocks about what was exchanged.
        meaning: of each state by name: who lost or got what, or whose move it is, in one sentence.
        sheet: what is public, bound and hidden, and who could still lie.
        chosen: documents selected so far, as of a block. token: of the terms' currency, None for ether.
    """

    name: str
    client: Callable[[Chain, str], PullPaymentsClient]
    check: Callable[[Chain, Any], None]
    parties: tuple[Line, ...]
    machine: Callable[[Any, int, bytes], Any]
    apply: Callable[[Any, Any, int], tuple[Any, tuple[Credit, ...]]]
    move: Callable[[ChainEvent, Any, Moment], Any]
    endings: frozenset[str]
    finalise: Callable[[str], Any]
    progress: Callable[[Reading], tuple[tuple[str, int, int], ...]]
    summary: Callable[[Any], tuple[Line, ...]]
    shown: Callable[[Reading], tuple[Block, ...]]
    meaning: Mapping[str, str]
    sheet: JobSheet
    chosen: Callable[[Any, bytes, Any, int], tuple[int, ...]] = _nothing_chosen
    token: Callable[[Any], str | None] = _ether
