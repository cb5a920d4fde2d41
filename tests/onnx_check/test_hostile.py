"""Hostile bytes end in the project's own errors: never a traceback, a crash, an opened file or a long wait."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from graphs import dense, dense_nodes, model, raw
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.onnx_check import check_model, limits, require_supported

GOOD = raw()


def spoiled(change: Callable[[onnx.ModelProto], object]) -> bytes:
    broken = model()
    change(broken)
    return bytes(broken.SerializeToString())


def cycle(broken: onnx.ModelProto) -> None:
    broken.graph.node[0].input[0] = "r"


def out_of_order(broken: onnx.ModelProto) -> None:
    nodes = list(broken.graph.node)[::-1]
    del broken.graph.node[:]
    broken.graph.node.extend(nodes)


def dangling(broken: onnx.ModelProto) -> None:
    broken.graph.node[1].input[0] = "nowhere"


def written_twice(broken: onnx.ModelProto) -> None:
    broken.graph.node[1].output[0] = "h"


def output_missing(broken: onnx.ModelProto) -> None:
    broken.graph.output[0].name = "nowhere"


def no_nodes(broken: onnx.ModelProto) -> None:
    del broken.graph.node[:]


def huge_dims(broken: onnx.ModelProto) -> None:
    broken.graph.initializer[0].dims[:] = [1 << 62, 1 << 62]


def large_product(broken: onnx.ModelProto) -> None:
    broken.graph.initializer[0].dims[:] = [1 << 20, 1 << 20]


def negative_dims(broken: onnx.ModelProto) -> None:
    broken.graph.initializer[0].dims[:] = [-4, -6]


def many_dims(broken: onnx.ModelProto) -> None:
    broken.graph.initializer[0].dims[:] = [1] * 5000


def short_data(broken: onnx.ModelProto) -> None:
    broken.graph.initializer[0].raw_data = b"\0" * 7


def data_missing(broken: onnx.ModelProto) -> None:
    broken.graph.initializer[0].ClearField("raw_data")


def arity(broken: onnx.ModelProto) -> None:
    del broken.graph.node[0].input[1:]


def shapes_disagree(broken: onnx.ModelProto) -> None:
    broken.graph.initializer[2].dims[:] = [4, 3]


def too_many_nodes(broken: onnx.ModelProto) -> None:
    broken.graph.node.extend(helper.make_node("Relu", ["h"], [f"x{i}"]) for i in range(limits.MAX_NODES))


@pytest.mark.parametrize(
    "change",
    [cycle, out_of_order, dangling, written_twice, output_missing, no_nodes, huge_dims, large_product, negative_dims,
     many_dims, short_data, data_missing, arity, shapes_disagree, too_many_nodes],
)  # fmt: skip
def test_malformed_graph_is_invalid_input(change: Callable[[onnx.ModelProto], object]) -> None:
    with pytest.raises(InvalidInput, match=r"export|damaged|simplify|at most"):
        check_model(spoiled(change))


@pytest.mark.parametrize("bad", [b"", b"\0" * 100, b"PK\x03\x04", b"\xff" * 1000, GOOD[:-1], GOOD[: len(GOOD) // 2]])
def test_not_a_model(bad: bytes) -> None:
    with pytest.raises(InvalidInput):
        check_model(bad)


def test_other_types_and_sizes_are_invalid_input() -> None:
    with pytest.raises(InvalidInput, match="str"):
        check_model("model.onnx")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="more than"):
        check_model(b"\0" * (limits.MAX_MODEL_BYTES + 1))


def nested(depth: int) -> onnx.GraphProto:
    """An If inside an If inside an If."""
    target = [helper.make_tensor_value_info("r", TensorProto.FLOAT, None)]
    inner = helper.make_graph([helper.make_node("Relu", ["h"], ["r"])], "g", [], target)
    for _ in range(depth):
        node = helper.make_node("If", ["flag"], ["r"], name="deep", then_branch=inner, else_branch=inner)
        inner = helper.make_graph([node], "g", [], target)
    return inner


@pytest.mark.parametrize("depth", [5, 12])
def test_graphs_inside_graphs_are_refused_quickly(depth: int) -> None:
    nodes = dense_nodes()
    nodes[1] = nested(depth).node[0]
    started = time.monotonic()
    with pytest.raises((UnsupportedModel, InvalidInput)):
        require_supported(raw(nodes=nodes, weights={**dense(), "flag": np.array(True)}))
    assert time.monotonic() - started < 30


def wrap(tag: int, payload: bytes) -> bytes:
    """One length-delimited protobuf field."""
    length, size = b"", len(payload)
    while size > 127:
        length += bytes([size & 127 | 128])
        size >>= 7
    return bytes([tag]) + length + bytes([size]) + payload


def test_a_thousand_levels_of_nesting_are_invalid_input() -> None:
    payload = b""
    for _ in range(1000):  # GraphProto.node = 1, NodeProto.attribute = 5, AttributeProto.g = 6
        payload = wrap(0x0A, wrap(0x2A, wrap(0x32, payload)))
    with pytest.raises(InvalidInput):
        check_model(wrap(0x3A, payload))


@pytest.mark.parametrize("location", ["../../../../etc/passwd", "/etc/passwd", "weights.bin"])
def test_external_data_is_refused_and_never_opened(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def external(broken: onnx.ModelProto) -> None:
        tensor = broken.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=location)

    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights.bin").write_bytes(b"\0" * 96)
    report = check_model(spoiled(external))
    (problem,) = [p for p in report.problems if p.node == "w0"]
    assert "another file" in problem.reason
    with pytest.raises(UnsupportedModel, match="another file"):
        report.require()


@pytest.mark.parametrize("kind", [TensorProto.STRING, TensorProto.COMPLEX64, TensorProto.FLOAT8E4M3FN, 77, 0])
def test_strange_element_types_are_named_or_invalid(kind: int) -> None:
    def change(broken: onnx.ModelProto) -> None:
        broken.graph.initializer[0].data_type = kind

    with pytest.raises((UnsupportedModel, InvalidInput)):
        require_supported(spoiled(change))


@pytest.mark.parametrize(
    ("op", "attrs"),
    [("Conv", {"strides": [0, 0]}), ("Conv", {"strides": [1, 1], "group": 0}), ("Conv", {"strides": [-1, 1]}),
     ("MaxPool", {"kernel_shape": [0, 0], "strides": [0, 0]}),
     ("MaxPool", {"kernel_shape": [1 << 62] * 2, "strides": [1, 1]}),
     ("DepthToSpace", {"blocksize": 0}), ("Transpose", {"perm": [9, 9, 9, 9]}), ("Flatten", {"axis": 1 << 40}),
     ("Softmax", {"axis": -99}), ("Pad", {}), ("Reshape", {}), ("Gather", {}), ("Pow", {}), ("Resize", {})],
)  # fmt: skip
def test_absurd_attributes_never_crash(op: str, attrs: dict[str, object]) -> None:
    inputs = ["input", "k"] if op == "Conv" else ["input"]
    nodes = [
        helper.make_node(op, inputs, ["c"], name="odd", **attrs),
        helper.make_node("Flatten", ["c"], ["f"]),
        helper.make_node("MatMul", ["f", "m"], ["logits"]),
    ]
    weights = {"k": np.ones((4, 2, 3, 3), np.float32), "m": np.ones((64, 3), np.float32)}
    with pytest.raises((UnsupportedModel, InvalidInput)):
        require_supported(raw(nodes=nodes, weights=weights, inputs={"input": (TensorProto.FLOAT, [1, 2, 6, 6])}))


def survives(mutated: bytes) -> None:
    try:
        check_model(mutated)
    except (InvalidInput, UnsupportedModel):
        return


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_never_escape(junk: bytes) -> None:
    survives(junk)


def test_mutated_models_never_escape() -> None:
    generator = random.Random(11)
    for _ in range(40):
        mutated = bytearray(GOOD)
        for _ in range(generator.choice([1, 1, 2, 5])):
            mutated[generator.randrange(len(mutated))] = generator.randrange(256)
        survives(bytes(mutated))
