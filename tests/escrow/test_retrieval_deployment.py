"""What an honest party checks of a retrieval's contracts: equal code passes, everything else is named."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import cast

import pytest
from golden_job import DEPLOYER
from retrieval_stage import MIN_WINDOW_S, RetrievalStage
from web3.types import RPCEndpoint

from escrow.code_check import CodeMismatch
from escrow.retrieval import RetrievalEscrow
from escrow.retrieval_check import check_retrieval_escrow
from escrow.task_deployment import check_task, deploy_task, expected_task_codehash
from proofs.encoding import keccak256
from proofs.errors import ChainError
from proofs.halo2.task import TaskCircuit


def set_code(search: RetrievalStage, address: str, code: bytes) -> None:
    search.chain.w3.provider.make_request(RPCEndpoint("anvil_setCode"), [address, "0x" + code.hex()])


def test_escrow_and_judge_are_ours(search: RetrievalStage) -> None:
    check_retrieval_escrow(search.chain, search.escrow)
    assert search.escrow.min_window() == MIN_WINDOW_S
    other = RetrievalEscrow.deploy(search.chain, search.stranger, 3600)
    check_retrieval_escrow(search.chain, other)


def test_judge_of_another_code(search: RetrievalStage) -> None:
    """Whoever decides complaints decides who is paid."""
    code = search.chain.code(search.escrow.judge())
    set_code(search, search.escrow.judge(), code[:-1] + bytes([code[-1] ^ 1]))
    with pytest.raises(CodeMismatch, match="document judge"):
        check_retrieval_escrow(search.chain, search.escrow)


def test_escrow_that_names_another_judge(search: RetrievalStage) -> None:
    """An escrow with a judge of its own choice is another code, though all else is equal."""
    code, judge = search.chain.code(search.escrow.address), bytes.fromhex(search.escrow.judge()[2:])
    assert judge in code
    set_code(search, search.escrow.address, code.replace(judge, bytes.fromhex(search.deployed.adapter[2:])))
    with pytest.raises(CodeMismatch, match="document judge"):
        check_retrieval_escrow(search.chain, search.escrow)


@pytest.mark.parametrize("place", ["adapter", "nobody"])
def test_what_is_no_escrow(search: RetrievalStage, place: str) -> None:
    address = search.deployed.adapter if place == "adapter" else search.requester.address
    with pytest.raises((CodeMismatch, ChainError)):
        check_retrieval_escrow(search.chain, RetrievalEscrow(search.chain, address))


def test_task_is_deployed_once(search: RetrievalStage) -> None:
    deployer = search.signer(DEPLOYER)
    sent = search.chain.w3.eth.get_transaction_count(deployer.address)
    assert deploy_task(search.chain, deployer, search.compiled, search.circuit) == search.deployed
    assert search.chain.w3.eth.get_transaction_count(deployer.address) == sent


def test_interrupted_between_verifier_and_adapter(search: RetrievalStage) -> None:
    compiled = search.compiled
    verifier, _ = search.chain.deploy(search.stranger, compiled.abi, compiled.bytecode, step="verifier.deploy")
    found = deploy_task(search.chain, search.stranger, compiled, search.circuit)
    assert found.verifier == verifier and search.chain.w3.eth.get_transaction_count(search.stranger.address) == 2


def test_code_hash_is_known_before_deployment(search: RetrievalStage) -> None:
    expected = expected_task_codehash(search.deployed.verifier, search.compiled.codehash, search.circuit)
    assert expected == keccak256(search.chain.code(search.deployed.adapter)) == search.deployed.adapter_codehash


@pytest.mark.parametrize("change", [{"binding": "hashed"}, {"binding": "fixed"}, {"points": 2}])
def test_other_parameters_are_a_mismatch(search: RetrievalStage, change: dict[str, object]) -> None:
    mine = {"binding": search.golden.binding, "points": search.golden.points, **change}
    with pytest.raises(CodeMismatch, match="verifier adapter"):
        check_task(
            search.chain, search.deployed.adapter, search.compiled.codehash, cast(TaskCircuit, SimpleNamespace(**mine))
        )


def test_verifier_of_another_circuit_is_a_mismatch(search: RetrievalStage) -> None:
    with pytest.raises(CodeMismatch, match="verifier adapter"):
        check_task(search.chain, search.deployed.adapter, keccak256(b"our own build"), search.circuit)


def test_verifier_exchanged_behind_the_adapter(search: RetrievalStage) -> None:
    set_code(search, search.deployed.verifier, b"\x60\x01")
    with pytest.raises(CodeMismatch, match="generated verifier"):
        check_task(search.chain, search.deployed.adapter, search.compiled.codehash, search.circuit)


def test_deployer_notices_a_chain_that_stores_something_else(search: RetrievalStage) -> None:
    liar = dataclasses.replace(search.compiled, codehash=b"\x02" * 32)
    with pytest.raises(CodeMismatch, match="generated verifier"):
        deploy_task(search.chain, search.responder, liar, search.circuit)
