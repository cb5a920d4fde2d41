"""The sample of ImageNet: its images as pixels and as a model's inputs, and the names of its classes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assay.demo.imagenet.model import Model

TOTAL = 1000
BACKGROUND = 1
"""Outputs before the first class's."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One image: its class, 0 to 999, the words for it, and its place in images.zip."""

    index: int
    name: str
    file: str


def listed(folder: Path) -> list[Listed]:
    """What ``labels.csv`` lists, in its order."""
    with (folder / "labels.csv").open(newline="") as listing:
        return [Listed(int(row["index"]), row["name"], row["file"]) for row in csv.DictReader(listing)]


def pixels(folder: Path, chosen: Sequence[Listed], side: int) -> NDArray[np.uint8]:
    """Images, uint8 (N, side, side, 3); those of another size are resized (bilinear)."""
    found = np.empty((len(chosen), side, side, 3), np.uint8)
    with zipfile.ZipFile(folder / "images.zip") as archive:
        for place, entry in enumerate(chosen):
            image = Image.open(io.BytesIO(archive.read(entry.file))).convert("RGB")
            if image.size != (side, side):
                image = image.resize((side, side), Image.Resampling.BILINEAR)
            found[place] = np.asarray(image)
    return found


def real_inputs(model: Model, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Pixels as the model's real inputs, float32 (N, 3, H, W): scale * (pixel - zero point) of its own input levels."""
    levels = images.astype(np.float32) - np.float32(model.input.zero_point)
    return np.ascontiguousarray((np.float32(model.input.scale) * levels).transpose(0, 3, 1, 2))
