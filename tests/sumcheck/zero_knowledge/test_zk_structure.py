"""Nothing leaves a prover uncovered: every element of a real proof is a value less a pad of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from committed_kit import FAST, Case, every_head, every_kind
from zk_kit import Challenges, drawn_challenges, prove_under
from zk_samples import seed_of

from proofs.errors import ProverFailed
from proofs.sumcheck.committed import prove as proving
from proofs.sumcheck.committed import transcripts
from proofs.sumcheck.committed.hidden import prover as hidden_prover
from proofs.sumcheck.committed.hidden.binding import bound_seed
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.outline import batch_messages, outline, plan_tails
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.committed.transcripts import transcript
from proofs.sumcheck.committed.witness import empty_witness
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.hiding import covering, products
from proofs.sumcheck.hiding.drawing import draw_pads, draw_rows
from proofs.sumcheck.hiding.pads import DUMMY, Pads, plan_plain
from proofs.sumcheck.hiding.tails import elements
from proofs.sumcheck.lockstep import read_elements

HEADS = ["outputs", "top 1", "top k", "of class", "reaching"]
IN_THE_CLEAR = {
    "witness": (0, 32),
    "products": (0, 0),
    "products/end": (2, 0),
    "claims": (0, 0),
    "opening/mask": (1, 0),
    "opening/combination": (0, None),
    "opening/columns": (0, 0),
}
"""Elements and bytes of the messages that no pad covers: each has its line in simulator/__init__.py."""
SUMS = ("products", "batch")
SEED = seed_of("structure")
Sent = dict[str, tuple[Scalar, ...]]


@pytest.fixture(scope="module")
def case() -> Case:
    return every_kind(FAST).hidden()


def covered_labels(plan: Plan) -> list[str]:
    batch = [message.label for message in batch_messages(plan, FAST.scalars)]
    assert plan.pad_plan is not None
    return [*plan.pad_plan.starts, *batch]


@dataclass(frozen=True)
class Observed:
    """A real proof: what its coroutines said to the covering, what was sent, and the seed its covers are of."""

    plan: Plan
    said: Sent
    sent: Sent
    seed: bytes


def observed(case: Case, instance: Instance, challenges: Challenges, seed: bytes = SEED) -> Observed:
    """Make a proof and listen."""
    plan, said, seeds = make_plan(instance), {}, []
    honest, drawing = covering.covered, proving.draw_covers

    def listening(prover: Prover[object]) -> Prover[object]:
        try:
            message = next(prover)
            while True:
                assert message.label not in said
                said[message.label] = message.elements
                message = prover.send((yield message))
        except StopIteration as end:
            return end.value

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(covering, "covered", lambda prover, pads: honest(listening(prover), pads))
        patch.setattr(proving, "draw_covers", lambda f, p, own: seeds.append(own) or drawing(f, p, own))
        patch.setattr(proving, "bound_seed", lambda seed, *_: seed)
        messages = prove_under(case, instance, challenges, seed)
    width, sent = FAST.scalars.scalar_bytes, {}
    for message, raw in zip(outline(plan, FAST.scalars), messages, strict=True):
        if message.label != "opening/columns":
            assert len(raw) == message.elements * width + message.raw_bytes
        sent[message.label] = read_elements(raw[: message.elements * width], FAST.scalars)
    return Observed(plan, said, sent, seeds[0])


def own_pads(plan: Plan, seed: bytes) -> dict[str, list[Scalar]]:
    """The pads of every message, from the seed, by the order of messages alone."""
    assert plan.pad_plan is not None
    tails = plan_tails(plan, FAST.scalars.p)
    batch = plan_plain(batch_messages(plan, FAST.scalars))
    tables = (
        (plan.pad_plan, draw_pads(FAST, plan.pad_plan, seed)),
        (batch, elements(tails, draw_rows(FAST, tails, seed, b"tails"))),
    )
    found = {}
    for pads, table in tables:
        columns = list(zip(*table.tolist(), strict=True))
        found |= {label: columns[start:] for label, start in pads.starts.items()}
    return found


def not_covered(proof: Observed) -> list[str]:
    """Messages with an element that is not what was said less its own pad."""
    pads, sub, wrong = own_pads(proof.plan, proof.seed), FAST.scalars.sub, []
    for label in covered_labels(proof.plan):
        values = proof.said.get(label, ())
        expected = tuple(sub(value, pad) for value, pad in zip(values, pads[label], strict=False))
        if label not in proof.said or expected != proof.sent[label]:
            wrong.append(label)
    return wrong


@pytest.mark.parametrize("head", HEADS)
def test_every_message_is_covered_or_listed(case: Case, head: str) -> None:
    plan = make_plan(case.instance(every_head(case)[head]))
    covered = covered_labels(plan)
    for message in outline(plan, FAST.scalars):
        if message.elements and message.label not in IN_THE_CLEAR:
            assert message.label in covered and not message.raw_bytes
        elif message.label in IN_THE_CLEAR:
            wanted, raw = IN_THE_CLEAR[message.label]
            assert message.elements == wanted and raw in (None, message.raw_bytes)
        else:
            assert not message.raw_bytes


@pytest.mark.parametrize("head", HEADS)
def test_pads_have_places_of_their_own(case: Case, head: str) -> None:
    plan = make_plan(case.instance(every_head(case)[head]))
    pads = plan.pad_plan
    assert pads is not None and plan.pads is not None
    places = [*pads.product.tolist(), pads.size - DUMMY, pads.size - DUMMY + 1]
    for message in outline(plan, FAST.scalars):
        if message.label in pads.starts:
            places += range(pads.starts[message.label], pads.starts[message.label] + message.elements)
    assert sorted(places) == list(range(pads.size))
    others = [site.place for site in plan.sites.values() if site.place is not None and site.in_witness]
    others += [site.remainders for site in plan.sites.values() if site.remainders is not None]
    others += [*plan.extras.values(), *(group.multiplicities for group in plan.groups)]
    assert all(segment.end <= plan.pads.offset for segment in others)
    assert plan.pads.end <= plan.rows * plan.columns


@pytest.mark.parametrize("head", ["outputs", "top k"])
def test_every_element_is_sent_less_its_own_pad(case: Case, head: str) -> None:
    instance = case.instance(every_head(case)[head])
    plan = make_plan(instance)
    proof = observed(case, instance, drawn_challenges(FAST, plan, 1))
    assert not not_covered(proof)
    assert sum(map(len, proof.said.values())) == sum(m.elements for m in outline(plan, FAST.scalars)) - 3


def test_what_is_covered_is_the_proof_in_the_open(case: Case) -> None:
    """The coroutines said what those of an integrity proof say under the same challenges, not something covered."""
    instance = case.instance()
    challenges = drawn_challenges(FAST, make_plan(instance), 2)
    one, other = (observed(case, instance, challenges, seed_of(name)).said for name in ("one", "other"))
    walk = [label for label in one if not label.startswith(("products", "batch"))]
    assert len(walk) > 50 and all(one[label] == other[label] for label in walk)


def test_the_inventory_finds_a_message_that_goes_round(case: Case) -> None:
    instance = case.instance()
    plan = make_plan(instance)
    honest = Pads.cover
    with pytest.MonkeyPatch.context() as patch:
        rounds = [next(label for label in covered_labels(plan) if label.startswith(name + "/")) for name in SUMS]
        for bare in ("node 0/end", "look-ups 0/values", *rounds):

            def cover(self: Pads, message: Send, bare: str = bare) -> tuple[Scalar, ...]:
                hidden = honest(self, message)
                return message.elements if message.label == bare else hidden

            patch.setattr(Pads, "cover", cover)
            assert not_covered(observed(case, instance, drawn_challenges(FAST, plan, 1))) == [bare]


Change = Callable[[Send], Iterator[Send]]
ONE: Scalar = (1, 0, 0, 0)
CHANGES: dict[str, Change] = {
    "bytes behind the elements": lambda m: iter([replace(m, raw=b"weights")]),
    "one element more": lambda m: iter([replace(m, elements=(*m.elements, ONE))]),
    "one element fewer": lambda m: iter([replace(m, elements=m.elements[:-1])]),
    "another label": lambda m: iter([replace(m, label="weights")]),
    "a message more": lambda m: iter([Send("weights", (ONE,), 0), m]),
    "sent twice": lambda m: iter([replace(m, challenges=0), m]),
    "another challenge": lambda m: iter([replace(m, challenges=m.challenges + 1)]),
    "left out": lambda m: iter([]),
}
PLACES = {
    "walk": (hidden_prover, "prove_walk", "node 0/bias"),
    "products": (products, "prove_triple", ""),
    "batch": (hidden_prover, "prove_rounds", ""),
}


def changed(prover: Prover[object], label: str, change: Change) -> Prover[object]:
    """A prover that sends something else for one message, its first if it is not named."""
    try:
        message = next(prover)
        while True:
            answer: tuple[Scalar, ...] = ()
            if message.label == label or not label:
                label = message.label
                for other in change(message):
                    answer = yield other
                answer = answer[: message.challenges] or (ONE,) * message.challenges
                label = "done"
            else:
                answer = yield message
            message = prover.send(answer)
    except StopIteration as end:
        return end.value


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", PLACES)
def test_messages_without_pads_are_not_sent(case: Case, place: str, change: str) -> None:
    module, name, label = PLACES[place]
    honest = getattr(module, name)
    instance = case.instance()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, lambda *given: changed(honest(*given), label, CHANGES[change]))
        with pytest.raises(ProverFailed):
            prove_under(case, instance, drawn_challenges(FAST, make_plan(instance), 3), SEED)


def test_pads_are_given_out_once_and_in_order(case: Case) -> None:
    plan = make_plan(case.instance()).pad_plan
    assert plan is not None
    pads = Pads(FAST, plan, draw_pads(FAST, plan, SEED))
    first, second, *_ = plan.starts
    with pytest.raises(ProverFailed):
        pads.cover(Send(second, ()))
    pads = Pads(FAST, plan, draw_pads(FAST, plan, SEED))
    pads.cover(Send(first, ()))
    with pytest.raises(ProverFailed):
        pads.cover(Send(first, ()))


def test_proofs_share_nothing_but_what_is_fixed(case: Case) -> None:
    """The same claim, the same challenges, another seed: no element, no entry of u, no column of the witness again."""
    instance = case.instance()
    challenges = drawn_challenges(FAST, make_plan(instance), 4)
    proofs = [prove_under(case, instance, challenges, seed_of("proof", k)) for k in range(2)]
    for one, other in zip(*(proof[:-1] for proof in proofs), strict=True):
        pieces = [{raw[k : k + 16] for k in range(0, len(raw), 16)} for raw in (one, other)]
        assert not pieces[0] & pieces[1]


def test_one_seed_makes_one_proof(case: Case) -> None:
    """So nothing of a run is random but its seed, which is never used for other messages."""
    instance = case.instance()
    challenges = drawn_challenges(FAST, make_plan(instance), 5)
    assert len({b"".join(prove_under(case, instance, challenges, SEED)) for _ in range(2)}) == 1


def test_one_seed_gives_other_pads_where_anything_differs(case: Case) -> None:
    """Whatever becomes of nonces: no pad is used under two messages by another claim, witness, release or statement."""
    instance = case.instance()
    plan = make_plan(instance)
    begun = transcript(instance, b"statement").state

    def seed_for(plan: Plan, begun: bytes, entry: int = 0) -> bytes:
        witness = empty_witness(FAST, plan, case.secret(instance))
        witness.own[0] = entry
        return bound_seed(SEED, witness, FAST.scalars, begun)

    own = seed_for(plan, begun)
    assert own == seed_for(plan, begun) != SEED
    others = [seed_for(plan, begun, 1), seed_for(plan, transcript(instance, b"another").state)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transcripts, "VERSION", 2)
        others.append(seed_for(plan, transcript(instance, b"statement").state))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "LABEL", "products of pads")
        others.append(seed_for(make_plan(instance), begun))
    assert len({own, *others}) == 5
