"""What a client accepts as a proof of its round: each check, and the message that fails only there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from helpers.proven_rounds import proof_of
from helpers.tiny_models import mlp
from helpers.tiny_sumcheck import network
from round_proof_kit import COUNT, INPUTS, ROUND, VIEW, outputs

from assay.service.round import Round
from assay.service.round_proof.checking import check_round_proof, check_same_description
from assay.service.round_proof.examples import check_inputs, covered, round_examples
from proofs.commitment.view_format import ViewFormat
from proofs.errors import InvalidInput, MalformedProof, RejectedProof
from proofs.halo2.architecture import split_model
from proofs.halo2.commit import CommitOptions
from proofs.halo2.description import CircuitDescription, RunParameters
from proofs.halo2.integer_network import input_format, same_function_onnx
from proofs.predicate import CLASS, Predicate
from proofs.sumcheck_backend import resume
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.questions import AskSelection
from protocols.predictions.round_proof import RoundProof, round_context

Change = Callable[[RoundProof], RoundProof]


@cache
def honest() -> RoundProof:
    return proof_of(network(), ROUND, INPUTS)


def check(found: RoundProof, of: Round = ROUND, inputs: dict[int, np.ndarray] = INPUTS) -> dict[int, tuple[int, ...]]:
    return dict(check_round_proof(found.to_bytes(), network().commitment, of, inputs).outputs)


def test_an_honest_proof_shows_every_answer_as_the_circuit_would() -> None:
    assert check(honest()) == outputs()
    assert check(honest(), inputs={**INPUTS, 9: INPUTS[0]}) == outputs()


def test_a_proof_about_some_answers_shows_those() -> None:
    some = {index: INPUTS[index] for index in (1, 3)}
    assert check(proof_of(network(), ROUND, some)) == {index: outputs()[index] for index in (1, 3)}


def test_another_jobs_proof_is_refused_whatever_its_message_says() -> None:
    other = replace(ROUND, terms=replace(ROUND.terms, nonce=2))
    with pytest.raises(RejectedProof, match="another job") as refusal:
        check(honest(), other)
    assert refusal.value.check == "job"
    with pytest.raises(RejectedProof) as refusal:
        check(replace(honest(), job_id=other.job_id), other)
    assert refusal.value.check == "context"


def test_context_of_other_questions_is_refused() -> None:
    moved = replace(honest(), indices=tuple(range(1, COUNT + 1)))
    shifted = {index + 1: raw for index, raw in INPUTS.items()}
    with pytest.raises(RejectedProof) as refusal:
        check(moved, inputs=shifted)
    assert refusal.value.check == "context"
    unbound = proof_of(network(), ROUND, INPUTS, round_context(ROUND.job_id, (0,)))
    with pytest.raises(RejectedProof) as refusal:
        check(unbound)
    assert refusal.value.check == "context"


def test_other_inputs_are_refused() -> None:
    changed = {**INPUTS, 2: INPUTS[2] ^ 2}
    with pytest.raises(RejectedProof) as refusal:
        check(honest(), inputs=changed)
    assert refusal.value.check == "statement-data"
    for inputs in ({index: INPUTS[index] for index in range(COUNT - 1)}, {**INPUTS, 0: INPUTS[0] | 1}):
        with pytest.raises(RejectedProof) as refusal:
            check(honest(), inputs=inputs)
        assert refusal.value.check == "indices"


def test_another_network_is_refused() -> None:
    other = proof_of(network(1), ROUND, INPUTS)
    with pytest.raises(RejectedProof) as refusal:
        check(other)
    assert refusal.value.check == "model"
    with pytest.raises(RejectedProof) as refusal:
        check(replace(other, model_id=network().commitment.model_id))
    assert refusal.value.check.startswith("statement-")


def test_other_logits_and_other_claims_are_refused() -> None:
    found = SumcheckBundle.from_bytes(honest().bundle)
    answers = np.frombuffer(found.answers, dtype="<i4").copy()
    answers[0] += 1
    with pytest.raises(RejectedProof) as refusal:
        check(replace(honest(), bundle=replace(found, answers=answers.tobytes()).to_bytes()))
    assert refusal.value.check == "statement-outputs"
    with pytest.raises(RejectedProof) as refusal:
        check(replace(honest(), bundle=_selection()))
    assert refusal.value.check == "claim"
    damaged = bytearray(honest().bundle)
    damaged[-40] ^= 1
    with pytest.raises((RejectedProof, MalformedProof)):
        check(replace(honest(), bundle=bytes(damaged)))
    with pytest.raises(MalformedProof):
        check(replace(honest(), bundle=b"nothing"))


def _selection() -> bytes:
    examples = round_examples(network().commitment, VIEW, INPUTS, tuple(INPUTS))
    asked = AskSelection(Predicate(CLASS, 0))
    outcome = prove(network(), examples, examples.commitment(), asked, context=honest().context)
    resume.forget(outcome.bundle.statement)
    return outcome.bundle.to_bytes()


def test_only_integers_in_range_are_covered() -> None:
    model, unit = network().commitment, 1 << VIEW.scale_bits
    low, high = model.format.low, model.format.high
    whole = np.zeros(VIEW.features, np.int64)
    inputs = {0: whole, 1: whole + 1, 2: whole + high * unit, 3: whole + (high + 1) * unit, 4: whole + low * unit}
    inputs |= {5: whole + (low - 1) * unit}
    assert covered(model, VIEW, inputs) == (0, 2, 4)
    with pytest.raises(InvalidInput, match="not this network's graph"):
        check_inputs(model, ViewFormat((9,), "fixed", 1, 1, 1))


def description(of: bytes) -> CircuitDescription:
    shape = input_format(network().commitment.network, 1)
    parameters = RunParameters(base=1024, legs=3, logrows=12, lookup_range=(0, 0))
    architecture, _ = split_model(of)
    options = CommitOptions()
    return CircuitDescription(architecture, shape, options.binding, 32, parameters, bytes(32), "23.0.5")


def test_a_circuit_of_the_same_graph_is_known_whatever_its_weights() -> None:
    shape = network().commitment.network
    same = description(same_function_onnx(shape, network().weights))
    check_same_description(network().commitment, same)
    for other in (description(mlp(0)), replace(same, format=replace(same.format, scale_bits=2))):
        with pytest.raises(RejectedProof, match="graph"):
            check_same_description(network().commitment, other)
