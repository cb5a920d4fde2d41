"""The pure state machine of protocol B: what the escrow contract does, move for move, without a chain.

    Open -accept-> Serving (contest until the round's end, proveAnswer until the prove end, collect until the ending)
     |               |-- finalise: provider from the round's end if no contest is open, anyone from the prove end
     |               |      no contest open -> Completed, else Rejected
     \\- deadline -> Expired

Clock: an action is allowed iff now < its deadline, ``Finalise`` by anyone iff now >= the last one, so somebody can
always move on. Source: protocol B of arXiv 2210.08674, section 5.3. Signed answers, the price and the clocks are this
project's: as printed, the client alone posts the answers' hashes, could post a wrong one and win the deposit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from proofs.wording import counted
from protocols.errors import RuleViolation
from protocols.games.game import Credit
from protocols.games.rules import require, require_before, require_mover, require_past, require_sender, require_value
from protocols.predictions.endings import settle
from protocols.predictions.events import Accept, Collect, Contest, Event, Finalise, Open, ProveAnswer, Rule, State
from protocols.predictions.terms import WINDOW_FIELDS, PredictionTerms


@dataclass(frozen=True, slots=True)
class Contested:
    """One contested answer: its index, the hash of its input, the hash of its outputs (32 bytes), proven or not."""

    index: int
    h: int
    outputs_hash: bytes
    proven: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """One job as the contract stores it; everything is public.

    Args:
        terms: what was opened. min_window: the escrow's shortest window, seconds.
        state: where the job stands. deadline: chain time (seconds) from which anyone may finalise; in ``Serving`` that
            is the prove end. round_end: chain time from which nothing can be contested, 0 before the acceptance.
        contested: the contested answers in order. answered: as of the last receipt collected.
        locked: what the escrow holds for this job, wei or units of the token.
    """

    terms: PredictionTerms
    min_window: int = 1
    state: State = State.NONE
    deadline: int = 0
    round_end: int = 0
    contested: tuple[Contested, ...] = ()
    answered: int = 0
    locked: int = 0

    @property
    def open_contests(self) -> int:
        """Contested answers not yet proven."""
        return sum(not item.proven for item in self.contested)

    def contest_of(self, index: int) -> Contested | None:
        """The contest of answer ``index``, if there is one."""
        return next((item for item in self.contested if item.index == index), None)


Transition = tuple[JobState, tuple[Credit, ...]]
"""The job after a move, and what the move credited to whom."""


def apply(job: JobState, event: Event, now: int) -> Transition:
    """Play one move.

    Args:
        job: the job before it. event: the move with its sender. now: chain time of the block, seconds.

    Returns:
        The job after the move and the credits it caused; money is conserved: ``locked`` before plus the value paid in
        equals ``locked`` after plus the credits.

    Raises:
        RuleViolation: the contract would revert; ``rule`` is the name of its error.
    """
    match event:
        case Open():
            return _open(job, event, now), ()
        case Accept():
            return _accept(job, event, now), ()
        case Contest():
            return _contest(job, event, now), ()
        case ProveAnswer():
            return _prove_answer(job, event, now), ()
        case Collect():
            return _collect(job, event), ()
        case Finalise():
            return _finalise(job, event, now)


def _open(job: JobState, event: Open, now: int) -> JobState:
    """The client's opening: terms the escrow takes, exact funds, job tag unused."""
    terms = job.terms
    require_sender(event.sender, terms.client)
    shortest = min(getattr(terms, name) for name in WINDOW_FIELDS)
    require(shortest >= job.min_window, Rule.BAD_TERMS, f"a window of {shortest} s; at least {job.min_window} s here")
    require(job.state is State.NONE, Rule.TAG_USED, f"this job is already {job.state.name}; choose a fresh nonce")
    require_value(event.value, terms.client_funds)
    return replace(job, state=State.OPEN, deadline=now + terms.accept_window, locked=terms.client_funds)


def _accept(job: JobState, event: Accept, now: int) -> JobState:
    """The provider's acceptance: in time, exact funds; the round begins."""
    terms = job.terms
    require_mover(job, State.OPEN, event.sender, terms.provider, now)
    require_value(event.value, terms.provider_funds)
    round_end = now + terms.round_window
    locked = job.locked + terms.provider_funds
    return replace(
        job, state=State.SERVING, deadline=round_end + terms.prove_window, round_end=round_end, locked=locked
    )


def _contest(job: JobState, event: Contest, now: int) -> JobState:
    """The client contests one answer that the provider has signed, until the round's end, at most K1 of them."""
    terms, index = job.terms, event.index
    require(job.state is State.SERVING, Rule.WRONG_STATE, f"the job is {job.state.name}, not SERVING")
    require(now < job.round_end, Rule.TOO_LATE, f"time {now}, the round ended at {job.round_end}")
    require_sender(event.sender, terms.client)
    require(0 <= index < terms.round, Rule.NO_SUCH_ANSWER, f"answer {index}; the round has 0 to {terms.round - 1}")
    require(job.contest_of(index) is None, Rule.ALREADY_CONTESTED, f"answer {index} can be contested once")
    few = len(job.contested) < terms.contests
    require(few, Rule.TOO_MANY_CONTESTS, f"the terms allow {counted(terms.contests, 'contest')}, no more")
    require(event.signed, Rule.BAD_SIGNATURE, f"the provider has not signed this answer {index} of this job")
    return replace(job, contested=(*job.contested, Contested(index, event.h, event.outputs_hash)))


def _prove_answer(job: JobState, event: ProveAnswer, now: int) -> JobState:
    """The proof of a contested answer, from anyone, until the prove end."""
    require_before(job, State.SERVING, now)
    contest = job.contest_of(event.index)
    if contest is None:
        raise RuleViolation(Rule.NOT_CONTESTED, f"answer {event.index} is not contested; there is nothing to prove")
    require(not contest.proven, Rule.ALREADY_PROVEN, f"answer {event.index} is proven; prove another")
    same = event.outputs_hash == contest.outputs_hash
    require(same, Rule.WRONG_OUTPUTS, f"answer {event.index}: other outputs than the signed ones")
    require(event.valid, Rule.PROOF_REJECTED, f"answer {event.index} does not verify against weights, input and tag")
    proven = replace(contest, proven=True)
    return replace(job, contested=tuple(proven if item is contest else item for item in job.contested))


def _collect(job: JobState, event: Collect) -> JobState:
    """The provider shows the client's receipt; receipts are cumulative, so the count can only grow."""
    terms, answered = job.terms, event.answered
    require(job.state is State.SERVING, Rule.WRONG_STATE, f"the job is {job.state.name}, not SERVING")
    require_sender(event.sender, terms.provider)
    require(answered <= terms.round, Rule.NO_SUCH_ANSWER, f"{answered} answers in a round of {terms.round}")
    require(answered > job.answered, Rule.NOTHING_NEW, f"{counted(job.answered, 'answer')} recorded already")
    require(event.signed, Rule.BAD_SIGNATURE, f"the client has not signed a receipt over {answered} of this job")
    return replace(job, answered=answered)


def _finalise(job: JobState, event: Finalise, now: int) -> Transition:
    """End a state: whose mover stayed silent, by anyone; a round that is served, by the provider alone."""
    if job.state is State.OPEN:
        require_past(job, now)
        return _end(job, State.EXPIRED)
    if job.state is not State.SERVING:
        raise RuleViolation(Rule.NOTHING_TO_FINALISE, f"the job is {job.state.name}; there is nothing to finalise")
    served = event.sender == job.terms.provider and not job.open_contests
    if not (served and now >= job.round_end):
        require_past(job, now)
    return _end(job, State.REJECTED if job.open_contests else State.COMPLETED)


def _end(job: JobState, ending: State) -> Transition:
    """Move into an ending and credit what is locked."""
    proven = len(job.contested) - job.open_contests
    credits = settle(job.terms, job.state, ending, proven, job.answered)
    return replace(job, state=ending, locked=0), credits
