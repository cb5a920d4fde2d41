"""The client's side: what a round proof shows, judged with the client's own inputs and a commitment it was given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from assay.service.round import Round
from assay.service.round_proof.examples import check_inputs, covered, round_examples
from proofs.errors import InvalidInput, RejectedProof
from proofs.halo2.description import CircuitDescription
from proofs.halo2.integer_network import check_same_architecture, input_format, words_of
from proofs.statements.sumcheck_claims import Logits
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.verifying import verify
from protocols.predictions.round_decision import Proven
from protocols.predictions.round_proof import RoundProof


def check_round_proof(
    raw: bytes, model: NetworkCommitment, of: Round, inputs: Mapping[int, NDArray[np.int64]]
) -> Proven:
    """Verify untrusted bytes.

    Args:
        model: the provider's commitment, which this client has decided to rely on.
        inputs: raw inputs (features,) by index, of every question the client holds an answer to.

    Raises:
        MalformedProof: no round proof. RejectedProof: about another job, network, or other inputs, or false.
    """
    found = RoundProof.from_bytes(raw)
    if found.job_id != of.job_id:
        raise RejectedProof("job", "the round proof is for another job")
    if found.model_id != model.model_id:
        raise RejectedProof("model", "the round proof is about another network than the commitment given")
    check_inputs(model, of.view)
    own = covered(model, of.view, {index: inputs[index] for index in found.indices if index in inputs})
    if own != found.indices:
        stray = sorted(set(found.indices) - set(own))
        raise RejectedProof("indices", f"question {stray[0]} was not answered, or has no input the network reads")
    examples = round_examples(model, of.view, inputs, found.indices)
    bundle = SumcheckBundle.from_bytes(found.bundle)
    if not isinstance(bundle.statement.claim, Logits):
        raise RejectedProof("claim", "the proof is not about logits")
    if bundle.statement.context != found.context:
        raise RejectedProof("context", "the proof was made for another job, or for other questions of this one")
    verify(bundle, model, examples.commitment())
    words = words_of(model.network, bundle.logits)
    return Proven(dict(zip(found.indices, words, strict=True)))


def check_same_description(model: NetworkCommitment, description: CircuitDescription) -> None:
    """Refuse a commitment whose network is of another make than the circuit in the escrow.

    The public graph, shapes and scale are compared. Weights, and the constants between layers, are hidden in the
    circuit: that they are the network's is not seen here. A contest shows it, answer by answer.

    Raises:
        RejectedProof: another graph or input format. UnsupportedModel: the network has no circuit.
    """
    network, base = model.network, description.format
    wanted = input_format(network, base.batch)
    try:
        check_same_architecture(network, description.architecture)
    except InvalidInput as error:
        raise RejectedProof("graph", str(error)) from None
    if (base.shape, base.scale_bits, base.classes) != (wanted.shape, wanted.scale_bits, wanted.classes):
        raise RejectedProof("graph", "the escrow's circuit takes inputs in another format than the network's graph")
