"""Everything unsupported is named, all at once: node, operator, opset, shape, reason, way round."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from graphs import Array, dense, dense_nodes, model, raw
from onnx import TensorProto, helper

from proofs.errors import InvalidInput, UnsupportedModel
from proofs.onnx_check import CheckReport, check_model, require_supported

MODELS = Path(__file__).resolve().parents[2] / "examples" / "models"
FLOAT = TensorProto.FLOAT


@pytest.mark.parametrize("name", ["digits_mlp", "digits_lazy"])
def test_digit_models_are_supported(name: str) -> None:
    report = require_supported((MODELS / f"{name}.onnx").read_bytes())
    expected = CheckReport("halo2", (), (), (64,), 10, 64 * 32 + 32 + 32 * 10 + 10, 64 * 32 + 32 * 10, 17)
    assert report == expected
    assert report.as_dict()["supported"] is True


def test_every_bad_node_is_named_not_only_the_first() -> None:
    nodes = [
        helper.make_node("Gemm", ["input", "w0", "b0"], ["h"], name="first", transB=1),
        helper.make_node("Mod", ["h", "half"], ["m"], name="wrap", fmod=1),
        helper.make_node("Selu", ["m"], ["s"], name="fine"),
        helper.make_node("LRN", ["s4"], ["n"], name="norm", size=3),
        helper.make_node("Attention", ["r"], ["a"], name="fused", domain="com.microsoft"),
        helper.make_node("Gemm", ["a", "w1", "b1"], ["logits"], transB=1),
    ]
    nodes.insert(3, helper.make_node("Reshape", ["s", "four"], ["s4"], name="up"))
    nodes.insert(5, helper.make_node("Flatten", ["n"], ["r"], name="down"))
    weights = {**dense(), "half": np.float32(0.5), "four": np.array([-1, 4, 1, 1])}
    report = check_model(raw(nodes=nodes, weights=weights, domains=["com.microsoft"]))
    found = {(p.node, p.op, p.opset): p for p in report.problems}
    assert {("wrap", "Mod", 17), ("norm", "LRN", 17), ("fused", "Attention", 17)} <= set(found)
    assert "com.microsoft" in found["fused", "Attention", 17].reason
    with pytest.raises(UnsupportedModel, match=r"(?s)wrap.*norm.*fused") as caught:
        report.require()
    assert caught.value.problems == report.problems
    assert not report.supported


def test_shape_of_the_node_is_named() -> None:
    nodes = dense_nodes()
    nodes[1] = helper.make_node("Mod", ["h", "half"], ["r"], fmod=1)
    (problem,) = check_model(raw(nodes=nodes, weights={**dense(), "half": np.float32(0.5)})).problems
    assert (problem.node, problem.shape) == ("Mod#1", (1, 4))
    assert str(problem).startswith("Mod 'Mod#1' (opset 17, shape 1x4): ")


def test_control_flow_is_refused_by_name() -> None:
    body = helper.make_graph(
        [helper.make_node("Relu", ["h"], ["out"])], "b", [], [helper.make_tensor_value_info("out", FLOAT, None)]
    )
    nodes = dense_nodes()
    nodes[1] = helper.make_node("If", ["flag"], ["r"], name="choice", then_branch=body, else_branch=body)
    report = check_model(raw(nodes=nodes, weights={**dense(), "flag": np.array(True)}))
    assert ("choice", "If") in {(p.node, p.op) for p in report.problems}


def test_local_function_is_refused_by_name() -> None:
    broken = model(domains=["own"])
    inner = [helper.make_node("Twice", ["a"], ["b"], domain="own")]  # calls itself
    broken.functions.append(helper.make_function("own", "Twice", ["a"], ["b"], inner, [helper.make_opsetid("own", 1)]))
    broken.graph.node[1].CopyFrom(helper.make_node("Twice", ["h"], ["r"], name="again", domain="own"))
    report = check_model(broken.SerializeToString())
    assert {"Twice", "again"} <= {p.node for p in report.problems}


def softmax_over_batch() -> bytes:
    nodes = [*dense_nodes()[:2], helper.make_node("Softmax", ["r"], ["s"], axis=0, name="mix"),
             helper.make_node("Gemm", ["s", "w1", "b1"], ["logits"], transB=1)]  # fmt: skip
    return raw(nodes=nodes)


def gram() -> bytes:
    nodes = [helper.make_node("Gemm", ["input", "input"], ["gram"], transB=1, name="mix"),
             helper.make_node("MatMul", ["gram", "row"], ["logits"])]  # fmt: skip
    return raw(nodes=nodes, weights={"row": np.ones((1, 3), np.float32)})


def transposed() -> bytes:
    nodes = [helper.make_node("Transpose", ["input"], ["t"], name="mix", perm=[1, 0]),
             helper.make_node("Transpose", ["t"], ["u"], perm=[1, 0]),
             helper.make_node("Gemm", ["u", "w0", "b0"], ["logits"], transB=1)]  # fmt: skip
    return raw(nodes=nodes, weights=dense(hidden=3))


def mean_of_everything() -> bytes:
    nodes = [*dense_nodes()[:2], helper.make_node("ReduceMean", ["r"], ["mean"], name="mix"),
             helper.make_node("Sub", ["r", "mean"], ["c"]),
             helper.make_node("Gemm", ["c", "w1", "b1"], ["logits"], transB=1)]  # fmt: skip
    return raw(nodes=nodes)


@pytest.mark.parametrize("make", [softmax_over_batch, gram, transposed, mean_of_everything])
def test_mixing_the_examples_of_a_batch_is_refused(make: Callable[[], bytes]) -> None:
    assert "mix" in {p.node for p in check_model(make()).problems}


@pytest.mark.parametrize(
    ("parts", "where", "text"),
    [
        ({"inputs": {"input": (FLOAT, [8, 6])}}, "input", "batch axis is fixed to 8"),
        ({"inputs": {"input": (FLOAT, ["batch", "n"])}}, "input", "open axis"),
        ({"inputs": {"input": (FLOAT, [6])}, "outputs": {"logits": (FLOAT, None)}}, "input", "two to four axes"),
        ({"inputs": {"input": (TensorProto.INT64, [1, 6])}}, "", "element type is INT64"),
        ({"inputs": {"input": (FLOAT, [1, 6]), "more": (FLOAT, [1, 6])}}, "input, more", "2 inputs"),
        ({"outputs": {"logits": (FLOAT, [1, 3]), "h": (FLOAT, [1, 4])}}, "logits, h", "2 outputs"),
        ({"outputs": {"h": (FLOAT, [1, 4])}, "weights": dense(hidden=1)}, "h", "2 to 1024 classes"),
        ({"opset": 12}, "opset", "opset 12"),
        ({"opset": 99}, "opset", "opset 99"),
    ],
)  # fmt: skip
def test_the_outside_is_checked(parts: dict[str, object], where: str, text: str) -> None:
    try:
        problems = check_model(raw(**parts)).problems
    except InvalidInput as error:
        assert text.startswith(("element type", "two to four")), error  # contradicts itself: ONNX's checker says so
        return
    assert any(text in p.reason and where in p.node for p in problems), problems


def test_integer_input_is_refused_by_name() -> None:
    nodes = [helper.make_node("Cast", ["input"], ["f"], to=FLOAT), *dense_nodes()]
    nodes[1].input[0] = "f"
    problems = check_model(raw(nodes=nodes, inputs={"input": (TensorProto.UINT8, ["b", 6])})).problems
    assert [p.node for p in problems if p.op != "Cast"] == ["input"]
    assert "UINT8" in next(p.reason for p in problems if p.op != "Cast")


def test_integer_output_is_refused_by_name() -> None:
    nodes = [*dense_nodes(), helper.make_node("ArgMax", ["logits"], ["y"], axis=1, keepdims=1)]
    outputs: dict[str, tuple[int, list[int]]] = {"y": (TensorProto.INT64, [1, 1])}
    assert any(p.op == "output" for p in check_model(raw(nodes=nodes, outputs=outputs)).problems)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda w: np.where(w == w.max(), np.nan, w), "1 of its values are NaN"),
        (lambda w: np.where(w == w.max(), np.inf, w), "NaN or infinite"),
        (lambda w: w * 1e6, "overflows fixed point at 10 fractional bits (limit 256)"),
    ],
)
def test_unusable_weights_are_named(change: Callable[[Array], Array], text: str) -> None:
    weights = dense()
    weights["w1"] = change(weights["w1"]).astype(np.float32)
    (problem,) = check_model(raw(weights=weights)).problems
    assert (problem.node, problem.op, problem.shape) == ("w1", "weight", (3, 4))
    assert text in problem.reason


def test_range_follows_the_scale_and_lost_weights_warn() -> None:
    weights = dense()
    weights["w0"] = weights["w0"] * np.float32(1e-6)
    weights["w1"][0, 0] = 500.0
    assert check_model(raw(weights=weights), scale_bits=8).supported
    report = check_model(raw(weights=weights))
    assert [p.node for p in report.problems] == ["w1"]
    assert any(w.node == "w0" and "round to 0" in w.reason for w in report.warnings)


def test_double_weights_in_a_constant_node_are_named() -> None:
    value = onnx.numpy_helper.from_array(np.ones((1, 6)), "v")
    nodes = [helper.make_node("Constant", [], ["c"], value=value), helper.make_node("Cast", ["c"], ["d"], to=FLOAT),
             helper.make_node("Mul", ["input", "d"], ["s"]), *dense_nodes()]  # fmt: skip
    nodes[3].input[0] = "s"
    problems = check_model(raw(nodes=nodes)).problems
    assert [(p.node, p.op) for p in problems if p.op != "Cast"] == [("c", "weight")]


def test_broadcasting_the_batch_into_another_axis_is_refused() -> None:
    """(b, 6) beside (b, 1, 6), and a stored (1, 1, 6): each would set the examples of a batch beside one another."""
    axes = onnx.numpy_helper.from_array(np.array([1]), "axes")
    beside = [
        helper.make_node("Unsqueeze", ["input", "axes"], ["u"]),
        helper.make_node("Add", ["u", "input"], ["s"], name="beside"),
        helper.make_node("ReduceSum", ["s", "axes"], ["flat"], keepdims=0),
    ]
    moved = [helper.make_node("Add", ["input", "wide"], ["s"], name="beside"),
             helper.make_node("ReduceSum", ["s", "axes"], ["flat"], keepdims=0)]  # fmt: skip
    for nodes in (beside, moved):
        dense = dense_nodes()
        dense[0].input[0] = "flat"
        weights = {"wide": np.ones((1, 1, 6), np.float32)}
        model = onnx.load_model_from_string(raw(nodes=[*nodes, *dense]))
        model.graph.initializer.extend([axes, onnx.numpy_helper.from_array(weights["wide"], "wide")])
        assert "beside" in {p.node for p in check_model(model.SerializeToString()).problems}


def test_final_softmax_is_refused_and_may_be_left_out() -> None:
    nodes = [*dense_nodes(), helper.make_node("Softmax", ["logits"], ["p"], axis=1, name="end")]
    report = check_model(raw(nodes=nodes, outputs={"p": (FLOAT, ["b", 3])}))
    (problem,) = report.problems
    assert (problem.node, problem.op) == ("end", "Softmax")
    assert "leave it out" in problem.way_round


@pytest.mark.parametrize(("backend", "bits"), [("starks", 10), ("halo2", 3), ("halo2", 40)])
def test_unknown_backend_or_scale(backend: str, bits: int) -> None:
    with pytest.raises(InvalidInput):
        check_model(raw(), backend, scale_bits=bits)


def test_macs_of_a_convolution() -> None:
    nodes = [
        helper.make_node("Conv", ["input", "k"], ["c"], strides=[2, 2], group=2),
        helper.make_node("Flatten", ["c"], ["f"]),
        helper.make_node("MatMul", ["f", "m"], ["logits"]),
    ]
    weights = {"k": np.ones((4, 1, 3, 3), np.float32), "m": np.ones((16, 3), np.float32)}
    report = check_model(raw(nodes=nodes, weights=weights, inputs={"input": (FLOAT, ["b", 2, 6, 6])}))
    assert report.supported
    assert (report.macs, report.parameters) == (16 * 9 + 48, 36 + 48)
    assert (report.input_shape, report.classes) == ((2, 6, 6), 3)
