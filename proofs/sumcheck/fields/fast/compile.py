"""How the kernels of this folder are compiled: without the interpreter's lock, and cached.

numba's cache notices changes file by file, but a kernel contains the code of helpers from other files. So the machine
code lies in a folder named by the digest of all sources here.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from proofs.paths import kernel_dir

Function = TypeVar("Function", bound=Callable[..., Any])

config: Any = numba.config  # its settings are made at run time


def _sources() -> str:
    """A digest of every source file of this folder."""
    digest = sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


FOLDER = kernel_dir() / f"fields-{_sources()}"
"""Where machine code is kept, if that can be written."""


def kernel(function: Function) -> Function:
    """``function`` compiled on first use for each kind of arguments, its machine code kept in ``FOLDER``."""
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
    except OSError:
        return cast(Function, numba.njit(nogil=True)(function))
    before, config.CACHE_DIR = config.CACHE_DIR, str(FOLDER)
    try:
        return cast(Function, numba.njit(cache=True, nogil=True)(function))
    finally:
        config.CACHE_DIR = before


def inlined(function: Function) -> Function:
    """``function`` compiled into every kernel that calls it."""
    return cast(Function, numba.njit(forceinline=True, nogil=True)(function))


def spliced(function: Function) -> Function:
    """``function`` copied into the one or two kernels that call it, before they are compiled: for long functions."""
    return cast(Function, numba.njit(inline="always", nogil=True)(function))
