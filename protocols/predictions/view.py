"""What a party looks at before it decides: a snapshot of the chain, and its own limits."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.predictions.events import State
from protocols.predictions.machine import Contested


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainView:
    """One consistent look at the chain (one block); public.

    Args:
        now: the block's time, seconds. state, deadline, round_end, contested, answered: of the job; in ``Serving`` the
            deadline is the prove end.
        owed: what the escrow owes this party in the job's token. balance: what this party can pay in (gas set aside).
        other_has_code: the other party's address holds code, so it could disown what it signed.
    """

    now: int
    state: State
    deadline: int = 0
    round_end: int = 0
    contested: tuple[Contested, ...] = ()
    answered: int = 0
    owed: int = 0
    balance: int = 0
    other_has_code: bool = False

    @property
    def late(self) -> bool:
        """Anybody may finalise."""
        return self.now >= self.deadline

    @property
    def open_contests(self) -> tuple[Contested, ...]:
        """Contested answers not yet proven, in the order of contest."""
        return tuple(item for item in self.contested if not item.proven)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A party's own prudence.

    Args:
        margin_s: seconds before a deadline after which it sends no transaction that must be in time.
        contest_s: seconds the client keeps free at the end of a round for its contests to be mined.
        audit: n, answers the client contests at random each round.
        credit: answers the provider gives without a receipt.
    """

    margin_s: int = 60
    contest_s: int = 300
    audit: int = 1
    credit: int = 1
