"""A committed model with its weights and mask: what only the seller holds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from proofs.commitment.model import ModelCommitment
from proofs.commitment.secret_files import read_arrays, secret_path, write_arrays
from proofs.container import read_file
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from proofs.halo2.architecture import Weights, split_model
from proofs.halo2.description import CircuitDescription
from proofs.halo2.mask import Mask


@dataclass(frozen=True)
class SecretModel:
    """Weights, mask and commitment of one model. Secret.

    Args:
        commitment: the public commitment.
        description: its circuit.
        weights: float weights by name. mask: None for ``fixed``.
        onnx: the model file itself, for the fidelity receipt.
    """

    commitment: ModelCommitment
    description: CircuitDescription
    weights: Weights
    mask: Mask | None
    onnx: bytes

    @property
    def circuit(self) -> bytes:
        """ONNX of the accuracy circuit around the real weights."""
        return self.description.onnx(self.weights, self.mask)


def weights_sha256(weights: Weights) -> bytes:
    """A digest of the float weights, to recognise the model a secret part belongs to. Secret (not hiding)."""
    content = hashlib.sha256()
    for name, values in sorted(weights.items()):
        content.update(f"{name}{values.shape}".encode() + np.ascontiguousarray(values).tobytes())
    return content.digest()


def write_secret_model(path: Path, model: SecretModel) -> None:
    """Write ``path`` (public) and ``path.secret`` (mask, and a digest of the weights), mode 0600."""
    inner = model.mask.inner if model.mask is not None else np.zeros((0, 0), dtype=np.int64)
    digest = np.frombuffer(weights_sha256(model.weights), dtype=np.uint8)
    write_arrays(secret_path(path), {"mask": inner, "weights_sha256": digest})
    write_atomic(path, model.commitment.to_bytes())


def read_secret_model(path: Path, onnx: bytes) -> SecretModel:
    """Join a committed model's public part, secret part and ONNX file; they must belong together.

    Raises:
        InvalidInput: the ONNX is not the model that was committed. MissingArtifact: the secret part is absent.
    """
    commitment = ModelCommitment.from_bytes(read_file(path, "model commitment"))
    description = CircuitDescription.from_json(commitment.details)
    arrays = read_arrays(secret_path(path), {"mask", "weights_sha256"}, "secret part of the model commitment")
    architecture, weights = split_model(onnx)
    if architecture != description.architecture or bytes(arrays["weights_sha256"].tobytes()) != weights_sha256(weights):
        raise InvalidInput(
            f"the model is not the one committed in {path}: architecture or weights differ; give the same "
            "ONNX file, or commit this one"
        )
    inner = arrays["mask"]
    if description.mask_units and (
        inner.ndim != 2 or inner.shape[1] != description.mask_units or inner.dtype.kind != "i"
    ):
        raise InvalidInput(f"{secret_path(path)} holds a mask of the wrong size for {path}: commit the model again")
    mask = Mask(inner.astype(np.int64)) if description.mask_units else None
    return SecretModel(commitment, description, weights, mask, onnx)
