"""How much memory there is for work that begins now, and the refusal of work that needs more.

What is free is the least of: what the machine has available, what the control group of a container leaves, what the
process may still map (``ulimit -v``), each but for a reserve, and ``ASSAY_MEMORY_LIMIT_MB`` as it stands.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import psutil

from proofs.errors import InvalidInput, ResourceExceeded

MIB = 1 << 20
LIMIT_VARIABLE = "ASSAY_MEMORY_LIMIT_MB"
USABLE = 0.8
"""Share of the free memory a job may plan to take; the rest is for the estimate's error and everybody else."""
_GROUPS = Path("/sys/fs/cgroup")
_OWN_GROUP = Path("/proc/self/cgroup")
_FORCED: ContextVar[bool | None] = ContextVar("forced", default=None)
"""Whether the user insists; None where nobody was asked."""


def available_bytes(usable: float = USABLE) -> float:
    """What a job may plan to take now. Raises InvalidInput: the variable holds no positive number."""
    free = [float(psutil.virtual_memory().available), *_group_rooms(_GROUPS, _OWN_GROUP), *_address_room()]
    return min([min(free) * usable, *_limit_by_variable()])


@contextmanager
def tried_anyway(force: bool) -> Iterator[None]:
    """Inside, work that does not seem to fit is begun all the same, if ``force``; else its refusal names --force."""
    token = _FORCED.set(force)
    try:
        yield
    finally:
        _FORCED.reset(token)


def is_forced() -> bool:
    """Whether the user wants to try whatever the estimate says."""
    return _FORCED.get() is True


def or_force() -> str:
    """The last words of a refusal: --force, where the command has it."""
    return "" if _FORCED.get() is None else "; or give --force to try all the same"


def require_memory(needed_bytes: float, what: str, way: str) -> None:
    """Refuse work that does not fit, unless the user insists.

    Args:
        what: the work, as the subject of a sentence. way: the way round.

    Raises:
        ResourceExceeded: in MB.
    """
    available = available_bytes()
    if needed_bytes <= available or is_forced():
        return
    raise ResourceExceeded(
        f"{what} takes about {needed_bytes / MIB:.0f} MB, {available / MIB:.0f} MB are free for it: {way}{or_force()}",
        needed_bytes / MIB,
        available / MIB,
    )


def _limit_by_variable() -> list[float]:
    text = os.environ.get(LIMIT_VARIABLE, "")
    if not text:
        return []
    try:
        limit = float(text)
    except ValueError:
        limit = 0.0
    if not 0.0 < limit < math.inf:
        raise InvalidInput(f"{LIMIT_VARIABLE} is '{text}'; it must be a positive number of MB")
    return [limit * MIB]


def _address_room() -> list[float]:
    """What ``ulimit -v`` still lets this process map."""
    if sys.platform == "win32":
        return []
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY:
        return []
    return [max(0.0, soft - psutil.Process().memory_info().vms)]


def _group_rooms(groups: Path, own: Path) -> list[float]:
    """What this process's control groups leave, of both versions; nothing where there are none."""
    rooms = []
    for place, most, used, idle in _group_places(groups, own):
        limit, taken = _number(place / most), _number(place / used)
        if limit is not None and taken is not None and limit < 1 << 60:
            rooms.append(max(0.0, float(limit - taken + _idle(place / "memory.stat", idle))))
    return rooms


def _group_places(groups: Path, own: Path) -> Iterator[tuple[Path, str, str, str]]:
    """Folders of the own groups and those above them, and the names of their files."""
    try:
        lines = own.read_text().splitlines()
    except OSError:
        lines = []
    for line in [*lines, "0::/", "0:memory:/"]:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        inner = Path(path.lstrip("/"))
        for part in (inner, *inner.parents):
            if not controllers:
                yield groups / part, "memory.max", "memory.current", "inactive_file"
            elif "memory" in controllers.split(","):
                folder = groups / "memory" / part
                yield folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"


def _number(path: Path) -> int | None:
    """A file's one number; None where there is no such file, or no limit."""
    try:
        text = path.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isascii() and text.isdigit() else None


def _idle(path: Path, name: str) -> int:
    """Cached files that the kernel drops when memory is needed."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0
    found = [line.split() for line in lines]
    return sum(int(words[1]) for words in found if len(words) == 2 and words[0] == name and words[1].isdigit())
