"""The 1,000 sample images as inputs of a MobileNet: DATA.npz with x (real inputs, channels first) and y (labels).

    python -m examples.mobilenet.images MODEL.json DATA.npz --count 100

Images are 224x224; for models with a smaller input they are resized (bilinear). x is float32 (N, 3, H, W), the real
value scale * (pixel - zero point) of the model's own input levels, so that rounding gives back the pixels. Labels count
the background class 0. The images are for non-commercial research only and are read from ``ASSAY_DATA``.
"""

from __future__ import annotations

import argparse
import csv
import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from examples.mobilenet.model import Model, read
from examples.safetynets.data import data_folder

TOTAL = 1000
BACKGROUND = 1  # classes before the first real one


def pixels(side: int, count: int = TOTAL) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The first images, uint8 (N, side, side, 3), and the outputs that name their classes."""
    folder = data_folder("imagenet-sample-1000")
    with (folder / "labels.csv").open(newline="") as listing:
        rows = list(csv.DictReader(listing))[:count]
    found = np.empty((len(rows), side, side, 3), np.uint8)
    with zipfile.ZipFile(folder / "images.zip") as archive:
        for place, row in enumerate(rows):
            image = Image.open(io.BytesIO(archive.read(row["file"]))).convert("RGB")
            if image.size != (side, side):
                image = image.resize((side, side), Image.Resampling.BILINEAR)
            found[place] = np.asarray(image)
    return found, np.array([int(row["index"]) + BACKGROUND for row in rows], np.int64)


def real_inputs(model: Model, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Pixels as the model's real inputs, float32 (N, 3, H, W)."""
    levels = images.astype(np.float32) - np.float32(model.input.zero_point)
    return np.ascontiguousarray((np.float32(model.input.scale) * levels).transpose(0, 3, 1, 2))


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
