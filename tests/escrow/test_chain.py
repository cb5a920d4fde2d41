"""Chains that are not there, not ours, or not willing; accounts that cannot pay; contracts that do not fit."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from golden_stage import Stage

from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_clock import advance_time, advance_to, mine, restore, set_balance
from escrow.reverts import Reverted
from escrow.rpc import shown_url
from proofs.errors import ChainError, InvalidInput, ResourceExceeded

ETHER = 10**18
RETURN_25_000_ZERO_BYTES = bytes.fromhex("6161a86000f3")
LOOP_FOR_20M_GAS = bytes.fromhex("620c35005b6001900380600457")
LOOP_FOREVER = bytes.fromhex("5b600056")


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def web_server() -> Iterator[str]:
    """A server that speaks HTTP but not JSON-RPC."""

    class Hello(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hello)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_unreachable_chain_hides_the_provider_key() -> None:
    port = unused_port()
    with pytest.raises(ChainError, match="unreachable") as refusal:
        Chain.connect(f"http://user:s3cret@127.0.0.1:{port}/v3/k3y")
    assert "s3cret" not in str(refusal.value)
    assert "k3y" not in str(refusal.value)
    assert f"http://127.0.0.1:{port}" in str(refusal.value)


def test_silent_chain_times_out() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        with pytest.raises(ChainError, match="unreachable"):
            Chain.connect(f"http://127.0.0.1:{deaf.getsockname()[1]}", timeout_s=0.3)


def test_server_that_is_no_chain(web_server: str) -> None:
    with pytest.raises(ChainError, match="does not speak Ethereum"):
        Chain.connect(web_server)


@pytest.mark.parametrize("url", ["", "localhost:8545", "ftp://x", "ws://127.0.0.1:1", "nonsense?key=s3cret"])
def test_address_that_is_none(url: str) -> None:
    with pytest.raises(InvalidInput, match="RPC address") as refusal:
        Chain.connect(url)
    assert "s3cret" not in str(refusal.value)


def test_shown_url_keeps_only_the_host() -> None:
    assert shown_url("https://me:pw@node.example:8443/v3/key?x=1") == "https://node.example:8443"


def test_wrong_chain_id(anvil: Anvil) -> None:
    with pytest.raises(ChainError, match="chain 31337, the job is on chain 1"):
        Chain.connect(anvil.url, expected_chain_id=1)


def test_chain_that_goes_away() -> None:
    with Anvil() as short_lived:
        chain = Chain.connect(short_lived.url)
        signer = chain.dev_signers()[0]
    with pytest.raises(ChainError, match="unreachable"):
        chain.send_ether(signer, signer.address, 1)
    with pytest.raises(ChainError, match="unreachable"):
        chain.now()


def test_insufficient_funds_for_the_value(stage: Stage) -> None:
    terms = stage.terms()
    set_balance(stage.chain, stage.buyer.address, terms.deposit - 1)
    with pytest.raises(ChainError, match=r"insufficient funds: 0x3C44\S+ has 0\.0\S+ ETH and needs") as refusal:
        stage.escrow.open(stage.buyer, terms)
    assert not isinstance(refusal.value, Reverted)


def test_insufficient_funds_for_the_gas(stage: Stage) -> None:
    terms = stage.terms()
    set_balance(stage.chain, stage.buyer.address, terms.deposit + 1)
    with pytest.raises(ChainError, match=r"insufficient funds: .* gas\)"):
        stage.escrow.open(stage.buyer, terms)
    assert stage.chain.balance(stage.escrow.address) == 0


def test_oversize_contract_is_refused(stage: Stage) -> None:
    with pytest.raises(ResourceExceeded, match="24,576 bytes"):
        stage.chain.deploy(stage.stranger, [], RETURN_25_000_ZERO_BYTES, step="oversize")
    with pytest.raises(ChainError):
        stage.chain.deploy(stage.stranger, [], RETURN_25_000_ZERO_BYTES, step="oversize", gas_limit=10_000_000)


@pytest.mark.parametrize("code", [LOOP_FOR_20M_GAS, LOOP_FOREVER])
def test_transaction_above_the_gas_cap_is_refused(stage: Stage, code: bytes) -> None:
    before = stage.chain.block_number()
    with pytest.raises(ResourceExceeded, match="16,777,216"):
        stage.chain.deploy(stage.stranger, [], code, step="loop")
    assert stage.chain.block_number() == before


def test_mined_out_of_gas_is_named(stage: Stage) -> None:
    with pytest.raises(Reverted) as refusal:
        stage.chain.deploy(stage.stranger, [], LOOP_FOREVER, step="loop", gas_limit=200_000)
    assert (refusal.value.name, refusal.value.gas_used) == ("OutOfGas", 200_000)


def test_wrong_value_and_wrong_sender_are_decoded(stage: Stage) -> None:
    terms = stage.terms()
    with pytest.raises(Reverted) as refusal:
        stage.chain.transact(
            stage.buyer, stage.escrow.contract, "open", terms.as_abi_tuple(), step="open", value_wei=terms.deposit - 1
        )
    assert refusal.value.reason.arguments == {"sent": terms.deposit - 1, "due": terms.deposit}
    assert f"WrongValue(sent={terms.deposit - 1}, due={terms.deposit})" in str(refusal.value)
    with pytest.raises(Reverted) as refusal:
        stage.escrow.open(stage.seller, terms)
    assert refusal.value.reason.arguments == {"caller": terms.seller, "mover": terms.buyer}


def test_contract_that_is_not_there(stage: Stage) -> None:
    from escrow.accuracy import AccuracyEscrow

    empty = AccuracyEscrow(stage.chain, "0x" + "12" * 20)
    with pytest.raises(ChainError, match="no such contract"):
        empty.job(bytes(32))
    with pytest.raises(ChainError, match="no contract at"):
        stage.chain.codehash(empty.address)


def test_unknown_job(stage: Stage) -> None:
    with pytest.raises(ChainError, match="knows no job"):
        stage.escrow.snapshot(b"\x01" * 32)


def test_clock_moves_forward_only(stage: Stage) -> None:
    start = stage.chain.now()
    assert advance_time(stage.chain, 1000) >= start + 1000
    assert stage.chain.now() >= start + 1000
    assert advance_to(stage.chain, start) >= start + 1000
    assert advance_to(stage.chain, start + 5000) >= start + 5000
    assert mine(stage.chain) >= start + 5000
    with pytest.raises(InvalidInput, match="only moves forward"):
        advance_time(stage.chain, -1)


def test_snapshot_is_good_once(stage: Stage) -> None:
    with pytest.raises(ChainError, match="no snapshot"):
        restore(stage.chain, "0x7777")


def test_clock_of_a_real_chain_is_left_alone(anvil: Anvil) -> None:
    chain = Chain.connect(anvil.url)
    chain.is_anvil = False
    with pytest.raises(ChainError, match="only a local development chain"):
        advance_time(chain, 1)


def test_confirmations_are_waited_for(anvil: Anvil) -> None:
    chain = Chain.connect(anvil.url, confirmations=1, receipt_timeout_s=0.4)
    signer = chain.dev_signers()[5]
    with pytest.raises(ChainError, match="not confirmed"):
        chain.send_ether(signer, signer.address, 1)
    quick = Chain.connect(anvil.url, confirmations=1)
    miner = threading.Timer(0.3, lambda: mine(Chain.connect(anvil.url)))
    miner.start()
    receipt = quick.send_ether(signer, signer.address, 1)
    miner.join()
    assert quick.block_number() > receipt.block
