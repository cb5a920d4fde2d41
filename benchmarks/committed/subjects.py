"""What is proven: a float model, its integer network, and examples for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.committed import float_models
from examples.mobilenet.convert import to_onnx
from examples.mobilenet.images import pixels, real_inputs
from examples.mobilenet.model import read
from examples.safetynets.data import data_folder, load_mnist
from proofs.networks.network import Network
from proofs.networks.onnx_import import import_float
from proofs.networks.quantise import integer_inputs, quantise
from proofs.networks.weights import Weights

_ROOT = Path(__file__).resolve().parents[2]
CALIBRATED = 256
Examples = tuple[NDArray[np.float32], NDArray[np.int64] | None]
"""Real inputs (N, ...) and, where the data is real, labels (N,)."""


@dataclass(frozen=True, slots=True)
class Model:
    """A float model.

    Args:
        calibration: real inputs. examples: the first so many.
    """

    onnx: bytes
    calibration: NDArray[np.float32]
    examples: Callable[[int], Examples]


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """An integer network with examples.

    Args:
        x: int32 (C, H, W, N). real: the same inputs as the float model takes them.
    """

    onnx: bytes
    network: Network
    weights: Weights
    x: NDArray[np.int32]
    real: NDArray[np.float32]
    labels: NDArray[np.int64] | None


def subject(name: str, count: int) -> Subject:
    """A model of ``MODELS`` made an integer network, and its first ``count`` examples."""
    model = MODELS[name]()
    floating = import_float(model.onnx)
    network, weights, _ = quantise(floating, model.calibration)
    real, labels = model.examples(count)
    x = np.ascontiguousarray(integer_inputs(floating, network, real).x, dtype=np.int32)
    return Subject(model.onnx, network, weights, x, real, labels)


def _mobilenet(name: str) -> Model:
    model = read(data_folder("mobilenet-quant") / f"{name}.json")

    def examples(count: int) -> Examples:
        images, labels = pixels(model.input.shape[1], count)
        return real_inputs(model, images), labels

    return Model(to_onnx(model).SerializeToString(), examples(8)[0], examples)


def _lenet() -> Model:
    test, train = load_mnist("t10k"), load_mnist("train")
    scaled = lambda images: (images.astype(np.float32) / np.float32(255))[:, None]  # noqa: E731
    onnx = (_ROOT / "examples/models/lenet/lenet.onnx").read_bytes()
    return Model(onnx, scaled(train.images[:CALIBRATED]), lambda n: (scaled(test.images[:n]), test.labels[:n]))


def _digits() -> Model:
    onnx = (_ROOT / "examples/models/digits_mlp.onnx").read_bytes()
    parts = [np.load(_ROOT / f"datasets/digits_{part}.npz") for part in ("train", "test")]
    return Model(onnx, parts[0]["x"][:CALIBRATED], lambda n: (parts[1]["x"][:n], parts[1]["y"][:n]))


def _adult() -> Model:
    from benchmarks.committed.adult import adult

    onnx, calibration, x, y = adult()
    return Model(onnx, calibration[: 4 * CALIBRATED], lambda n: (x[:n], y[:n]))


def _random(onnx: bytes, shape: tuple[int, ...]) -> Model:
    """Random images for random weights; no time depends on values."""
    images: Any = lambda n, seed: np.random.default_rng(seed).random((n, *shape), dtype=np.float32)  # noqa: E731
    return Model(onnx, images(8, 1), lambda n: (images(n, 2), None))


MODELS: dict[str, Callable[[], Model]] = {
    "MobileNetV2 QAT": lambda: _mobilenet("mobilenet_v2_1.0_224_quant"),
    "MobileNetV2 PTQ": lambda: _mobilenet("tf2_mobilenet_v2_1.0_224_ptq"),
    "LeNet": _lenet,
    "LeNet-44k": lambda: _random(float_models.lenet_44k(), (1, 28, 28)),
    "VGG16": lambda: _random(float_models.vgg16(), (3, 32, 32)),
    "ResNet-18": lambda: _random(float_models.resnet18(), (3, 32, 32)),
    "digits MLP": _digits,
    "Adult MLP": _adult,
}
