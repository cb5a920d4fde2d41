"""Seconds and memory that a prover reports: its word, and shown as that."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from proofs.container import read_file
from proofs.errors import InvalidInput
from proofs.nesting import shallow_json

_LINES = (
    ("prove_s", "Proving", "s"),
    ("setup_s", "Building the circuit", "s"),
    ("peak_memory_mb", "Peak memory of proving", "MB"),
)


@dataclass(frozen=True, slots=True)
class Timings:
    """What a page says about time.

    Args:
        stamped: seconds measured here are shown, so that two runs differ. proving: name and text of what a prover said.
    """

    stamped: bool = False
    proving: tuple[tuple[str, str], ...] = ()


def read_timings(path: Path | None, stamped: bool) -> Timings:
    """Timings with those of a ``prove --json`` document. Raises InvalidInput for anything else."""
    if path is None:
        return Timings(stamped)
    try:
        said = shallow_json(read_file(path, "JSON document of prove"))
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict) or said.get("verdict") != "proved":
        raise InvalidInput(f"{path} is no document of `assay prove --json`; give that one, or leave --prove-json out")
    shown = [(name, said.get(key), unit) for key, name, unit in _LINES]
    proving = tuple(
        (name, f"{value:,.1f} {unit}, as the prover reports") for name, value, unit in shown if _measured(value)
    )
    return Timings(stamped, proving)


def _measured(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= sys.float_info.max
