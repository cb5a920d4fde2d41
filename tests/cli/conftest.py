"""One tiny model and one tiny test set, committed and proven once for the session with the contract's bare commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cli_kit import Kit, assay, labelled
from helpers.tiny_models import mlp

from escrow.anvil import Anvil
from proofs.errors import MissingArtifact
from proofs.halo2 import srs


@pytest.fixture(scope="session")
def kit(assay_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """The contract's commands, literally, on the tiny model."""
    folder = tmp_path_factory.mktemp("kit")
    paths = {name: folder / name for name in ("model.onnx", "other.onnx", "data.npz", "model.commit", "data.commit")}
    paths["model.onnx"].write_bytes(mlp(0))
    paths["other.onnx"].write_bytes(mlp(1))
    x, y = labelled(mlp(0))
    np.savez(paths["data.npz"], x=x, y=y)
    for logrows in range(11, 15):
        _reference_string(logrows)
    model, commit, data = paths["model.onnx"], paths["model.commit"], paths["data.npz"]
    answers = {
        "commit model": assay("commit", "model", model, "-o", commit, "--json", "-"),
        "commit data": assay("commit", "data", data, "-o", paths["data.commit"], "--json", "-"),
    }
    prove = ("prove", "accuracy", "--model", model, "--commit", commit, "--data", data, "--json", "-")
    answers["prove public"] = assay(*prove, "-o", folder / "public.assay")
    answers["prove"] = assay(*prove, "-o", folder / "proof.assay", "--data-commit", paths["data.commit"])
    for name, answer in answers.items():
        assert answer.code == 0, (name, answer.err)
    return Kit(folder, answers)


@pytest.fixture(scope="session")
def rpc() -> Iterator[str]:
    with Anvil() as anvil:
        yield anvil.url


def _reference_string(logrows: int) -> None:
    try:
        srs.find(logrows)
    except MissingArtifact:
        srs.make_insecure(logrows)
