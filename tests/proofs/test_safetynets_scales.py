"""Which integer network a file becomes, and which integers its inputs: the verifier's own choice, never the proof's."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from helpers.tiny_models import mlp
from helpers.tiny_safetynets import OWN, ProvenNetwork, images, proven_cnn, square_cnn

from proofs.backend import backend, open_backend
from proofs.errors import InvalidInput, RejectedProof, UnsupportedModel
from proofs.safetynets import ChosenScales
from proofs.safetynets_backend import SafetyNetsBackend, network_of, stateable
from proofs.safetynets_inputs import box_of, integers_of

COARSE = ChosenScales(alpha=Fraction(1), betas=(Fraction(1),) * 4)


def test_files_name_their_scales_and_users_override_them() -> None:
    own = network_of(square_cnn(), OWN)
    assert (own.alpha, own.betas, own.input_low, own.input_high) == (7, (8,) * 4, 0, 7)
    assert network_of(square_cnn(), OWN).digest == own.digest
    half = network_of(square_cnn(), ChosenScales(alpha=Fraction(7, 2)))
    assert (half.alpha, half.betas, half.input_high) == (Fraction(7, 2), own.betas, 4)
    signed = network_of(square_cnn(), ChosenScales(input_range=(Fraction(-1), Fraction(1))))
    assert (signed.input_low, signed.input_high) == (-7, 7)
    assert len({own.digest, half.digest, signed.digest}) == 3


def test_a_file_without_scales_gets_the_finest_that_fit() -> None:
    """A function of the file alone: it must be the same on the verifier's side."""
    bare = square_cnn().replace(b"assay.alpha", b"other.alpha")
    found = network_of(bare, OWN)
    assert found.digest == network_of(bare, OWN).digest != network_of(square_cnn(), OWN).digest
    assert (found.fields(), found.alpha > 7) == (("m61",), True)
    chosen = network_of(bare, ChosenScales(alpha=Fraction(7), betas=(Fraction(8),) * 4))
    assert chosen.digest == network_of(square_cnn(), OWN).digest
    bundle = SafetyNetsBackend().prove_inference(bare, images(), OWN).bundle
    assert ProvenNetwork(bare, images(), bundle).verify().predictions.scale == found.output_scale


def test_scales_of_the_provers_choice_are_refused_and_named() -> None:
    """At scale 1 the weights of this network round to noise: proven exactly, and worth nothing."""
    coarse = SafetyNetsBackend().prove_inference(square_cnn(), images(), COARSE).bundle
    honest = proven_cnn()
    with pytest.raises(RejectedProof, match="--alpha 1 --betas 1,1,1,1 --input-range=0,1") as refused:
        honest.verify(coarse)
    assert refused.value.check == "statement-alpha"
    with pytest.raises(RejectedProof, match="statement-betas"):
        honest.verify(coarse, ChosenScales(alpha=Fraction(1)))
    accepted = honest.verify(coarse, ChosenScales(Fraction(1), (Fraction(1),) * 4, (Fraction(0), Fraction(1))))
    assert accepted.predictions.scale < honest.verify().predictions.scale


def test_predictions_are_the_float_networks_where_nothing_is_rounded_off() -> None:
    """Weights are eighths and these inputs sevenths, as the scales are: integers and floats say the same."""
    import onnxruntime

    x = (np.round(7 * images().astype(np.float64)) / 7).astype(np.float32)
    expected = onnxruntime.InferenceSession(square_cnn()).run(None, {"x": x})[0]
    found = SafetyNetsBackend().prove_inference(square_cnn(), x, OWN).predictions
    assert np.abs(np.array(found.values) - expected).max() < 1e-4 * np.abs(expected).max()
    assert found.classes == tuple(expected.argmax(1))


@pytest.mark.parametrize(
    ("model", "x", "check"),
    [
        (square_cnn(1), images(), "statement-network"),
        (square_cnn(), images(seed=2), "statement-inputs"),
        (square_cnn(), images()[::-1], "statement-inputs"),
        (square_cnn(), images()[:2], "statement-total"),
        (square_cnn(), np.concatenate([images(), images()[:1]]), "statement-total"),
    ],
    ids=["other weights", "other inputs", "other order", "one input less", "one input more"],
)
def test_proof_of_something_else(model: bytes, x: np.ndarray, check: str) -> None:
    with pytest.raises(RejectedProof) as refused:
        ProvenNetwork(model, x, proven_cnn().bundle).verify()
    assert refused.value.check == check


def test_inputs_are_in_the_models_unit() -> None:
    network = network_of(square_cnn(), OWN)
    assert box_of(network) == (0.0, 1.0)
    x = images()
    inputs, clipped = integers_of(network, x)
    assert clipped == 0 and inputs.tolist() == np.floor(7 * x.astype(np.float64) + 0.5).reshape(len(x), -1).T.tolist()
    beyond = np.where(x > 0.5, 3 * x, -x)
    inputs, clipped = integers_of(network, beyond)
    assert clipped == np.count_nonzero((beyond < -1 / 14) | (beyond > 15 / 14)) > 0
    assert (inputs.min(), inputs.max()) == (0, 7)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "bool"])
def test_whole_numbers_are_taken_where_the_network_takes_them(dtype: str) -> None:
    network = network_of(square_cnn(), OWN)
    ones = np.ones((2, 1, 4, 4), dtype=dtype)
    assert integers_of(network, ones)[0].tolist() == [[7, 7]] * 16
    if dtype != "bool":
        with pytest.raises(InvalidInput, match=r"up to 200, and the model takes numbers from 0 to 1: .* by 255"):
            integers_of(network, 200 * ones)
        wide = network_of(square_cnn(), ChosenScales(Fraction(1, 32), None, (Fraction(0), Fraction(255))))
        assert integers_of(wide, 200 * ones)[0].tolist() == [[6, 6]] * 16


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (images().reshape(3, 16), r"shape \(16,\), the model takes \(1, 4, 4\)"),
        (images()[:0], "holds 0 inputs"),
        (np.full((1, 1, 4, 4), np.nan), "not-a-number"),
        (np.full((1, 1, 4, 4), np.inf), "infinities"),
        (images().astype(np.complex64), "real numbers are needed"),
        (images().astype(object), "real numbers are needed"),
        (np.full((1, 1, 4, 4), "1"), "real numbers are needed"),
        (np.float32(1), "the model takes"),
    ],
    ids=["shape", "none", "nan", "infinite", "complex", "objects", "texts", "scalar"],
)
def test_inputs_that_are_none(x: np.ndarray, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        integers_of(network_of(square_cnn(), OWN), np.asarray(x))


def test_models_it_does_not_take() -> None:
    with pytest.raises(UnsupportedModel, match="Relu"):
        network_of(mlp(), OWN)
    with pytest.raises(UnsupportedModel, match="bits"):
        SafetyNetsBackend().prove_inference(square_cnn(), images(), ChosenScales(betas=(Fraction(1 << 20),) * 4))
    with pytest.raises(InvalidInput, match="betas for 4"):
        network_of(square_cnn(), ChosenScales(betas=(Fraction(8),)))
    with pytest.raises(InvalidInput, match="no proof can state this network"):
        stateable(replace(proven_cnn().bundle.statement, classes=1 << 21))


def test_backends_say_what_they_are_for() -> None:
    assert open_backend("safetynets").name == "safetynets"
    with pytest.raises(InvalidInput, match=r"inference only .* use --backend halo2"):
        backend("safetynets")
    for name in ("halo2", "nosuch"):
        with pytest.raises(InvalidInput, match="works with committed models; without: safetynets"):
            open_backend(name)
