"""Wheel, source distribution and what they carry: built for real, looked into, nothing installed."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CARRIED = (
    "escrow/_contracts/src/AccuracyEscrow.sol",
    "escrow/_contracts/out/AccuracyEscrow.json",
    "assay/_datasets/digits_test.npz",
    "assay/_models/digits_mlp.onnx",
    "proofs/py.typed",
)


def built_wheel(source: Path, folder: Path) -> zipfile.ZipFile:
    """The wheel pip builds from ``source``."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source)]
    subprocess.run(command, check=True, timeout=300)
    (wheel,) = folder.glob("*.whl")
    return zipfile.ZipFile(wheel)


def check(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert not set(CARRIED) - names
    tops = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"proofs", "protocols", "escrow", "assay"}
    assert not [name for name in names if name.endswith(".secret") or "node_modules" in name]


@pytest.mark.slow
def test_wheel_from_the_tree(tmp_path: Path) -> None:
    check(built_wheel(ROOT, tmp_path))


@pytest.mark.slow
def test_wheel_through_the_source_distribution(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path / "sdist")]
    subprocess.run(command, check=True, timeout=300, cwd=ROOT)
    (archive,) = (tmp_path / "sdist").glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    check(built_wheel(source, tmp_path / "wheel"))
