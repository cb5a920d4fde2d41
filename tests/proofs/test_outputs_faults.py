"""Malicious provers of retrieval and inference with real proofs: one named test for each way to lie.

Another model, corpus or occasion; batches left out or repeated; a proof of one kind shown as another; a selector that
is no one-hot; dead units that are not dead; a circuit that reads the committed weights in another order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from helpers.tiny_audit import BACKEND, CONTEXT, SHAPE, Proven
from helpers.tiny_models import mlp
from helpers.tiny_outputs import CLASS_0, FORMAT, LIMIT, ProvenOutputs, restated, secret_corpus, views

from proofs.bundle import AccuracyBundle, BatchProof
from proofs.commitment.corpus import Corpus
from proofs.commitment.model import ModelCommitment
from proofs.errors import AssayError, InvalidInput, ProverFailed, RejectedProof
from proofs.fidelity import FidelityReceipt
from proofs.halo2 import columns, inputs, tag, task
from proofs.halo2.artefacts import build
from proofs.halo2.backend import accuracy_statement
from proofs.halo2.circuits import model_part
from proofs.halo2.circuits.graph import Graph
from proofs.halo2.circuits.retrieval import void
from proofs.halo2.commit import CommitOptions
from proofs.halo2.felts import from_hex
from proofs.halo2.runner import Report, run_job
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.task import INFERENCE, RETRIEVAL_CLASS, TaskCircuit
from proofs.halo2.task_backend import prove_batch, statement_of
from proofs.halo2.task_prover import proving_task
from proofs.halo2.task_verifier import circuit_for
from proofs.outputs_bundle import OutputsBundle, OutputsProof, note_of
from proofs.predicate import CLASS, Predicate

ONE = 1 << FORMAT.scale_bits


def check_of(bundle: OutputsBundle, proven: ProvenOutputs) -> str:
    with pytest.raises(RejectedProof) as rejection:
        proven.verify(bundle)
    return rejection.value.check


def one_batch() -> Corpus:
    return secret_corpus(views(2))


def forge(
    model: SecretModel, claimed: ModelCommitment, corpus: Corpus, predicate: Predicate | None, words: Sequence[int]
) -> OutputsBundle:
    """A bundle claimed of one model, really proven with another and with predicate words of the adversary's choice."""
    statement = statement_of(claimed, corpus.commitment, CONTEXT, predicate)
    circuit = circuit_for(statement, claimed, corpus.commitment)
    bound = tag.bound_tag(CONTEXT, note_of(statement))
    with proving_task(model, circuit, words) as session:
        proofs = [prove_batch(session, corpus, index, bound)[0] for index in range(corpus.commitment.batches)]
    return OutputsBundle(statement, circuit.to_json(), tuple(proofs))


def with_first_words(bundle: OutputsBundle, change: Sequence[int], start: int = 0) -> OutputsBundle:
    """The bundle with words of its first batch exchanged from place ``start`` on."""
    first = bundle.batches[0]
    words = (*first.words[:start], *change, *first.words[start + len(change) :])
    return replace(bundle, batches=(replace(first, words=words), *bundle.batches[1:]))


def test_every_public_value_is_bound(proven_threshold: ProvenOutputs) -> None:
    """No instance of a proof may change: hashes, tag hash, bits, selector, threshold, void, tag limbs."""
    bundle = proven_threshold.bundle
    statement = bundle.statement
    circuit = circuit_for(statement, proven_threshold.commitment, proven_threshold.data)
    limbs = tag.limbs(tag.bound_tag(statement.context, bundle.note))
    batch = bundle.batches[0]
    honest = inputs.task_instances(circuit, proven_threshold.commitment.weights_commitment, batch, limbs)
    assert len(honest) == 2 + 1 + (2 + 3 + 1) + 1 + 16
    changed = [[*honest[:i], value + 1, *honest[i + 1 :]] for i, value in enumerate(honest)]
    tried = [honest, *changed, honest[:-1], [*honest, 0]]
    artefacts = build(circuit)
    request = {"settings": str(artefacts.settings), "vk": str(artefacts.vk), "srs": str(artefacts.srs)}
    proofs = [{"proof": batch.proof.hex(), "instances": values} for values in tried]
    verdicts = run_job("verify", {**request, "proofs": proofs}).answer["verdicts"]
    assert [verdict is None for verdict in verdicts] == [True] + [False] * (len(tried) - 1)


def test_another_predicate(proven_class: ProvenOutputs, proven_threshold: ProvenOutputs) -> None:
    """Statement, words, or both changed to another class, and to a threshold that is off by one."""
    other = restated(proven_class.bundle, predicate=Predicate(CLASS, 1))
    assert check_of(other, proven_class) == "predicate"
    rewritten = tuple(replace(batch, words=(*batch.words[:2], 0, ONE, 0)) for batch in other.batches)
    assert check_of(replace(other, batches=rewritten), proven_class) == "proof"
    for step in (1, -1):
        moved = replace(LIMIT, threshold=(LIMIT.threshold or 0) + step)
        bundle = restated(proven_threshold.bundle, predicate=moved)
        assert check_of(bundle, proven_threshold) == "predicate"
        batches = tuple(replace(b, words=(*b.words[:-1], moved.threshold)) for b in bundle.batches)
        assert check_of(replace(bundle, batches=batches), proven_threshold) == "proof"


def test_another_occasion(proven_class: ProvenOutputs, proven_inference: ProvenOutputs) -> None:
    for proven in (proven_class, proven_inference):
        assert check_of(restated(proven.bundle, context=bytes(32)), proven) == "proof"
        stolen = replace(proven.model, commitment=proven.commitment.owned_by(b"\1" * 20))
        thief = replace(proven, model=stolen)
        assert check_of(proven.bundle, thief) == "statement-model"
        assert check_of(restated(proven.bundle, model=stolen.commitment.model_id), thief) == "proof"


def test_another_corpus(proven_class: ProvenOutputs) -> None:
    """The same number of other documents: the honest proof does not speak of them, whatever it is made to say."""
    corpus = secret_corpus(views(3)[::-1])
    moved = replace(proven_class, corpus=corpus)
    assert check_of(proven_class.bundle, moved) == "statement-data"
    bundle = restated(proven_class.bundle, data=corpus.commitment.root)
    assert check_of(bundle, moved) == "data-root"
    batches = tuple(replace(b, opening=corpus.opening(i)) for i, b in enumerate(bundle.batches))
    assert check_of(replace(bundle, batches=batches), moved) == "proof"


def test_fewer_documents_than_committed(proven_class: ProvenOutputs) -> None:
    """A responder who withholds the last batch, repeats one, or calls a real document blank."""
    first, second = proven_class.bundle.batches
    for batches in ((first,), (second,), (first, first), (second, first), (first, second, second), ()):
        assert check_of(replace(proven_class.bundle, batches=batches), proven_class) == "coverage"
    shorter = replace(proven_class.data, total=2)
    with pytest.raises(RejectedProof) as rejection:
        BACKEND.verify_retrieval(proven_class.bundle, proven_class.commitment, shorter)
    assert rejection.value.check == "statement-data"


def test_another_model_of_the_same_shape(proven_class: ProvenOutputs) -> None:
    other = BACKEND.commit_model(mlp(5), SHAPE, CommitOptions())
    small = replace(proven_class, corpus=one_batch())
    words = CLASS_0.words(3, FORMAT.scale_bits)
    with (
        pytest.raises(InvalidInput, match="belongs to another model"),
        proving_task(other, TaskCircuit(replace(other.description, budget=3), RETRIEVAL_CLASS, FORMAT), words),
    ):
        pass
    forged = forge(other, proven_class.commitment, small.corpus, CLASS_0, words)
    assert check_of(forged, small) == "model-commitment"
    head = proven_class.bundle.batches[0].proof[:64]
    (batch,) = forged.batches
    spliced = replace(batch, proof=head + batch.proof[64:])
    assert check_of(replace(forged, batches=(spliced,)), small) == "proof"


@pytest.mark.parametrize(
    ("predicate", "words"), [(CLASS_0, (ONE, ONE, 0)), (LIMIT, (2 * ONE, 0, 0, LIMIT.threshold))], ids=["two", "scaled"]
)
def test_selectors_that_are_no_one_hot(
    predicate: Predicate, words: tuple[int, ...], proven_class: ProvenOutputs
) -> None:
    """The circuit takes any numbers as its selector: the verifier, not the circuit, makes it a one-hot."""
    small = replace(proven_class, corpus=one_batch())
    bundle = forge(proven_class.model, proven_class.commitment, small.corpus, predicate, words)
    assert bundle.batches[0].words[2:] == words
    assert check_of(bundle, small) in ("predicate", "bit")
    pretty = with_first_words(bundle, predicate.words(3, FORMAT.scale_bits), start=2)
    pretty = with_first_words(pretty, [ONE if bit else 0 for bit in bundle.batches[0].words[:2]])
    assert check_of(pretty, small) == "proof"


def test_dead_units_that_are_not_dead(proven_inference: ProvenOutputs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who commits non-zero outer weights gets a void that is not zero: one's own prover and every verifier refuse."""

    def dead(graph: Graph, row: str, name: str, width: int) -> str:
        return graph.node("MatMul", [row, graph.constant(name, np.eye(width, 1, dtype="f4") / ONE)])

    corpus = one_batch()
    monkeypatch.setattr(model_part, "_dead", dead)
    model = BACKEND.commit_model(mlp(0), SHAPE, CommitOptions())
    statement = statement_of(model.commitment, corpus.commitment, CONTEXT, None)
    circuit = circuit_for(statement, model.commitment, corpus.commitment)
    bound = tag.bound_tag(CONTEXT, note_of(statement))
    with proving_task(model, circuit) as session:
        answer = run_job("prove", session._request(corpus.rows[:2], bound), folder=session.folder).answer
        with pytest.raises(ProverFailed, match="public values are not the statement's"):
            session._typed(corpus.opening(0), bound, Report(answer, 0.0, 0.0, {}))
    found = [from_hex(text) for text in answer["instances"]]
    honest = tuple(word for row in proven_inference.bundle.logits(3)[:2] for word in row)
    forged = OutputsProof(corpus.opening(0), found[2], honest, bytes.fromhex(answer["proof"]))
    limbs = tag.limbs(bound)
    wanted = inputs.task_instances(circuit, model.commitment.weights_commitment, forged, limbs)
    differing = [place for place, pair in enumerate(zip(found, wanted, strict=True)) if len(set(pair)) > 1]
    assert differing == [2 + 1 + 6]  # the void alone: no logit moved
    artefacts = build(circuit)
    request = {"settings": str(artefacts.settings), "vk": str(artefacts.vk), "srs": str(artefacts.srs)}
    proofs = [{"proof": answer["proof"], "instances": found}]
    assert run_job("verify", {**request, "proofs": proofs}).answer["verdicts"] == [None]
    bundle = OutputsBundle(statement, circuit.to_json(), (forged,))
    assert check_of(bundle, ProvenOutputs(model, corpus, proven_inference.outcome)) == "proof"


def test_a_circuit_that_reads_the_weights_in_another_order(
    proven_inference: ProvenOutputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commitment fixes numbers in places; a circuit that puts the mask's first is another model's."""
    circuit = TaskCircuit(proven_inference.model.description, INFERENCE, FORMAT)

    def permuted(architecture, weights, shape, outputs, mask) -> bytes:
        graph = Graph()
        rows = [graph.input(f"input_{i}", [1, shape.width]) for i in range(shape.batch)]
        limbs, blinds = graph.split(graph.input("tag", [1, 28]), [16, 12])
        x, _ = graph.split(graph.stack(rows), [shape.features, shape.salt_limbs])
        graph.output(void(graph, limbs, blinds, mask, shape.scale_bits), [1, 1])
        graph.output(model_part.apply_model(graph, architecture, weights, x, shape), [shape.batch, outputs])
        graph.output(graph.node("Identity", [limbs]), [1, 16])
        return graph.serialise("inference", architecture.opset)

    columns.check_columns(circuit)
    monkeypatch.setattr(task, "inference_circuit", permuted)
    with pytest.raises(RejectedProof) as rejection:
        columns.check_columns(circuit)
    assert rejection.value.check == "parameter-order"


def test_kinds_shown_as_one_another(proven_class: ProvenOutputs, proven_inference: ProvenOutputs) -> None:
    """An inference proof as a retrieval and back, class as threshold: statement, circuit and words made to fit."""
    everything = (*CLASS_0.words(3, 7), *LIMIT.words(3, 7))
    for proven, predicate, words in (
        (proven_inference, CLASS_0, (ONE, 0, *everything[:3])),
        (proven_inference, LIMIT, (ONE, 0, *everything[3:])),
        (proven_class, LIMIT, (ONE, 0, *everything[3:])),
        (proven_class, None, (0,) * 6),
    ):
        statement = statement_of(proven.commitment, proven.data, CONTEXT, predicate)
        circuit = circuit_for(statement, proven.commitment, proven.data)
        batches = tuple(replace(batch, words=words) for batch in proven.bundle.batches)
        bundle = OutputsBundle(statement, circuit.to_json(), batches)
        assert check_of(bundle, proven) in ("proof", "proof-length")
        assert check_of(replace(bundle, circuit=proven.bundle.circuit), proven) == "circuit"
        with pytest.raises(InvalidInput, match="verify it as"):
            (BACKEND.verify_retrieval if predicate is None else BACKEND.verify_inference)(
                bundle, proven.commitment, proven.data
            )


def test_inference_shown_as_accuracy(proven: Proven, proven_inference: ProvenOutputs) -> None:
    model, data = proven_inference.commitment, proven.data
    statement = accuracy_statement(model, data, 0, CONTEXT)
    receipt = FidelityReceipt(data.total, 0, 4, 0, 0)
    batches = tuple(
        BatchProof(proven.test_set.opening(i), batch.tag_hash, 2, batch.proof)
        for i, batch in enumerate(proven_inference.bundle.batches)
    )
    with pytest.raises(RejectedProof) as rejection:
        BACKEND.verify_accuracy(AccuracyBundle(statement, model.details, receipt, batches), model, data)
    assert rejection.value.check in ("proof", "proof-length")


def test_accuracy_shown_as_retrieval(proven: Proven, proven_class: ProvenOutputs) -> None:
    corpus = one_batch()
    statement = statement_of(proven.commitment, corpus.commitment, CONTEXT, CLASS_0)
    circuit = circuit_for(statement, proven.commitment, corpus.commitment)
    first = proven.bundle.batches[0]
    words = (ONE, 0, *CLASS_0.words(3, 7))
    batch = OutputsProof(corpus.opening(0), first.tag_hash, words, first.proof)
    bundle = OutputsBundle(statement, circuit.to_json(), (batch,))
    with pytest.raises(RejectedProof) as rejection:
        BACKEND.verify_retrieval(bundle, proven.commitment, corpus.commitment)
    assert rejection.value.check in ("proof", "proof-length")


def test_words_that_are_no_canonical_integers(proven_inference: ProvenOutputs) -> None:
    """A bundle made in memory has not been through the parser: a logit plus the field's order is another logit."""
    bundle = proven_inference.bundle
    first = bundle.batches[0]
    for shift in (inputs.R, -inputs.R):
        assert check_of(with_first_words(bundle, [first.words[0] + shift]), proven_inference) == "outputs"


@pytest.mark.slow
def test_hashed_weights(strings: object) -> None:
    corpus = one_batch()
    hashed = BACKEND.commit_model(mlp(0), SHAPE, CommitOptions(binding="hashed"))
    outcome = BACKEND.prove_inference(hashed, corpus, CONTEXT)
    proven = ProvenOutputs(hashed, corpus, outcome)
    assert proven.verify() == outcome.bundle.logits(3)
    first = outcome.bundle.batches[0]
    assert check_of(with_first_words(outcome.bundle, [first.words[0] + 1]), proven) == "proof"
    other = replace(hashed.commitment, weights_commitment=bytes(31) + b"\1")
    bundle = restated(outcome.bundle, weights=other.weights_commitment, model=other.model_id)
    assert check_of(bundle, replace(proven, model=replace(hashed, commitment=other))) == "proof"


@pytest.mark.slow
def test_public_weights(strings: object) -> None:
    corpus = one_batch()
    fixed = BACKEND.commit_model(mlp(0), SHAPE, CommitOptions(binding="fixed"))
    outcome = BACKEND.prove_retrieval(fixed, corpus, LIMIT, CONTEXT)
    proven = ProvenOutputs(fixed, corpus, outcome, mlp(0))
    assert proven.verify() == (1,)
    assert outcome.bundle.statement.zero_knowledge is False
    assert check_of(outcome.bundle, replace(proven, onnx=mlp(5))) == "model-commitment"
    assert check_of(with_first_words(outcome.bundle, [ONE, ONE]), proven) == "proof"
    with pytest.raises(AssayError, match="--model"):
        replace(proven, onnx=None).verify()
