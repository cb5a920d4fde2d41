"""The files of the ImageNet demo: where they are looked for, and what to say where they are not."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from proofs.errors import InvalidInput, MissingArtifact

DATA_VARIABLE = "ASSAY_DATA"
DEFAULT_FOLDER = Path("..") / "shared" / "data"
"""Relative to the working directory."""
MODEL_NAME = "mobilenet_v2_1.0_224_quant"
MODEL_FILES = (f"mobilenet-quant/{MODEL_NAME}.json", f"mobilenet-quant/{MODEL_NAME}.npz")
IMAGE_FILES = ("imagenet-sample-1000/images.zip", "imagenet-sample-1000/labels.csv")
MODEL_ORIGIN = (
    f"made from {MODEL_NAME}.tflite of https://github.com/google-coral/test_data at 104342d2d348 (Apache-2.0), its "
    "graph as JSON and its integers as NPZ"
)
IMAGE_ORIGIN = (
    "made from https://github.com/EliSchwartz/imagenet-sample-images at bc69043e2862, 224x224 each; for non-commercial "
    "research only, so Assay does not carry them"
)


@dataclass(frozen=True, slots=True)
class Sources:
    """Folders in which all files of the demo are."""

    model: Path
    images: Path


def sources(folder: Path | None) -> Sources:
    """The files under ``folder``, by default under ``ASSAY_DATA``.

    Raises:
        InvalidInput: ``folder`` is none. MissingArtifact: files are not there; names each, and where it is from.
    """
    if folder is not None and not folder.is_dir():
        raise InvalidInput(f"--data-folder: {folder} is not a folder")
    root = folder or Path(os.environ.get("ASSAY_DATA") or DEFAULT_FOLDER)
    said = []
    for names, origin in ((MODEL_FILES, MODEL_ORIGIN), (IMAGE_FILES, IMAGE_ORIGIN)):
        missing = [name for name in names if not (root / name).is_file()]
        if missing:
            said.append(f"{' and '.join(missing)} ({origin})")
    if said:
        raise MissingArtifact(
            f"the ImageNet demo lacks files in {root}: {'; '.join(said)}. Put them there, or name another folder by "
            f"--data-folder or {DATA_VARIABLE}"
        )
    return Sources(root / "mobilenet-quant", root / "imagenet-sample-1000")
