"""Which audits can be run: a model, its examples, and the circuit they are proven in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput

ROOT = Path(__file__).resolve().parents[2]
Labelled = tuple[NDArray[np.float64], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Case:
    """One model to audit.

    Args:
        model: ONNX file under the repository. source: what the examples are, in words.
        batch: examples a proof. proof_s: seconds a proof is expected to take.
        examples: x (N, ...) in [0, 1] and labels y (N,), in a fixed order.
    """

    name: str
    model: str
    source: str
    scale_bits: int
    batch: int
    proof_s: int
    examples: Callable[[], Labelled]

    @property
    def onnx(self) -> bytes:
        """The model file."""
        return (ROOT / self.model).read_bytes()

    def take(self, total: int) -> Labelled:
        """The first ``total`` examples. Raises InvalidInput where there are fewer."""
        x, y = self.examples()
        if not 1 <= total <= len(x):
            raise InvalidInput(f"--examples {total}: {self.name} has {len(x)}")
        return x[:total], y[:total]

    def digest(self, total: int, batch: int) -> str:
        """Names the working folder: another model, batch or number of examples is another job."""
        content = hashlib.sha256(self.onnx + f"{self.name} {total} {batch} {self.scale_bits}".encode())
        return content.hexdigest()[:12]


def digits() -> Labelled:
    """The 512 digits held out of training, then training examples: what goes beyond 512 flatters the score."""
    parts = [np.load(ROOT / "datasets" / f"digits_{split}.npz") for split in ("test", "train")]
    x, y = (np.concatenate([part[name] for part in parts]) for name in ("x", "y"))
    return x.astype(np.float64), y.astype(np.int64)


def mnist() -> Labelled:
    """MNIST's test part as the file has it; needs ``ASSAY_DATA``."""
    from examples.safetynets.data import load_mnist

    part = load_mnist("t10k")
    return part.images[:, None].astype(np.float64) / 255, part.labels


CASES = {
    case.name: case
    for case in (
        Case(
            "digits-mlp",
            "examples/models/digits_mlp.onnx",
            "8x8 digits, 512 of them held out of training",
            10,
            32,
            60,
            digits,
        ),
        Case("mnist-cnn", "examples/models/mnist_cnn.onnx", "MNIST, test part", 8, 2, 60, mnist),
    )
}
