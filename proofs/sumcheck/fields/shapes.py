"""Shapes that kernels count on: a compiled loop does not notice the end of an array."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray


def alike(*arrays: NDArray[Any]) -> None:
    """Raises ValueError unless all arrays have one shape."""
    if any(array.shape != arrays[0].shape for array in arrays):
        raise ValueError(f"arrays of one shape are wanted, not {', '.join(str(array.shape) for array in arrays)}")


def multiplicable(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    """Raises ValueError unless (M, K) and (K, N) matrices can be multiplied."""
    if len(left) != 2 or len(right) != 2 or left[1] != right[0]:
        raise ValueError(f"matrices of shapes {left} and {right} have no product")


def splittable(n: int, half: int) -> None:
    """Raises ValueError unless an axis of n entries ends within twice ``half``."""
    if half < 1 or n > 2 * half:
        raise ValueError(f"an axis of {n} entries cannot be split at {half}: at most {2 * half} are indexed")


def batch(shape: tuple[int, ...], rows: NDArray[Any], columns: NDArray[Any]) -> None:
    """Raises ValueError unless (..., R, B) entries have R row weights, and column weights for the lower half of B."""
    if rows.shape[1:] != shape[-2:-1]:
        raise ValueError(f"{shape[-2]} rows need as many weights, not {rows.shape[1:]}")
    splittable(shape[-1], columns.shape[1])
