"""Random models: the integer network is the model in exact arithmetic, and onnxruntime agrees."""

from __future__ import annotations

from fractions import Fraction

import networks_kit as kit
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from proofs.sumcheck.safetynets.execution.execute import integer_outputs
from proofs.sumcheck.safetynets.execution.inputs import quantise_inputs
from proofs.sumcheck.safetynets.onnx_import import import_onnx
from proofs.sumcheck.safetynets.scales.rounding import rounded

SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(1, 6))
MODELS = st.tuples(st.integers(0, 2**32), st.lists(st.sampled_from(kit.STEPS), max_size=5), SHAPES, st.integers(1, 4))


@settings(max_examples=40, deadline=None)
@given(MODELS, st.integers(1, 5))
def test_integers_are_the_model_without_rounding(model: tuple, total: int) -> None:
    """Integer outputs over their scale are the real outputs exactly; single precision agrees as far as it reaches."""
    seed, steps, shape, classes = model
    onnx_bytes, scales = kit.random_model(seed, steps, shape, classes)
    real = import_onnx(onnx_bytes)
    network = rounded(real, scales)
    bits = max(network.bounds.bits)
    assume(bits <= 120)
    x = kit.exact_inputs(seed, total, shape)
    inputs = quantise_inputs(network, x)
    outputs = integer_outputs(network, inputs)
    exact = kit.exact_tensors(network, inputs)[-1].T
    assert (outputs == exact).all()
    found = np.array([[float(Fraction(int(v)) / network.output_scale) for v in row] for row in outputs])
    single = kit.onnxruntime_outputs(onnx_bytes, x)
    if bits <= 53:  # double precision rounds nothing
        np.testing.assert_array_equal(real.run(x), found)
    if bits <= 24:  # nor does single precision
        np.testing.assert_array_equal(single, found)
    np.testing.assert_allclose(single, found, rtol=1e-4, atol=1e-4 * (1 + np.abs(found).max()))


@pytest.mark.parametrize("step", kit.STEPS)
def test_every_layer_is_drawn_and_read(step: str) -> None:
    """Each kind of layer occurs among the random models, so the test above speaks of all of them."""
    onnx_bytes, scales = kit.random_model(5, ["convolution", step, "square"], (2, 6, 5), 3)
    network = rounded(import_onnx(onnx_bytes), scales)
    kinds = {node.kind for node in network.nodes}
    expected = {"convolution": "convolution", "square": "square", "pool": "sum pool", "residual": "add"}
    assert expected.get(step, "convolution") in kinds
    assert ("reshape" in kinds) == (step == "reshape")  # a reshape right before a dense layer is left out
    assert network.nodes[-1].kind == "dense"
