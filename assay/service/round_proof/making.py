"""The provider's side: one proof about everything it has answered in a round."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assay.service.round import Round
from assay.service.round_proof.examples import check_inputs, covered, round_examples
from assay.service.store import StoredAnswer
from proofs.errors import InvalidInput, ProverFailed
from proofs.halo2.integer_network import same_function_onnx, words_of
from proofs.networks.execution import logits
from proofs.sumcheck_backend import resume
from proofs.sumcheck_backend.cost import Progress
from proofs.sumcheck_backend.examples import Examples
from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.questions import AskLogits
from proofs.sumcheck_backend.secret_network import SecretNetwork
from protocols.predictions.round_proof import RoundProof, round_context


def check_network(network: SecretNetwork, onnx: bytes, of: Round) -> None:
    """Refuse a network whose graph is not the model a round is answered with. Raises InvalidInput."""
    check_inputs(network.commitment, of.view)
    if same_function_onnx(network.commitment.network, network.weights) != onnx:
        raise InvalidInput(
            "the rounds' model is not the graph of this integer network, so a proof of one says nothing about the "
            "other: export the network's graph, commit it with the halo2 backend, and answer rounds with it"
        )


def make_round_proof(
    network: SecretNetwork, of: Round, answers: Mapping[int, StoredAnswer], progress: Progress | None = None
) -> RoundProof:
    """Prove the outputs of every answer whose input the network reads.

    Raises:
        InvalidInput: no such answer, or another network's inputs. ResourceExceeded: no memory for it.
        ProverFailed: the network gives other outputs than were signed; such a proof would speak against its maker.
    """
    model, view = network.commitment, of.view
    check_inputs(model, view)
    inputs = {index: stored.raw for index, stored in answers.items()}
    indices = covered(model, view, inputs)
    if not indices:
        raise InvalidInput("no input answered so far is one the integer network reads: there is nothing to prove")
    examples = round_examples(model, view, inputs, indices)
    _require_signed(network, examples, {index: answers[index] for index in indices})
    context = round_context(of.job_id, indices)
    outcome = prove(network, examples, examples.commitment(), AskLogits(), context=context, progress=progress)
    resume.forget(outcome.bundle.statement)
    return RoundProof(of.job_id, model.model_id, indices, outcome.bundle.to_bytes())


def _require_signed(network: SecretNetwork, examples: Examples, answers: Mapping[int, StoredAnswer]) -> None:
    """Run the network before a proof is paid for. Raises ProverFailed: it gives other outputs than were signed."""
    model = network.commitment.network
    x = np.ascontiguousarray(examples.x.transpose(1, 2, 3, 0), dtype=np.int32)
    words = words_of(model, logits(model, network.weights, x))
    for (index, answer), found in zip(answers.items(), words, strict=True):
        if answer.signed.outputs != found:
            raise ProverFailed("round proof", f"the network gives other outputs than answer {index} was signed with")
