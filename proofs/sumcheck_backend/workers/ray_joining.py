"""Joining a Ray cluster, and saying within seconds that there is none."""

from __future__ import annotations

import asyncio
import re
import signal
import threading
from typing import Any

from proofs.errors import InvalidInput, MissingArtifact

LOCAL = "local"
ANSWER_S = 10.0
"""Ray itself would ask an address where nobody listens for minutes."""
_PLACE = re.compile(r"(?:ray://)?(?P<host>[^\s/]+):(?P<port>[0-9]{1,5})")


def import_ray() -> Any:
    """The module. Raises MissingArtifact: it is not installed."""
    try:
        import ray
    except ImportError:
        raise MissingArtifact(
            "--ray needs Ray, which is not installed: pip install 'assay-protocols[ray]', here and on every node"
        ) from None
    return ray


def join(ray: Any, address: str, cores: int) -> None:
    """Make this process the cluster's driver; "local" starts one of so many cores. Raises InvalidInput."""
    started = {"num_cpus": cores, "include_dashboard": False} if address == LOCAL else {}
    before = signal.getsignal(signal.SIGTERM)
    try:
        _require_listener(address)
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", **started)
    except (OSError, ValueError, RuntimeError, ImportError, ray.exceptions.RayError) as error:
        first = str(error).strip().partition("\n")[0][:300]
        raise InvalidInput(f"--ray {address}: no Ray cluster can be joined there: {first}") from None
    finally:
        if threading.current_thread() is threading.main_thread() and callable(before):
            signal.signal(signal.SIGTERM, before)  # Ray sets its own


def _require_listener(address: str) -> None:
    """Raises OSError, or ValueError for what is no address: nobody listens there."""
    place = _PLACE.fullmatch(address)
    if place is None and address not in (LOCAL, "auto"):
        raise ValueError("give host:port, ray://host:port, 'auto' or 'local'")
    if place is not None:
        asyncio.run(_knock(place["host"].strip("[]"), int(place["port"])))


async def _knock(host: str, port: int) -> None:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), ANSWER_S)
    except (TimeoutError, OverflowError):
        raise OSError(f"nobody answers within {ANSWER_S:.0f} s") from None
    writer.close()
