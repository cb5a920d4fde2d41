"""While a network runs, matrix products keep to their own thread; afterwards everything is as it was."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from proofs.sumcheck.safetynets.execution import blas_threads
from proofs.sumcheck.safetynets.execution.blas_threads import one_thread_each

threadpoolctl = pytest.importorskip("threadpoolctl")


def widest() -> int:
    """The most threads any BLAS of this process would use."""
    np.ones((2, 2)) @ np.ones((2, 2))
    return max(pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas")


def test_limited_inside_and_restored_after_the_last() -> None:
    """Two holders whose times overlap: the limit is lifted when both have left."""
    with threadpoolctl.threadpool_limits(limits=2, user_api="blas"):
        first, second = one_thread_each(), one_thread_each()
        first.__enter__()
        second.__enter__()
        assert widest() == 1
        first.__exit__(None, None, None)
        assert widest() == 1
        second.__exit__(None, None, None)
        assert widest() == 2


def test_restored_after_an_error() -> None:
    """A run that fails leaves no trace."""
    with threadpoolctl.threadpool_limits(limits=2, user_api="blas"):
        with pytest.raises(ZeroDivisionError), one_thread_each():
            raise ZeroDivisionError
        assert widest() == 2


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is limited, nothing fails."""
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    blas_threads._controller.cache_clear()
    with threadpoolctl.threadpool_limits(limits=2, user_api="blas"), one_thread_each():
        assert widest() == 2
    blas_threads._controller.cache_clear()
