"""From the demo's files to a committed MobileNetV2 and one committed photograph."""

from __future__ import annotations

from dataclasses import dataclass
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from assay.demo.imagenet.convert import to_onnx
from assay.demo.imagenet.images import BACKGROUND, TOTAL, Listed, listed, pixels, real_inputs
from assay.demo.imagenet.model import read
from assay.demo.imagenet.sources import MODEL_NAME, Sources
from proofs.errors import InvalidInput

UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, BadZipFile)
"""What reading JSON, arrays, a listing, an archive and an image in it raises where one is not what it should be."""


@dataclass(frozen=True, slots=True)
class Photograph:
    """A float model and one image for it.

    Args:
        onnx: the model. x: float32 (1, 3, 224, 224), as it takes them.
        shown: what is on the image. names: of the model's outputs.
    """

    onnx: bytes
    x: NDArray[np.float32]
    shown: Listed
    names: tuple[str, ...]


def photograph(found: Sources, image: int) -> Photograph:
    """MobileNetV2 1.0/224 as ONNX, and image number ``image`` of the sample.

    Raises:
        InvalidInput: there is no such image, or a file is not what it should be.
    """
    try:
        return _photograph(found, image)
    except UNREADABLE as error:
        raise InvalidInput(
            f"the ImageNet demo cannot use the files in {found.model} and {found.images}: {type(error).__name__}: "
            f"{error}; fetch them again"
        ) from error


def _photograph(found: Sources, image: int) -> Photograph:
    entries = listed(found.images)
    if not 0 <= image < len(entries):
        raise InvalidInput(f"--image {image}: choose one of the {len(entries)} images, 0 to {len(entries) - 1}")
    model = read(found.model / f"{MODEL_NAME}.json")
    names = ["background"] * BACKGROUND + [f"class {index}" for index in range(TOTAL)]
    for entry in entries:
        names[entry.index + BACKGROUND] = entry.name
    x = real_inputs(model, pixels(found.images, [entries[image]], model.input.shape[1]))
    return Photograph(to_onnx(model).SerializeToString(), x, entries[image], tuple(names))
