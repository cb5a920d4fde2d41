"""The pure state machine of a retrieval job: what the escrow contract does, move for move, without a chain.

    Open -accept-> Proving -last batch, or draw-> Proven -deliver-> Delivered -acknowledge-> Locked -reveal-> Revealed
     |               |  |  \\- m > cap -> OverCap -topUp-^  |            |                      |                 |
     |               |  \\- m = 0 -> Completed            |            |                      |    complaint -> Rejected
     Expired      Rejected          Undelivered    Undelivered   Undelivered              Rejected           Completed
    (second line of endings: the deadline has passed)

The base fee is the responder's the moment all is proven. Clock: a move is allowed iff now < deadline, ``Finalise`` iff
now >= deadline. Amounts are in wei of ether or of the terms' token: the token changes nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from proofs.errors import InvalidInput
from proofs.wording import counted
from protocols.errors import RuleViolation
from protocols.games.game import Credit
from protocols.games.rules import require, require_before, require_mover, require_past, require_sender, require_value
from protocols.retrieval.endings import credits_of, settle
from protocols.retrieval.events import (
    Accept,
    Acknowledge,
    ComplainDecryption,
    Complaint,
    ComplainView,
    Deliver,
    Draw,
    Event,
    Finalise,
    Open,
    Reveal,
    Rule,
    State,
    SubmitBatch,
    TopUp,
)
from protocols.retrieval.terms import WINDOW_FIELDS, RetrievalTerms

DRAW_DELAY_BLOCKS = 2
"""Blocks between the acceptance and the block whose hash draws the sample."""
HASHES_KEPT_BLOCKS = 8_191
"""Blocks for which a chain with EIP-2935 answers for a hash; one without it, for 256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """One job as the contract stores it; everything is public.

    Args:
        terms: what was opened. min_window: the escrow's shortest window, seconds.
        state: where the job stands. deadline: chain time (seconds) at which the state's mover is too late.
        batches_done: indices of verified batches. selected: indices of the documents proven (or drawn) so far.
        topped_up: wei paid above the cap. draw_block: height whose hash draws the sample, 0 for other predicates.
        key_hash, ciphertext_root, chunk_count: of the delivery. key: once revealed.
        locked: wei the escrow holds for this job.
    """

    terms: RetrievalTerms
    min_window: int = 1
    state: State = State.NONE
    deadline: int = 0
    batches_done: frozenset[int] = frozenset()
    selected: frozenset[int] = frozenset()
    topped_up: int = 0
    draw_block: int = 0
    key_hash: bytes = bytes(32)
    ciphertext_root: bytes = bytes(32)
    chunk_count: int = 0
    key: bytes = bytes(32)
    locked: int = 0

    @property
    def matches(self) -> int:
        """m: documents selected so far."""
        return len(self.selected)


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
        case Open() | Accept() | TopUp():
            return _pay_in(job, event, now), ()
        case SubmitBatch():
            return _submit_batch(job, event, now)
        case Draw():
            return _draw(job, event, now)
        case Deliver() | Acknowledge() | Reveal():
            return _exchange(job, event, now), ()
        case ComplainDecryption() | ComplainView():
            return _complain(job, event, now)
        case Finalise():
            return _finalise(job, now)


def _pay_in(job: JobState, event: Open | Accept | TopUp, now: int) -> JobState:
    """The moves that bring money."""
    if isinstance(event, Open):
        return _open(job, event, now)
    return _accept(job, event, now) if isinstance(event, Accept) else _top_up(job, event, now)


def _open(job: JobState, event: Open, now: int) -> JobState:
    """The requester's opening: terms the escrow takes, exact funds, job tag unused."""
    terms = job.terms
    require_sender(event.sender, terms.requester)
    shortest = min(getattr(terms, name) for name in WINDOW_FIELDS)
    require(shortest >= job.min_window, Rule.BAD_TERMS, f"a window of {shortest} s; at least {job.min_window} s here")
    require(job.state is State.NONE, Rule.TAG_USED, f"this job is already {job.state.name}; choose a fresh nonce")
    require_value(event.value, terms.requester_funds)
    return replace(job, state=State.OPEN, deadline=now + terms.accept_window, locked=terms.requester_funds)


def _accept(job: JobState, event: Accept, now: int) -> JobState:
    """The responder's acceptance: in time, exact deposit. A sample's block is fixed here, before anybody knows it."""
    terms = job.terms
    require_mover(job, State.OPEN, event.sender, terms.responder, now)
    require_value(event.value, terms.responder_funds)
    draw_block = event.block + DRAW_DELAY_BLOCKS if terms.sampled else 0
    locked = job.locked + terms.responder_funds
    return replace(job, state=State.PROVING, deadline=now + terms.prove_window, locked=locked, draw_block=draw_block)


def _submit_batch(job: JobState, event: SubmitBatch, now: int) -> Transition:
    """One batch's proof, from anyone, once; bits of blank documents (beyond the total) are ignored."""
    terms = job.terms
    require_before(job, State.PROVING, now)
    require(not terms.sampled, Rule.WRONG_PREDICATE, "this job draws a sample; nothing is proven in it")
    known = 0 <= event.index < terms.batches
    require(known, Rule.NO_SUCH_BATCH, f"batch {event.index}; the job has batches 0 to {terms.batches - 1}")
    require(event.index not in job.batches_done, Rule.BATCH_DONE, f"batch {event.index} counts once; submit another")
    require(event.bits >> terms.batch == 0, Rule.BITS_TOO_WIDE, f"{terms.batch} documents have no bits {event.bits:b}")
    require(event.valid, Rule.PROOF_REJECTED, f"batch {event.index} does not verify against root, model and tag")
    first = event.index * terms.batch
    chosen = {first + j for j in range(terms.batch) if event.bits >> j & 1 and first + j < terms.total}
    job = replace(job, batches_done=job.batches_done | {event.index}, selected=job.selected | chosen)
    return _proven(job, now) if len(job.batches_done) == terms.batches else (job, ())


def _draw(job: JobState, event: Draw, now: int) -> Transition:
    """The sample, by the hash of a block that was unknown at the acceptance; a hash no longer kept moves the block."""
    require_before(job, State.PROVING, now)
    require(job.terms.sampled, Rule.WRONG_PREDICATE, "this job selects by proof; nothing is drawn in it")
    late = f"block {event.block}; the hash of block {job.draw_block} draws, so come after it"
    require(event.block > job.draw_block, Rule.DRAW_TOO_EARLY, late)
    if event.gone:
        return replace(job, draw_block=event.block + DRAW_DELAY_BLOCKS), ()
    drawn = frozenset(event.documents)
    if len(drawn) != job.terms.cap or not all(0 <= index < job.terms.total for index in drawn):
        raise InvalidInput(f"a draw selects {job.terms.cap} documents of {job.terms.total}, got {event.documents}")
    return _proven(replace(job, selected=drawn), now)


def _proven(job: JobState, now: int) -> Transition:
    """All is proven (or drawn): the base fee is due at once, and what follows depends on the matches."""
    terms = job.terms
    earned = credits_of(terms, terms.base_fee, 0, 0)
    job = replace(job, locked=job.locked - terms.base_fee)
    if job.matches > terms.cap:
        return replace(job, state=State.OVER_CAP, deadline=now + terms.top_up_window), earned
    job = replace(job, state=State.PROVEN, deadline=now + terms.deliver_window)
    if job.matches:
        return job, earned
    ended, credits = _end(job, State.COMPLETED)
    return ended, earned + credits


def _top_up(job: JobState, event: TopUp, now: int) -> JobState:
    """The requester pays for what was found above the cap."""
    terms = job.terms
    require_mover(job, State.OVER_CAP, event.sender, terms.requester, now)
    due = (job.matches - terms.cap) * terms.price
    require_value(event.value, due)
    deadline = now + terms.deliver_window
    return replace(job, state=State.PROVEN, deadline=deadline, topped_up=due, locked=job.locked + due)


def _exchange(job: JobState, event: Deliver | Acknowledge | Reveal, now: int) -> JobState:
    """Ciphertexts, receipt, key: each by one party in its turn."""
    terms = job.terms
    if isinstance(event, Deliver):
        require_mover(job, State.PROVEN, event.sender, terms.responder, now)
        enough = event.chunk_count >= job.matches
        require(
            enough,
            Rule.TOO_FEW_CHUNKS,
            f"{counted(event.chunk_count, 'chunk')} for {counted(job.matches, 'document')}, one each at least",
        )
        require(not event.seen, Rule.KEY_HASH_USED, "this key hash was posted before; take a fresh key")
        job = replace(
            job, key_hash=event.key_hash, ciphertext_root=event.ciphertext_root, chunk_count=event.chunk_count
        )
        return replace(job, state=State.DELIVERED, deadline=now + terms.receipt_window)
    if isinstance(event, Acknowledge):
        require_mover(job, State.DELIVERED, event.sender, terms.requester, now)
        same = event.ciphertext_root == job.ciphertext_root
        require(same, Rule.WRONG_DELIVERY, "the receipt is for other ciphertexts than were delivered")
        return replace(job, state=State.LOCKED, deadline=now + terms.reveal_window)
    require_mover(job, State.LOCKED, event.sender, terms.responder, now)
    require(event.matches, Rule.WRONG_KEY, "the key does not hash to the posted key hash; reveal the posted one")
    return replace(job, state=State.REVEALED, deadline=now + terms.complain_window, key=event.key)


def _complain(job: JobState, event: Complaint, now: int) -> Transition:
    """Anyone shows what is wrong with one selected document; the contract decides by computing it."""
    require_before(job, State.REVEALED, now)
    require(event.document in job.selected, Rule.NOT_SELECTED, f"document {event.document} was not part of the sale")
    require(event.opens, Rule.BAD_OPENING, "the openings do not lead to the corpus root and the ciphertext root")
    honest = Rule.CHUNK_IS_HONEST if isinstance(event, ComplainDecryption) else Rule.VIEW_IS_HONEST
    require(event.valid, honest, f"chunk {event.chunk} of document {event.document} is what was committed")
    return _end(job, State.REJECTED)


_AFTER_DEADLINE = {
    State.OPEN: State.EXPIRED,
    State.PROVING: State.REJECTED,
    State.OVER_CAP: State.UNDELIVERED,
    State.PROVEN: State.UNDELIVERED,
    State.DELIVERED: State.UNDELIVERED,
    State.LOCKED: State.REJECTED,
    State.REVEALED: State.COMPLETED,
}


def _finalise(job: JobState, now: int) -> Transition:
    """End a state whose mover stayed silent; open to anyone, so silence never locks the other side's money."""
    after = _AFTER_DEADLINE.get(job.state)
    if after is None:
        raise RuleViolation(Rule.NOTHING_TO_FINALISE, f"the job is {job.state.name}; there is nothing to finalise")
    require_past(job, now)
    return _end(job, after)


def _end(job: JobState, ending: State) -> Transition:
    """Move into an ending and credit what is locked."""
    credits = settle(job.terms, job.state, ending, job.matches, job.topped_up)
    return replace(job, state=ending, locked=0), credits
