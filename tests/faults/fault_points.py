"""Points at which a party may be ended: before and after everything it leaves behind outside its own memory.

Injected from outside: the calls by which anything becomes durable or public are wrapped, the product knows nothing of
it. Points are counted in the order they are passed, in one thread.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from web3 import HTTPProvider

_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp$|\.[A-Za-z0-9_]{8}$")
SENDING = ("eth_sendRawTransaction", "eth_sendTransaction")


class PowerCut(BaseException):
    """The process ends here, as if it had never got any further; no product code catches it."""


@dataclass
class Points:
    """What happens at each point.

    Args:
        ends: asked with the point's number and name, whether the process ends there.
        end: ends it; raises PowerCut, or kills the process.
    """

    ends: Callable[[int, str], bool]
    end: Callable[[], None]
    passed: list[str] = field(default_factory=list)

    def reach(self, name: str) -> None:
        """Count one point, and perhaps end there."""
        self.passed.append(name)
        if self.ends(len(self.passed) - 1, name):
            self.end()

    def around(self, name: str, call: Callable[[], Any]) -> Any:
        """A call with a point before and one after it."""
        self.reach(f"{name} before")
        answer = call()
        self.reach(f"{name} after")
        return answer


def cut() -> None:
    """Simulate the end of the process."""
    raise PowerCut


@contextmanager
def watched(points: Points) -> Iterator[None]:
    """Whatever this thread makes durable or public inside passes ``points``."""
    with pytest.MonkeyPatch.context() as patch:
        inject(points, patch.setattr)
        yield


def inject(points: Points, replace: Callable[[Any, str, Any], None]) -> None:
    """Wrap the calls of the present thread: syncs, writes at a place, renames, requests that carry a transaction."""
    mine = threading.get_ident()

    def wrap(owner: Any, name: str, passing: Callable[..., Any]) -> None:
        original = getattr(owner, name)

        def wrapped(*arguments: Any, **options: Any) -> Any:
            if threading.get_ident() != mine:
                return original(*arguments, **options)
            return passing(points, original, *arguments, **options)

        replace(owner, name, wrapped)

    wrap(os, "fsync", _synced)
    wrap(os, "pwrite", _written)
    wrap(os, "rename", _renamed)
    wrap(os, "replace", _renamed)
    wrap(HTTPProvider, "make_request", _requested)


def _synced(points: Points, fsync: Callable[[int], None], descriptor: int) -> None:
    points.around(f"fsync {_opened(descriptor)}", lambda: fsync(descriptor))


def _renamed(points: Points, rename: Callable[..., None], source: Any, target: Any, **options: Any) -> None:
    points.around(f"rename {_plain(target)}", lambda: rename(source, target, **options))


def _written(points: Points, pwrite: Callable[..., int], descriptor: int, content: bytes, place: int) -> int:
    """A point before the write, and one at which half of it is on disk."""
    name, half = f"write {_opened(descriptor)}", len(content) // 2
    points.reach(f"{name} before")
    written = pwrite(descriptor, bytes(content)[:half], place)
    points.reach(f"{name} torn")
    return written + pwrite(descriptor, bytes(content)[half:], place + half)


def _requested(points: Points, send: Callable[..., Any], provider: HTTPProvider, method: Any, params: Any) -> Any:
    if method not in SENDING:
        return send(provider, method, params)
    return points.around(f"transaction {_digest(params)}", lambda: send(provider, method, params))


def _opened(descriptor: int) -> str:
    """The file behind a descriptor, and how much is in it."""
    return f"{_plain(os.readlink(f'/proc/self/fd/{descriptor}'))} {os.fstat(descriptor).st_size}"


def _plain(path: object) -> str:
    """A path's last two parts, the random part of a temporary name taken off."""
    return "/".join(_TEMPORARY.sub(".tmp", str(path)).split("/")[-2:])


def _digest(params: Any) -> str:
    """A transaction's name: enough of its bytes to tell it from others, and the same in every run."""
    return str(params[0])[-16:]
