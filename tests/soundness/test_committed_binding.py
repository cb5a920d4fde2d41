"""One root, one model, one set of examples; and nothing in a pad counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from committed_cheats import FAST, Cheat, P, accepts, again, executed, refused, said_outputs
from committed_kit import MODES, Case, every_kind, matrix_of
from numpy.typing import NDArray

from proofs.networks.weights import NodeWeights, Weights
from proofs.sumcheck.committed import prover, verifier
from proofs.sumcheck.committed.groups import Group
from proofs.sumcheck.committed.instance import Instance, Outputs
from proofs.sumcheck.committed.plan import Plan, make_plan
from proofs.sumcheck.committed.segments import chunk_vector, model_vector
from proofs.sumcheck.committed.witness import Secret, Witness
from proofs.sumcheck.fields import Ext
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.ligero import opening
from proofs.sumcheck.lookups.leaves import Challenges, table_denominators


@pytest.fixture(scope="module", params=MODES)
def case(request: pytest.FixtureRequest) -> Case:
    return every_kind(FAST, 5).in_mode(request.param)


class Anything:
    """A root equal to every other."""

    def __ne__(self, other: object) -> bool:
        return False


def without_roots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened columns are not looked for under the roots."""
    monkeypatch.setattr(opening, "root_of_proof", lambda *_: Anything())


# -- weights ---------------------------------------------------------------------------------------------------------
def other_weights(case: Case, node: int = 6) -> Weights:
    weights = dict(case.weights)
    weight = weights[node].weight.copy()
    weight[0] = 0
    weights[node] = NodeWeights(weight, weights[node].bias)
    return weights


@pytest.mark.parametrize("node", [0, 1, 3, 6])
def test_other_weights_than_committed(case: Case, monkeypatch: pytest.MonkeyPatch, node: int) -> None:
    """Used in the layers, the committed ones opened; or others committed under the model's name."""
    weights = other_weights(case, node)
    secret = replace(case.secret(case.instance()), weights=weights)
    instance = case.instance(said_outputs(case, Cheat(secret=secret)))
    refused(case, instance, Cheat(secret=secret).prove(case, instance), "batching")
    model = case.commit(model_vector(FAST, case.network, weights), b"model")
    assert model.root != case.model.root
    proof = Cheat(secret=replace(secret, model=model)).prove(case, instance)
    refused(case, instance, proof, "opening-root")
    without_roots(monkeypatch)
    assert accepts(case, instance, proof)


def test_other_biases_than_committed(case: Case) -> None:
    weights = dict(case.weights)
    weights[6] = NodeWeights(weights[6].weight, weights[6].bias + np.int32(16))
    secret = replace(case.secret(case.instance()), weights=weights)
    instance = case.instance(said_outputs(case, Cheat(secret=secret)))
    refused(case, instance, Cheat(secret=secret).prove(case, instance), "batching")


def test_the_word_of_another_model_under_the_root(case: Case) -> None:
    """The tree is the model's, the words in it are read as another's: columns do not fit their leaves."""
    weights = other_weights(case)
    other = case.commit(model_vector(FAST, case.network, weights), b"model")
    mixed = replace(other, tree=case.model.tree, root=case.model.root)
    secret = replace(case.secret(case.instance()), weights=weights, model=mixed)
    instance = case.instance(said_outputs(case, Cheat(secret=secret)))
    refused(case, instance, Cheat(secret=secret).prove(case, instance), "opening-root")


def test_every_weight_changes_the_root(case: Case) -> None:
    """No commitment is degenerate: any change, and any other salt, gives another root."""
    roots = {case.model.root}
    vector = model_vector(FAST, case.network, case.weights)
    for place in range(0, len(vector), 7):
        changed = vector.copy()
        changed[place] = (int(changed[place]) + 1) % P
        roots.add(case.commit(changed, b"model").root)
    assert len(roots) == 1 + len(range(0, len(vector), 7))
    assert case.commit(vector, b"other").root not in roots
    assert case.commit(vector, b"model").root == case.model.root


# -- examples --------------------------------------------------------------------------------------------------------
TRICKS = {
    "permuted": [1, 0, 2, 3, 4],
    "one twice": [0, 0, 2, 3, 4],
    "moved on by one": [1, 2, 3, 4, 0],
}


@pytest.mark.parametrize("trick", TRICKS)
def test_examples_that_are_not_the_committed_ones(case: Case, monkeypatch: pytest.MonkeyPatch, trick: str) -> None:
    x = np.ascontiguousarray(case.x[..., TRICKS[trick]])
    secret = replace(case.secret(case.instance()), x=x)
    instance = case.instance(said_outputs(case, Cheat(secret=secret)))
    assert (instance.head.values != case.logits).any()
    refused(case, instance, Cheat(secret=secret).prove(case, instance), "batching")
    chunk = case.commit(chunk_vector(FAST, case.network.tensors[0].shape, x, case.labels), b"chunk")
    proof = Cheat(secret=replace(secret, chunk=chunk)).prove(case, instance)
    refused(case, instance, proof, "opening-root")
    without_roots(monkeypatch)
    assert accepts(case, instance, proof)


def test_labels_that_are_not_the_committed_ones(case: Case) -> None:
    labels = case.logits.argmax(axis=1)
    chunk = case.commit(chunk_vector(FAST, case.network.tensors[0].shape, case.x, labels), b"chunk")
    honest = replace(case, labels=labels)
    instance = case.instance(honest.right(1))
    assert instance.head.correct == 5 > case.right(1).correct
    secret = replace(case.secret(instance), labels=labels)
    refused(case, instance, Cheat(secret=secret).prove(case, instance), "batching")
    refused(case, instance, Cheat(secret=replace(secret, chunk=chunk)).prove(case, instance), "opening-root")


@pytest.mark.parametrize(("said", "used"), [((0, 2), (1, 2)), ((2, 3), (0, 3)), ((1, 1), (4, 1))])
def test_other_examples_of_the_chunk(case: Case, said: tuple[int, int], used: tuple[int, int]) -> None:
    """Proven are some examples of the chunk, claimed are others."""
    other = case.instance(None, *used)
    instance = case.instance(other.head, *said)
    secret = replace(case.secret(other))
    assert not accepts(case, instance, Cheat(secret=secret).prove(case, instance))
    assert not accepts(case, instance, Cheat().prove(case, other))


def test_inputs_outside_their_range(case: Case) -> None:
    """Committed by whomever: every input is looked up."""
    x = case.x.copy()
    x[0, 0, 0, 0] = 128
    chunk = case.commit(chunk_vector(FAST, case.network.tensors[0].shape, x, case.labels), b"chunk")
    secret = replace(case.secret(case.instance()), x=x, chunk=chunk)
    true = case.instance()
    logits = executed(true, secret, None).logits
    public = replace(true.chunk, matrix=matrix_of(chunk))
    instance = replace(true, chunk=public, head=Outputs(logits))
    refused(case, instance, Cheat(secret=secret).prove(case, instance), "lookup-balance")


# -- pads ------------------------------------------------------------------------------------------------------------
def spoiled(vector: NDArray[np.uint32], segments: list[Segment], seed: int) -> NDArray[np.uint32]:
    """Noise in every entry that is no real entry of any segment."""
    real = np.zeros(len(vector), dtype=bool)
    for segment in segments:
        rows = real[segment.offset : segment.end].reshape(-1, segment.high * segment.low)
        rows[:, : segment.inner] = True
    noise = np.random.default_rng(seed).integers(1, P, len(vector), dtype=np.uint32)
    return np.where(real, vector, noise)


def places(plan: Plan) -> list[Segment]:
    """Every real entry of the flat vector."""
    found = [part for segments in plan.model.values() for part in (segments.weight, segments.bias)]
    found += [plan.chunk.examples, *([plan.chunk.labels] if plan.chunk.labels else [])]
    for site in plan.sites.values():
        found += [segment for segment in (site.place, site.remainders) if segment is not None]
    return [
        *found,
        *(group.multiplicities for group in plan.groups),
        *plan.extras.values(),
        *([plan.pads] if plan.pads else []),
    ]


class Littered:
    """A prover whose commitments hold noise in all their pads; its look-ups are those of clean numbers."""

    def __init__(self, case: Case, instance: Instance) -> None:
        plan, width = make_plan(instance), 1 << case.log_columns
        clean = np.concatenate([case.model.rows.reshape(-1), case.chunk.rows.reshape(-1)])
        vector = np.zeros(plan.rows * width, dtype=np.uint32)
        vector[: len(clean)] = clean
        self.pads = spoiled(vector, places(plan), 1)
        cut = len(case.model.rows) * width
        first = plan.first_row * width
        self.model = case.commit(self.pads[:cut].copy(), b"model")
        self.chunk = case.commit(self.pads[cut:first].copy(), b"chunk")
        self.plan, self.first = plan, first
        chunk = replace(instance.chunk, matrix=matrix_of(self.chunk))
        self.instance = replace(instance, model=matrix_of(self.model), chunk=chunk)
        self.secret = replace(case.secret(instance), model=self.model, chunk=self.chunk)

    def litter(self, witness: Witness) -> NDArray[np.uint32]:
        """The flat vector with noise in its pads."""
        return spoiled(witness.vector, places(self.plan), 1)


@pytest.mark.parametrize("head", ["outputs", "accuracy"])
@pytest.mark.parametrize(("count", "mode"), [(3, "open"), (31, "open"), (3, "hidden")])
def test_noise_in_every_pad(head: str, count: int, mode: str) -> None:
    case = every_kind(FAST, count).in_mode(mode)
    instance = case.instance(case.right(1) if head == "accuracy" else None)
    littered = Littered(case, instance)
    assert (littered.pads[: littered.first] != 0).sum() > 300
    assert littered.model.root != case.model.root

    cheat = Cheat(secret=littered.secret, instead=lambda running: littered.litter(running.witness))
    proof = cheat.prove(case, littered.instance)
    assert accepts(case, littered.instance, proof)


@pytest.mark.parametrize("mode", MODES)
def test_a_pad_of_the_look_ups_cannot_balance(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """1/x in a pad, x chosen after alpha, makes up for any look-up; but pads are 1, says the leaf."""
    case = every_kind(FAST, 3).in_mode(mode)
    lie = Cheat(lambda i, run: replace(run, y=np.where(run.y == run.y.max(), run.y - 1, run.y)) if i == 6 else run)
    instance = case.instance(said_outputs(case, lie))
    honest = prover.site_leaves

    def balanced(field: object, witness: Witness, drawn: Challenges, group: Group) -> Ext:
        leaves, scalars = honest(FAST, witness, drawn, group), FAST.scalars
        pad = int(np.flatnonzero((leaves[0] == 1) & ~leaves[1:].any(axis=0))[-1])
        counts = witness.vector[group.multiplicities.offset :][: witness.plan.tables.total]
        held = FAST.mul_base(FAST.inverse(trees_denominators(witness, drawn)), counts.copy())
        missing = scalars.sub(summed(held), scalars.sub(summed(FAST.inverse(leaves)), scalars.from_int(group.pads)))
        value = scalars.inverse(scalars.add(missing, scalars.one))
        leaves[:, pad] = np.array(value, dtype=leaves.dtype)
        return leaves

    monkeypatch.setattr(prover, "site_leaves", balanced)
    proof = lie.prove(case, instance)
    refused(case, instance, proof, "lookup-leaf")
    monkeypatch.setattr(verifier, "check_leaf", lambda *_: None)
    assert accepts(case, instance, again(lie, case, instance, proof))


def trees_denominators(witness: Witness, drawn: Challenges) -> Ext:
    tables = witness.plan.tables
    return np.ascontiguousarray(table_denominators(FAST, tables, drawn)[:, : tables.total])


def summed(table: Ext) -> tuple[int, ...]:
    return FAST.dot(np.ascontiguousarray(table), FAST.lift(np.ones(table.shape[1], dtype=FAST.dtype)))


# -- matrices --------------------------------------------------------------------------------------------------------
def test_matrices_opened_in_another_s_place(case: Case) -> None:
    secret = case.secret(case.instance())
    assert len(case.model.rows) != len(case.chunk.rows) or case.model.root != case.chunk.root
    instance = case.instance()
    for wrong in (
        replace(instance, model=replace(instance.model, root=case.chunk.root)),
        replace(instance, model=replace(instance.model, root=bytes(32))),
    ):
        refused(case, wrong, Cheat(secret=secret).prove(case, wrong), "opening-root")


def test_a_witness_other_than_its_root(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent is the root of one witness, opened another: the challenges were drawn from the first."""
    instance = case.instance()
    other = case.commit(np.zeros(1 << case.log_columns, dtype=np.uint32), b"other")
    say = lambda sent: replace(sent, raw=other.root) if sent.label == "witness" else sent  # noqa: E731
    proof = Cheat(say=say).prove(case, instance)
    refused(case, instance, proof, "opening-root")
    without_roots(monkeypatch)
    assert accepts(case, instance, proof)


def test_secrets_are_the_provers(case: Case) -> None:
    assert {field.name for field in Secret.__dataclass_fields__.values()} == {
        "weights", "x", "labels", "model", "chunk", "seed",
    }  # fmt: skip
