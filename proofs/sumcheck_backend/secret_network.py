"""A committed network with its weights: what only the seller holds."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from proofs.commitment.secret_files import read_arrays, secret_path
from proofs.container import read_file
from proofs.errors import InvalidInput, MalformedProof
from proofs.files import write_atomic
from proofs.networks.format_weights import weights_from_bytes, weights_to_bytes
from proofs.networks.weights import Weights
from proofs.sumcheck_backend.matrices import commit_weights
from proofs.sumcheck_backend.model_commitment import NetworkCommitment

if TYPE_CHECKING:
    from proofs.sumcheck.ligero.commit import Committed

SEED_BYTES = 32
NAMES = {"weights", "seed", "onnx_sha256"}
MAX_SECRET_BYTES = 1 << 30


@dataclass(frozen=True, slots=True, eq=False)
class SecretNetwork:
    """Secret.

    Args:
        commitment: the public commitment.
        weights: integer weights. seed: of the matrix's salts and random blocks.
        onnx_sha256: digest of the file the network was made from, to recognise it.
    """

    commitment: NetworkCommitment
    weights: Weights = field(repr=False)
    seed: bytes = field(repr=False)
    onnx_sha256: bytes = field(repr=False)

    def matrix(self) -> Committed:
        """The weights' committed matrix, computed anew. Raises InvalidInput: it is not the committed one."""
        commitment = self.commitment
        found = commit_weights(commitment.network, self.weights, self.seed, commitment.log_columns, commitment.block)
        if found.root != commitment.weights_commitment:
            raise InvalidInput("the secret part of the model commitment is not of this commitment: commit it again")
        return found


def write_secret_network(path: Path, model: SecretNetwork) -> None:
    """Write ``path`` (public) and ``path.secret`` (weights, seed), mode 0600."""
    arrays = {
        "weights": weights_to_bytes(model.commitment.network, model.weights),
        "seed": model.seed,
        "onnx_sha256": model.onnx_sha256,
    }
    buffer = io.BytesIO()
    np.savez(buffer, **{name: np.frombuffer(raw, dtype=np.uint8) for name, raw in arrays.items()})  # type: ignore[arg-type]
    write_atomic(secret_path(path), buffer.getvalue(), secret=True)
    write_atomic(path, model.commitment.to_bytes())


def read_network_commitment(path: Path) -> NetworkCommitment:
    """Read the public part alone. Raises MalformedProof or MissingArtifact."""
    return NetworkCommitment.from_bytes(read_file(path, "model commitment"))


def read_secret_network(path: Path, onnx: bytes | None) -> SecretNetwork:
    """Join a committed network's public part, secret part and ONNX file; they must belong together.

    Args:
        onnx: None where the file is not at hand and not needed, since the weights are in the secret part.

    Raises:
        InvalidInput: the ONNX is not the model that was committed. MissingArtifact: the secret part is absent.
    """
    commitment = read_network_commitment(path)
    what = "secret part of the model commitment"
    arrays = read_arrays(secret_path(path), NAMES, what, MAX_SECRET_BYTES)
    weights, seed, digest = (arrays[name].tobytes() for name in ("weights", "seed", "onnx_sha256"))
    if onnx is not None and digest != hashlib.sha256(onnx).digest():
        raise InvalidInput(f"the model is not the one committed in {path}: give the same ONNX file, or commit this one")
    try:
        found = weights_from_bytes(weights, commitment.network)
    except MalformedProof as error:
        raise InvalidInput(f"{secret_path(path)} does not belong to {path}: {error}") from None
    if len(seed) != SEED_BYTES:
        raise InvalidInput(f"{secret_path(path)} holds no seed of {SEED_BYTES} bytes: commit the model again")
    return SecretNetwork(commitment, found, seed, digest)
