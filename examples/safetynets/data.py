"""The data sets of the SafetyNets networks, read from ``ASSAY_DATA`` and never copied."""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
SIDE, CLASSES = 28, 10
TRAIN_IMAGES, TEST_IMAGES = 60_000, 10_000
IMAGE_HEADER, LABEL_HEADER = 16, 8  # bytes before the pixels and the labels of an IDX file


@dataclass(frozen=True, slots=True)
class Digits:
    """Images uint8 (N, 28, 28) and labels int64 (N,) in 0..9."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of images."""
        return len(self.labels)

    def take(self, rows: NDArray[np.int64] | slice) -> Digits:
        """These rows, in this order."""
        return Digits(self.images[rows], self.labels[rows])


def data_folder(name: str) -> Path:
    """Folder ``name`` under ``ASSAY_DATA`` (default: ``../shared/data`` beside the repository)."""
    folder = Path(os.environ.get("ASSAY_DATA") or ROOT.parent / "shared" / "data") / name
    if not folder.is_dir():
        raise FileNotFoundError(f"no data set at {folder}: set ASSAY_DATA to the folder that holds {name}/")
    return folder


def load_mnist(part: str) -> Digits:
    """MNIST's ``train`` (60,000) or ``t10k`` (10,000) part, in the order of its IDX files."""
    folder = data_folder("mnist")
    pixels = gzip.decompress((folder / f"{part}-images-idx3-ubyte.gz").read_bytes())[IMAGE_HEADER:]
    labels = gzip.decompress((folder / f"{part}-labels-idx1-ubyte.gz").read_bytes())[LABEL_HEADER:]
    images = np.frombuffer(pixels, np.uint8).reshape(-1, SIDE, SIDE)
    if len(images) != len(labels):
        raise ValueError(f"MNIST part {part} has {len(images)} images and {len(labels)} labels: fetch it again")
    return Digits(images, np.frombuffer(labels, np.uint8).astype(np.int64))


def hold_out(digits: Digits, count: int, seed: int) -> tuple[Digits, Digits]:
    """All but ``count`` images, and those: a fixed random split for choosing hyper-parameters."""
    order = np.random.default_rng(seed).permutation(len(digits))
    return digits.take(order[count:]), digits.take(order[:count])
