"""How one labelled example becomes the integers the circuit eats; fixed and hashed before anything is committed.

The tensor of example i is [x, one-hot(y), salt], all integers at scale ``2^scale_bits``: pixels rounded half away
from zero, the one-hot entry as 1.0, and ``salt_limbs`` random 16-bit limbs that make its hash hiding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.canonical import expect_int, expect_keys
from proofs.encoding import abi_digest, domain
from proofs.errors import InvalidInput, MalformedProof

FORMAT_DOMAIN = domain("assay/input-format/v1")
SALT_LIMBS = 8
SALT_BITS = 16
MAX_BATCH = 256
# Integers up to 2^24 survive the single-precision floats through which values enter the circuit compiler.
MAX_RAW = 1 << 24


@dataclass(frozen=True, slots=True)
class InputFormat:
    """Shape, scale, classes, salt and batch of a test set. Public; both commitments carry its digest.

    Args:
        shape: shape of one x, without the batch axis.
        scale_bits: fixed-point scale of x, one-hot and salt.
        classes: number of classes C; labels are 0..C-1.
        salt_limbs: 16-bit salt limbs per example.
        batch: examples per proof, a power of two up to 256.
    """

    shape: tuple[int, ...]
    scale_bits: int
    classes: int
    batch: int
    salt_limbs: int = SALT_LIMBS

    def __post_init__(self) -> None:
        if not 1 <= len(self.shape) <= 8 or any(not 1 <= side <= 1 << 20 for side in self.shape):
            raise InvalidInput(f"input shape {self.shape} must have 1 to 8 positive axes")
        if not 1 <= self.batch <= MAX_BATCH or self.batch & (self.batch - 1):
            raise InvalidInput(f"batch {self.batch} must be a power of two between 1 and {MAX_BATCH}")
        if not 2 <= self.classes <= 4096:
            raise InvalidInput(f"{self.classes} classes: a classifier needs 2 to 4096")
        if not 1 <= self.scale_bits <= 16 or not 8 <= self.salt_limbs <= 64:
            raise InvalidInput("scale_bits must be 1 to 16 and salt_limbs 8 to 64")

    @property
    def features(self) -> int:
        """Number of elements of one x."""
        return math.prod(self.shape)

    @property
    def width(self) -> int:
        """Elements of one hashed tensor: x, one-hot label, salt."""
        return self.features + self.classes + self.salt_limbs

    @property
    def digest(self) -> bytes:
        """The 32-byte digest the contracts call formatDigest."""
        return abi_digest(
            ["bytes32", "uint256[]", "uint256", "uint256", "uint256", "uint256"],
            [FORMAT_DOMAIN, list(self.shape), self.scale_bits, self.classes, self.salt_limbs, self.batch],
        )

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {
            "shape": list(self.shape),
            "scale_bits": self.scale_bits,
            "classes": self.classes,
            "salt_limbs": self.salt_limbs,
            "batch": self.batch,
        }

    @classmethod
    def from_json(cls, value: object) -> InputFormat:
        """Parse untrusted JSON. Raises MalformedProof."""
        fields = expect_keys(value, {"shape", "scale_bits", "classes", "salt_limbs", "batch"}, "input format")
        if not isinstance(fields["shape"], list):
            raise MalformedProof("input format: shape must be a list of integers")
        try:
            return cls(
                shape=tuple(expect_int(side, 1, 1 << 20, "input format: axis") for side in fields["shape"]),
                scale_bits=expect_int(fields["scale_bits"], 1, 16, "input format: scale_bits"),
                classes=expect_int(fields["classes"], 2, 4096, "input format: classes"),
                salt_limbs=expect_int(fields["salt_limbs"], 8, 64, "input format: salt_limbs"),
                batch=expect_int(fields["batch"], 1, MAX_BATCH, "input format: batch"),
            )
        except InvalidInput as error:
            raise MalformedProof(str(error)) from None

    def quantise(self, x: NDArray[np.generic]) -> NDArray[np.int64]:
        """x of shape (N, *shape), any real dtype, as integers (N, features) at ``scale_bits``.

        Raises:
            InvalidInput: wrong shape, not real numbers, NaN or infinite, or beyond 2^24 after scaling.
        """
        if x.ndim == 0 or x.shape[1:] != self.shape:
            raise InvalidInput(f"x has examples of shape {x.shape[1:]}, the input format says {self.shape}")
        if x.dtype.kind not in "fiub":
            raise InvalidInput(f"x has dtype {x.dtype}; real numbers are needed")
        values = x.astype(np.float64).reshape(len(x), -1)
        bad = ~np.isfinite(values)
        if bad.any():
            raise InvalidInput(f"x holds NaN or infinite values, first in example {int(np.argwhere(bad)[0][0])}")
        with np.errstate(over="ignore"):
            scaled = values * (1 << self.scale_bits)
        if not _small(scaled):
            raise InvalidInput(
                f"x reaches {np.abs(values).max():g}; at {self.scale_bits} scale bits the limit is "
                f"{MAX_RAW >> self.scale_bits}: normalise the inputs or lower scale_bits"
            )
        whole = np.trunc(scaled)
        away = np.where(np.abs(scaled - whole) >= 0.5, np.sign(scaled), 0.0)
        return (whole + away).astype(np.int64)

    def rows(self, raw: NDArray[np.int64], labels: NDArray[np.int64], salts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The hashed tensors [x, one-hot, salt], shape (N, width), as raw integers. Secret."""
        one_hot = np.zeros((len(raw), self.classes), dtype=np.int64)
        one_hot[np.arange(len(raw)), labels] = 1 << self.scale_bits
        return np.concatenate([raw, one_hot, salts], axis=1)


def _small(scaled: NDArray[np.float64]) -> bool:
    return bool((np.abs(scaled) < MAX_RAW - 0.5).all())
