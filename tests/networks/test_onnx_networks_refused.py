"""What is not read: every problem at once, each with its way round; and files that are no models."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from onnx_builders import examples, model, node, normal

from proofs.errors import AssayError, InvalidInput, UnsupportedModel
from proofs.networks.onnx_import import check_integer, import_float, importer, run_float

IMAGE = ("N", 4, 8, 8)


def problems(onnx_bytes: bytes) -> list[str]:
    """The problems of a model, as told."""
    with pytest.raises(UnsupportedModel) as caught:
        import_float(onnx_bytes)
    report = check_integer(onnx_bytes)
    assert not report.supported
    assert report.problems == caught.value.problems
    assert all(str(problem) in str(caught.value) for problem in report.problems)
    return [str(problem) for problem in report.problems]


@pytest.fixture
def without_inference() -> Iterator[None]:
    """ONNX's own shape inference takes a child process each; what is damaged is refused without it as well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importer, "infer_shapes", lambda proto: {})
        yield


def test_every_problem_is_named_at_once() -> None:
    nodes = [
        node("LRN", "x", "a", size=3), node("Conv", "a w", "b"),
        node("AveragePool", "b", "c", kernel_shape=[3, 3], pads=[1] * 4),
        node("InstanceNormalization", "c s s", "d"), node("Mul", "d c", "e"),
        node("Transpose", "e", "f", perm=[1, 0, 2, 3]),
        node("GlobalAveragePool", "e", "g"), node("Flatten", "g", "h"), node("Gemm", "h v", "out"),
    ]  # fmt: skip
    told = problems(model(nodes, IMAGE, {"w": normal(5, 4, 3, 3), "s": normal(5), "v": normal(5, 3)}))
    assert len(told) == 4  # the Transpose is read by nobody
    for line, words in zip(
        told,
        (
            ("LRN 'n_LRN_a' (opset 17, shape 1x4x8x8)", "BatchNormalization"),
            ("AveragePool 'n_AveragePool_c' (opset 17, shape 1x5x6x6)", "count_include_pad=1"),
            ("InstanceNormalization", "BatchNormalization"),
            ("Mul 'n_Mul_e'", "multiplies two computed tensors"),
        ),
        strict=True,
    ):
        assert all(word in line for word in words)
        assert "Way round" in line


REFUSED: list[tuple[str, list[Any], dict[str, np.ndarray], str]] = [
    ("grouped", [node("Conv", "x w", "y", group=3)], {"w": normal(6, 1, 3, 3)}, "in 3 groups do not fit 4 channels"),
    ("large kernel", [node("Conv", "x w", "y")], {"w": normal(2, 4, 9, 9)}, "larger than the padded image"),
    ("negative pads", [node("Conv", "x w", "y", pads=[-1, 0, 0, 0])], {"w": normal(2, 4, 3, 3)}, "pads are negative"),
    ("computed weights", [node("Conv", "x x", "y")], {}, "weight is not stored"),
    ("NaN", [node("Conv", "x w", "y")], {"w": np.full((2, 4, 3, 3), np.nan, np.float32)}, "NaN or infinity"),
    ("infinity", [node("Mul", "x k", "y")], {"k": np.float32(np.inf)}, "NaN or infinity"),
    ("overflow", [node("Mul", "x k", "z"), node("Conv", "z w b", "y"), node("Mul", "y k", "y2"),
                  node("Mul", "y2 k", "y3")],
     {"k": np.float64(1e200), "w": normal(2, 4, 3, 3).astype(np.float64), "b": np.ones(2)}, "infinite"),
    ("position", [node("Conv", "x w", "c"), node("Add", "c k", "y")], {"w": normal(2, 4, 1, 1), "k": normal(8, 8)},
     "inside a channel"),
    ("zero", [node("Div", "x k", "y")], {"k": np.float32(0)}, "divides by zero"),
    ("divisor", [node("Div", "x x", "a"), node("Div", "k x", "y")], {"k": np.float32(1)}, "divides by computed"),
    ("slopes", [node("PRelu", "x k", "y")], {"k": normal(4, 1, 1)}, "slopes differ"),
    ("cube", [node("Pow", "x k", "y")], {"k": np.float32(3)}, "another power"),
    ("dilated pool", [node("MaxPool", "x", "y", kernel_shape=[2, 2], dilations=[2, 2])], {}, "dilated"),
    ("edge", [node("AveragePool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)], {}, "fewer values"),
    ("batch concat", [node("Concat", "x x", "y", axis=0)], {}, "puts examples one after another"),
    ("sides", [node("MaxPool", "x", "m", kernel_shape=[2, 2]), node("Concat", "m x", "y", axis=1)], {}, "joins shapes"),
    ("batch transpose", [node("Transpose", "x", "y", perm=[1, 0, 2, 3])], {}, "moves the batch axis"),
    ("batch reshape", [node("Reshape", "x to", "y")], {"to": np.array([4, -1, 8, 8])}, "does not keep them apart"),
    ("batch slice", [node("Slice", "x a b c", "y")], {"a": np.array([0]), "b": np.array([1]), "c": np.array([0])},
     "leaves out examples"),
    ("batch mean", [node("ReduceMean", "x", "y", axes=[0])], {}, "across the examples"),
    ("channel mean", [node("ReduceMean", "x", "y", axes=[1])], {}, "reduces other axes"),
    ("reflect", [node("Pad", "x p", "y", mode="reflect")], {"p": np.array([0, 0, 1, 1, 0, 0, 1, 1])},
     "else than zeros"),
    ("channel pad", [node("Conv", "x w", "c"), node("Pad", "c p", "y")],
     {"w": normal(2, 4, 1, 1), "p": np.array([0, 1, 0, 0, 0, 0, 0, 0])}, "pads examples, channels"),
    ("training", [node("BatchNormalization", "x k k k k", "y", training_mode=1)], {"k": np.ones(4, np.float32)},
     "training mode"),
    ("attribute", [node("Relu", "x", "y", invented=1)], {}, "'invented' is not known"),
    ("type", [node("Conv", "x w", "y", pads="none")], {"w": normal(2, 4, 3, 3)}, "type ONNX gives it"),
    ("foreign", [node("FusedConv", "x", "y", domain="com.microsoft")], {}, "standard ONNX operators only"),
    ("trees", [node("TreeEnsembleClassifier", "x", "y", domain="ai.onnx.ml")], {}, "linear models"),
    ("rows and columns swapped", [node("Transpose", "x", "t", perm=[0, 1, 3, 2]), node("Conv", "x w", "c"),
     node("Conv", "t w", "d"), node("Add", "c d", "y")], {"w": normal(2, 4, 1, 1)}, "no image of the layer before"),
    ("segmentation", [node("Conv", "x w", "y")], {"w": normal(2, 4, 1, 1)}, "values an example"),
    ("constant", [node("Identity", "k", "y")], {"k": normal(1, 4)}, "does not depend on the input|stored or missing"),
    ("unread constant", [node("Sin", "k", "s"), node("Mul", "x s", "y")], {"k": normal(4, 1, 1)}, "onnxsim"),
    ("huge", [node("ConstantOfShape", "k", "s"), node("Mul", "x s", "y")], {"k": np.array([1 << 40])}, "do not fit"),
]  # fmt: skip


@pytest.mark.usefixtures("without_inference")
@pytest.mark.parametrize(
    ("nodes", "stored", "reason"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_refusals_say_why(nodes: list[Any], stored: dict[str, np.ndarray], reason: str) -> None:
    import re

    told = problems(model(nodes, IMAGE, stored))
    assert any(re.search(reason, line) for line in told), told


@pytest.mark.parametrize(
    ("shape", "kind", "reason"),
    [
        (("N", 4, "H", 8), TensorProto.FLOAT, "open axis besides the batch"),
        ((4,), TensorProto.FLOAT, "two to four axes"),
        (("N", 1, 2, 3, 4), TensorProto.FLOAT, "two to four axes"),
        (("N", 4), TensorProto.INT64, "element type is INT64"),
        (("N", 1 << 30), TensorProto.FLOAT, "more than"),
    ],
)
def test_inputs_that_are_not_read(shape: tuple[Any, ...], kind: int, reason: str) -> None:
    assert reason in problems(model([node("Relu", "x", "y"), node("Mystery", "y", "out")], shape, kind=kind))[0]


def test_several_inputs_outputs_external_weights_and_old_opsets() -> None:
    proto = onnx.load_model_from_string(
        model([node("Gemm", "x w", "a"), node("Relu", "a", "b")], ("N", 4), {"w": normal(4, 3)})
    )
    proto.graph.input.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, [1, 4]))
    proto.graph.output.append(helper.make_tensor_value_info("a", TensorProto.FLOAT, None))
    proto.opset_import[0].version = 6
    proto.graph.initializer[0].data_location = TensorProto.EXTERNAL
    told = " ".join(problems(proto.SerializeToString()))
    for words in ("2 inputs", "2 outputs could be", "opset 6 is outside", "in another file"):
        assert words in told


@pytest.mark.parametrize("junk", [b"", b"junk", b"\x08\x07", "text"])
def test_files_that_are_no_models(junk: Any) -> None:
    with pytest.raises(InvalidInput):
        import_float(junk)


NODES = [
    node("Conv", "x w b", "c", pads=[1, 1, 1, 1]), node("BatchNormalization", "c s s s s", "n"), node("Relu", "n", "r"),
    node("MaxPool", "r", "m", kernel_shape=[2, 2], strides=[2, 2]), node("QuantizeLinear", "m q z", "i"),
    node("DequantizeLinear", "i q z", "d"), node("Concat", "d m", "j", axis=1), node("Slice", "j a e", "k"),
    node("Pad", "k p", "l"), node("ReduceMean", "l", "o", axes=[2, 3]), node("Reshape", "o to", "f"),
    node("Gemm", "f v", "g"), node("Softmax", "g", "out"),
]  # fmt: skip
STORED = {
    "w": normal(3, 2, 3, 3), "b": normal(3), "s": np.ones(3, np.float32), "q": np.float32(0.1), "z": np.uint8(3),
    "a": np.array([0, 0, 1]), "e": np.array([1 << 60, 6, 4]), "p": np.array([0, 0, 1, 0, 0, 0, 0, 1]),
    "to": np.array([0, 6]), "v": normal(6, 4),
}  # fmt: skip
WHOLE = model(NODES, ("N", 2, 8, 8), STORED)


def test_the_model_to_be_damaged_is_read() -> None:
    network = import_float(WHOLE)
    assert run_float(network, examples(network)).shape == (3, 4)


@pytest.mark.usefixtures("without_inference")
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_damaged_files_raise_only_the_projects_errors(draw: st.DataObject) -> None:
    """Attributes, shapes and names changed in the message, or bytes in the file."""
    proto = onnx.load_model_from_string(WHOLE)
    number = st.sampled_from([-(1 << 62), -9, -1, 0, 1, 2, 3, 7, 1 << 20, 1 << 40, (1 << 62)])
    broken = proto.graph.node[draw.draw(st.integers(0, len(NODES) - 1))]
    kind = draw.draw(st.sampled_from(["attribute", "initialiser", "names", "op", "bytes"]))
    if kind == "attribute" and broken.attribute:
        attribute = broken.attribute[0]
        if attribute.ints:
            attribute.ints[draw.draw(st.integers(0, len(attribute.ints) - 1))] = draw.draw(number)
        else:
            attribute.i = draw.draw(number)
    elif kind == "initialiser":
        tensor = proto.graph.initializer[draw.draw(st.integers(0, len(STORED) - 1))]
        if tensor.data_type == TensorProto.INT64:
            values = np.frombuffer(tensor.raw_data, np.int64).copy()
            values[draw.draw(st.integers(0, len(values) - 1))] = draw.draw(number)
            tensor.raw_data = values.tobytes()
        elif tensor.dims:
            size = math.prod(tensor.dims)
            del tensor.dims[:]
            tensor.dims.extend(draw.draw(st.sampled_from([[size], [1, size], [size, 1, 1], [1, 1, 1, size], []])))
    elif kind == "names":
        place = draw.draw(st.integers(0, len(broken.input) - 1))
        broken.input[place] = draw.draw(st.sampled_from(["", "x", *STORED]))
    elif kind == "op":
        broken.op_type = draw.draw(
            st.sampled_from(["Add", "Sum", "Transpose", "Flatten", "Squeeze", "Gemm", "Clip", "Shape"])
        )
    raw = bytearray(proto.SerializeToString())
    if kind == "bytes":
        raw[draw.draw(st.integers(0, len(raw) - 1))] ^= draw.draw(st.integers(1, 255))
    try:
        network = import_float(bytes(raw))
        run_float(network, np.zeros((1, *network.model_shape)))
    except AssayError:
        pass
