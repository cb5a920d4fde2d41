"""The code: rows of N = 2^c coefficients, each to its n = 4N values on the domain.

A function of degree at most N/2 on the circle has at most N zeros there, so two words differ in at least n - N places.
With z = x + i y it is z^(-N/2) times a polynomial of degree at most N: words are generalised Reed-Solomon words of
dimension N + 1 over a field that contains i, as the challenges' extension does, and what is proven of those about
proximity holds here, at rate (N + 1) / n.

*Source*: Haboeck, Levit, Papini 2024
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.circle import plain
from proofs.sumcheck.circle.group import LOG_ORDER
from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.fields.field import Field

LOG_BLOWUP = 2
"""log2 of n / N: the rate is 1/4."""


def encode(field: Field, coefficients: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Each row of coefficients alone: (..., N) to (..., 4N), canonical; for extension vectors (4, N), coordinatewise.

    Args:
        coefficients: canonical, N a power of two; coefficient k belongs to the function that the bits of k choose
            (direct.py), the top bit the one of highest degree.

    Raises:
        ValueError: another field than that of 2^31 - 1, or a length that is no power of two or too long.
    """
    *shape, width = coefficients.shape
    if field.scalars.p != MERSENNE_31:
        raise ValueError(f"the circle has 2^31 points modulo 2^31 - 1 only, not modulo {field.scalars.p}")
    if width < 1 or width & (width - 1) or width.bit_length() + LOG_BLOWUP > LOG_ORDER:
        raise ValueError(f"rows of {width} coefficients have no code: take a power of two below 2^29")
    rows = coefficients.reshape(-1, width)
    out = np.empty((len(rows), width << LOG_BLOWUP), dtype=np.uint32)
    encode_into(field, rows, out)
    return out.reshape(*shape, width << LOG_BLOWUP)


def encode_into(field: Field, rows: NDArray[np.uint32], out: NDArray[np.uint32]) -> None:
    """The same, (R, N) into (R, 4N), whose widths are a code's."""
    _encode(field)(rows, out)


def _encode(field: Field) -> Callable[[NDArray[np.uint32], NDArray[np.uint32]], None]:
    """The field's kind of kernel."""
    if not field.compiled:
        return plain.encode
    from proofs.sumcheck.circle import fast

    return fast.encode
