"""Rounds proven in zero-knowledge: the provider's commitment decides, and the client accepts no other mode."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from helpers.proven_rounds import proof_of
from helpers.tiny_hiding import hiding_subject
from helpers.tiny_sumcheck import network
from round_proof_kit import INPUTS, ROUND, VIEW, outputs

from assay.service.round_proof.checking import check_round_proof
from assay.service.round_proof.examples import round_examples
from assay.service.round_proof.making import make_round_proof
from proofs.errors import ProverFailed, RejectedProof
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.spending import model_budget


def test_a_hiding_network_proves_rounds_in_its_mode() -> None:
    model = hiding_subject().model
    budget = model_budget(model.commitment)
    assert budget is not None and budget.spent == 0
    found = proof_of(model, ROUND, INPUTS)
    assert budget.spent == 1, "the client's inputs are known to both: the network alone has a budget"
    assert SumcheckBundle.from_bytes(found.bundle).statement.zero_knowledge
    assert check_round_proof(found.to_bytes(), model.commitment, ROUND, INPUTS).outputs == outputs()
    openly = replace(found, model_id=network().commitment.model_id)
    with pytest.raises(RejectedProof):
        check_round_proof(openly.to_bytes(), network().commitment, ROUND, INPUTS)


def test_both_sides_compute_the_same_examples_in_the_networks_mode() -> None:
    for model in (hiding_subject().model.commitment, network().commitment):
        data = round_examples(model, VIEW, INPUTS, tuple(INPUTS))
        assert data.public and data.block == model.block


def test_a_proof_that_would_contradict_its_maker_is_not_paid_for() -> None:
    model = hiding_subject().model
    budget = model_budget(model.commitment)
    assert budget is not None and budget.spent == 0
    wrong = {index: tuple(word + 1 for word in words) for index, words in outputs().items()}
    answers = {
        index: SimpleNamespace(raw=raw, signed=SimpleNamespace(outputs=wrong[index])) for index, raw in INPUTS.items()
    }
    with pytest.raises(ProverFailed, match="other outputs than answer 0"):
        make_round_proof(model, ROUND, answers)  # type: ignore[arg-type]
    assert budget.spent == 0
