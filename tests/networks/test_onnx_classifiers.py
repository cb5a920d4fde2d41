"""Ends of classifiers, and scikit-learn's exports: the largest logit is the file's own answer."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper
from onnx_builders import agree, kinds, model, node, normal, runtime
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from proofs.errors import UnsupportedModel
from proofs.networks.onnx_import import check_integer, import_float, run_float

MODELS = Path(__file__).parents[2] / "examples" / "models"


@pytest.mark.parametrize("path", sorted(MODELS.rglob("*.onnx")), ids=lambda path: path.stem)
def test_the_examples(path: Path) -> None:
    agree(path.read_bytes())


@pytest.mark.parametrize(("op", "opset"), [("Softmax", 11), ("Softmax", 17), ("LogSoftmax", 17)])
def test_softmax_at_the_end_is_left_out(op: str, opset: int) -> None:
    stored = {"w": normal(6, 4)}
    plain = model([node("Gemm", "x w", "out")], ("N", 6), stored, opset=opset)
    ended = model([node("Gemm", "x w", "g"), node(op, "g", "out", axis=1)], ("N", 6), stored, opset=opset)
    x = normal(5, 6)
    assert np.array_equal(run_float(import_float(ended), x), run_float(import_float(plain), x))
    (warning,) = check_integer(ended).warnings
    assert "left out" in warning.reason


def test_arg_max_and_what_follows_it_is_left_out() -> None:
    nodes = [node("Gemm", "x w", "g"), node("ArgMax", "g", "a", axis=1, keepdims=0), node("Cast", "a", "out", to=6)]
    output = [helper.make_tensor_value_info("out", TensorProto.INT32, None)]
    onnx_bytes = model(nodes, ("N", 6), {"w": normal(6, 4)}, outputs=output)
    x = normal(20, 6)
    assert np.array_equal(run_float(import_float(onnx_bytes), x).argmax(axis=1), runtime(onnx_bytes, x)[:, 0])


def test_softmax_inside_is_refused() -> None:
    nodes = [node("Gemm", "x w", "g"), node("Softmax", "g", "s"), node("Gemm", "s w2", "out")]
    with pytest.raises(UnsupportedModel, match="result of Softmax"):
        import_float(model(nodes, ("N", 6), {"w": normal(6, 4), "w2": normal(4, 3)}))


@pytest.mark.parametrize("end", [[], [node("Sigmoid", "g", "out")]])
def test_one_logit_becomes_two(end: list[Any]) -> None:
    nodes = [node("Gemm", "x w", "g"), *end]
    onnx_bytes = model(nodes, ("N", 6), {"w": normal(6, 1)})
    x = normal(20, 6)
    logits = run_float(import_float(onnx_bytes), x)
    assert logits.shape == (20, 2)
    assert not logits[:, 0].any()
    found = 1 / (1 + np.exp(-logits[:, 1])) if end else logits[:, 1]
    assert np.abs(found - runtime(onnx_bytes, x)[:, 0]).max() < 1e-5


def test_one_logit_after_a_sum() -> None:
    nodes = [node("Gemm", "x w", "g"), node("Relu", "g", "r"), node("Add", "g r", "out")]
    assert run_float(import_float(model(nodes, ("N", 6), {"w": normal(6, 1)})), normal(4, 6)).shape == (4, 2)


def test_logits_of_several_classes_after_sigmoid_keep_their_order() -> None:
    network = import_float(
        model([node("Gemm", "x w", "g"), node("Sigmoid", "g", "out")], ("N", 6), {"w": normal(6, 4)})
    )
    assert kinds(network) == ["conv"]


ESTIMATORS = [
    LogisticRegression(),
    make_pipeline(StandardScaler(), LogisticRegression()),
    MLPClassifier((5, 4), max_iter=30, random_state=0),
    make_pipeline(MinMaxScaler(), MLPClassifier((6,), activation="tanh", max_iter=30, random_state=0)),
    MLPClassifier((6,), activation="logistic", max_iter=30, random_state=0),
]


@pytest.mark.parametrize("estimator", range(len(ESTIMATORS)))
@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("zipmap", [True, False])
def test_scikit_learn(estimator: int, classes: int, zipmap: bool) -> None:
    rng = np.random.default_rng(classes)
    x = rng.normal(size=(200, 5)).astype(np.float32)
    labels = np.digitize(x[:, 0] + x[:, 1] ** 2, np.quantile(x[:, 0] + x[:, 1] ** 2, np.arange(1, classes) / classes))
    fitted = ESTIMATORS[estimator]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted.fit(x, labels)
        last = fitted[-1] if hasattr(fitted, "steps") else fitted
        proto = to_onnx(fitted, x[:1], options=None if zipmap else {id(last): {"zipmap": False}})
    onnx_bytes = proto.SerializeToString()
    network = import_float(onnx_bytes)
    session = ort.InferenceSession(onnx_bytes)
    expected = session.run(None, {session.get_inputs()[0].name: x})[0]
    logits = run_float(network, x)
    assert logits.shape == (200, classes)
    assert np.array_equal(logits.argmax(axis=1), expected)
