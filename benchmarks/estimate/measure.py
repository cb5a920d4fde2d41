"""``python -m benchmarks.estimate.measure NAME OUT``: one job, done in this process and its children."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.estimate.cases import CASES, Halo2Case
from proofs.paths import kernel_dir


def main() -> None:
    """Do the job in a home of its own, so that nothing is read from a cache but compiled kernels."""
    case, load = CASES[sys.argv[1]], os.getloadavg()[0]
    os.environ["ASSAY_KERNELS"] = str(kernel_dir())
    home = tempfile.mkdtemp(prefix="assay-bench-home-")
    os.environ["ASSAY_HOME"] = home
    try:
        if isinstance(case, Halo2Case):
            from benchmarks.estimate import halo2

            found = halo2.measure(case)
        else:
            from benchmarks.estimate import sumcheck

            found = sumcheck.measure(case)
        Path(sys.argv[2]).write_text(json.dumps({**found, "load": [load, os.getloadavg()[0]]}))
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
