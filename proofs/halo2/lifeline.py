"""A worker never outlives the process that started it, however that one ends.

ezkl holds the interpreter lock for minutes, so no thread of the worker could notice that its parent is gone, and a
parent ended by SIGKILL runs nothing any more. What still works is outside both:

* Linux: the worker asks the kernel for SIGKILL at its parent's death (``PR_SET_PDEATHSIG``). The kernel ties it to the
  *thread* that started the worker; ``run_job`` waits in that very thread, so the thread lives as long as the job.
* elsewhere (macOS): a shell of a few kilobytes waits at the end of a pipe only the parent holds. When the parent dies
  the pipe closes and the shell kills the worker's process group.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PR_SET_PDEATHSIG = 1  # linux/prctl.h
KERNEL_TIES = sys.platform == "linux"
# $0 is the worker's process group; a line on the pipe means that the job ended in order.
_GUARD = 'read -r line || kill -9 "-$0"'


def tie_to_parent(parent: int) -> None:
    """In the worker: die with process ``parent``, which started it; ends at once if it is gone already."""
    if KERNEL_TIES:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


@contextmanager
def guarded(group: int, *, kernel_ties: bool = KERNEL_TIES) -> Iterator[None]:
    """In the parent: where the kernel ties nothing, a guard process that kills ``group`` if the parent dies inside."""
    if kernel_ties:
        yield
        return
    guard = subprocess.Popen(["/bin/sh", "-c", _GUARD, str(group)], stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        guard.communicate(b"done\n")
