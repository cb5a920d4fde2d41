"""The architecture as written down: who imports whom, how large files grow, what is installed, what verifiers load."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("proofs", "protocols", "escrow", "assay")
"""Each imports only those before it."""
LARGEST_FUNCTION = 40


def sources(layer: str) -> list[Path]:
    return sorted((ROOT / layer).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Top-level names a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_import_only_those_before_them(layer: str) -> None:
    forbidden = {*LAYERS[LAYERS.index(layer) + 1 :], "tests", "attacks", "examples", "benchmarks", "helpers"}
    found = {
        f"{path.relative_to(ROOT)}: {name}" for path in sources(layer) for name in imported(path) if name in forbidden
    }
    assert not found


def test_proofs_know_no_chain() -> None:
    found = {name for path in sources("proofs") for name in imported(path)}
    assert not found & {"web3", "eth_account", "requests", "httpx", "urllib", "socket"}


def test_the_verifier_imports_neither_prover_nor_ezkl() -> None:
    """Verifying happens in a worker that is given no proving key; the parent loads no native prover at all."""
    code = "import sys, proofs.halo2.verifier; print([m for m in sys.modules if m == 'ezkl' or m.endswith('.prover')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_files_stay_small() -> None:
    lengths = sorted(len(path.read_text().splitlines()) for layer in LAYERS for path in sources(layer))
    assert statistics.median(lengths) <= 150
    assert lengths[int(len(lengths) * 0.9)] <= 400


@pytest.mark.parametrize("layer", LAYERS)
def test_functions_stay_small(layer: str) -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources(layer)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, kinds) and code_lines(node) > LARGEST_FUNCTION
    ]
    assert not long


def code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body after the docstring; a command's options are its documentation, not its length."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_assert_decides_anything() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for layer in LAYERS
        for path in sources(layer)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assert)
    ]
    assert not found


def test_nothing_called_datasets_or_contracts_is_installed() -> None:
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert targets["packages"] == list(LAYERS)
    assert not {place.split("/")[0] for place in targets["force-include"].values()} - set(LAYERS)
    assert not list((ROOT / "datasets").rglob("*.py"))
