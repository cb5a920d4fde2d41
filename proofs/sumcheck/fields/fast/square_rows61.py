"""Square rounds over many rows: the weighted sums of squares of each row, base or extension."""

from __future__ import annotations

from proofs.sumcheck.fields.fast.compile import kernel
from proofs.sumcheck.fields.fast.modular61 import Which
from proofs.sumcheck.fields.fast.squares61 import Words, at_0_row, base_row, lead_row


@kernel
def base_rows(
    z: Words, stride: int, gap: int, length: int, paired: int, weights: Words, second: bool | None,
    out: Words, start: int, stop: int, other: Which,
) -> None:  # fmt: skip
    """out[:, r]: both sums of the row whose low half starts at r stride and whose high half starts ``gap`` later.

    Args:
        z: flat base values.
        length: entries of the low half.
        paired: entries of the high half.
        weights: (degree, length).
        second: None for degree 1.
        out: (4, rows): real and imaginary part at 0, then of the lead.
    """
    for r in range(start, stop):
        at = r * stride
        low, high = z[at : at + length], z[at + gap : at + gap + paired]
        if second is None:
            sums = base_row(low, high, weights[0], None, other)
        else:
            sums = base_row(low, high, weights[0], weights[1], other)
        out[0, r], out[1, r], out[2, r], out[3, r] = sums


@kernel
def extension_rows(
    x: Words, y: Words, stride: int, gap: int, length: int, paired: int, weights: Words,
    out: Words, start: int, stop: int, other: Which,
) -> None:  # fmt: skip
    """The same for x + y i; weights (3, length), the third row the sum of the others."""
    planes = (weights[0], weights[1], weights[2])
    for r in range(start, stop):
        at, up = r * stride, r * stride + gap
        x_low, y_low = x[at : at + length], y[at : at + length]
        out[0, r], out[1, r] = at_0_row(x_low, y_low, planes, other)
        out[2, r], out[3, r] = lead_row(x_low, y_low, x[up : up + paired], y[up : up + paired], planes, other)
