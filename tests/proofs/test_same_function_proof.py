"""One network committed for halo2 and proven: the verified words are the logits the network has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.tiny_audit import BACKEND, reference_string
from helpers.tiny_outputs import public_corpus
from same_function_kit import extremes, tiny

from proofs.errors import RejectedProof
from proofs.halo2.commit import CommitOptions
from proofs.halo2.integer_network import (
    check_same_architecture,
    commit_options,
    input_format,
    logit_scale_bits,
    logits_of,
    same_function_onnx,
    view_format,
)
from proofs.networks.execution import execute


def test_a_proof_says_the_networks_logits() -> None:
    network, weights = tiny()
    reference_string(11)
    options = commit_options(network, CommitOptions(proofs=1))
    model = BACKEND.commit_model(same_function_onnx(network, weights), input_format(network, 1), options)
    check_same_architecture(network, model.description.architecture)
    x = extremes(network, 3, 1)[..., 2:]
    corpus = public_corpus(np.moveaxis(x, 3, 0).astype(np.int16), view_format(network, 1))
    bundle = BACKEND.prove_inference(model, corpus).bundle
    verdict = BACKEND.verify_inference(bundle, model.commitment, corpus.commitment)
    assert verdict.scale_bits == logit_scale_bits(network)
    assert np.array_equal(logits_of(network, verdict.logits), execute(network, weights, x).logits)
    first = bundle.batches[0]
    other = replace(bundle, batches=(replace(first, words=(first.words[0] + 2, *first.words[1:])),))
    with pytest.raises(RejectedProof):
        BACKEND.verify_inference(other, model.commitment, corpus.commitment)
