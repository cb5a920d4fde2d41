"""How a document's view becomes the integers the circuit eats; fixed and hashed before the corpus is committed.

A view is an array of canonical integers v: pixels (``uint8``), measurements (``int16``), or real numbers rounded half
away from zero at ``2^scale_bits`` (``fixed``). The model sees x = v / 2^unit_bits; the circuit holds
raw = v * 2^(scale_bits - unit_bits), followed by ``salt_limbs`` random 16-bit limbs that make the hash hiding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from proofs.canonical import expect_int, expect_keys
from proofs.commitment.input_format import MAX_BATCH, MAX_RAW, SALT_LIMBS
from proofs.encoding import abi_digest, domain
from proofs.errors import InvalidInput, MalformedProof

FORMAT_DOMAIN = domain("assay/view-format/v1")
STEP = 32
"""Elements of the tensor in one view step."""
MAX_FEATURES = 1 << 20
MAX_SALT = 0xFFFF
DTYPES = {"uint8": 1, "int16": 2, "fixed": 3}
"""The kinds of view, with their codes in the digest."""
_RANGES = {"uint8": (0, 0xFF), "int16": (-0x8000, 0x7FFF), "fixed": (1 - MAX_RAW, MAX_RAW - 1)}
_ARRAYS: dict[str, type[np.generic]] = {"uint8": np.uint8, "int16": np.int16, "fixed": np.float32}
_KEYS = {"shape", "dtype", "unit_bits", "scale_bits", "batch", "salt_limbs"}


@dataclass(frozen=True, slots=True)
class ViewFormat:
    """Shape, number kind, scale and batch of a corpus's views. Public; a corpus's root binds its digest.

    Args:
        shape: shape of one view, without the batch axis.
        dtype: ``uint8``, ``int16`` or ``fixed``.
        unit_bits: the model sees v / 2^unit_bits; equals ``scale_bits`` for ``fixed``.
        scale_bits: fixed-point scale of the circuit's integers.
        batch: documents per proof, a power of two up to 256.
        salt_limbs: 16-bit salt limbs per document.
    """

    shape: tuple[int, ...]
    dtype: str
    unit_bits: int
    scale_bits: int
    batch: int
    salt_limbs: int = SALT_LIMBS

    def __post_init__(self) -> None:
        if not 1 <= len(self.shape) <= 8 or any(side < 1 for side in self.shape) or self.features > MAX_FEATURES:
            raise InvalidInput(f"view shape {self.shape} must have 1 to 8 positive axes, at most 2^20 elements in all")
        if self.dtype not in DTYPES:
            raise InvalidInput(f"view dtype '{self.dtype}' is none of {', '.join(DTYPES)}")
        if not 1 <= self.batch <= MAX_BATCH or self.batch & (self.batch - 1):
            raise InvalidInput(f"batch {self.batch} must be a power of two between 1 and {MAX_BATCH}")
        if not 1 <= self.scale_bits <= 16 or not 8 <= self.salt_limbs <= 64:
            raise InvalidInput("scale_bits must be 1 to 16 and salt_limbs 8 to 64")
        if not 0 <= self.unit_bits <= self.scale_bits:
            raise InvalidInput(f"unit_bits {self.unit_bits} must lie between 0 and scale_bits = {self.scale_bits}")
        if self.dtype == "fixed" and self.unit_bits != self.scale_bits:
            raise InvalidInput("unit_bits must equal scale_bits where dtype is 'fixed'")

    @property
    def features(self) -> int:
        """Number of elements of one view."""
        return math.prod(self.shape)

    @property
    def width(self) -> int:
        """Elements of one hashed tensor: view, then salt."""
        return self.features + self.salt_limbs

    @property
    def steps(self) -> int:
        """View steps V of a document: ceil(width / 32)."""
        return -(-self.width // STEP)

    @property
    def shift(self) -> int:
        """raw = v << shift."""
        return self.scale_bits - self.unit_bits

    @property
    def digest(self) -> bytes:
        """The 32-byte digest the contracts call formatDigest."""
        return abi_digest(
            ["bytes32", "uint256[]", "uint256", "uint256", "uint256", "uint256", "uint256"],
            [
                FORMAT_DOMAIN,
                list(self.shape),
                DTYPES[self.dtype],
                self.unit_bits,
                self.scale_bits,
                self.salt_limbs,
                self.batch,
            ],
        )

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {
            "shape": list(self.shape),
            "dtype": self.dtype,
            "unit_bits": self.unit_bits,
            "scale_bits": self.scale_bits,
            "batch": self.batch,
            "salt_limbs": self.salt_limbs,
        }

    @classmethod
    def from_json(cls, value: object) -> ViewFormat:
        """Parse untrusted JSON. Raises MalformedProof."""
        what = "view format"
        fields = expect_keys(value, _KEYS, what)
        if not isinstance(fields["shape"], list) or not 1 <= len(fields["shape"]) <= 8:
            raise MalformedProof(f"{what}: shape must be a list of 1 to 8 integers")
        if not isinstance(fields["dtype"], str):
            raise MalformedProof(f"{what}: dtype must be a string")
        try:
            return cls(
                shape=tuple(expect_int(side, 1, MAX_FEATURES, f"{what}: axis") for side in fields["shape"]),
                dtype=fields["dtype"],
                unit_bits=expect_int(fields["unit_bits"], 0, 16, f"{what}: unit_bits"),
                scale_bits=expect_int(fields["scale_bits"], 1, 16, f"{what}: scale_bits"),
                batch=expect_int(fields["batch"], 1, MAX_BATCH, f"{what}: batch"),
                salt_limbs=expect_int(fields["salt_limbs"], 8, 64, f"{what}: salt_limbs"),
            )
        except InvalidInput as error:
            raise MalformedProof(str(error)) from None

    def quantise(self, x: NDArray[np.generic]) -> NDArray[np.int64]:
        """Views (N, *shape) as raw integers (N, features).

        Args:
            x: canonical integers v for ``uint8`` and ``int16``, any real numbers for ``fixed``. Secret.

        Raises:
            InvalidInput: wrong shape or dtype, NaN, outside the dtype's range, or raw not below 2^24 in magnitude.
        """
        if x.ndim == 0 or x.shape[1:] != self.shape:
            raise InvalidInput(f"the views have shape {x.shape[1:]}, the view format says {self.shape}")
        if self.dtype == "fixed":
            values = _rounded(x.reshape(len(x), self.features), self.scale_bits)
        elif x.dtype.kind in "iu" and x.dtype.itemsize <= 8:
            low, high = _RANGES[self.dtype]
            integers = cast(NDArray[np.int64], x)  # any integer dtype: compared before it is converted, as uint64 wraps
            _refuse((integers < low) | (integers > high), f"lies outside {low}..{high}, the range of {self.dtype}")
            values = integers.reshape(len(x), self.features).astype(np.int64)
        else:
            raise InvalidInput(f"the views have dtype {x.dtype}; a view format of {self.dtype} needs integers")
        raw = values << self.shift
        limit = MAX_RAW >> self.shift
        _refuse(np.abs(raw) >= MAX_RAW, f"reaches the limit of {limit}: lower scale_bits or raise unit_bits")
        return raw

    def view_of(self, raw: NDArray[np.int64]) -> NDArray[np.generic]:
        """The views (N, *shape) of raw integers (N, features): inverse of ``quantise``, exact for every dtype.

        ``fixed`` views come back as the real numbers v / 2^scale_bits, exact in single precision.

        Raises:
            MalformedProof: an integer that no view has: no multiple of 2^shift, or out of range.
        """
        if raw.ndim != 2 or raw.shape[1] != self.features:
            raise MalformedProof(f"raw views have shape {raw.shape}, the view format says (N, {self.features})")
        values = raw >> self.shift
        low, high = _RANGES[self.dtype]
        odd = (values << self.shift != raw) | (values < low) | (values > high) | (np.abs(raw) >= MAX_RAW)
        if odd.any():
            document, element = (int(place) for place in np.argwhere(odd)[0])
            raise MalformedProof(
                f"element {element} of view {document} is {raw[document, element]}: no {self.dtype} view"
            )
        if self.dtype == "fixed":
            return self.x_of(raw)
        return values.astype(_ARRAYS[self.dtype]).reshape(-1, *self.shape)

    def x_of(self, raw: NDArray[np.int64]) -> NDArray[np.float32]:
        """What the model sees, (N, *shape): raw / 2^scale_bits, exact in single precision."""
        values = raw.astype(np.float64) / (1 << self.scale_bits)
        return values.astype(np.float32).reshape(-1, *self.shape)

    def rows(self, raw: NDArray[np.int64], salts: NDArray[np.int64]) -> NDArray[np.int64]:
        """The hashed tensors [view, salt], (N, width), from raw (N, features) and salts (N, salt_limbs). Secret."""
        return np.concatenate([raw, salts], axis=1)


def _rounded(x: NDArray[np.generic], scale_bits: int) -> NDArray[np.int64]:
    """Real numbers times 2^scale_bits, rounded half away from zero."""
    if x.dtype.kind not in "fiub":
        raise InvalidInput(f"the views have dtype {x.dtype}; real numbers are needed")
    values = x.astype(np.float64)
    _refuse(~np.isfinite(values), "is NaN or infinite")
    with np.errstate(over="ignore"):
        scaled = values * (1 << scale_bits)
    limit = MAX_RAW >> scale_bits
    _refuse(np.abs(scaled) >= MAX_RAW - 0.5, f"reaches the limit of {limit}: normalise it or lower scale_bits")
    whole = np.trunc(scaled)
    return (whole + np.where(np.abs(scaled - whole) >= 0.5, np.sign(scaled), 0.0)).astype(np.int64)


def _refuse(bad: NDArray[np.bool_], why: str) -> None:
    """Raise InvalidInput naming the first document with a bad element."""
    if bad.any():
        raise InvalidInput(f"document {int(np.argwhere(bad)[0][0])}: its view {why}")
