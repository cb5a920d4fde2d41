"""Finding node and the npm packages, and saying what to do when they are absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from escrow import node_tools
from proofs.errors import MissingArtifact


@pytest.fixture(autouse=True)
def forget() -> None:
    node_tools.node_executable.cache_clear()


def executable(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def package(tree: Path, name: str) -> Path:
    folder = tree / name
    folder.mkdir(parents=True)
    (folder / "package.json").write_text("{}")
    return folder


def test_this_machine_has_everything() -> None:
    assert os.access(node_tools.node_executable(), os.X_OK)
    assert os.access(node_tools.anvil_executable(), os.X_OK)
    assert (node_tools.npm_package("@openzeppelin/contracts") / "package.json").is_file()


def test_node_beside_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr(node_tools.sys, "executable", str(tmp_path / "bin" / "python"))
    node = executable(tmp_path / "bin" / "node")
    assert node_tools.node_executable() == node


def test_no_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node_tools.sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(node_tools.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingArtifact, match="make setup"):
        node_tools.node_executable()


def test_named_tree_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(node_tools.NODE_MODULES_ENV, str(tmp_path))
    assert node_tools.node_modules() == tmp_path
    monkeypatch.setenv(node_tools.NODE_MODULES_ENV, str(tmp_path / "none"))
    with pytest.raises(MissingArtifact, match="ASSAY_NODE_MODULES"):
        node_tools.node_modules()


def test_no_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(node_tools.NODE_MODULES_ENV, raising=False)
    monkeypatch.setattr(node_tools, "node_modules_candidates", lambda: (tmp_path / "a", tmp_path / "b"))
    with pytest.raises(MissingArtifact, match="make setup"):
        node_tools.node_modules()
    (tmp_path / "b").mkdir()
    assert node_tools.node_modules() == tmp_path / "b"


def test_anvil_from_the_tree_then_from_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    monkeypatch.setenv(node_tools.NODE_MODULES_ENV, str(tree))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(MissingArtifact, match=r"no anvil binary.*make setup"):
        node_tools.anvil_executable()
    on_path = executable(tmp_path / "bin" / "anvil")
    assert node_tools.anvil_executable() == on_path
    folder = package(tree, f"@foundry-rs/anvil-{node_tools.foundry_platform()}")
    assert node_tools.anvil_executable() == on_path
    in_tree = executable(folder / "bin" / "anvil")
    assert node_tools.anvil_executable() == in_tree


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [("Linux", "x86_64", "linux-amd64"), ("Linux", "aarch64", "linux-arm64"), ("Darwin", "arm64", "darwin-arm64")],
)
def test_platform_names(monkeypatch: pytest.MonkeyPatch, system: str, machine: str, expected: str) -> None:
    monkeypatch.setattr(node_tools.platform, "system", lambda: system)
    monkeypatch.setattr(node_tools.platform, "machine", lambda: machine)
    assert node_tools.foundry_platform() == expected


def test_unknown_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_tools.platform, "machine", lambda: "sparc64")
    with pytest.raises(MissingArtifact, match="PATH"):
        node_tools.foundry_platform()
