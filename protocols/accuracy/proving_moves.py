"""What a seller can do in the proving state: prove in time, cheat, stop short, or come too late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from protocols.accuracy.events import Rule, SubmitBatch
from protocols.accuracy.machine import JobState
from protocols.accuracy.paths import Delivery, OffChain, Role, Scenario, Step
from protocols.accuracy.seller import choose_batches


@dataclass(frozen=True, slots=True)
class ProvingMove:
    """A sequence of submissions with the number of batches honestly proven for it."""

    name: str
    steps: tuple[Step, ...]
    batches_proven: int


def proving_moves(
    scenario: Scenario, job: JobState, now: int, off_chain: OffChain, last_second: bool
) -> Iterator[ProvingMove]:
    """Every proving behaviour.

    Without the committed test set nothing can be proven, whatever the model: only cheating and silence are left.

    Args:
        job, now: at the moment of proceeding. last_second: play the sound moves in the last second instead of at once.
    """
    terms = scenario.terms
    can_prove = off_chain.delivery is Delivery.COMMITTED
    batches = range(terms.batches) if can_prove else range(0)
    best = choose_batches(scenario.counts, frozenset(), terms.target) if can_prove else None
    order = best if best is not None else tuple(batches)
    first = job.deadline - len(order) if last_second else now + 1
    cheat = now + 1
    yield ProvingMove("submits nothing", (), 0)
    yield ProvingMove("submits a forged proof", (_bad(scenario, cheat, 0, scenario.counts[0]),), 0)
    inflated = terms.batch if scenario.counts[0] < terms.batch else terms.batch + 1
    rule = Rule.PROOF_REJECTED if inflated <= terms.batch else Rule.COUNT_TOO_HIGH
    claim = SubmitBatch(terms.seller, 0, inflated, valid=False)
    yield ProvingMove("submits an inflated count", (Step(cheat, Role.SELLER, claim, rule),), 0)
    if can_prove:
        yield from _sound_moves(scenario, job, first, order)


def _sound_moves(scenario: Scenario, job: JobState, first: int, order: tuple[int, ...]) -> Iterator[ProvingMove]:
    """Moves with valid proofs, in ``order``; with a model that misses the target they all end in rejection."""
    times = range(first, first + len(order))
    own = tuple(_good(scenario, t, Role.SELLER, i) for t, i in zip(times, order, strict=True))
    yield ProvingMove("proves batch by batch", own, len(order))
    by_stranger = tuple(_good(scenario, t, Role.STRANGER, i) for t, i in zip(times, order, strict=True))
    yield ProvingMove("has a stranger submit its proofs", by_stranger, len(order))
    last = Step(job.deadline - 1, Role.SELLER, own[-1].event)
    yield ProvingMove("submits the last proof in the last second", (*own[:-1], last), len(order))
    late = Step(job.deadline, Role.SELLER, own[-1].event, Rule.TOO_LATE)
    yield ProvingMove("submits the last proof at the deadline", (*own[:-1], late), len(order))
    if len(order) > 1:
        yield ProvingMove("stops after the first proof", own[:1], 1)
        again = Step(times[1], Role.SELLER, own[0].event, Rule.BATCH_DONE)
        yield ProvingMove("submits the first proof twice", (own[0], again), 1)
        forged = _bad(scenario, times[1], order[1], scenario.counts[order[1]])
        yield ProvingMove("follows a proof with a forged one", (own[0], forged), 1)


def _good(scenario: Scenario, time: int, actor: Role, index: int) -> Step:
    """A valid proof of a batch's true count."""
    return Step(time, actor, SubmitBatch(scenario.address(actor), index, scenario.counts[index]))


def _bad(scenario: Scenario, time: int, index: int, count: int) -> Step:
    """A proof that does not verify."""
    forged = SubmitBatch(scenario.terms.seller, index, count, valid=False)
    return Step(time, Role.SELLER, forged, Rule.PROOF_REJECTED)
