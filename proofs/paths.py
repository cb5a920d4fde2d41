"""Where Assay keeps what is not the user's own file: rebuildable artefacts in the cache, records in the data folder.

``ASSAY_HOME`` moves both under one folder, for tests and for machines with a small home; ``ASSAY_KERNELS`` moves the
machine code of compiled kernels alone, which homes can share.
"""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path, user_data_path


def cache_dir() -> Path:
    """Rebuildable artefacts: structured reference strings, proving keys, compiled verifiers, finished batches."""
    home = os.environ.get("ASSAY_HOME")
    return Path(home) / "cache" if home else user_cache_path("assay")


def data_dir() -> Path:
    """Records that must survive: proof budgets, used test sets."""
    home = os.environ.get("ASSAY_HOME")
    return Path(home) / "data" if home else user_data_path("assay")


def kernel_dir() -> Path:
    """Machine code of compiled kernels; folders in it are named by what the code was compiled from."""
    kernels = os.environ.get("ASSAY_KERNELS")
    return Path(kernels) if kernels else cache_dir() / "numba"
