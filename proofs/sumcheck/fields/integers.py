"""Signed integers on their way into kernels that count on their size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def below_2_31(values: NDArray[np.signedinteger]) -> NDArray[np.int32]:
    """The same integers as C-contiguous int32, each below 2^31 in size.

    Raises:
        TypeError: not an array of signed integers.
        ValueError: an entry is 2^31 or more in size.
    """
    if values.dtype.kind != "i":
        raise TypeError(f"signed integers are wanted here, not {values.dtype}")
    if values.size and values.dtype.itemsize >= 4:
        least, most = int(values.min()), int(values.max())
        if least <= -(2**31) or most >= 2**31:
            raise ValueError(f"integers from {least} to {most} are not all below 2^31 in size")
    return np.ascontiguousarray(values, dtype=np.int32)
