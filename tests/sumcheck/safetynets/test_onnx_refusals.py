"""What is not read from ONNX files: named all at once, with the way round; hostile files end in words."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import onnx
import pytest
from helpers.tiny_models import classifier, mlp
from onnx import TensorProto, helper, numpy_helper
from onnx_kit import CONV, Spec, model, raw, reals

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.sumcheck.safetynets.onnx_import import import_network, import_onnx

BAD: dict[str, tuple[list[Spec], str]] = {
    "relu": ([("Relu", [None], {})], "train with squares"),
    "max pool": ([("MaxPool", [None], {"kernel_shape": [2, 2]})], "use AveragePool"),
    "softmax": ([("Softmax", [None], {})], "leave it out"),
    "transpose": ([("Transpose", [None], {"perm": [0, 2, 3, 1]})], "channels, height, width"),
    "product of two": ([("Mul", [None, None], {}), ("Mul", [None, "x"], {})], "two different tensors"),
    "cube": ([("Pow", [None, np.float32(3)], {})], "another power"),
    "dilated": ([("Conv", [None, reals(2, 3, 2, 2)], {"dilations": [2, 2]})], "dilated"),
    "rounded-up pool": ([("AveragePool", [None], {"kernel_shape": [4, 4], "ceil_mode": 1})], "rounded up"),
    "pool without pads": ([("AveragePool", [None], {"kernel_shape": [2, 2], "pads": [1, 1, 1, 1]})], "fewer values"),
    "factors inside a channel": ([("Mul", [None, reals(3, 6, 5)], {})], "inside a channel"),
    "normalised vector": ([("Flatten", [None], {}), ("Mul", [None, reals(90)], {})], "no linear layer of its own"),
    "division by values": ([("Div", [np.float32(1), None], {})], "divides by computed"),
    "flatten of the batch": ([("Flatten", [None], {"axis": 0})], "axis 0"),
    "reshape of the batch": ([("Reshape", [None, np.int64([1, -1])], {})], "keep them apart"),
    "squeezed batch": ([("Squeeze", [None, np.int64([0])], {})], "batch axis"),
    "matrix of values": ([("MatMul", [None, None], {})], "not stored"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_refusals_say_why(name: str) -> None:
    """The node, the reason or the way round."""
    specs, message = BAD[name]
    with pytest.raises(UnsupportedModel, match=message) as refused:
        import_onnx(raw(specs))
    assert len(refused.value.problems) == 1


def test_every_problem_is_named_at_once() -> None:
    """Not only the first: each by its node and with what to do."""
    specs: list[Spec] = [
        ("Conv", [None, reals(2, 3, 2, 2)], {"dilations": [2, 2]}),
        ("Relu", [None], {}),
        ("Mul", [None, None], {}),
        ("MaxPool", [None], {"kernel_shape": [2, 2]}),
        ("Tanh", [None], {}),
    ]
    with pytest.raises(UnsupportedModel, match="4 things to change") as refused:
        import_onnx(raw(specs))
    assert [problem.op for problem in refused.value.problems] == ["Conv", "Relu", "MaxPool", "Tanh"]
    with pytest.raises(UnsupportedModel, match="halo2 backend"):
        import_onnx(mlp())


def test_files_as_a_whole() -> None:
    """Opset, number and type of inputs, external weights, an output that reads nothing: each named."""
    for opset in (12, 22):
        with pytest.raises(UnsupportedModel, match=f"opset {opset}"):
            import_onnx(raw([("Mul", [None, None], {}), ("Relu", [None], {})], opset=opset))
    assert _changed(lambda m: m.graph.input[0].type.tensor_type.__setattr__("elem_type", TensorProto.DOUBLE)) == "input"
    assert _changed(lambda m: m.graph.input.append(helper.make_tensor_value_info("z", 1, ["n", 2]))) == "model"
    assert _changed(lambda m: m.graph.input[0].type.tensor_type.shape.dim[1].Clear()) == "input"
    assert _changed(lambda m: m.graph.initializer[0].__setattr__("data_location", TensorProto.EXTERNAL)) == "weight"
    assert _changed(lambda m: m.graph.output[0].__setattr__("name", "x")) == "output"
    assert _changed(lambda m: m.graph.node[0].__setattr__("domain", "com.microsoft")) == "Conv"


def _changed(change: Callable[[onnx.ModelProto], object]) -> str:
    """What a spoilt model is refused for."""
    proto = onnx.load_from_string(model([CONV]))
    change(proto)
    with pytest.raises(UnsupportedModel) as refused:
        import_onnx(proto.SerializeToString())
    return refused.value.problems[0].op


def test_constants_may_be_nodes() -> None:
    """Weights in Constant nodes are read, computed ones are refused."""
    stored = helper.make_node("Constant", [], ["w"], value=numpy_helper.from_array(reals(3, 2)))
    product = helper.make_node("MatMul", ["x", "w"], ["y"])
    assert import_onnx(classifier([stored, product], {}, (3,), 2)).output_shape == (2,)
    negated = helper.make_node("Neg", ["c"], ["w"])
    with pytest.raises(UnsupportedModel, match="stored numbers only"):
        import_onnx(classifier([negated, product], {"c": reals(3, 2)}, (3,), 2))


# -- hostile files ---------------------------------------------------------------------------------------------------
HOSTILE: dict[str, Spec] = {
    "no inputs": ("Conv", [], {}),
    "no weight": ("Conv", [None], {}),
    "a vector as kernel": ("Conv", [None, reals(3)], {}),
    "other channels": ("Conv", [None, reals(2, 2, 2, 2)], {}),
    "zero groups": ("Conv", [None, reals(2, 3, 2, 2)], {"group": 0}),
    "negative groups": ("Conv", [None, reals(2, 3, 2, 2)], {"group": -1}),
    "kernel of another shape": ("Conv", [None, reals(2, 3, 2, 2)], {"kernel_shape": [3, 3]}),
    "kernel too large": ("Conv", [None, reals(2, 3, 9, 9)], {}),
    "one stride": ("Conv", [None, reals(2, 3, 2, 2)], {"strides": [1]}),
    "zero strides": ("Conv", [None, reals(2, 3, 2, 2)], {"strides": [0, 0]}),
    "text as strides": ("Conv", [None, reals(2, 3, 2, 2)], {"strides": "ab"}),
    "negative pads": ("Conv", [None, reals(2, 3, 2, 2)], {"pads": [-1, 0, 0, 0]}),
    "endless pads": ("Conv", [None, reals(2, 3, 2, 2)], {"pads": [2**60, 0, 0, 0]}),
    "large pads": ("Conv", [None, reals(2, 3, 2, 2)], {"pads": [60000] * 4}),
    "an unknown auto_pad": ("Conv", [None, reals(2, 3, 2, 2)], {"auto_pad": "HALF"}),
    "a bias too long": ("Conv", [None, reals(2, 3, 2, 2), reals(3)], {}),
    "infinite weights": ("Conv", [None, np.full((2, 3, 2, 2), np.inf, np.float32)], {}),
    "weights of text": ("MatMul", [None, np.array([["a"]], object)], {}),
    "pool without kernel": ("AveragePool", [None], {}),
    "pool of zero": ("AveragePool", [None], {"kernel_shape": [0, 1]}),
    "pool too large": ("AveragePool", [None], {"kernel_shape": [99, 99]}),
    "reshape to nothing": ("Reshape", [None, np.zeros(0, np.int64)], {}),
    "reshape to minus": ("Reshape", [None, np.int64([0, -1, -1])], {}),
    "reshape by values": ("Reshape", [None, None], {}),
    "reshape by floats": ("Reshape", [None, reals(2)], {}),
    "squeeze of all": ("Squeeze", [None], {}),
    "an unknown attribute": ("Conv", [None, reals(2, 3, 2, 2)], {"alpha_beta": 1}),
    "a tensor as group": ("Conv", [None, reals(2, 3, 2, 2)], {"group": numpy_helper.from_array(np.int64([3]))}),
    "a float as group": ("Conv", [None, reals(2, 3, 2, 2)], {"group": 1.0}),
    "squeeze beyond": ("Squeeze", [None, np.int64([9])], {}),
    "unsqueeze without axes": ("Unsqueeze", [None], {}),
    "unsqueeze twice": ("Unsqueeze", [None, np.int64([1, 1])], {}),
    "normalisation without numbers": ("BatchNormalization", [None], {}),
    "negative variance": ("BatchNormalization", [None, *[np.full(3, -1, np.float32)] * 4], {}),
    "epsilon of text": ("BatchNormalization", [None, *[np.full(3, 0, np.float32)] * 4], {"epsilon": "x"}),
    "addends of another shape": ("Add", [None, reals(7)], {}),
    "gemm of images": ("Gemm", [None, reals(5, 2)], {}),
    "pow without exponent": ("Pow", [None], {}),
    "division by zero": ("Div", [None, np.zeros(3, np.float32).reshape(3, 1, 1)], {}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_nodes_end_in_words(name: str) -> None:
    """Whatever a node says, the answer is a refusal that names it."""
    with pytest.raises(UnsupportedModel) as refused:
        import_onnx(raw([HOSTILE[name]]))
    assert refused.value.problems[0].op == HOSTILE[name][0]


HUGE = np.float32([3e38])
OVERFLOWING: dict[str, list[Spec]] = {
    "weights": [("Conv", [None, reals(2, 3, 2, 2)], {}), *[("Mul", [None, HUGE], {})] * 9],
    "a bias beside weights of zero": [
        ("Conv", [None, np.zeros((2, 3, 2, 2), np.float32), np.ones(2, np.float32)], {}),
        *[("Mul", [None, HUGE], {})] * 9,
    ],
    "infinity times zero": [
        ("Div", [None, np.full((3, 1, 1), 5e-324)], {}),
        ("Mul", [None, np.zeros(1, np.float32)], {}),
    ],
    "a factor that is no number": [("Flatten", [None], {}), ("Gemm", [None, reals(90, 2)], {"alpha": math.nan})],
    "an infinite factor of the bias": [
        ("Flatten", [None], {}),
        ("Gemm", [None, reals(90, 2), reals(2)], {"beta": math.inf}),
    ],
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", OVERFLOWING)
def test_numbers_that_overflow_when_folded_are_refused(name: str) -> None:
    """Finite in the file, and infinite or not a number once multiplied into the weights before them."""
    with pytest.raises(UnsupportedModel, match="multiplied together"):
        import_onnx(raw(OVERFLOWING[name]))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("factor", "times"), [(1e-38, 8), (1e38, 7)])
def test_numbers_of_any_size_end_in_words(factor: float, times: int) -> None:
    """Weights of 1e-320, and of 1e266: no scale in writing brings them to a few units, and a chosen one may not."""
    weight = np.full((2, 3, 2, 2), 1e-16 if factor < 1 else 1, np.float32)
    found = raw([("Conv", [None, weight], {}), *[("Mul", [None, np.array([factor], np.float32)], {})] * times])
    with pytest.raises(InvalidInput, match="40 digits"):
        import_network(found).to_bytes()
    if factor > 1:
        with pytest.raises(InvalidInput, match="smaller beta"):
            import_network(found, Fraction(1), [Fraction(10**50)])


def test_nodes_that_write_nothing() -> None:
    """Are passed over; what only they could lead to is missed by name."""
    nodes = [helper.make_node("Mul", ["x", "x"], []), helper.make_node("Dropout", ["x"], ["d", "mask"]),
             helper.make_node("Mul", ["mask", "mask"], ["y"])]  # fmt: skip
    with pytest.raises(UnsupportedModel, match="not computed from the input"):
        import_onnx(classifier(nodes, {}, (3,), 3))


def test_bytes_that_are_no_model() -> None:
    """Ends in InvalidInput, as for every backend."""
    for junk in (b"", b"junk", model([CONV])[:100]):
        with pytest.raises(InvalidInput):
            import_onnx(junk)
