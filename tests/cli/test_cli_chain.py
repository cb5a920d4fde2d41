"""Chain and account at fault: unreachable, wrong password, no money, another's model, nobody there."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_kit import Kit, Result, assay

from assay.accounts import PASSWORD_VARIABLE
from escrow.signers import create_keystore

NOWHERE = "http://127.0.0.1:1"
NO_CODE = "0x00000000000000000000000000000000000000AA"


@pytest.fixture(scope="session")
def escrow(rpc: str) -> str:
    """The address of an escrow on the test chain, deployed by the command."""
    deployed = assay("deploy", "--rpc", rpc, "--dev-account", 0, "--min-window", 60, "--json", "-")
    assert deployed.code == 0, deployed.err
    assert deployed.document["gas_used"] > 0
    return str(deployed.document["escrow"])


@pytest.fixture
def poor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The keystore of an account without any money."""
    path = tmp_path / "poor.json"
    create_keystore(path, "secret", iterations=2)
    monkeypatch.setenv(PASSWORD_VARIABLE, "secret")
    return path


def test_unreachable_chain(kit: Kit, tmp_path: Path) -> None:
    assay("deploy", "--rpc", NOWHERE, "--dev-account", 0, "--json", "-").refused(11, "unreachable")
    assay("deploy", "--rpc", "nowhere", "--dev-account", 0, "--json", "-").refused(4, "http://")
    shared = ("--channel", tmp_path / "c", "--state", tmp_path / "s", "--rpc", NOWHERE, "--dev-account", 1)
    model = ("--model", kit.model_onnx, "--commit", kit.model_commit)
    listed = ("--listing", tmp_path / "l")
    assay("seller", "run", *listed, *model, *shared, "--json", "-").refused(11, "unreachable")
    wanted = ("--data-commit", kit.data_commit, "--target", 1)
    assay("buyer", "audit", *listed, *wanted, *shared, "--json", "-").refused(11, "unreachable")


def test_accounts(rpc: str, poor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deploy(*options: object) -> Result:
        return assay("deploy", "--rpc", rpc, *options, "--json", "-")

    deploy().refused(4, "give your account")
    deploy("--dev-account", 0, "--keystore", poor).refused(4, "give your account")
    deploy("--dev-account", 99).refused(4, "does not exist: 0 to 9")
    deploy("--keystore", poor).refused(11, "funds")
    deploy("--keystore", tmp_path / "none.json").refused(8, "does not exist")
    monkeypatch.setenv(PASSWORD_VARIABLE, "wrong")
    deploy("--keystore", poor).refused(4, "wrong password")
    (tmp_path / "text.json").write_text("{}")
    deploy("--keystore", tmp_path / "text.json").refused(4, "keystore")


def test_publishing_somebody_elses_model(kit: Kit, rpc: str, escrow: str, tmp_path: Path) -> None:
    options = ("--commit", kit.model_commit, "--stake", 1, "-o", tmp_path / "l", "--rpc", rpc, "--dev-account", 1)
    assay("seller", "publish", *options, "--escrow", escrow, "--json", "-").refused(11, "--owner")
    assay("seller", "publish", *options, "--escrow", "0x12", "--json", "-").refused(4, "address")
    assert not (tmp_path / "l").exists()


def test_listing_that_is_none(kit: Kit, rpc: str, tmp_path: Path) -> None:
    shared = ("--channel", tmp_path / "c", "--state", tmp_path / "s", "--rpc", rpc, "--dev-account", 2)
    wanted = ("--data-commit", kit.data_commit, "--target", 1, *shared, "--json", "-")
    assay("buyer", "audit", "--listing", tmp_path / "none", *wanted).refused(4, "none")
    assay("buyer", "audit", "--listing", kit.model_commit, *wanted).refused(3, "listing")
