"""ezkl itself, compiling and running networks' models: the logits, the operations, the constants it commits to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from same_function_kit import Builder, extremes, laid_out, sample
from sklearn.datasets import load_digits

from proofs.halo2.integer_network_size import rows
from proofs.networks.execution import execute
from proofs.networks.network import Network
from proofs.networks.onnx_import import import_float
from proofs.networks.quantise import integer_inputs, quantise
from proofs.networks.weights import Weights

MLP = Path(__file__).resolve().parents[2] / "examples" / "models" / "digits_mlp.onnx"


def small_cnn() -> tuple[Network, Weights]:
    """8 x 8 pixels: two convolutions, a max pool, a residual sum, an average pool, three logits."""
    rng, pads = np.random.default_rng(0), (1, 1, 1, 1)
    builder = Builder((1, 8, 8), 0, 16)
    builder.convolution(
        rng.integers(-60, 61, (4, 1, 3, 3)), rng.integers(-99, 99, 4), (1, 1), (1, 1, 1, 1), 1, 5, (0, 255)
    )
    pooled = builder.max_pool(2, 2)
    builder.convolution(rng.integers(-60, 61, (4, 4, 3, 3)), rng.integers(-99, 99, 4), (1, 1), pads, 1, 9)
    builder.add(pooled, builder.last, 1, (0, 6))
    builder.sum_pool(2, (0, 255))
    builder.dense(rng.integers(-60, 61, (3, 4)), rng.integers(-99, 99, 3), 2)
    return builder.build()


@pytest.mark.parametrize("seed", [1, 5, 6, 17, 20])
def test_ezkl_gives_random_networks_logits(seed: int) -> None:
    network, weights = sample(seed)
    x = extremes(network, 6, seed)
    found = laid_out(network, weights, x)
    assert np.array_equal(found.logits, execute(network, weights, x).logits)
    assert found.surplus == 0


def test_ezkl_gives_a_small_cnns_logits() -> None:
    network, weights = small_cnn()
    x = extremes(network, 9)
    found = laid_out(network, weights, x)
    assert np.array_equal(found.logits, execute(network, weights, x).logits)
    assert found.surplus == 0
    assert rows(network, 1, 4) == pytest.approx(found.rows, rel=0.2)


def test_ezkl_gives_the_quantised_digits_classifiers_logits() -> None:
    x = (load_digits().data / 16).astype(np.float32)
    floats = import_float(MLP.read_bytes())
    network, weights, _ = quantise(floats, x[:400])
    digits = integer_inputs(floats, network, x[400:430]).x.astype(np.int32)
    found = laid_out(network, weights, digits)
    assert np.array_equal(found.logits, execute(network, weights, digits).logits)
    assert (found.surplus, found.logrows) == (0, 13)
