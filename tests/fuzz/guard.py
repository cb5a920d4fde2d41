"""One input under limits: nothing but AssayErrors may leave, within 5 s of CPU time and a bounded amount of memory."""

from __future__ import annotations

import re
import resource
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from proofs.errors import AssayError

CPU_S = 5.0
"""For one input, of this process; wall-clock time would make a busy machine a fault of the parser."""
BASE_BYTES = 64 << 20
"""What any input may take, beside some bytes for each of its own (``Target.unpacks``)."""
ADDRESS_BYTES = 2 << 30
"""Address space on top of what the process has: a declared size beyond this fails at once, and harms nobody."""
ROOT = str(Path(__file__).resolve().parents[2])
_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_PEAK = re.compile(r"VmHWM:\s+([0-9]+) kB")
_SIZE = re.compile(r"VmSize:\s+([0-9]+) kB")


class TooSlow(BaseException):
    """Raised in the parser once an input has had its CPU time; no ``except Exception`` catches it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an input did.

    Args:
        fault: why it is a fault of ours, None where it was parsed or refused as it should be.
        place: where that was decided, the innermost lines of the project: equal for equal causes.
        peak_bytes: growth of resident memory; 0 where the system does not tell.
    """

    fault: str | None
    place: tuple[str, ...]
    accepted: bool
    peak_bytes: int = 0


def attempt(run: Callable[[bytes], object], raw: bytes, unpacks: int = 50) -> Outcome:
    """Run one input."""
    with _peak() as peak, _address_space(), _cpu_time():
        outcome = _attempt(run, raw)
    grown, allowed = peak(), BASE_BYTES + unpacks * len(raw)
    fault = outcome.fault
    if fault is None and grown > allowed:
        fault = f"memory: {grown >> 20} MiB for an input of {len(raw)} bytes; {allowed >> 20} are allowed"
    return Outcome(fault, outcome.place, outcome.accepted, grown)


def _attempt(run: Callable[[bytes], object], raw: bytes) -> Outcome:
    try:
        run(raw)
    except AssayError as error:
        return Outcome(None, _place(error), accepted=False)
    except TooSlow as error:
        return Outcome(f"hang: more than {CPU_S:g} s of CPU time", _place(error), accepted=False)
    except Exception as error:  # noqa: BLE001 - whatever else leaves a parser is what is looked for
        return Outcome(f"{type(error).__name__}: {str(error)[:200]}", _place(error), accepted=False)
    return Outcome(None, (), accepted=True)


def _place(error: BaseException) -> tuple[str, ...]:
    lines = [
        f"{frame.filename.removeprefix(ROOT + '/')}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(ROOT) and "/.venv/" not in frame.filename and "/tests/" not in frame.filename
    ]
    return (type(error).__name__, *lines[-4:])


@contextmanager
def _cpu_time() -> Iterator[None]:
    def stop(_: int, __: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, CPU_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def _address_space() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    size = _status(_SIZE)
    if size and hard == resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_AS, (size + ADDRESS_BYTES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def _peak() -> Iterator[Callable[[], int]]:
    """How far resident memory grew inside the block; Linux alone tells."""
    try:
        _CLEAR.write_text("5")
        before = _status(_PEAK)
    except OSError:
        before = 0
    yield lambda: _status(_PEAK) - before if before else 0


def _status(pattern: re.Pattern[str]) -> int:
    try:
        found = pattern.search(_STATUS.read_text())
    except OSError:
        return 0
    return int(found[1]) << 10 if found else 0
