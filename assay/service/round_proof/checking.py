"""The client's side: what a round proof shows, judged with the client's own inputs and a commitment it was given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from assay.service.round import Round
from assay.service.round_proof.examples import check_inputs, covered, round_examples
from proofs.errors import RejectedProof
from proofs.halo2.architecture import split_model
from proofs.halo2.description import CircuitDescription
from proofs.halo2.integer_network import input_format, same_function_onnx, words_of
from proofs.networks.network import Convolution, Network
from proofs.networks.weights import NodeWeights, Weights
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

    The network's graph is built anew, with weights of no meaning, and compared operator by operator. That the hidden
    weights are the same in both is not seen here: a contest shows it, answer by answer.

    Raises:
        RejectedProof: another graph or input format. UnsupportedModel: no circuit is as large as this network's.
    """
    network, base = model.network, description.format
    architecture, _ = split_model(same_function_onnx(network, stand_ins(network)))
    wanted = input_format(network, base.batch)
    if description.architecture != architecture or (base.shape, base.scale_bits, base.classes) != (
        wanted.shape,
        wanted.scale_bits,
        wanted.classes,
    ):
        raise RejectedProof("graph", "the circuit in the escrow is not of this integer network's graph")


def stand_ins(network: Network) -> Weights:
    """Weights that are all zero."""
    found = {}
    for index, node in enumerate(network.nodes):
        if isinstance(node, Convolution):
            channels = network.tensors[node.source].shape[0] // node.groups
            weight = np.zeros((node.outputs, channels, *node.kernel), dtype=np.int32)
            found[index] = NodeWeights(weight, np.zeros(node.outputs, dtype=np.int32))
    return found
