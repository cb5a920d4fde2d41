"""Random networks of every kind of node give the same logits as circuits' integers; what does not fit is named."""

from __future__ import annotations

import numpy as np
import pytest
from same_function_kit import Builder, executed, extremes, sample, tiny

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.halo2.architecture import split_model
from proofs.halo2.graph_rules import problem
from proofs.halo2.integer_network import (
    check_fits,
    check_same_architecture,
    input_format,
    logit_scale_bits,
    logits_of,
    same_function_onnx,
    words_of,
)
from proofs.networks.execution import execute
from proofs.networks.network import Reading, Term

SEEDS = range(40)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_networks_give_the_same_logits(seed: int) -> None:
    network, weights = sample(seed)
    x = extremes(network, 60, seed)
    assert np.array_equal(executed(network, weights, x), execute(network, weights, x).logits)
    assert not check_fits(network, 1, 30)
    architecture, _ = split_model(same_function_onnx(network, weights))
    assert problem(architecture, input_format(network, 1)) is None


def test_words_are_logits_at_the_scale_proofs_have() -> None:
    network, _ = tiny()
    logits = np.array([[5, -7, 0]])
    assert words_of(network, logits) == ((5 << logit_scale_bits(network), -7 << logit_scale_bits(network), 0),)
    assert np.array_equal(logits_of(network, words_of(network, logits)), logits)
    with pytest.raises(InvalidInput, match="multiples"):
        logits_of(network, [[1, 0, 0]])


def test_equal_hidden_tensors_stay_apart() -> None:
    """Two layers of one and the same weights: constants that the compiler would merge."""
    builder = Builder((3, 1, 1))
    for _ in range(3):
        builder.dense(np.full((3, 3), 4), np.zeros(3), 4)
    network, weights = builder.build()
    floats = split_model(same_function_onnx(network, weights))[1].values()
    keys = [(array.shape[-4:], array.tobytes()) for array in floats]
    assert len(set(keys)) == len(keys)
    x = extremes(network, 60)
    assert np.array_equal(executed(network, weights, x), execute(network, weights, x).logits)


def test_the_graph_is_the_public_networks_alone() -> None:
    network, weights = sample(4)
    other = {place: type(h)(h.weight * 0, h.bias * 0) for place, h in weights.items()}
    architecture, _ = split_model(same_function_onnx(network, weights))
    assert split_model(same_function_onnx(network, other))[0] == architecture
    check_same_architecture(network, architecture)
    with pytest.raises(InvalidInput, match="another network"):
        check_same_architecture(tiny()[0], architecture)


def reasons(builder: Builder, batch: int = 1, logrows: int = 20) -> str:
    return " | ".join(check_fits(builder.build()[0], batch, logrows))


def test_reasons_are_named() -> None:
    single = Builder((2, 1, 1))
    single.dense(np.ones((1, 2)), None, 1)
    assert "1 logits" in reasons(single)
    jumping = Builder((2, 1, 1))
    jumping.dense(np.full((2, 2), 60), None, 0, lambda q: q % 2)
    assert "jumps" in reasons(jumping)
    with pytest.raises(UnsupportedModel, match="jumps"):
        same_function_onnx(*jumping.build())
    wide = Builder((1, 200, 1))
    wide.combination([Term(0, 1, Reading(150, 1, 0, 51), Reading.whole(1))], 1, 8)
    wide.dense(np.ones((2, 51)), None, 8)
    assert "window of 150" in reasons(wide)
    large = Builder((3, 96, 96))
    large.sum_pool(8)
    large.dense(np.ones((2, 3)), None, 1)
    assert "27648 numbers" in reasons(large)


def test_rows_grow_with_the_batch_until_they_do_not_fit() -> None:
    network, _ = tiny()
    assert not check_fits(network, 4, 12)
    assert "rows" in check_fits(network, 256, 12)[0]
