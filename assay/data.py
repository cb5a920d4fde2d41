"""Reading a user's labelled data: a NumPy archive with arrays x (N, ...) and y (N,)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.secret_files import read_arrays
from proofs.errors import InvalidInput


def load_labelled(path: Path) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
    """x and y of ``path``. Raises InvalidInput or MissingArtifact naming the file and the array."""
    arrays = read_arrays(path, {"x", "y"}, "data")
    x, y = arrays["x"], arrays["y"]
    if x.ndim < 2:
        raise InvalidInput(f"data: x in {path} has shape {x.shape}; it must be (examples, features...)")
    return x, y
