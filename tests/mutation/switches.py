"""The switches themselves: which check is off, and which checks refused something since one last looked."""

from __future__ import annotations

import builtins
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType

from mutation.python_checks import ROOT, with_switches

OFF: set[str] = set()
"""Names of the checks that are switched off."""
FIRED: set[str] = set()
"""Names of the checks that have refused something; their owner empties it."""
REACHED: set[str] = set()
"""Names of the calls that were made: what they demand may be refused later, by another check."""


def _fired(name: str) -> None:
    FIRED.add(name)


def _check_is_off(name: str) -> bool:
    REACHED.add(name)
    return name in OFF


def _check_is_on(name: str) -> bool:
    """Asked only when the check is about to refuse."""
    FIRED.add(name)
    return name not in OFF


def _conjunct_is_off(name: str) -> bool:
    """Asked only when the conjunct is false."""
    FIRED.add(name)
    return name in OFF


class SwitchedLoader(importlib.machinery.SourceFileLoader):
    """Compiles a module with switches; no byte code is read or written."""

    def get_code(self, fullname: str) -> CodeType:
        tree, _ = with_switches(Path(self.path))
        return compile(tree, self.path, "exec", dont_inherit=True)


class SwitchedFinder(MetaPathFinder):
    """Finds the modules whose files are listed."""

    def __init__(self, files: set[str]) -> None:
        self.files = files

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None or not spec.origin.startswith(f"{ROOT}{os.sep}"):
            return None
        if Path(spec.origin).relative_to(ROOT).as_posix() not in self.files:
            return None
        spec.loader = SwitchedLoader(name, spec.origin)
        return spec


def install(files: set[str]) -> None:
    """From here on, these files (relative to the repository) are imported with switches."""
    for function in (_fired, _check_is_off, _check_is_on, _conjunct_is_off):
        setattr(builtins, function.__name__, function)
    early = [name for name, module in sys.modules.items() if _path(module) in files]
    if early:
        raise RuntimeError(f"imported before the switches: {early}")
    sys.meta_path.insert(0, SwitchedFinder(files))


def _path(module: ModuleType) -> str | None:
    origin = getattr(module, "__file__", None) or ""
    return Path(origin).relative_to(ROOT).as_posix() if origin.startswith(f"{ROOT}{os.sep}") else None
