"""What has no proof is refused before anything is spent: at exactly the digits' edge, by document or by threshold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from circuits import infer
from helpers.tiny_audit import BACKEND
from helpers.tiny_models import classifier, identity_model
from helpers.tiny_outputs import ProvenOutputs, secret_corpus
from onnx import helper

from proofs.budget import Budget
from proofs.commitment.corpus import Corpus
from proofs.commitment.input_format import InputFormat
from proofs.commitment.model import ModelCommitment
from proofs.commitment.view_format import ViewFormat
from proofs.errors import InvalidInput, ProverFailed, UnsupportedModel
from proofs.halo2.architecture import split_model
from proofs.halo2.circuits.inference import inference_circuit
from proofs.halo2.circuits.retrieval import retrieval_circuit
from proofs.halo2.description import CircuitDescription, RunParameters
from proofs.halo2.preflight import require_provable
from proofs.halo2.secret_model import SecretModel
from proofs.integer import IntegerModel, OutOfRange
from proofs.predicate import CLASS, THRESHOLD, Predicate

FORMAT = ViewFormat((3,), "fixed", 7, 7, 1)
DIGITS = RunParameters(1024, 3, 15, (0, 0))
"""Magnitudes below 2^30; logits of the identity model are raw * 2^7, compared at 2^14."""


def model_of(onnx: bytes, parameters: RunParameters = DIGITS) -> SecretModel:
    """A model as if committed: nothing here needs its keys."""
    architecture, weights = split_model(onnx)
    shape = InputFormat(FORMAT.shape, 7, 3, 1)
    description = CircuitDescription(architecture, shape, "polycommit", 4, parameters, bytes(32), "23.0.5")
    zero = bytes(32)
    commitment = ModelCommitment("halo2", bytes(20), zero, zero, zero, shape, {})
    return SecretModel(commitment, description, weights, None, onnx)


def corpus_of(*rows: tuple[int, int, int]) -> Corpus:
    return secret_corpus(np.array(rows) / 128, FORMAT)


IDENTITY = identity_model(3)
CLASS_0 = Predicate(CLASS, 0)
# The last value that has a proof, and the first that has none.
EDGES = {
    "logit": (None, (2**23 - 1, 0, 0), (2**23, 0, 0)),
    "negative logit": (None, (0, 1 - 2**23, 0), (0, -(2**23), 0)),
    "class": (CLASS_0, (2**16 - 1, 0, 0), (2**16, 0, 0)),
    "class, from below": (CLASS_0, (5, 2**16 + 4, 3), (5, 2**16 + 5, 3)),
    "class, others far apart": (Predicate(CLASS, 1), (2**15, 0, -(2**15)), (2**16, 0, -(2**15))),
    "threshold": (Predicate(THRESHOLD, 0, 100), (100 + 2**16 - 1, 0, 0), (100 + 2**16, 0, 0)),
    "threshold, from below": (Predicate(THRESHOLD, 2, 2**16), (0, 0, 1), (0, 0, 0)),
}


@pytest.mark.parametrize("name", EDGES)
def test_the_edge_is_where_the_circuit_has_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused here if and only if ezkl finds no witness."""
    predicate, fits, too_far = EDGES[name]
    require_provable(model_of(IDENTITY), corpus_of(fits), predicate)
    with pytest.raises(InvalidInput, match=r"document 1.*no proof"):
        require_provable(model_of(IDENTITY), corpus_of(fits, too_far), predicate)
    if name in ("logit", "class", "threshold"):
        monkeypatch.setattr("circuits.PARAMETERS", DIGITS)
        architecture, weights = split_model(IDENTITY)
        if predicate is None:
            provable = IntegerModel.compile(architecture, weights, FORMAT.shape, 7, DIGITS.base**DIGITS.legs)
            assert provable.run_provable(np.array([fits])).integers(0) == [value << 7 for value in fits]
            with pytest.raises(OutOfRange) as found:
                provable.run_provable(np.array([fits, too_far]))
            assert found.value.examples == (1,)
            circuit, words = inference_circuit(architecture, weights, FORMAT, 3, None), ()
        else:
            circuit = retrieval_circuit(architecture, weights, FORMAT, 3, None, predicate.kind == THRESHOLD)
            words = predicate.words(3, 7)
        rows = [(FORMAT.rows(np.array([raw]), np.zeros((1, 8), dtype=np.int64)), words) for raw in (fits, too_far)]
        assert infer(circuit, 7, rows[:1])
        with pytest.raises(ProverFailed, match="witness"):
            infer(circuit, 7, rows[1:])


@pytest.mark.parametrize("sign", [1, -1])
def test_largest_logit_that_has_a_proof(sign: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One below the limit, to the integer: accepted here and by ezkl. The limit itself is the edge above."""
    monkeypatch.setattr("circuits.PARAMETERS", DIGITS)
    weights = {"w": np.diag([128.0, 1.0, 1.0]).astype("f4"), "b": np.array([-1 / 16384, 0, 0], dtype="f4") * sign}
    onnx = classifier([helper.make_node("Gemm", ["x", "w", "b"], ["y"])], weights, (3,))
    limit = DIGITS.base**DIGITS.legs
    model = IntegerModel.compile(*split_model(onnx), FORMAT.shape, 7, limit)
    fits, circuit = np.array([[sign * (limit >> 14), 0, 0]]), inference_circuit(*split_model(onnx), FORMAT, 3, None)
    none = np.zeros((1, 8), dtype=np.int64)
    assert model.run(fits).integers(0)[0] == sign * (limit - 1)
    assert infer(circuit, 7, [(FORMAT.rows(fits, none), ())])[0][0] == model.run_provable(fits).integers(0)[0]


def test_values_inside_the_model() -> None:
    nodes = [helper.make_node("MatMul", ["x", "w"], ["a"]), helper.make_node("Relu", ["a"], ["y"])]
    model = model_of(classifier(nodes, {"w": np.eye(3, dtype="f4")}, (3,)))
    require_provable(model, corpus_of((2**23 - 1, 0, 0)), None)
    with pytest.raises(InvalidInput, match="document 1 drives a value inside the model"):
        require_provable(model, corpus_of((1, 2, 3), (2**23, 0, 0)), None)


def test_blank_documents_count() -> None:
    """They are proven like any other: a threshold within reach of every real document can be beyond theirs."""
    wide = replace(FORMAT, batch=2)
    predicate = Predicate(THRESHOLD, 0, 2**16)
    require_provable(model_of(IDENTITY), secret_corpus(np.array([(1, 0, 0), (2, 0, 0)]) / 128, wide), predicate)
    with pytest.raises(InvalidInput, match="the blank document"):
        require_provable(model_of(IDENTITY), secret_corpus(np.array([(1, 0, 0)]) / 128, wide), predicate)


def test_operators_only_the_compiler_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this project's own integers stop, ezkl's are used; the verdict is the same."""

    def refuse(*_: object) -> IntegerModel:
        raise UnsupportedModel("not known here")

    monkeypatch.setattr(IntegerModel, "compile", refuse)
    predicate, fits, too_far = EDGES["threshold"]
    require_provable(model_of(IDENTITY), corpus_of(fits), predicate)
    with pytest.raises(InvalidInput, match=r"document 1.*no proof"):
        require_provable(model_of(IDENTITY), corpus_of(fits, too_far), predicate)


def test_nothing_is_spent(proven_class: ProvenOutputs) -> None:
    model, corpus = proven_class.model, proven_class.corpus
    budget = Budget(model.commitment.weights_commitment, model.description.budget)
    before = budget.spent
    far = Predicate.at_least(0, 100_000.0, 7)
    with pytest.raises(InvalidInput, match="threshold 100000 lies too far"):
        BACKEND.prove_retrieval(model, corpus, far)
    with pytest.raises(InvalidInput, match="does not exist"):
        BACKEND.prove_retrieval(model, corpus, Predicate(CLASS, 3))
    with pytest.raises(InvalidInput, match="is no number"):
        Predicate.at_least(0, 1e308, 7)
    assert budget.spent == before
