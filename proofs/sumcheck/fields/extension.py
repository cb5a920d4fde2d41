"""Single elements of F_p and of the extensions challenges come from, in Python integers: what verifiers compute with.

Degree 2 is F_p[i]/(i^2 + 1), a field because p = 3 modulo 4. Degree 4 is F_p[i][u]/(u^2 - 2 - i), a field where 2 + i
is no square in F_p[i], that is where its norm 5 is none modulo p; over p = 2^31 - 1 it is called QM31. The coordinates
(a, b, c, d) stand for (a + b i) + (c + d i) u.
"""

from __future__ import annotations

from dataclasses import dataclass

from proofs.errors import MalformedProof, RejectedProof

Scalar = tuple[int, ...]
"""An element of an extension: its ``degree`` coordinates, each in [0, p)."""

MERSENNE_31 = 2**31 - 1
"""The one prime in use with a degree-4 extension; of the small ones for tests 127 has one."""


@dataclass(frozen=True, slots=True)
class Extension:
    """The field of p^degree elements, for a prime p.

    Args:
        p: an odd prime; 3 modulo 4 for degree 2, and besides 2 or 3 modulo 5 for degree 4. That it is prime is the
            caller's word.
        degree: 1 (F_p itself), 2 or 4.

    Raises:
        ValueError: there is no such extension here.
    """

    p: int
    degree: int

    def __post_init__(self) -> None:
        fits = {1: self.p >= 3, 2: self.p % 4 == 3, 4: self.p % 4 == 3 and self.p % 5 in (2, 3)}
        if not fits.get(self.degree, False):
            raise ValueError(f"no extension of degree {self.degree} over the integers modulo {self.p}")

    @property
    def size(self) -> int:
        """How many elements the field has."""
        return int(self.p**self.degree)

    @property
    def coordinate_bytes(self) -> int:
        """Bytes of one coordinate."""
        return (self.p.bit_length() + 7) // 8

    @property
    def scalar_bytes(self) -> int:
        """Bytes of one element."""
        return self.degree * self.coordinate_bytes

    @property
    def zero(self) -> Scalar:
        """0."""
        return (0,) * self.degree

    @property
    def one(self) -> Scalar:
        """1."""
        return self.from_int(1)

    def from_int(self, value: int) -> Scalar:
        """An integer of any size and sign, modulo p."""
        return (int(value) % self.p, *(0,) * (self.degree - 1))

    def is_element(self, x: Scalar) -> bool:
        """Whether a tuple has ``degree`` integer coordinates in [0, p)."""
        return len(x) == self.degree and all(type(c) is int and 0 <= c < self.p for c in x)

    def add(self, x: Scalar, y: Scalar) -> Scalar:
        """x + y."""
        p = self.p
        if self.degree == 4:  # written out: verifiers do this ten thousand times
            (a, b, c, d), (e, f, g, h) = x, y
            return ((a + e) % p, (b + f) % p, (c + g) % p, (d + h) % p)
        return tuple((a + b) % p for a, b in zip(x, y, strict=True))

    def sub(self, x: Scalar, y: Scalar) -> Scalar:
        """x - y."""
        p = self.p
        if self.degree == 4:
            (a, b, c, d), (e, f, g, h) = x, y
            return ((a - e) % p, (b - f) % p, (c - g) % p, (d - h) % p)
        return tuple((a - b) % p for a, b in zip(x, y, strict=True))

    def neg(self, x: Scalar) -> Scalar:
        """-x."""
        return tuple(-a % self.p for a in x)

    def mul(self, x: Scalar, y: Scalar) -> Scalar:
        """x y."""
        p = self.p
        if self.degree == 1:
            return (x[0] * y[0] % p,)
        if self.degree == 2:
            (a, b), (c, d) = x, y
            return ((a * c - b * d) % p, (a * d + b * c) % p)
        a, b, c, d = x
        e, f, g, h = y
        real, imaginary = c * g - d * h, c * h + d * g  # the product of the u-parts, to be multiplied by u^2 = 2 + i
        return (
            (a * e - b * f + 2 * real - imaginary) % p,
            (a * f + b * e + real + 2 * imaginary) % p,
            (a * g - b * h + c * e - d * f) % p,
            (a * h + b * g + c * f + d * e) % p,
        )

    def square(self, x: Scalar) -> Scalar:
        """x^2."""
        return self.mul(x, x)

    def inverse(self, x: Scalar) -> Scalar:
        """1 / x, as conjugates over the norm to the field below.

        Raises:
            ZeroDivisionError: x is zero.
        """
        if not any(x):
            raise ZeroDivisionError("zero has no inverse in a field")
        p = self.p
        if self.degree == 1:
            return (pow(x[0], -1, p),)
        if self.degree == 2:
            a, b = x
            norm = pow(a * a + b * b, -1, p)
            return (a * norm % p, -b * norm % p)
        a, b, c, d = x
        # The norm to F_p[i]: (a + bi)^2 - (2 + i)(c + di)^2.
        real, imaginary = c * c - d * d, 2 * c * d
        norm_real, norm_imaginary = a * a - b * b - 2 * real + imaginary, 2 * a * b - real - 2 * imaginary
        e, f = Extension(p, 2).inverse((norm_real % p, norm_imaginary % p))
        return self.mul((a, b, -c % p, -d % p), (e, f, 0, 0))

    def require_equal(self, x: Scalar, y: Scalar, check: str, detail: str) -> None:
        """A verifier's equation. Raises RejectedProof unless x is y."""
        if x != y:
            raise RejectedProof(check, detail)

    def require_nonzero(self, x: Scalar, check: str, detail: str) -> None:
        """The same of an inequality. Raises RejectedProof if x is zero."""
        if not any(x):
            raise RejectedProof(check, detail)

    def to_bytes(self, x: Scalar) -> bytes:
        """The coordinates, each little-endian in ``coordinate_bytes`` bytes."""
        return b"".join(c.to_bytes(self.coordinate_bytes, "little") for c in x)

    def from_bytes(self, raw: bytes) -> Scalar:
        """The element written by ``to_bytes``.

        Raises:
            MalformedProof: another length, or a coordinate that is not below p.
        """
        if len(raw) != self.scalar_bytes:
            raise MalformedProof(f"a field element takes {self.scalar_bytes} bytes, not {len(raw)}")
        width = self.coordinate_bytes
        x = tuple(int.from_bytes(raw[k : k + width], "little") for k in range(0, len(raw), width))
        if not self.is_element(x):
            raise MalformedProof("a field element's coordinate is not below the prime; it has no second spelling")
        return x
