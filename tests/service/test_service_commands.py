"""``assay serve`` and ``assay client ask`` as two parties run them, over a committed model."""

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
from eth_account.signers.local import LocalAccount
from helpers.tiny_audit import BACKEND, SHAPE
from helpers.tiny_models import examples, mlp
from service_kit import CLIENT, PROVIDER, TERMS

from assay.accounts import PASSWORD_VARIABLE
from assay.cli import run
from assay.service import client as client_module
from assay.service.client import RoundClient
from assay.service.client_record import Asked
from assay.service.contests import Evidence, hashed_row, recorded_answer
from assay.service.host import hosted_round, integer_model, rehearse
from assay.service.round import Round
from escrow.signers import create_keystore
from proofs.commitment.input_format import MAX_RAW
from proofs.commitment.view_format import ViewFormat
from proofs.errors import InvalidInput, ProverFailed
from proofs.halo2.commit import CommitOptions
from proofs.halo2.secret_model import SecretModel, write_secret_model
from proofs.poseidon import hash_elements
from protocols.eip712 import Domain
from protocols.errors import MessageRejected
from protocols.predictions.answers import SignedAnswer, sign_answer
from protocols.predictions.signing import RoundSigner

VIEW = ViewFormat(SHAPE.shape, "fixed", SHAPE.scale_bits, SHAPE.scale_bits, 1)
COUNT = 12


@dataclass
class Parties:
    """What both sides hold in one folder."""

    folder: Path
    secret: SecretModel
    round: Round

    def serve(self, *more: str) -> list[str]:
        names = ["serve", "model.onnx", "--commit", "model.commit", "--job", "round", "--data-dir", "provider"]
        return [*names, "--keystore", "provider.key", "--port", "0", "--json", "serving.json", *more]

    def client(self, url: str, *more: str) -> tuple[int, dict[str, Any]]:
        names = [url, "--job", "round", "--data", "x.npz", "--state", "client", "--keystore", "client.key"]
        code = run(["client", "ask", *names, "--json", "client.json", *more])
        return code, json.loads((self.folder / "client.json").read_text())


@pytest.fixture(scope="module")
def parties(strings: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parties]:
    folder = tmp_path_factory.mktemp("parties")
    secret = BACKEND.commit_model(mlp(0), SHAPE, CommitOptions(binding="fixed", proofs=4))
    (folder / "model.onnx").write_bytes(mlp(0))
    (folder / "other.onnx").write_bytes(mlp(1))
    write_secret_model(folder / "model.commit", secret)
    np.savez(folder / "x.npz", x=examples(COUNT)[0])
    terms = dataclasses.replace(
        TERMS,
        model_id=secret.commitment.model_id,
        weights_commitment=secret.commitment.weights_commitment,
        format_digest=VIEW.digest,
        round=COUNT,
    )
    of = Round(Domain(31337, "0x" + "77" * 20), terms, VIEW)
    (folder / "round").write_bytes(of.to_bytes())
    keys: dict[str, LocalAccount] = {"provider": PROVIDER, "client": CLIENT}
    for name, account in keys.items():
        create_keystore(folder / f"{name}.key", "open", key=bytes(account.key), iterations=2)
    before = os.getcwd(), os.environ.get(PASSWORD_VARIABLE)
    os.chdir(folder)
    os.environ[PASSWORD_VARIABLE] = "open"
    yield Parties(folder, secret, of)
    os.chdir(before[0])
    if before[1] is None:
        del os.environ[PASSWORD_VARIABLE]


@pytest.fixture
def url(parties: Parties) -> Iterator[str]:
    """A running service."""
    ready = parties.folder / "serving.json"
    ready.unlink(missing_ok=True)
    process = subprocess.Popen([sys.executable, "-m", "assay", *parties.serve()], stdout=subprocess.DEVNULL)
    for _ in range(600):
        if ready.exists() or process.poll() is not None:
            break
        time.sleep(0.1)
    yield json.loads(ready.read_text())["url"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) in (0, 143)


def test_a_round_from_question_to_evidence(parties: Parties, url: str) -> None:
    code, document = parties.client(url, "--contest-fraction", "0.2", "--model", "model.onnx", "--group", "5")
    assert code == 0, document
    assert document["answered"] == COUNT and document["contradicted"] == []
    evidence = Evidence.from_bytes((parties.folder / "client/contests.json").read_bytes())
    assert len(evidence.answers) == 3
    for signed in evidence.answers:
        stored = recorded_answer(parties.folder / "provider", parties.round.job_id, signed.answer.index)
        assert stored.signed == signed
        assert hash_elements(hashed_row(stored).tolist()) == signed.answer.h
    code, document = parties.client(url, "--contest", "1,7")
    assert code == 0 and document["answered"] == COUNT
    evidence = Evidence.from_bytes((parties.folder / "client/contests.json").read_bytes())
    assert [signed.answer.index for signed in evidence.answers] == [1, 7]
    for wrong in ("1,2,3,4,5", str(COUNT)):
        code, document = parties.client(url, "--contest", wrong)
        assert (code, document["exit_code"]) == (4, 4)
    code, document = parties.client(url)
    assert code == 0 and document["contests"] is None
    assert not (parties.folder / "client/contests.json").exists()


def test_one_bad_answer_does_not_cost_the_contests_of_the_others(
    parties: Parties, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lied_to(self: RoundClient, http: object, asked: Asked) -> SignedAnswer:
        if asked.index == 1:
            raise MessageRejected("signature", "not the provider's")
        signer = RoundSigner(PROVIDER, parties.round.domain)
        return sign_answer(signer, parties.round.job_id, asked.index, asked.h, [1] * SHAPE.classes)

    monkeypatch.setattr(RoundClient, "_ask", lied_to)
    monkeypatch.setattr(client_module, "ATTEMPTS", 1)
    more = ["--state", "lied-to", "--contest", "1,3", "--group", "1"]
    code, document = parties.client("http://127.0.0.1:1", *more)
    assert code != 0 and "not the provider's" in document["message"]
    evidence = Evidence.from_bytes((parties.folder / "lied-to/contests.json").read_bytes())
    assert [signed.answer.index for signed in evidence.answers] == [3]
    with np.load(parties.folder / "x.npz") as arrays:
        np.savez(parties.folder / "nan.npz", x=np.where(np.arange(COUNT)[:, None] == 2, np.nan, arrays["x"]))
    code, document = parties.client("http://127.0.0.1:1", "--data", "nan.npz", *more)
    assert code == 4 and document["message"].startswith("input 2: it is NaN")


def test_another_model_of_the_client_contradicts(parties: Parties, url: str) -> None:
    code, document = parties.client(url, "--model", "other.onnx")
    assert code == 0 and len(document["contradicted"]) > 4
    evidence = Evidence.from_bytes((parties.folder / "client/contests.json").read_bytes())
    assert [signed.answer.index for signed in evidence.answers] == document["contradicted"][:4]


def test_a_service_for_the_wrong_model_or_key_does_not_start(parties: Parties) -> None:
    secret, of = parties.secret, parties.round
    model = integer_model(secret)
    assert hosted_round(of, secret, model, PROVIDER, 1).credit == 1
    changes = {"model_id": bytes(32), "weights_commitment": bytes(32), "outputs": 4, "provider": "0x" + "88" * 20}
    for name, value in changes.items():
        other = Round(of.domain, dataclasses.replace(of.terms, **{name: value}), of.view)
        with pytest.raises(InvalidInput):
            hosted_round(other, secret, model, PROVIDER, 1)
    for credit in (0, COUNT + 1):
        with pytest.raises(InvalidInput, match="credit"):
            hosted_round(of, secret, model, PROVIDER, credit)
    assert run(parties.serve("--keystore", "client.key")) == 4
    assert run(parties.serve("--credit", "0")) == 64


def test_an_integer_model_that_is_not_the_circuit_is_found_before_serving(parties: Parties) -> None:
    model = integer_model(parties.secret)
    rehearse(parties.secret, model)
    name = max(model.exact, key=lambda key: model.exact[key].size)
    wrong = dataclasses.replace(model, exact={**model.exact, name: model.exact[name] + 1})
    with pytest.raises(ProverFailed, match="disagree"):
        rehearse(parties.secret, wrong)


def test_rehearsal_reaches_where_there_is_no_proof(strings: object) -> None:
    """An integer model that answers, or refuses, other extreme inputs than the circuit does is found as well."""
    secret = BACKEND.commit_model(mlp(3), SHAPE, CommitOptions(binding="fixed", proofs=4))
    model, parameters = integer_model(secret), secret.description.parameters
    extreme = np.full((1, SHAPE.features), MAX_RAW - 1)
    reached = max(map(abs, model.run(extreme).integers(0)))
    rehearse(secret, model)
    assert reached < parameters.base**parameters.legs
    for limit in (1 << 90, reached // 2):
        with pytest.raises(ProverFailed, match=r"disagree|too large"):
            rehearse(secret, dataclasses.replace(model, limit=limit, unchecked=-1))
