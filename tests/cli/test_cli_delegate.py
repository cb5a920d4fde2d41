"""``assay serve --network`` and ``assay client delegate`` as two processes, and what each refuses."""

from __future__ import annotations

import json
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cli_kit import Result, assay
from helpers.tiny_safetynets import images, proven_cnn, square_cnn, square_mlp

from proofs.sumcheck import fields
from proofs.sumcheck.safetynets.onnx_import import import_network

FIELDS = {"soundness_bits", "server_bytes", "challenge_bytes", "exchanged_bytes", "wire_bytes", "messages"} | {
    "prepare_s", "check_s", "wait_s", "total_s", "classes", "logits", "logit_scale", "total", "clipped", "network"
}  # fmt: skip
CHILD = """
import sys
from proofs.sumcheck import fields
def missing(name):
    raise ImportError(name)
fields._fast = missing
from assay.cli import run
sys.exit(run(sys.argv[1:]))
"""
"""The command line without compiled kernels, which a first use would wait for."""


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same for the commands in this process."""

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(fields, "_fast", missing)
    fields.field.cache_clear()
    yield
    fields.field.cache_clear()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("delegate")
    (folder / "model.onnx").write_bytes(square_cnn())
    (folder / "other.onnx").write_bytes(square_cnn(1))
    (folder / "two.onnx").write_bytes(square_mlp())
    np.savez(folder / "data.npz", x=images())
    return folder


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    """A service in a process of its own, stopped as a person would."""
    models = ("--network", folder / "model.onnx", "--network", folder / "two.onnx")
    command = [sys.executable, "-c", CHILD, "serve", *models, "--port", "0", "--json", str(folder / "serve.json")]
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], 60)[0], "the service did not start"
    assert b"serving 2 networks" in process.stdout.readline()
    while not (folder / "serve.json").exists():
        pass
    document = json.loads((folder / "serve.json").read_text())
    assert document["jobs"] == [] and len(document["networks"]) == 2
    yield document["url"]
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert b"Traceback" not in errors


def delegate(folder: Path, url: str, *options: object, model: str = "model.onnx") -> Result:
    files = ("--model", folder / model, "--data", folder / "data.npz")
    return assay("client", "delegate", url, *files, "--json", "-", *options)


def test_outputs_are_those_of_a_proof(folder: Path, url: str) -> None:
    done = delegate(folder, url, "-o", folder / "outputs.npz")
    assert done.code == 0, done.err
    assert done.document.keys() == FIELDS | {"verdict"}
    assert done.document["verdict"] == "accepted"
    assert done.document["logits"] == proven_cnn().bundle.integers.tolist()
    assert done.document["network"] == "0x" + import_network(square_cnn()).digest.hex()
    assert 110 < done.document["soundness_bits"] < 122
    assert "this convinces you only" in done.err
    with np.load(folder / "outputs.npz") as saved:
        assert saved["logits"].shape == (3, 3)


def test_refusals_and_their_exit_codes(folder: Path, url: str) -> None:
    delegate(folder, url, model="other.onnx").refused(4, "does not run that network")
    delegate(folder, url, "--alpha", "6").refused(4, "does not run that network")
    delegate(folder, url, "-o", folder / "data.npz").refused(4, "written over")
    delegate(folder, url + "/elsewhere").refused(4, "does not host networks")
    delegate(folder, "http://127.0.0.1:1").refused(4, "no service answers")
    delegate(folder, "nowhere").refused(4, "no address of a service")


def test_a_rejected_answer_has_the_exit_code_of_verify(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from assay.service.delegation import client

    honest = client.read_outputs
    monkeypatch.setattr(client, "read_outputs", lambda *arguments: honest(*arguments) + 1)
    rejected = delegate(folder, url, "-o", folder / "rejected.npz")
    rejected.refused(2, "rejected by check")
    assert rejected.document["verdict"] == "rejected" and not (folder / "rejected.npz").exists()


def test_what_serve_does_not_start_with(folder: Path) -> None:
    model = folder / "model.onnx"
    assay("serve", "--json", "-").refused(4, "nothing to serve")
    assay("serve", "--network", model, "--network", model, "--json", "-").refused(4, "given twice")
    assay("serve", model, "--network", model, "--json", "-").refused(4, "--job")
    assay("serve", "--network", folder / "none.onnx", "--json", "-").refused(4, "is not a file")
