"""Keystore files: the right one signs, every other is refused without a word about its secret."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from golden_stage import Stage

from escrow.chain import Chain
from escrow.signers import LocalSigner, checked_address, create_keystore, load_keystore
from proofs.errors import ChainError, InvalidInput, MissingArtifact

PASSWORD = "correct horse"
KEY = bytes.fromhex("11" * 32)


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "seller.json"
    create_keystore(path, PASSWORD, key=KEY, iterations=2)
    return path


def test_round_trip_and_mode(keystore: Path) -> None:
    signer = load_keystore(keystore, PASSWORD)
    assert signer.address.lower().removeprefix("0x") == json.loads(keystore.read_text())["address"].lower()
    assert keystore.stat().st_mode & 0o777 == 0o600
    assert KEY.hex() not in repr(signer)


def test_wrong_password(keystore: Path) -> None:
    with pytest.raises(InvalidInput, match="wrong password") as refusal:
        load_keystore(keystore, "battery staple")
    assert "battery" not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_key_of_somebody_else(keystore: Path) -> None:
    with pytest.raises(InvalidInput, match="this step needs 0x70997970"):
        load_keystore(keystore, PASSWORD, expected_address="0x70997970C51812dc3A010C7d01b50e0d17dc79C8")


def test_missing_keystore(tmp_path: Path) -> None:
    with pytest.raises(MissingArtifact, match="does not exist"):
        load_keystore(tmp_path / "none.json", PASSWORD)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"version": 3}',
        '{"version": 3, "crypto": {}}',
        '{"version": 1, "crypto": {}}',
        "\xff",
    ],
)
def test_file_that_is_no_keystore(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(InvalidInput):
        load_keystore(path, PASSWORD)


def test_damaged_keystore(keystore: Path, tmp_path: Path) -> None:
    stored = json.loads(keystore.read_text())
    stored["crypto"]["ciphertext"] = "00" * 32
    path = tmp_path / "damaged.json"
    path.write_text(json.dumps(stored))
    with pytest.raises(InvalidInput, match="damaged"):
        load_keystore(path, PASSWORD)


def test_keystore_is_never_overwritten(keystore: Path) -> None:
    before = keystore.read_bytes()
    with pytest.raises(InvalidInput, match="never overwritten"):
        create_keystore(keystore, PASSWORD, iterations=2)
    assert keystore.read_bytes() == before
    with pytest.raises(InvalidInput, match="password"):
        create_keystore(keystore.with_name("other.json"), "")


def test_local_key_pays_and_numbers_its_transactions(stage: Stage, keystore: Path) -> None:
    signer = load_keystore(keystore, PASSWORD)
    assert isinstance(signer, LocalSigner)
    with pytest.raises(ChainError, match="insufficient funds"):
        stage.chain.send_ether(signer, stage.buyer.address, 0, step="first")
    stage.chain.send_ether(stage.stranger, signer.address, 10**18)
    receipts = [stage.chain.send_ether(signer, stage.buyer.address, 1) for _ in range(3)]
    assert [receipt.gas_used for receipt in receipts] == [21_000] * 3
    spent = sum(receipt.fee_wei for receipt in receipts) + 3
    assert stage.chain.balance(signer.address) == 10**18 - spent
    assert stage.chain.ledger.fees_of(signer.address) == spent - 3


def test_two_processes_with_one_key_do_not_collide(stage: Stage, keystore: Path) -> None:
    signer = load_keystore(keystore, PASSWORD)
    stage.chain.send_ether(stage.stranger, signer.address, 10**18)
    start = stage.chain.w3.eth.get_transaction_count(signer.address)
    chains = [Chain.connect(stage.chain.url) for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(chains[i % 2].send_ether, signer, stage.buyer.address, 1) for i in range(12)]
        assert len({job.result().transaction for job in work}) == 12
    assert stage.chain.w3.eth.get_transaction_count(signer.address) == start + 12


def test_local_key_registers_a_model(stage: Stage, keystore: Path) -> None:
    signer = load_keystore(keystore, PASSWORD)
    stage.chain.send_ether(stage.stranger, signer.address, 10**18)
    model_id, _ = stage.registry.register(signer, *stage.golden.digests, stake_wei=7)
    assert model_id != stage.golden.model_id
    assert stage.registry.model(model_id).owner == signer.address


@pytest.mark.parametrize("text", ["", "0x12", "0x" + "zz" * 20, "0x3c44CdDdB6a900fa2b585dd299e03d12FA4293BC"])
def test_bad_addresses(text: str) -> None:
    with pytest.raises(InvalidInput, match="address"):
        checked_address(text)
