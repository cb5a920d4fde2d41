"""The fields statements are proven in, each as array kernels: in NumPy (plain), and in compiled loops (fast)."""

from __future__ import annotations

from functools import cache
from typing import Literal

from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field, Integers
from proofs.sumcheck.fields.plain import PlainField
from proofs.sumcheck.fields.primes import BELOW_2_61, MERSENNE_31, MERSENNE_61, prime

__all__ = ["FIELDS", "Base", "Ext", "Extension", "Field", "Integers", "PlainField", "Scalar", "field", "prime"]

Kernels = Literal["auto", "fast", "plain"]

FIELDS = {
    "m31": (MERSENNE_31, 4),
    "m61": (MERSENNE_61, 2),
    "m61b": (BELOW_2_61, 2),
    "m61/base": (MERSENNE_61, 1),
    "m61b/base": (BELOW_2_61, 1),
}
"""The prime and the degree of the challenges' extension, by name. ``/base`` draws challenges from F_p itself: an error
of 2^-60 a round at best, for comparison with protocols that do so."""


@cache
def field(name: str, kernels: Kernels = "auto") -> Field:
    """The field of a name.

    Args:
        name: one of ``FIELDS``.
        kernels: "plain" (NumPy), "fast" (compiled), or "auto": fast where numba can be imported.

    Raises:
        ValueError: no such field or kernels.
        ImportError: "fast" without numba.
    """
    if name not in FIELDS:
        raise ValueError(f"there is no field {name!r}; choose one of {', '.join(FIELDS)}")
    if kernels == "plain":
        return PlainField(name, prime(FIELDS[name][0]), FIELDS[name][1])
    if kernels == "fast":
        return _fast(name)
    if kernels == "auto":
        try:
            return _fast(name)
        except ImportError:
            return field(name, "plain")
    raise ValueError(f"there are no kernels {kernels!r}; choose auto, fast or plain")


def _fast(name: str) -> Field:
    """The compiled twin of a field."""
    p, degree = FIELDS[name]
    if p == MERSENNE_31:
        from proofs.sumcheck.fields.fast.m31 import FastM31Field

        return FastM31Field(name, prime(p), degree)
    from proofs.sumcheck.fields.fast.m61 import FastM61Field

    return FastM61Field(name, prime(p), degree)
