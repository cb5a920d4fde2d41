"""The demo's real data: scikit-learn's handwritten digits and two models trained on them, one good and one lazy."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assay.data import load_labelled
from proofs.errors import MissingArtifact

_REPOSITORY = Path(__file__).resolve().parents[2]
AUDITED = 64


@dataclass(frozen=True)
class Material:
    """Models and held-out examples of a demo.

    Args:
        model, lazy: ONNX bytes of equal architecture; the good one is the committed one.
        x, y: (M, ...) float inputs and (M,) labels never trained on.
        total: examples of the honest audit. batch, classes, scale_bits: of the input format.
    """

    model: bytes
    lazy: bytes
    x: NDArray[np.generic]
    y: NDArray[np.generic]
    total: int = AUDITED
    batch: int = 8
    classes: int = 10
    scale_bits: int = 10


def digits(total: int = AUDITED) -> Material:
    """The digits models and their held-out images."""
    data = _packaged("digits_test.npz")
    x, y = load_labelled(data)
    return Material(_packaged("digits_mlp.onnx").read_bytes(), _packaged("digits_lazy.onnx").read_bytes(), x, y, total)


def _packaged(name: str) -> Path:
    package = Path(str(files("assay")))
    folders = (package / "_datasets", package / "_models", _REPOSITORY / "datasets", _REPOSITORY / "examples/models")
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise MissingArtifact(f"{name} is not in this installation; run the demo from a clone of the repository")
