"""The pure state machine of protocol A: what the escrow contract does, move for move, without a chain.

    Open -accept-> Accepted -handOver-> HandedOver -proceed-> Proving -counts reach A-> Completed
     |               |                    |  \\-abort-> Aborted     \\-deadline-> Rejected
     \\----------- deadline -> Expired ---/

Clock: an action is allowed iff now < deadline, ``Finalise`` iff now >= deadline, so at every instant at most one side
can be too late and somebody can always move on. Source: protocol A of arXiv 2210.08674, section 5.2; the states after
``Open`` and the neutral endings are this project's (the paper has no clocks in its simplified protocol).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from protocols.accuracy.endings import Credit, settle
from protocols.accuracy.events import Abort, Accept, Event, Finalise, HandOver, Open, Proceed, Rule, State, SubmitBatch
from protocols.accuracy.terms import WINDOW_FIELDS, AccuracyTerms
from protocols.errors import RuleViolation


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """One job as the contract stores it; everything is public.

    Args:
        terms: what was opened. min_window: the escrow's shortest window, seconds.
        state: where the job stands. deadline: chain time (seconds) at which the state's mover is too late.
        correct: verified right answers so far. batches_done: indices of verified batches.
        locked: wei the escrow holds for this job. aborts_added: 1 once the ending counts against the model.
        seed, ciphertext_root: what seller and buyer posted.
    """

    terms: AccuracyTerms
    min_window: int = 1
    state: State = State.NONE
    deadline: int = 0
    correct: int = 0
    batches_done: frozenset[int] = frozenset()
    locked: int = 0
    aborts_added: int = 0
    seed: bytes = bytes(32)
    ciphertext_root: bytes = bytes(32)


Transition = tuple[JobState, tuple[Credit, ...]]
"""The job after a move, and what the move credited to whom."""


def apply(job: JobState, event: Event, now: int) -> Transition:
    """Play one move.

    Args:
        job: the job before it. event: the move with its sender. now: chain time of the block, seconds.

    Returns:
        The job after the move and the credits it caused; wei is conserved: ``locked`` before plus the value paid in
        equals ``locked`` after plus the credits.

    Raises:
        RuleViolation: the contract would revert; ``rule`` is the name of its error.
    """
    match event:
        case Open():
            return _open(job, event, now), ()
        case Accept():
            return _accept(job, event, now), ()
        case HandOver():
            return _hand_over(job, event, now), ()
        case Proceed() | Abort():
            return _decide(job, event, now)
        case SubmitBatch():
            return _submit_batch(job, event, now)
        case Finalise():
            return _finalise(job, now)


def _open(job: JobState, event: Open, now: int) -> JobState:
    """The buyer's opening: terms the escrow takes, exact deposit, model eligible, job tag unused."""
    terms = job.terms
    _require_sender(event.sender, terms.buyer)
    shortest = min(getattr(terms, name) for name in WINDOW_FIELDS)
    _require(shortest >= job.min_window, Rule.BAD_TERMS, f"a window of {shortest} s; at least {job.min_window} s here")
    _require_value(event.value, terms.deposit)
    _require(event.eligible, Rule.NOT_ELIGIBLE, "the registry does not vouch for the model; check its stake and format")
    _require(job.state is State.NONE, Rule.TAG_USED, f"this job is already {job.state.name}; choose a fresh nonce")
    return replace(job, state=State.OPEN, deadline=now + terms.accept_window, locked=terms.deposit)


def _accept(job: JobState, event: Accept, now: int) -> JobState:
    """The seller's acceptance: in time, exact deposit, model still eligible, not too many aborts on its record."""
    terms = job.terms
    _require_mover(job, State.OPEN, event.sender, terms.seller, now)
    _require_value(event.value, terms.deposit)
    _require(event.eligible, Rule.NOT_ELIGIBLE, "the registry does not vouch for the model; check its stake and format")
    aborts = event.prior_aborts
    _require(aborts <= terms.max_aborts, Rule.TOO_MANY_ABORTS, f"{aborts} on record, the job allows {terms.max_aborts}")
    deadline = now + terms.hand_over_window
    return replace(job, state=State.ACCEPTED, deadline=deadline, locked=job.locked + terms.deposit, seed=event.seed)


def _hand_over(job: JobState, event: HandOver, now: int) -> JobState:
    """The buyer posts the ciphertext root; from here the seller has to decide."""
    _require_mover(job, State.ACCEPTED, event.sender, job.terms.buyer, now)
    deadline = now + job.terms.decide_window
    return replace(job, state=State.HANDED_OVER, deadline=deadline, ciphertext_root=event.ciphertext_root)


def _decide(job: JobState, event: Proceed | Abort, now: int) -> Transition:
    """The seller, having seen the test set, promises to prove or leaves with N*P."""
    _require_mover(job, State.HANDED_OVER, event.sender, job.terms.seller, now)
    if isinstance(event, Abort):
        return _end(job, State.ABORTED)
    return replace(job, state=State.PROVING, deadline=now + job.terms.prove_window), ()


def _submit_batch(job: JobState, event: SubmitBatch, now: int) -> Transition:
    """One batch's proof, from anyone; the job completes the moment the counts reach the target."""
    terms = job.terms
    _require_before(job, State.PROVING, now)
    known = 0 <= event.index < terms.batches
    _require(known, Rule.NO_SUCH_BATCH, f"batch {event.index}; the job has batches 0 to {terms.batches - 1}")
    _require(event.index not in job.batches_done, Rule.BATCH_DONE, f"batch {event.index} counts once; submit another")
    possible = 0 <= event.count <= terms.batch
    _require(possible, Rule.COUNT_TOO_HIGH, f"{event.count} right answers in a batch of {terms.batch}")
    _require(event.valid, Rule.PROOF_REJECTED, f"batch {event.index} does not verify against root, model and tag")
    done = job.batches_done | {event.index}
    job = replace(job, correct=job.correct + event.count, batches_done=done)
    return _end(job, State.COMPLETED) if job.correct >= terms.target else (job, ())


_AFTER_DEADLINE = {
    State.OPEN: State.EXPIRED,
    State.ACCEPTED: State.EXPIRED,
    State.HANDED_OVER: State.EXPIRED,
    State.PROVING: State.REJECTED,
}


def _finalise(job: JobState, now: int) -> Transition:
    """End a state whose mover stayed silent; open to anyone, so silence never locks the other side's deposit."""
    after = _AFTER_DEADLINE.get(job.state)
    if after is None:
        raise RuleViolation(Rule.NOTHING_TO_FINALISE, f"the job is {job.state.name}; there is nothing to finalise")
    _require(now >= job.deadline, Rule.TOO_EARLY, f"time {now}, the mover has until {job.deadline}; finalise then")
    return _end(job, after)


def _end(job: JobState, ending: State) -> Transition:
    """Move into an ending and credit what is locked."""
    credits = settle(job.terms, job.state, ending)
    counted = int(job.state is State.HANDED_OVER)  # an abort, or silence after seeing the test set
    return replace(job, state=ending, locked=0, aborts_added=counted), credits


def _require(condition: bool, rule: Rule, detail: str) -> None:
    """Raise RuleViolation unless ``condition`` holds."""
    if not condition:
        raise RuleViolation(rule, detail)


def _require_mover(job: JobState, state: State, sender: str, mover: str, now: int) -> None:
    """The checks of a move that only one party may make in one state before its deadline, in the contract's order."""
    _require_before(job, state, now)
    _require_sender(sender, mover)


def _require_sender(sender: str, mover: str) -> None:
    """Only ``mover`` may do this."""
    _require(sender == mover, Rule.NOT_YOUR_MOVE, f"{sender} may not do this; only {mover} may")


def _require_before(job: JobState, state: State, now: int) -> None:
    """The job is in ``state`` and its mover is still in time."""
    _require(job.state is state, Rule.WRONG_STATE, f"the job is {job.state.name}, not {state.name}")
    _require(now < job.deadline, Rule.TOO_LATE, f"time {now}, the deadline was {job.deadline}; only finalise is left")


def _require_value(value: int, deposit: int) -> None:
    """The exact deposit came with the call."""
    _require(value == deposit, Rule.WRONG_VALUE, f"{value} wei sent; send exactly the deposit of {deposit} wei")
