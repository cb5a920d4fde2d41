"""Values changed so that the equation they stand in still holds: the claims they leave are then false."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from committed_cheats import FAST, Cheat, P, accepts, refused
from committed_kit import MODES, Case, every_head, every_kind

from proofs.sumcheck.committed import prover
from proofs.sumcheck.committed import trees as trees_module
from proofs.sumcheck.committed.groups import Group
from proofs.sumcheck.committed.instance import Outputs
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.running import Running
from proofs.sumcheck.committed.values import slots
from proofs.sumcheck.committed.witness import Witness
from proofs.sumcheck.exchange import Send
from proofs.sumcheck.fields import Base, Ext, Scalar
from proofs.sumcheck.layout.arrange import flatten, unflatten

SCALARS = FAST.scalars
SEVEN = SCALARS.from_int(7)
Values = tuple[Scalar, ...]


@pytest.fixture(scope="module", params=MODES)
def case(request: pytest.FixtureRequest) -> Case:
    return every_kind(FAST, 4).in_mode(request.param)


def saying(case: Case, label: str, change: Callable[[Values], Values], head: str = "outputs") -> tuple[object, bytes]:
    """A proof whose message is changed, its prover going on honestly."""
    changed = []

    def say(sent: Send) -> Send:
        if sent.label != label:
            return sent
        changed.append(label)
        assert change(sent.elements) != sent.elements
        return replace(sent, elements=change(sent.elements))

    instance = case.instance(every_head(case)[head])
    proof = Cheat(say=say).prove(case, instance)
    assert changed == [label]
    return instance, proof


def test_nothing_changed(case: Case) -> None:
    for head in every_head(case).values():
        assert accepts(case, case.instance(head), Cheat().prove(case, case.instance(head)))


@pytest.mark.parametrize("node", [0, 1, 3, 6])
def test_factors_whose_product_is_the_same(case: Case, node: int) -> None:
    """Weights' value times seven, the input's by seven; or the two change places."""
    for change in (
        lambda e: (SCALARS.mul(e[0], SEVEN), SCALARS.mul(e[1], SCALARS.inverse(SEVEN))),
        lambda e: (e[1], e[0]),
    ):
        refused(case, *saying(case, f"node {node}/end", change), "batching")


@pytest.mark.parametrize("label", ["chosen/end", "margins/end"])
def test_the_same_of_an_accuracy(case: Case, label: str) -> None:
    for change in (
        lambda e: (SCALARS.mul(e[0], SEVEN), SCALARS.mul(e[1], SCALARS.inverse(SEVEN))),
        lambda e: (e[1], e[0]),
    ):
        refused(case, *saying(case, label, change, "top 1"), "batching")


def shifts(case: Case) -> dict[str, list[tuple[int, int]]]:
    """Pairs of slots of the message of values that the leaf adds up: what one gains the other may lose."""
    (group,) = make_plan(case.instance()).groups
    places: dict[str, list[int]] = {"quotients": [], "remainders": [], "seconds": []}
    at = 0
    for part in group.parts:
        places["quotients"].append(at)
        if slots(part) == 2:
            places["seconds" if part.site.kind == "maximum" else "remainders"].append(at + 1)
        at += slots(part)
    pairs = {name: [(found[0], other) for other in found[1:]] for name, found in places.items()}
    return pairs | {"outputs and a second": [(at, found) for found in places["seconds"]]}


@pytest.mark.parametrize("kind", ["quotients", "remainders", "seconds", "outputs and a second"])
def test_values_shifted_between_parts(case: Case, kind: str) -> None:
    """The leaf is the same; the accumulators, or what is committed, are not."""
    pairs = shifts(case)[kind]
    assert pairs
    for more, less in pairs:
        sign = SCALARS.add if kind == "outputs and a second" else SCALARS.sub

        def change(said: Values, more: int = more, less: int = less, sign: object = sign) -> Values:
            out = list(said)
            out[more] = SCALARS.add(out[more], SEVEN)
            out[less] = sign(out[less], SEVEN)  # type: ignore[operator]
            return tuple(out)

        instance, proof = saying(case, "look-ups 0/values", change)
        assert not accepts(case, instance, proof)
        refused(case, instance, proof, "tensorising")


def test_values_and_remainders_shifted_between_parts(case: Case) -> None:
    """Of two nodes with one shift: q~ and rem~ of both moved so that both accumulators and both lanes stay."""
    (group,) = make_plan(case.instance()).groups
    places, at = {}, 0
    for part in group.parts:
        places[part.site.name] = at
        at += slots(part)
    first, second, shift = places["node 1"], places["node 6"], case.network.nodes[1].shift
    assert shift == case.network.nodes[6].shift
    scaled = SCALARS.mul(SEVEN, SCALARS.from_int(1 << shift))

    def change(said: Values) -> Values:
        out = list(said)
        out[first], out[first + 1] = SCALARS.add(out[first], SEVEN), SCALARS.sub(out[first + 1], scaled)
        out[second], out[second + 1] = SCALARS.sub(out[second], SEVEN), SCALARS.add(out[second + 1], scaled)
        return tuple(out)

    refused(case, *saying(case, "look-ups 0/values", change), "batching")


def test_committed_values_shifted_between_parts(case: Case) -> None:
    """Inputs and marks are looked up as they are: nothing but what is committed binds each."""
    instance = case.instance(every_head(case)["top 1"])
    (group,) = make_plan(instance).groups
    places, at = [], 0
    for part in group.parts:
        places += [at] if part.site.kind == "committed" else []
        at += slots(part)
    assert len(places) == 4

    for other in places[1:]:

        def change(said: Values, other: int = other) -> Values:
            out = list(said)
            out[places[0]], out[other] = SCALARS.add(out[places[0]], SEVEN), SCALARS.sub(out[other], SEVEN)
            return tuple(out)

        refused(case, *saying(case, "look-ups 0/values", change, "top 1"), "batching")


@pytest.mark.parametrize("what", ["logits", "remainders"])
def test_looked_up_is_one_thing_and_committed_another(case: Case, what: str) -> None:
    """True logits are looked up, false ones committed, and said in the open."""
    wrong = case.logits.copy()
    wrong[1, 2] += 1

    def instead(running: Running) -> Base:
        vector, site = running.witness.vector.copy(), running.plan.sites["node 6"]
        place = site.place if what == "logits" else site.remainders
        assert place is not None
        entries = unflatten(place, vector[place.offset : place.end]).copy()
        entries[2, 0, 0, 1] = (int(entries[2, 0, 0, 1]) + 1) % P
        vector[place.offset : place.end] = flatten(place, entries)
        return vector

    instance = case.instance(Outputs(wrong) if what == "logits" else None)
    refused(case, instance, Cheat(put=False, instead=instead).prove(case, instance), "batching")


def test_a_value_and_its_remainder_shifted(case: Case) -> None:
    """2^k q~ + rem~ is the same: q~ less one, rem~ more 2^k; but lanes are told apart, and remainders committed."""

    def change(said: Values) -> Values:
        shift = SCALARS.from_int(1 << case.network.nodes[0].shift)
        return (SCALARS.sub(said[0], SCALARS.one), SCALARS.add(said[1], shift), *said[2:])

    refused(case, *saying(case, "look-ups 0/values", change), "lookup-leaf")


def test_values_of_another_point(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = trees_module.values_at

    def elsewhere(field: object, witness: Witness, group: Group, point: Values) -> Values:
        return honest(FAST, witness, group, (*point[:-1], SCALARS.add(point[-1], SCALARS.one)))

    monkeypatch.setattr(prover, "values_at", elsewhere)
    instance = case.instance()
    refused(case, instance, Cheat().prove(case, instance), "lookup-leaf")


def test_a_false_value_carried_to_the_end(case: Case) -> None:
    """Everything that may be said falsely and consistently until the opening: the vector's value."""
    if not case.block:  # where values are hidden it is not said
        refused(case, *saying(case, "batch/value", lambda e: (SCALARS.add(e[0], SEVEN),)), "batching")
    for node in range(7):
        refused(case, *saying(case, f"node {node}/point/value", lambda e: (SCALARS.mul(e[0], SEVEN),)), "tensorising")


def test_a_tree_of_other_tables(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of the tables change places, and their counts with them: the sum is the same, denominators are not."""
    honest = trees_module.table_leaves

    def other(*args: object) -> tuple[Base, Ext]:
        counts, denominators = (table.copy() for table in honest(*args))
        used, spare = int(counts.argmax()), int(counts.argmin())
        counts[[used, spare]], denominators[:, [used, spare]] = counts[[spare, used]], denominators[:, [spare, used]]
        return counts, denominators

    monkeypatch.setattr(prover, "table_leaves", other)
    instance = case.instance()
    refused(case, instance, Cheat().prove(case, instance), "lookup-tables")
