"""The pure state machine of protocol A': what the escrow contract does, move for move, without a chain.

    Open -accept-> Accepted -handOver-> Sampled -proceed-> HandedOver -confirm-> Proving -counts reach A-> Completed
     |               |                  |    | \\            |     \\-revealKey-> Revealed -confirm-^   \\-> Rejected
     |               |                  |    |  post        |                    |  \\- deadline ---^
     \\---- deadline ----> Expired <----/   abort  \\         deadline -> Spoiled <-/ complaint
                                           Aborted <- Posted -proceed-> HandedOver;  deadline -> Rejected

Clock: a move is allowed iff now < deadline, ``Finalise`` iff now >= deadline, so at every instant at most one side can
be too late and somebody can always move on. Source: arXiv 2210.08674, appendix B; the clocks, ``Posted``, and that
silence is neutral up to ``Sampled`` are this project's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from protocols.errors import RuleViolation
from protocols.games.game import Credit
from protocols.games.rules import require, require_before, require_mover, require_past, require_sender, require_value
from protocols.sampled.drawing import drawn
from protocols.sampled.endings import settle
from protocols.sampled.events import (
    Abort,
    Accept,
    Complain,
    Complaint,
    Confirm,
    Event,
    Finalise,
    HandOver,
    Open,
    PostCiphertext,
    Proceed,
    RevealKey,
    Rule,
    State,
    SubmitBatch,
)
from protocols.sampled.terms import WINDOW_FIELDS, SampledTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """One job as the contract stores it; everything is public.

    Args:
        terms: what was opened. job_id: its id, which the draw depends on. min_window: the escrow's shortest, seconds.
        state: where the job stands. deadline: chain time (seconds) at which the state's mover is too late.
        correct: verified right answers so far. batches_verified: number of proofs that counted.
        spent: examples that no proof may count: the sample, and those proven. locked: wei held for this job.
        aborts_added: 1 once the ending counts against the model. seed .. rest_key: what was posted, 0 until then.
    """

    terms: SampledTerms
    job_id: bytes = bytes(32)
    min_window: int = 1
    state: State = State.NONE
    deadline: int = 0
    correct: int = 0
    batches_verified: int = 0
    spent: frozenset[int] = frozenset()
    locked: int = 0
    aborts_added: int = 0
    seed: bytes = bytes(32)
    ciphertext_root: bytes = bytes(32)
    chunk_count: int = 0
    sample_key_hash: bytes = bytes(32)
    rest_key_hash: bytes = bytes(32)
    sample_key: bytes = bytes(32)
    rest_key: bytes = bytes(32)


_drawn = lru_cache(maxsize=256)(drawn)
"""The same draw is asked for on every path of a game."""

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
        case Open() | Accept():
            return _pay_in(job, event, now), ()
        case HandOver() | PostCiphertext() | RevealKey():
            return _show(job, event, now), ()
        case Proceed() | Abort():
            return _decide(job, event, now)
        case Confirm() | Complain():
            return _answer(job, event, now)
        case SubmitBatch():
            return _submit_batch(job, event, now)
        case Finalise():
            return _finalise(job, now)


def _pay_in(job: JobState, event: Open | Accept, now: int) -> JobState:
    """The moves that bring money."""
    return _open(job, event, now) if isinstance(event, Open) else _accept(job, event, now)


def _open(job: JobState, event: Open, now: int) -> JobState:
    """The buyer's opening: terms the escrow takes, exact deposit, model eligible, job tag unused."""
    terms = job.terms
    require_sender(event.sender, terms.buyer)
    shortest = min(getattr(terms, name) for name in WINDOW_FIELDS)
    require(shortest >= job.min_window, Rule.BAD_TERMS, f"a window of {shortest} s; at least {job.min_window} s here")
    require_value(event.value, terms.deposit)
    _require_eligible(event.eligible)
    require(job.state is State.NONE, Rule.TAG_USED, f"this job is already {job.state.name}; choose a fresh nonce")
    return replace(_enter(job, State.OPEN, now, terms.accept_window), locked=terms.deposit)


def _accept(job: JobState, event: Accept, now: int) -> JobState:
    """The seller's acceptance; its seed draws the sample, whose examples are spent from then on."""
    terms, aborts = job.terms, event.prior_aborts
    require_mover(job, State.OPEN, event.sender, terms.seller, now)
    require_value(event.value, terms.deposit)
    _require_eligible(event.eligible)
    require(aborts <= terms.max_aborts, Rule.TOO_MANY_ABORTS, f"{aborts} on record, the job allows {terms.max_aborts}")
    job = _enter(job, State.ACCEPTED, now, terms.hand_over_window)
    sample = frozenset(_drawn(terms, job.job_id, event.seed))
    return replace(job, locked=job.locked + terms.deposit, seed=event.seed, spent=sample)


def _show(job: JobState, event: HandOver | PostCiphertext | RevealKey, now: int) -> JobState:
    """The buyer's moves: what it has sent, the same on chain, and the key of the rest."""
    terms = job.terms
    if isinstance(event, HandOver):
        require_mover(job, State.ACCEPTED, event.sender, terms.buyer, now)
        require(event.seed_fits, Rule.WRONG_SEED, "the hand-over was made for another acceptance")
        require(event.chunks_fit, Rule.BAD_CHUNK_COUNT, f"{event.chunk_count} chunks for {terms.total} examples")
        return replace(
            _enter(job, State.SAMPLED, now, terms.decide_window),
            ciphertext_root=event.ciphertext_root,
            chunk_count=event.chunk_count,
            sample_key_hash=event.sample_key_hash,
            rest_key_hash=event.rest_key_hash,
        )
    if isinstance(event, PostCiphertext):
        require_mover(job, State.SAMPLED, event.sender, terms.buyer, now)
        require(event.key_fits, Rule.WRONG_KEY, "the sample's key does not hash to the one committed to")
        require(event.matches, Rule.WRONG_CIPHERTEXTS, "the ciphertexts do not lead to the root handed over")
        return replace(_enter(job, State.POSTED, now, terms.decide_window), sample_key=event.sample_key)
    require_mover(job, State.HANDED_OVER, event.sender, terms.buyer, now)
    require(event.key_fits, Rule.WRONG_KEY, "the rest's key does not hash to the one committed to")
    return replace(_enter(job, State.REVEALED, now, terms.complain_window), rest_key=event.key)


def _decide(job: JobState, event: Proceed | Abort, now: int) -> Transition:
    """The seller, having seen the sample, promises to prove on the rest or leaves with N1*P."""
    needed = State.POSTED if job.state is State.POSTED else State.SAMPLED
    require_mover(job, needed, event.sender, job.terms.seller, now)
    if isinstance(event, Abort):
        return _end(job, State.ABORTED, counted=1)
    same = event.ciphertext_root == job.ciphertext_root
    require(same, Rule.WRONG_DELIVERY, "the promise is about other ciphertexts than were handed over")
    return _enter(job, State.HANDED_OVER, now, job.terms.key_window), ()


def _answer(job: JobState, event: Confirm | Complain, now: int) -> Transition:
    """The seller says that the rest opened well, before or after its key is on chain, or shows that it did not.

    A complaint is about one example of the rest; the contract decides it by computing it.
    """
    if isinstance(event, Confirm):
        needed = State.REVEALED if job.state is State.REVEALED else State.HANDED_OVER
        require_mover(job, needed, event.sender, job.terms.seller, now)
        return _enter(job, State.PROVING, now, job.terms.prove_window), ()
    require_mover(job, State.REVEALED, event.sender, job.terms.seller, now)
    require(not event.spent, Rule.EXAMPLE_SPENT, "the example is one of the sample, which has a key of its own")
    require(event.valid, Rule.BAD_OPENING, "the openings do not lead to the data root and the ciphertext root")
    honest = Rule.CHUNK_IS_HONEST if event.kind is Complaint.DECRYPTION else Rule.VIEW_IS_HONEST
    require(event.faulty, honest, "the example is what was committed")
    return _end(job, State.SPOILED)


def _submit_batch(job: JobState, event: SubmitBatch, now: int) -> Transition:
    """A proof on any b unspent examples, from anyone; the job completes the moment the counts reach the target."""
    terms, indices = job.terms, event.indices
    require_before(job, State.PROVING, now)
    require(len(indices) == terms.batch, Rule.WRONG_BATCH_SIZE, f"{len(indices)} examples; a proof is on {terms.batch}")
    least = 0
    for index in indices:
        known = least <= index < terms.total
        require(known, Rule.NO_SUCH_EXAMPLE, f"examples {indices}; name them ascending, each below {terms.total}")
        require(index not in job.spent, Rule.EXAMPLE_SPENT, f"example {index} is of the sample, or proven already")
        least = index + 1
    possible = 0 <= event.count <= terms.batch
    require(possible, Rule.COUNT_TOO_HIGH, f"{event.count} right answers in a batch of {terms.batch}")
    require(event.valid, Rule.PROOF_REJECTED, f"the proof on {indices} does not verify against root, model and tag")
    job = replace(
        job,
        correct=job.correct + event.count,
        batches_verified=job.batches_verified + 1,
        spent=job.spent.union(indices),
    )
    return _end(job, State.COMPLETED) if job.correct >= terms.target else (job, ())


_AFTER_DEADLINE = {
    State.OPEN: State.EXPIRED,
    State.ACCEPTED: State.EXPIRED,
    State.SAMPLED: State.EXPIRED,
    State.POSTED: State.REJECTED,
    State.HANDED_OVER: State.SPOILED,
    State.PROVING: State.REJECTED,
}


def _finalise(job: JobState, now: int) -> Transition:
    """End a state whose mover stayed silent; open to anyone. After the key is on chain, silence is consent."""
    after = State.PROVING if job.state is State.REVEALED else _AFTER_DEADLINE.get(job.state)
    if after is None:
        raise RuleViolation(Rule.NOTHING_TO_FINALISE, f"the job is {job.state.name}; there is nothing to finalise")
    require_past(job, now)
    if after is State.PROVING:
        return _enter(job, State.PROVING, now, job.terms.prove_window), ()
    return _end(job, after, counted=int(job.state is State.SAMPLED))  # it may have been a free look at the sample


def _enter(job: JobState, state: State, now: int, window: int) -> JobState:
    """The job in its next state, whose clock starts now."""
    return replace(job, state=state, deadline=now + window)


def _end(job: JobState, ending: State, counted: int = 0) -> Transition:
    """Move into an ending and credit what is locked."""
    credits = settle(job.terms, job.state, ending)
    return replace(job, state=ending, locked=0, aborts_added=counted), credits


def _require_eligible(eligible: bool) -> None:
    """The registry vouches for the model."""
    require(eligible, Rule.NOT_ELIGIBLE, "the registry does not vouch for the model; check its stake and format")
