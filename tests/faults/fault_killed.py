"""``python fault_killed.py N SCRIPT ARGUMENTS..``: run a script, and kill this process at the N-th point it passes.

The points are those of ``fault_points``; SIGKILL leaves temporary files, locks and children as a power cut would.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys

from fault_points import Points, inject


def main() -> None:
    """Run it, watched."""
    number = int(sys.argv[1])
    points = Points(lambda passed, _: passed == number, lambda: os.kill(os.getpid(), signal.SIGKILL))
    inject(points, setattr)
    sys.argv = sys.argv[2:]
    sys.path[0] = os.path.dirname(sys.argv[0])
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
