"""Reading ONNX files: every operator, with its defaults and its attributes, computes what onnxruntime does."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from networks_kit import onnxruntime_outputs
from onnx_kit import CONV, IMAGE, Spec, model, reals

from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.safetynets.onnx_import import import_network, import_onnx
from proofs.sumcheck.safetynets.scales.float_network import AveragePool, FloatConvolution, FloatDense, FloatNetwork


def agree(onnx_bytes: bytes, shape: Sequence[int] = IMAGE) -> FloatNetwork:
    """The network read computes what onnxruntime does."""
    network = import_onnx(onnx_bytes)
    x = np.random.default_rng(1).normal(size=(4, *shape)).astype(np.float32)
    expected = onnxruntime_outputs(onnx_bytes, x)
    np.testing.assert_allclose(network.run(x), expected, rtol=1e-4, atol=1e-4 * (1 + np.abs(expected).max()))
    return network


KERNEL = reals(4, 3, 3, 2)
STATISTICS = [reals(3), reals(3), reals(3), np.abs(reals(3)) + np.float32(0.1)]
PADS_COUNT = {"count_include_pad": 1}
READ: dict[str, list[Spec]] = {
    "convolution": [("Conv", [None, KERNEL], {})],
    "pads a side": [("Conv", [None, KERNEL, reals(4)], {"pads": [1, 0, 2, 1], "strides": [2, 3]})],
    "same upper": [("Conv", [None, KERNEL], {"auto_pad": "SAME_UPPER", "strides": [2, 2]})],
    "same lower": [("Conv", [None, KERNEL], {"auto_pad": "SAME_LOWER", "strides": [1, 2]})],
    "valid": [("Conv", [None, KERNEL], {"auto_pad": "VALID"})],
    "depthwise": [("Conv", [None, reals(6, 1, 2, 2)], {"group": 3})],
    "mul": [("Mul", [None, None], {})],
    "pow": [("Pow", [None, np.float32(2)], {})],
    "pow of an integer": [("Pow", [None, np.int64([2])], {})],
    "average": [("AveragePool", [None], {"kernel_shape": [3, 2], "strides": [2, 1]})],
    "average with pads": [("AveragePool", [None], {"kernel_shape": [3, 2], "pads": [1, 0, 1, 1], **PADS_COUNT})],
    "average same": [("AveragePool", [None], {"kernel_shape": [2, 2], "auto_pad": "SAME_UPPER", **PADS_COUNT})],
    "global average": [("GlobalAveragePool", [None], {})],
    "normalised convolution": [CONV, ("BatchNormalization", [None, *STATISTICS], {"epsilon": 0.01})],
    "normalised input": [("BatchNormalization", [None, *STATISTICS], {}), ("Mul", [None, None], {})],
    "scaled by channel": [CONV, ("Mul", [reals(3, 1, 1), None], {})],
    "shifted input": [("Sub", [None, reals(1, 3, 1, 1)], {}), ("Div", [None, np.float32(0.3)], {})],
    "subtracted from": [("Sub", [np.float32(1), None], {})],
    "added stored numbers": [CONV, ("Add", [None, reals(3, 1, 1)], {})],
    "residual": [("Identity", [None], {}), ("Mul", [None, None], {}), ("Add", [None, "x"], {})],
    "difference": [("Mul", [None, None], {}), ("Sub", ["x", None], {})],
    "twice the same": [("Add", [None, None], {})],
    "reshape": [("Reshape", [None, np.int64([0, 5, -1, 3])], {}), ("Conv", [None, reals(2, 5, 2, 2)], {})],
    "reshape of the batch": [("Reshape", [None, np.int64([-1, 9, 10])], {})],
    "flatten twice": [("Flatten", [None], {"axis": 1}), ("Flatten", [None], {})],
    "squeezes": [("Unsqueeze", [None, np.int64([1, -1])], {}), ("Squeeze", [None, np.int64([1])], {}),
                 ("Squeeze", [None, np.int64([-1])], {})],
    "dropout": [("Dropout", [None], {})],
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_read_as_the_runtime_reads_it(name: str) -> None:
    """Each operator, with its defaults and its attributes."""
    assert len(agree(model(READ[name])).nodes) >= 1


@pytest.mark.parametrize("opset", range(13, 22))
def test_opsets(opset: int) -> None:
    """13 to 21."""
    specs = [CONV, ("Mul", [None, None], {}), ("AveragePool", [None], {"kernel_shape": [2, 2]})]
    assert agree(model(specs, opset=opset)).output_shape == (2,)


def test_dense_variants() -> None:
    """Gemm with factors and transposed weights; MatMul and its bias from either side."""
    gemm = [("Gemm", [None, reals(7, 5), reals(1, 7)], {"transB": 1, "alpha": 0.5, "beta": -2.0})]
    matmul = [("MatMul", [None, reals(5, 4)], {}), ("Add", [reals(4), None], {})]
    for specs in (gemm, matmul):
        network = agree(model(specs, (5,)), (5,))
        assert [type(layer) for layer in network.linear] == [FloatDense, FloatDense]


def test_folding_leaves_one_layer() -> None:
    """Batch normalisation, factors and addends end up in the convolution before them."""
    specs = [
        CONV,
        ("BatchNormalization", [None, *STATISTICS], {}),
        ("Mul", [None, np.float32(3)], {}),
        ("Add", [None, reals(3, 1, 1)], {}),
        ("Identity", [None], {}),
        ("Sub", [np.float32(2), None], {}),
    ]
    network = agree(model(specs))
    assert [type(node.layer) for node in network.nodes] == [FloatConvolution, FloatDense]


def test_what_others_read_is_not_folded() -> None:
    """A convolution that a second branch reads keeps its own values."""
    branch = [CONV, ("Identity", [None], {}), ("Mul", [None, np.float32(3)], {}), ("Add", [None, "t0"], {})]
    network = agree(model(branch))
    assert len(network.linear) == 3  # the factor became a convolution of its own


def test_flattens_before_dense_layers_go() -> None:
    """Dense layers read images; layers nothing reads are dropped."""
    specs = [CONV, ("Mul", [None, None], {}), ("Mul", [None, None], {}), ("Identity", ["t1"], {})]
    network = agree(model(specs))
    assert len(network.nodes) == 3
    assert network.nodes[-1].layer.in_shape == (3, 5, 4)


def test_pools_become_sums() -> None:
    """An average is a sum whose area goes into the scale."""
    network = agree(model([("AveragePool", [None], {"kernel_shape": [2, 3]})]))
    pool = network.nodes[0].layer
    assert isinstance(pool, AveragePool) and isinstance(pool.sums, SumPool)
    integers = import_network(model([("AveragePool", [None], {"kernel_shape": [2, 3]})]), Fraction(8))
    assert integers.scales[:2] == (8, 48)
