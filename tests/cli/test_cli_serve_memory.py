"""What could not be proven is not served: said before anybody is answered, unless --force is given."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_kit import Kit, assay
from helpers.tiny_sumcheck import network

from assay.commands.serve_memory import require_rounds
from proofs.errors import ResourceExceeded
from proofs.free_memory import tried_anyway
from proofs.halo2.secret_model import read_secret_model

LIMIT = "ASSAY_MEMORY_LIMIT_MB"
OPEN = Path(__file__).resolve().parents[2] / "examples/models/safetynets/cnn-2-quad-mnist.onnx"


def test_an_open_network_of_which_no_input_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[object] = []
    monkeypatch.setattr("assay.service.host.run", lambda *_: served.append("run"))
    monkeypatch.setenv(LIMIT, "0.01")
    serve = ("serve", "--network", OPEN, "--port", 0, "--json", "-")
    assay(*serve).refused(6, "give --force to try all the same")
    assert not served
    assert assay(*serve, "--force").code == 0 and served


def test_a_model_whose_contested_answers_could_not_be_proven(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = read_secret_model(kit.model_commit, kit.model_onnx.read_bytes())
    require_rounds(secret, network().commitment)
    monkeypatch.setenv(LIMIT, "60")
    with pytest.raises(ResourceExceeded, match="proving a batch in 2"):
        require_rounds(secret, None)
    with tried_anyway(True):
        require_rounds(secret, network().commitment)


def test_a_network_of_which_no_round_could_be_proven(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = read_secret_model(kit.model_commit, kit.model_onnx.read_bytes())
    monkeypatch.setattr("assay.commands.serve_memory.require_proving", lambda circuit: None)
    monkeypatch.setenv(LIMIT, "60")
    require_rounds(secret, None)
    with pytest.raises(ResourceExceeded, match="proving 1 examples at once"):
        require_rounds(secret, network().commitment)
