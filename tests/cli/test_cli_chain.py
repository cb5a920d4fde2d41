"""Chain and account at fault: unreachable, wrong password, no money, another's model, nobody there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from cli_kit import Kit, Result, assay

from assay.accounts import PASSWORD_VARIABLE
from assay.commands.audit_seat import Seat, report_ending
from assay.output import Output
from assay.postbox.way import Way
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.parties.listing import Listing
from escrow.signers import create_keystore
from proofs.commitment.model import ModelCommitment
from proofs.container import read_file
from protocols.accuracy.events import State

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


def test_selling_from_somebody_elses_listing(kit: Kit, rpc: str, escrow: str, tmp_path: Path) -> None:
    commitment = ModelCommitment.from_bytes(read_file(kit.model_commit, "model commitment"))
    listed = Listing(Chain.connect(rpc).chain_id, escrow, escrow, escrow, commitment)
    (tmp_path / "l").write_bytes(listed.to_bytes())
    files = ("--listing", tmp_path / "l", "--model", kit.model_onnx, "--commit", kit.model_commit)
    places = ("--channel", tmp_path / "c", "--state", tmp_path / "s", "--rpc", rpc, "--dev-account", 1, "--wait", 0)
    you = dev_account(Chain.connect(rpc), 1).address
    assay("seller", "run", *files, *places, "--json", "-").refused(4, f"'s, you are {you}")


@pytest.mark.parametrize("resumed", [True, False])
def test_the_change_of_a_job_taken_up_again_is_said_to_be_a_part(
    rpc: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], resumed: bool
) -> None:
    chain, job_id = Chain.connect(rpc), b"\x07" * 32
    way = Way(folder=tmp_path)
    seat = Seat(Output(None), chain, dev_account(chain, 1), way, tmp_path)
    if resumed:
        (tmp_path / job_id.hex()).mkdir()
        (tmp_path / job_id.hex() / "journal.jsonl").touch()
    assert seat.took_up(job_id) is resumed
    report_ending(seat, State.NONE, Ending(), job_id, chain.balance(seat.account), "ended", resumed=resumed)
    assert ("since this command began" in "".join(capsys.readouterr())) is resumed


@dataclass
class Ending:
    """Nothing on record."""
