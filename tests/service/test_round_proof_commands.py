"""``assay serve --sumcheck-model`` and ``assay client check-round`` as two parties run them, on a real circuit."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.proven_rounds import write_network
from helpers.tiny_audit import reference_string
from helpers.tiny_hiding import PROOFS, hiding_subject
from helpers.tiny_models import mlp
from helpers.tiny_sumcheck import network
from round_proof_kit import COUNT, ROUND, VIEW
from service_kit import CLIENT, PROVIDER

from assay.accounts import PASSWORD_VARIABLE
from assay.cli import run
from assay.service.contests import Evidence
from assay.service.round import Round
from escrow.parties.corpus_listing import Prices
from escrow.parties.predictions.listing import RoundListing
from escrow.signers import create_keystore
from proofs.commitment.model import ModelCommitment
from proofs.halo2 import integer_network
from proofs.sumcheck_backend.secret_network import write_secret_network

SERVE = ["serve", "same.onnx", "--commit", "model.commit", "--job", "round", "--data-dir", "provider"]
PROVEN = ["--sumcheck-model", "network.commit", "--sumcheck-onnx", "network.onnx"]
SERVICE = [*SERVE, "--keystore", "provider.key", "--port", "0", "--json", "serving.json"]


@dataclass
class Parties:
    """What both sides hold in one folder."""

    folder: Path
    round: Round

    def client(self, command: str, url: str, *more: str) -> tuple[int, dict[str, Any]]:
        names = ["client", command, url, "--state", "client", "--keystore", "client.key", "--json", "client.json"]
        code = run([*names, "--job", "round", "--sumcheck-model", "network.commit", *more])
        return code, json.loads((self.folder / "client.json").read_text())


@pytest.fixture(scope="module")
def parties(assay_home: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parties]:
    folder = tmp_path_factory.mktemp("proven-parties")
    write_network(folder, hiding_subject().model)
    for logrows in (11, 12, 13):
        reference_string(logrows)
    held = ["--sumcheck-model", f"{folder}/network.commit", "--sumcheck-onnx", f"{folder}/network.onnx"]
    made = ["--graph", f"{folder}/same.onnx", "-o", f"{folder}/model.commit", "--owner", PROVIDER.address]
    assert run(["provider", "same-function", *held, *made, "--proofs", "32"]) == 0
    commitment = ModelCommitment.from_bytes((folder / "model.commit").read_bytes())
    (folder / "other.onnx").write_bytes(mlp(1))
    write_secret_network(folder / "other.commit", network(1))
    x = np.random.default_rng(2).uniform(-1, 1, (COUNT, 8)).astype(np.float32)
    np.savez(folder / "x.npz", x=x)
    terms = dataclasses.replace(
        ROUND.terms, model_id=commitment.model_id, weights_commitment=commitment.weights_commitment
    )
    of = Round(ROUND.domain, terms, VIEW)
    (folder / "round").write_bytes(of.to_bytes())
    prices = Prices(proving_cost=1, price=1, max_deposit=1)
    listing = RoundListing(31337, ROUND.domain.escrow, "0x" + "33" * 20, commitment, prices)
    (folder / "listing").write_bytes(listing.to_bytes())
    for name, account in (("provider", PROVIDER), ("client", CLIENT)):
        create_keystore(folder / f"{name}.key", "open", key=bytes(account.key), iterations=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv(PASSWORD_VARIABLE, "open")
        yield Parties(folder, of)


@pytest.fixture
def url(parties: Parties) -> Iterator[str]:
    ready = parties.folder / "serving.json"
    ready.unlink(missing_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, "-m", "assay", *SERVICE, *PROVEN]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    for _ in range(600):
        if ready.exists() or process.poll() is not None:
            break
        time.sleep(0.1)
    serving = json.loads(ready.read_text())
    assert (serving["zero_knowledge"], serving["proof_budget_left"]) == (True, PROOFS)
    yield serving["url"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) in (0, 143)


def test_a_round_asked_proven_and_paid(parties: Parties, url: str) -> None:
    code, asked = parties.client("ask", url, "--data", "x.npz", "--hold-receipts")
    assert code == 0 and asked["answered"] == COUNT, asked
    check = ["--listing", "listing"]
    code, checked = parties.client("check-round", url, *check, "--link", "0")
    assert code == 0, checked
    found = [checked[name] for name in ("verdict", "proven", "receipt", "contests")]
    assert found == ["accepted", COUNT, COUNT, []] and checked["zero_knowledge"] is True
    code, checked = parties.client("check-round", url, *check)
    assert code == 0 and len(checked["contests"]) == 1
    evidence = Evidence.from_bytes((parties.folder / "client/contests.json").read_bytes())
    assert [signed.answer.index for signed in evidence.answers] == checked["contests"]
    code, away = parties.client("check-round", "http://127.0.0.1:1", *check, "--link", "0", "--wait", "0")
    assert code == 4 and "no receipt" in away["message"]  # proven all the same, from the client's own disk


def test_what_is_of_another_network_is_refused(parties: Parties) -> None:
    assert run([*SERVICE, "--sumcheck-model", "other.commit", "--sumcheck-onnx", "other.onnx"]) == 4
    assert run([*SERVICE, *PROVEN[:2]]) == 4
    asking = ["http://127.0.0.1:1", "--listing", "listing", "--state", "empty"]
    code, document = parties.client("check-round", *asking)
    assert code == 4 and "no question of this round is answered" in document["message"]


def test_a_network_too_large_for_a_circuit_is_told_that_nothing_can_be_contested(
    parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integer_network, "check_fits", lambda network: ("batches of 1 need about 2^26 rows",))
    made = ["--graph", "large.onnx", "-o", "large.commit", "--owner", PROVIDER.address, "--json", "large.json"]
    assert run(["provider", "same-function", *PROVEN, *made]) == 5
    message = json.loads(Path("large.json").read_text())["message"]
    assert "2^26 rows" in message and "by agreement only" in message
    assert not Path("large.onnx").exists() and not Path("large.commit").exists()
