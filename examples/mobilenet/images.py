"""The 1,000 sample images as inputs of a MobileNet: DATA.npz with x (real inputs, channels first) and y (labels).

    python -m examples.mobilenet.images MODEL.json DATA.npz --count 100

Images are 224x224; for models with a smaller input they are resized (bilinear). x is float32 (N, 3, H, W), the real
value scale * (pixel - zero point) of the model's own input levels, so that rounding gives back the pixels. Labels count
the background class 0. The images are for non-commercial research only and are read from ``ASSAY_DATA``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assay.demo.imagenet import images as sample
from assay.demo.imagenet.images import BACKGROUND, TOTAL, real_inputs
from assay.demo.imagenet.model import read
from examples.safetynets.data import data_folder

__all__ = ["TOTAL", "main", "pixels", "real_inputs"]


def pixels(side: int, count: int = TOTAL) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The first images, uint8 (N, side, side, 3), and the outputs that name their classes."""
    folder = data_folder("imagenet-sample-1000")
    chosen = sample.listed(folder)[:count]
    labels = np.array([entry.index + BACKGROUND for entry in chosen], np.int64)
    return sample.pixels(folder, chosen, side), labels


def main() -> None:
    """Write the arrays."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path, help="MODEL.json of mobilenet-quant")
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=TOTAL, help="number of images, from the first on")
    chosen = parser.parse_args()
    model = read(chosen.model)
    images, labels = pixels(model.input.shape[1], chosen.count)
    np.savez_compressed(chosen.out, x=real_inputs(model, images), y=labels)
    print(f"wrote {chosen.out}: {len(labels)} images for {model.name}")


if __name__ == "__main__":
    main()
