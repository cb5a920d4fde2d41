"""Committed examples on disk: ``data.commit`` for everybody, ``data.commit.secret`` (mode 0600) for their owner."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from proofs.commitment.secret_files import Arrays, read_arrays, secret_path
from proofs.container import read_file
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.examples import SEED_BYTES, Examples

WHAT = "secret part of the data commitment"
MAX_SECRET_BYTES = 4 << 30
NAMES = {"seed", "x"}


def write_examples(path: Path, examples: Examples, commitment: DataCommitment) -> None:
    """Write ``path`` (public) and ``path.secret`` (integers, labels, seed). Raises InvalidInput beyond 3 GiB."""
    if examples.x.nbytes > MAX_SECRET_BYTES - (1 << 30):
        raise InvalidInput("the examples hold more than 3 GiB as integers: commit them in parts")
    arrays = {"seed": np.frombuffer(examples.seed, dtype=np.uint8), "x": examples.x}
    if examples.labels is not None:
        arrays["labels"] = examples.labels
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    write_atomic(secret_path(path), buffer.getvalue(), secret=True)
    write_atomic(path, commitment.to_bytes())


def read_data_commitment(path: Path) -> DataCommitment:
    """Read the public part alone. Raises MalformedProof or MissingArtifact."""
    return DataCommitment.from_bytes(read_file(path, "data commitment"))


def read_examples(path: Path) -> tuple[Examples, DataCommitment]:
    """Read committed examples with their secret part.

    Whether the integers lead to the roots is seen when a chunk's matrix is made, which every proof does.

    Raises:
        MissingArtifact, MalformedProof, InvalidInput: a part is absent, damaged, or of other examples.
    """
    commitment = read_data_commitment(path)
    arrays = read_arrays(secret_path(path), NAMES, WHAT, MAX_SECRET_BYTES)
    return _examples(commitment, arrays, f"{secret_path(path)} does not belong to {path}: commit the data again"), (
        commitment
    )


def _examples(commitment: DataCommitment, arrays: Arrays, otherwise: str) -> Examples:
    shape, total = commitment.format, commitment.total
    wanted = {"seed": (SEED_BYTES,), "x": (total, *shape.tensor)}
    if commitment.labelled:
        wanted["labels"] = (total,)
    kinds = {"seed": "u", "x": "i", "labels": "i"}
    for name, extents in wanted.items():
        if name not in arrays or arrays[name].shape != extents or arrays[name].dtype.kind != kinds[name]:
            raise InvalidInput(otherwise)
    x, labels = arrays["x"].astype(np.int16), arrays["labels"].astype(np.int64) if commitment.labelled else None
    if x.min() < shape.low or x.max() > shape.high:
        raise InvalidInput(otherwise)
    if labels is not None and (labels.min() < 0 or labels.max() >= shape.classes):
        raise InvalidInput(otherwise)
    seed = bytes(arrays["seed"].astype(np.uint8).tobytes())
    return Examples(shape, x, labels, seed, commitment.chunk, commitment.log_columns, commitment.block)
