"""The fields that every test of kernels runs on, and arrays of theirs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from field_reference import random_base
from hypothesis import settings
from hypothesis import strategies as st

import proofs.sumcheck.fields.fast.compile  # noqa: F401 - now, so that machine code outlives the session's own home
from proofs.sumcheck.fields import FIELDS, Ext, Field, PlainField, Scalar, field, prime

TINY = {"31": (31, 1), "31i": (31, 2), "127i": (127, 2), "127iu": (127, 4), "8191": (8191, 1), "8191i": (8191, 2)}
TWINS = [(name, kernels) for name in FIELDS for kernels in ("plain", "arrays", "fast")] + [(n, "tiny") for n in TINY]
EVERY = pytest.mark.parametrize("f", [pytest.param(twin, id="-".join(twin)) for twin in TWINS], indirect=True)
SEEDS = st.integers(0, 2**32)
SIZES = st.integers(1, 40)
QUICK = settings(max_examples=12, deadline=None)
SMALL = 2**31 - 1
"""The largest size of the integers that matrix kernels take."""


class ArraysOnly(PlainField):
    """A plain field that takes its vectorised way for few entries too."""

    FEW = 0


def made(name: str, kernels: str) -> Field:
    if kernels in {"tiny", "arrays"}:
        p, degree = (TINY | FIELDS)[name]
        return ArraysOnly(name, prime(p), degree)
    return field(name, kernels)


def base(f: Field, shape: tuple[int, ...], seed: int) -> np.ndarray:
    return random_base(f.scalars.p, f.dtype, shape, seed)


def ext(f: Field, shape: tuple[int, ...], seed: int) -> Ext:
    return base(f, (f.scalars.degree, *shape), seed)


def scalar(f: Field, seed: int) -> Scalar:
    return f.element(ext(f, (1,), seed), 0)


def half_of(n: int) -> int:
    """Where the top bit of an axis of n entries splits it."""
    return max(1, 1 << (n - 1).bit_length() - 1) if n > 1 else 1


def integers(values: np.ndarray) -> list[int]:
    return [int(value) for value in values.ravel()]


def canonical(f: Field, values: np.ndarray, shape: tuple[int, ...]) -> bool:
    return values.dtype == f.dtype and values.shape == shape and all(c < f.scalars.p for c in integers(values))


def listed(values: Sequence[object]) -> list[object]:
    return [np.asarray(value).tolist() for value in values]
