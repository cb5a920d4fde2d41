"""Peak memory of this process, and how to begin counting anew."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_bytes() -> int:
    """Largest resident memory since ``restart``, or since the process began where that is not known.

    Not ``ru_maxrss``: a child inherits its parent's.
    """
    if _STATUS.exists():
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def restart() -> None:
    """Count the peak from now on; does nothing where the system cannot."""
    try:
        _CLEAR.write_text("5")
    except OSError:
        return
