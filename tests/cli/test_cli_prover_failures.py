"""The prover hung, killed, out of budget, without its reference string, or asked for what is not true."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from cli_kit import Kit, Result, assay, labelled
from helpers.tiny_models import classifier, mlp
from onnx import helper

from proofs.budget import Budget
from proofs.commitment.model import ModelCommitment
from proofs.halo2.description import CircuitDescription


@pytest.fixture
def fresh_data(tmp_path: Path) -> Path:
    """Examples nothing was proven on yet."""
    x, y = labelled(mlp(0), seed=time.time_ns() % 2**32)
    np.savez(tmp_path / "fresh.npz", x=x, y=y)
    return tmp_path / "fresh.npz"


def prove(kit: Kit, data: Path, *extra: object) -> Result:
    arguments = ("--model", kit.model_onnx, "--commit", kit.model_commit, "--data", data, *extra)
    return assay("prove", "accuracy", *arguments, "-o", data.with_suffix(".assay"), "--json", "-")


def budget(kit: Kit) -> Budget:
    commitment = ModelCommitment.from_bytes(kit.model_commit.read_bytes())
    return Budget(commitment.weights_commitment, CircuitDescription.from_json(commitment.details).budget)


def test_hung_prover_is_stopped(kit: Kit, fresh_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_PROVER_TIMEOUT_S", "0.3")
    refused = prove(kit, fresh_data)
    refused.refused(7, "still running after")
    assert "ASSAY_PROVER_TIMEOUT_S" in refused.document["message"]
    assert refused.document["stage"]


@pytest.mark.parametrize("value", ["soon", "-1", "0", "nan"])
def test_time_limit_that_is_none(kit: Kit, fresh_data: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ASSAY_PROVER_TIMEOUT_S", value)
    prove(kit, fresh_data).refused(4, "ASSAY_PROVER_TIMEOUT_S")


def test_killed_prover_then_resumed(kit: Kit, fresh_data: Path) -> None:
    """The opening of the killed proof stays spent: it may have leaked. The next run proves."""
    before = budget(kit).spent
    stop = threading.Event()

    def kill_once_spent() -> None:
        while not stop.is_set():
            if budget(kit).spent > before:
                for child in psutil.Process().children():
                    if "proofs.halo2.worker" in child.cmdline():
                        child.kill()
                        return
            time.sleep(0.01)

    killer = threading.Thread(target=kill_once_spent)
    killer.start()
    try:
        refused = prove(kit, fresh_data)
    finally:
        stop.set()
        killer.join()
    refused.refused(7, "signal 9")
    assert budget(kit).spent == before + 1
    assert not fresh_data.with_suffix(".assay").exists()
    assert prove(kit, fresh_data).code == 0
    assert budget(kit).spent == before + 2


def test_budget_spent(kit: Kit, fresh_data: Path) -> None:
    journal = budget(kit).path
    kept = journal.read_bytes()
    try:
        journal.write_bytes(kept + b'{"at":0,"purpose":"test"}\n' * budget(kit).left)
        prove(kit, fresh_data).refused(9, "Commit the model again")
        assert budget(kit).spent == budget(kit).limit
    finally:
        journal.write_bytes(kept)


def test_false_claims_have_no_proof(kit: Kit, fresh_data: Path) -> None:
    before = budget(kit).spent
    prove(kit, fresh_data, "--at-least", 9).refused(4, "has no proof")
    prove(kit, fresh_data, "--top-k", 2).refused(4, "top-1")
    prove(kit, fresh_data, "--backend", "nosuch").refused(4, "nosuch")
    assert budget(kit).spent == before


def test_wrong_model_for_the_commitment(kit: Kit, tmp_path: Path) -> None:
    arguments = ("--model", kit.other_onnx, "--commit", kit.model_commit, "--data", kit.data_npz)
    refused = assay("prove", "accuracy", *arguments, "-o", tmp_path / "p", "--json", "-")
    refused.refused(4, "is not the one committed")


def test_secret_part_missing_or_foreign(kit: Kit, tmp_path: Path) -> None:
    alone = tmp_path / "model.commit"
    alone.write_bytes(kit.model_commit.read_bytes())
    arguments = ("--model", kit.model_onnx, "--commit", alone, "--data", kit.data_npz, "-o", tmp_path / "p")
    assay("prove", "accuracy", *arguments, "--json", "-").refused(8, "secret part")
    foreign = alone.with_name("model.commit.secret")
    foreign.write_bytes(kit.data_commit.with_name("data.commit.secret").read_bytes())
    assay("prove", "accuracy", *arguments, "--json", "-").refused(4, "lacks the arrays")
    foreign.write_bytes(b"")
    assay("prove", "accuracy", *arguments, "--json", "-").refused(4, "NumPy .npz archive")


def test_missing_reference_string(kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "empty"))
    commit = assay("commit", "model", kit.model_onnx, "-o", tmp_path / "model.commit", "--json", "-")
    commit.refused(8, "assay ceremony --import")
    verified = assay("verify", kit.public_assay, "--commit", kit.model_commit, "--data", kit.data_npz, "--json", "-")
    verified.refused(8, "assay ceremony --import")
    assert not (tmp_path / "model.commit").exists()


def test_unsupported_model_names_the_node(tmp_path: Path) -> None:
    nodes = [helper.make_node("MatMul", ["x", "w"], ["a"]), helper.make_node("Det", ["a"], ["y"], name="volume")]
    model = tmp_path / "model.onnx"
    model.write_bytes(classifier(nodes, {"w": np.eye(8, 3, dtype=np.float32)}))
    checked = assay("check", model, "--json", "-")
    assert (checked.code, checked.document["verdict"]) == (5, "unsupported")
    assert "Det 'volume'" in checked.out + checked.err
    assay("commit", "model", model, "-o", tmp_path / "c", "--json", "-").refused(5, "Det 'volume'")


def test_model_that_needs_tables_is_refused_with_the_way_round(tmp_path: Path) -> None:
    nodes = [helper.make_node("MatMul", ["x", "w"], ["a"]), helper.make_node("Sigmoid", ["a"], ["y"])]
    model = tmp_path / "model.onnx"
    model.write_bytes(classifier(nodes, {"w": np.eye(8, 3, dtype=np.float32)}))
    assay("commit", "model", model, "-o", tmp_path / "c", "--json", "-").refused(5, "Sigmoid")
