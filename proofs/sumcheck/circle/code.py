"""The code: rows of N = 2^c coefficients, with a block of B more behind them or without, each to its n = 4N values.

A function of degree at most D/2 on the circle, D = N + B, has at most D zeros there, so two words differ in at least
n - D places. With z = x + i y it is z^(-D/2) times a polynomial of degree at most D: words are generalised Reed-Solomon
words of dimension D + 1 over a field that contains i, as the challenges' extension does, and what is proven of those
about proximity holds here, at rate (D + 1) / n.

*The block.* Coefficients N to N + B - 1, B = 2^t a power of two of at most N, have bit c of their index set and below
it only the lowest t: their functions are one of bit c, which is zero at points of order 2N only, where no word is
evaluated, times those of the code of B columns. These span all functions of degree less than B/2, which take any values
at any B - 1 points. So where a block is uniform, any B - 1 columns are, whatever the message; B of them need not be. As
many random coefficients elsewhere have no such common factor, and some sets of fewer columns are not uniform.

*Source*: Haboeck, Levit, Papini 2024; blocks: ours.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.circle import plain
from proofs.sumcheck.circle.group import log_order
from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.fields.field import Field

Table = NDArray[np.uint32]
LOG_BLOWUP = 2
"""log2 of n / N: the rate is 1/4, or with a block at most 1/2."""


def encode(field: Field, coefficients: Table, block: Table | None = None) -> Table:
    """Each row of coefficients alone: (..., N) to (..., 4N), canonical; for extension vectors (4, N), coordinatewise.

    Args:
        coefficients: canonical, N a power of two; coefficient k belongs to the function that the bits of k choose
            (direct.py), the top bit the one of highest degree.
        block: the coefficients from N on (..., B), canonical, B a power of two of at most N; or all zero.

    Raises:
        ValueError: a field whose circle has no 2^k points, lengths that are no powers of two or too long, or a block
            that does not fit its rows.
    """
    *shape, width = coefficients.shape
    longest = 1 << (log_order(field.scalars.p) - LOG_BLOWUP)
    if width < 1 or width & (width - 1) or width >= longest:
        raise ValueError(f"rows of {width} coefficients have no code: take a power of two below {longest}")
    if block is not None:
        _require_block(coefficients, block)
        block = block.reshape(-1, block.shape[-1])
    rows = coefficients.reshape(-1, width)
    out = np.empty((len(rows), width << LOG_BLOWUP), dtype=np.uint32)
    encode_into(field, rows, out, block)
    return out.reshape(*shape, width << LOG_BLOWUP)


def encode_into(field: Field, rows: Table, out: Table, block: Table | None = None) -> None:
    """The same, (R, N) and (R, B) into (R, 4N), whose widths are a code's."""
    _encode(field)(rows, np.empty((len(rows), 0), dtype=np.uint32) if block is None else block, out)


def _require_block(coefficients: Table, block: Table) -> None:
    """Raises ValueError."""
    *shape, length = block.shape
    if tuple(shape) != coefficients.shape[:-1]:
        raise ValueError(f"blocks of shape {block.shape} do not belong to rows of shape {coefficients.shape}")
    if length < 1 or length & (length - 1) or length > coefficients.shape[-1]:
        raise ValueError(f"a block of {length} hides nothing: take a power of two of at most {coefficients.shape[-1]}")


def _encode(field: Field) -> Callable[[Table, Table, Table], None]:
    """The field's kind of kernel."""
    p = field.scalars.p
    if not field.compiled or p != MERSENNE_31:
        return lambda rows, blocks, out: plain.encode(rows, blocks, out, p)
    from proofs.sumcheck.circle import fast

    return fast.encode
