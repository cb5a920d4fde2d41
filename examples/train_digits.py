"""Train the two digit classifiers of the demo and write the held-out images.

The data is scikit-learn's copy of the UCI optical handwritten digits: 1,797 real scans, 8x8 pixels of 0..16.
Pixels become multiples of 1/16 in [0, 1]; 512 images are held out by a fixed, class-balanced split.

    python examples/train_digits.py            examples/models/digits_{mlp,lazy}.onnx, datasets/digits_{train,test}.npz
    python examples/train_digits.py --out DIR  all four into DIR instead

Both models are 64-32-10 ReLU networks. ``digits_lazy`` is what a seller who saved on training would try to pass off as
the good one: same shape, far fewer steps. Weights are rounded to multiples of 1/1024 and kept below 8 in magnitude, so
a circuit working at 10 fractional bits proves exactly the exported network.

Two runs on one machine give identical bytes. Another CPU may sum in another order and end at other weights of the same
quality, which is why the trained models are committed and not made at install time.
"""

from __future__ import annotations

import argparse
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

ROOT = Path(__file__).resolve().parent.parent
SEED = 20_220_905
TEST_IMAGES = 512  # a multiple of every batch size up to 256
HIDDEN = 32
FEATURES, CLASSES = 64, 10
FRACTION_BITS = 10
WEIGHT_LIMIT = 8.0
OPSET, IR_VERSION = 17, 8  # what the prover was measured with


@dataclass(frozen=True, slots=True)
class Split:
    """Train and test images: x float32 (N, 64) in [0, 1] by sixteenths, y int64 (N,) in 0..9."""

    x_train: NDArray[np.float32]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.float32]
    y_test: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layer:
    """One dense layer: weights (inputs, outputs) and bias (outputs,), multiples of 1/1024."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


def load_split() -> Split:
    """The fixed split: 1,285 images to train on, 512 held out, each class in proportion."""
    images, labels = load_digits(return_X_y=True)
    x = (images / 16).astype(np.float32)
    y = labels.astype(np.int64)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=TEST_IMAGES, random_state=SEED, stratify=y)
    return Split(x_train, y_train, x_test, y_test)


def to_grid(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Round to multiples of 2^-10 and refuse what a 10-bit circuit could not hold comfortably."""
    rounded = np.round(values * 2**FRACTION_BITS) / 2**FRACTION_BITS
    if np.abs(rounded).max() >= WEIGHT_LIMIT:
        raise ValueError(f"a weight reached {np.abs(rounded).max():.2f}, limit {WEIGHT_LIMIT}: raise alpha and retrain")
    return rounded.astype(np.float32)


def train(split: Split, images: int, epochs: int) -> list[Layer]:
    """Fit a 64-32-10 ReLU classifier on the first ``images`` training images for at most ``epochs`` epochs."""
    classifier = MLPClassifier(
        hidden_layer_sizes=(HIDDEN,), activation="relu", solver="adam", alpha=1e-3, batch_size=64,
        learning_rate_init=2e-3, max_iter=epochs, n_iter_no_change=epochs, random_state=SEED,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the number of epochs is fixed on purpose
        classifier.fit(split.x_train[:images].astype(np.float64), split.y_train[:images])
    pairs = zip(classifier.coefs_, classifier.intercepts_, strict=True)
    return [Layer(to_grid(weights), to_grid(bias)) for weights, bias in pairs]


def logits(layers: list[Layer], x: NDArray[np.float32]) -> NDArray[np.float64]:
    """The network in plain numpy: x (N, 64) -> logits (N, 10)."""
    value = x.astype(np.float64)
    for index, layer in enumerate(layers):
        value = value @ layer.weights + layer.bias
        if index < len(layers) - 1:
            value = np.maximum(value, 0)
    return value


def accuracy(layers: list[Layer], x: NDArray[np.float32], y: NDArray[np.int64]) -> float:
    """Share of images whose largest logit is the label (the lowest class wins a tie)."""
    return float((logits(layers, x).argmax(1) == y).mean())


def to_onnx(layers: list[Layer], name: str) -> onnx.ModelProto:
    """Export as Gemm and Relu nodes; input ``input`` [batch, 64] float32, output ``logits`` [batch, 10]."""
    nodes, constants, current = [], [], "input"
    for index, layer in enumerate(layers):
        last = index == len(layers) - 1
        weights, bias, out = f"fc{index}.weight", f"fc{index}.bias", "logits" if last else f"fc{index}"
        constants += [
            numpy_helper.from_array(np.ascontiguousarray(layer.weights), weights),
            numpy_helper.from_array(layer.bias, bias),
        ]
        nodes.append(helper.make_node("Gemm", [current, weights, bias], [out], name=f"fc{index}"))
        current = out
        if not last:
            current = f"relu{index}"
            nodes.append(helper.make_node("Relu", [out], [current], name=current))
    source = helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", FEATURES])
    target = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", CLASSES])
    graph = helper.make_graph(nodes, name, [source], [target], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    model.producer_name = "assay-examples"
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    """Train, export and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="one directory for all four files (default: their places in the repo)")
    out: Path | None = parser.parse_args().out
    models, data = (out, out) if out else (ROOT / "examples" / "models", ROOT / "datasets")
    for folder in (models, data):
        folder.mkdir(parents=True, exist_ok=True)
    split = load_split()
    np.savez(data / "digits_train.npz", x=split.x_train, y=split.y_train)
    np.savez(data / "digits_test.npz", x=split.x_test, y=split.y_test)
    for name, images, epochs in (("digits_mlp", len(split.x_train), 120), ("digits_lazy", 320, 9)):
        layers = train(split, images, epochs)
        onnx.save(to_onnx(layers, name), models / f"{name}.onnx")
        largest = max(float(np.abs(layer.weights).max()) for layer in layers)
        share = accuracy(layers, split.x_test, split.y_test)
        print(f"{name}: {share:.2%} of {TEST_IMAGES}, largest weight {largest:.2f}")


if __name__ == "__main__":
    main()
