"""How the demo writes amounts, and the machine it ran on."""

from __future__ import annotations

import platform

import psutil


def milli(wei: int) -> str:
    """Wei in thousandths of an ether, signed, four digits after the point."""
    return f"{wei / 10**15:+.4f}" if wei else "0"


def machine() -> str:
    """The machine, for figures."""
    return (
        f"{platform.system()} {platform.machine()}, {psutil.cpu_count()} cores, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GB, Python {platform.python_version()}"
    )
