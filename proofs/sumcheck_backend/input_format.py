"""How a model's real inputs become the integers its network reads; fixed and hashed before anything is committed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.canonical import canonical_bytes, expect_int, expect_keys
from proofs.encoding import domain, keccak256
from proofs.errors import InvalidInput, MalformedProof
from proofs.networks.network import Network, Shape3

FORMAT_DOMAIN = domain("assay/integer-input-format/v1")
MAX_AXES, MAX_AXIS, MAX_VALUES = 8, 1 << 20, 1 << 26
MAX_CLASSES = 1 << 17
LEAST, GREATEST = -(1 << 15), (1 << 15) - 1
"""Integers of an input: every tensor of a network fits 16 bits."""
_SCALE = re.compile(r"(0|[1-9][0-9]{0,19})(\.[0-9]{0,59}[1-9])?")
_KEYS = {"shape", "channels_last", "tensor", "scale", "low", "high", "classes"}
_PIECE = 1 << 22
"""Values rounded at a time, which bounds the memory their float copies take."""


@dataclass(frozen=True, slots=True)
class IntegerFormat:
    """What every committed example must share. Public; model, data and statement carry its digest.

    integer = clamp(floor(x / scale + 1/2), low, high), the quotient in double precision, halves up.

    Args:
        shape: of one input as the model's file takes it, without the batch axis.
        channels_last: whether its last axis is the channels'.
        tensor: (channels, height, width) of the network's input; as many values.
        scale: real value of one integer step, a positive decimal without spare zeros.
        low, high: the least and the largest integer.
        classes: number of logits; labels are 0 to classes - 1.
    """

    shape: tuple[int, ...]
    channels_last: bool
    tensor: Shape3
    scale: str
    low: int
    high: int
    classes: int

    def __post_init__(self) -> None:
        if not 1 <= len(self.shape) <= MAX_AXES or any(not 1 <= side <= MAX_AXIS for side in self.shape):
            raise InvalidInput(f"input shape {self.shape} must have 1 to {MAX_AXES} positive axes")
        if len(self.tensor) != 3 or any(not 1 <= side <= MAX_AXIS for side in self.tensor):
            raise InvalidInput(f"input tensor {self.tensor} must be (channels, height, width)")
        if math.prod(self.shape) != math.prod(self.tensor) or self.values > MAX_VALUES:
            raise InvalidInput(
                f"inputs of shape {self.shape} and a tensor of {self.tensor} must have the same number of values, at "
                f"most {MAX_VALUES}"
            )
        if not _SCALE.fullmatch(self.scale) or not 0 < float(self.scale) < math.inf:
            raise InvalidInput(f"input scale {self.scale!r:.60} is no positive decimal such as 0.0235")
        if not LEAST <= self.low < self.high <= GREATEST:
            raise InvalidInput(
                f"input integers from {self.low} to {self.high} must lie within 16 bits, the least first"
            )
        if not 2 <= self.classes <= MAX_CLASSES:
            raise InvalidInput(f"{self.classes} classes: a classifier needs 2 to {MAX_CLASSES}")

    @classmethod
    def of(cls, network: Network, shape: tuple[int, ...], channels_last: bool) -> IntegerFormat:
        """The format of a network whose model takes inputs of ``shape``."""
        first = network.tensors[0]
        return cls(shape, channels_last, first.shape, network.input_scale, first.low, first.high, network.classes)

    def fits(self, network: Network) -> bool:
        """Whether it is a format of the network's."""
        try:
            return self == IntegerFormat.of(network, self.shape, self.channels_last)
        except InvalidInput:  # none of the network's has such a shape
            return False

    @property
    def values(self) -> int:
        """Integers of one example."""
        return math.prod(self.tensor)

    @property
    def digest(self) -> bytes:
        """32 bytes that bind every field."""
        return keccak256(FORMAT_DOMAIN + canonical_bytes(self.to_json()))

    @property
    def range(self) -> tuple[float, float]:
        """The least and the largest real input that no clamping changes by more than rounding."""
        return self.low * float(self.scale), self.high * float(self.scale)

    def to_json(self) -> dict[str, object]:
        """As a canonical JSON object."""
        return {
            "shape": list(self.shape),
            "channels_last": self.channels_last,
            "tensor": list(self.tensor),
            "scale": self.scale,
            "low": self.low,
            "high": self.high,
            "classes": self.classes,
        }

    @classmethod
    def from_json(cls, value: object) -> IntegerFormat:
        """Parse untrusted JSON. Raises MalformedProof."""
        what = "input format"
        fields = expect_keys(value, _KEYS, what)
        if not isinstance(fields["scale"], str) or not isinstance(fields["channels_last"], bool):
            raise MalformedProof(f"{what}: scale must be a decimal in quotes, channels_last a boolean")
        tensor = _sides(fields["tensor"], 3, 3, f"{what}: tensor")
        try:
            return cls(
                shape=_sides(fields["shape"], 1, MAX_AXES, f"{what}: shape"),
                channels_last=fields["channels_last"],
                tensor=(tensor[0], tensor[1], tensor[2]),
                scale=fields["scale"],
                low=expect_int(fields["low"], LEAST, GREATEST, f"{what}: low"),
                high=expect_int(fields["high"], LEAST, GREATEST, f"{what}: high"),
                classes=expect_int(fields["classes"], 2, MAX_CLASSES, f"{what}: classes"),
            )
        except InvalidInput as error:
            raise MalformedProof(f"{what}: {error}") from None

    def quantise(self, x: NDArray[np.generic]) -> tuple[NDArray[np.int16], int]:
        """x (N, *shape), real numbers, as integers (N, channels, height, width), and how many values were clamped.

        Raises:
            InvalidInput: another shape, no real numbers, NaN or infinite.
        """
        if x.ndim == 0 or x.shape[1:] != self.shape:
            raise InvalidInput(f"x has examples of shape {x.shape[1:]}, the model takes {self.shape}")
        if x.dtype.kind not in "fiub":
            raise InvalidInput(f"x has dtype {x.dtype}; real numbers are needed")
        found = np.empty((len(x), *self.tensor), dtype=np.int16)
        clamped = 0
        for piece in self._pieces(len(x)):
            wide = self._rounded(x[piece], piece.start)
            clamped += int(np.count_nonzero((wide < self.low) | (wide > self.high)))
            found[piece] = self._arranged(np.clip(wide, self.low, self.high))
        return found, clamped

    def _pieces(self, total: int) -> Iterator[slice]:
        step = max(1, _PIECE // self.values)
        return (slice(start, min(start + step, total)) for start in range(0, total, step))

    def _rounded(self, x: NDArray[np.generic], first: int) -> NDArray[np.float64]:
        with np.errstate(over="ignore", invalid="ignore"):
            values = x.astype(np.float64)
            bad = ~np.isfinite(values)
            if bad.any():
                place = first + int(np.argwhere(bad)[0][0])
                raise InvalidInput(f"x holds NaN or infinite values, first in example {place}")
            quotient = values / float(self.scale)
        whole = np.floor(quotient)
        with np.errstate(invalid="ignore"):  # an overflow to infinity is clamped; inf - inf is not compared as true
            return np.where(quotient - whole >= 0.5, whole + 1, whole)

    def _arranged(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        channels, height, width = self.tensor
        if not self.channels_last:
            return values.reshape(-1, channels, height, width)
        return values.reshape(-1, height, width, channels).transpose(0, 3, 1, 2)


def _sides(value: object, fewest: int, most: int, what: str) -> tuple[int, ...]:
    if not isinstance(value, list) or not fewest <= len(value) <= most:
        raise MalformedProof(f"{what} must be a list of {fewest} to {most} integers")
    return tuple(expect_int(side, 1, MAX_AXIS, what) for side in value)
