"""The secret parts kept beside public commitments: NumPy archives without pickles, mode 0600."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.archive_limits import READER_ERRORS, check_unpacked
from proofs.commitment.corpus_salts import SEED_BYTES, Salts
from proofs.commitment.examples import OpenableTestSet
from proofs.commitment.input_format import InputFormat
from proofs.commitment.test_set import TestSet, TestSetCommitment
from proofs.container import MAX_FILE_BYTES, read_file
from proofs.errors import InvalidInput, MissingArtifact
from proofs.files import write_atomic

SUFFIX = ".secret"
CHUNK_SEED = "chunk_seed"
"""The array only a test set has whose examples can be shown to a contract: 32 bytes."""
Arrays = dict[str, NDArray[np.generic]]


def secret_path(commitment: Path) -> Path:
    """Where the secret part of the commitment file ``commitment`` lives."""
    return commitment.with_name(commitment.name + SUFFIX)


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write a secret archive, readable by its owner only."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    write_atomic(path, buffer.getvalue(), secret=True)


def read_arrays(path: Path, names: set[str], what: str, limit: int = MAX_FILE_BYTES) -> Arrays:
    """Read an archive holding at least ``names``. Raises InvalidInput, ResourceExceeded or MissingArtifact."""
    if not path.exists():
        raise MissingArtifact(f"{what}: {path} does not exist")
    try:
        raw = read_file(path, what, limit)
        check_unpacked(raw, f"{what}: {path}", own=path.suffix == SUFFIX)
        loaded = np.load(io.BytesIO(raw), allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            wanted = " and ".join(sorted(names))
            raise InvalidInput(f"{what}: {path} holds one bare array; give .npz with {wanted} (numpy.savez)")
        with loaded as archive:
            missing = names - set(archive.files)
            if missing:
                raise InvalidInput(f"{what}: {path} lacks the arrays {sorted(missing)}; it has {sorted(archive.files)}")
            arrays = {name: archive[name] for name in archive.files}
    except READER_ERRORS as error:
        raise InvalidInput(f"{what}: {path} is not a NumPy .npz archive of plain arrays{numpy_says(error)}") from None
    odd = sorted(name for name, array in arrays.items() if not isinstance(array, np.ndarray))
    if odd:  # NumPy hands out a member that is no array as bytes
        raise InvalidInput(f"{what}: {path} holds {odd}, which are no arrays; write it again with numpy.savez")
    return arrays


def numpy_says(error: Exception) -> str:
    """NumPy's words about an unreadable file, after a colon; none where it advises to run a stranger's pickle."""
    return "" if "pickle" in str(error) else f": {error}"


def write_test_set(path: Path, test_set: TestSet) -> None:
    """Write ``path`` (public commitment) and ``path.secret`` (examples, labels, salts, hashes)."""
    hashes = np.frombuffer(b"".join(h.to_bytes(32, "big") for h in test_set.hashes), dtype=np.uint8)
    arrays: Arrays = {
        "raw": test_set.raw,
        "labels": test_set.labels,
        "salts": test_set.salts,
        "hashes": hashes.reshape(-1, 32),
    }
    if isinstance(test_set, OpenableTestSet):
        arrays[CHUNK_SEED] = np.frombuffer(test_set.chunk_salts.seed, dtype=np.uint8)
    write_arrays(secret_path(path), arrays)
    write_atomic(path, test_set.commitment.to_bytes())


def read_test_set(path: Path) -> TestSet:
    """Read a committed test set with its secret part, and check that the two belong together."""
    commitment = TestSetCommitment.from_bytes(read_file(path, "test-set commitment"))
    arrays = read_arrays(secret_path(path), {"raw", "labels", "salts", "hashes"}, "secret part of the test set")
    test_set = test_set_from_arrays(commitment.format, arrays)
    if CHUNK_SEED in arrays:
        test_set = OpenableTestSet.of(test_set, _chunk_salts(arrays[CHUNK_SEED]))
    if test_set.commitment != commitment:
        raise InvalidInput(f"{secret_path(path)} does not belong to {path}: the roots differ; commit the data again")
    return test_set


def _chunk_salts(seed: NDArray[np.generic]) -> Salts:
    if seed.shape != (SEED_BYTES,) or seed.dtype != np.uint8:
        raise InvalidInput(f"secret part of the test set: array {CHUNK_SEED} must be {SEED_BYTES} bytes")
    return Salts(seed.tobytes())


def test_set_from_arrays(shape: InputFormat, arrays: Arrays) -> TestSet:
    """A test set from its four arrays (see TestSet); shapes and ranges checked, hashes taken as given."""
    raw, labels, salts = (arrays[name] for name in ("raw", "labels", "salts"))
    hashes = arrays["hashes"]
    total = len(raw) if raw.ndim else 0
    expected = {
        "raw": (total, shape.features),
        "labels": (total,),
        "salts": (total, shape.salt_limbs),
        "hashes": (total, 32),
    }
    for name, wanted in expected.items():
        if arrays[name].shape != wanted or arrays[name].dtype.kind not in "iu":
            raise InvalidInput(f"secret part of the test set: array {name} must be integers of shape {wanted}")
    if total == 0 or labels.min() < 0 or labels.max() >= shape.classes or salts.min() < 0 or salts.max() > 0xFFFF:
        raise InvalidInput("secret part of the test set: labels or salts are out of range")
    return TestSet(
        shape,
        raw.astype(np.int64),
        labels.astype(np.int64),
        salts.astype(np.int64),
        tuple(int.from_bytes(bytes(row), "big") for row in hashes.astype(np.uint8)),
    )


test_set_from_arrays.__test__ = False  # type: ignore[attr-defined]
