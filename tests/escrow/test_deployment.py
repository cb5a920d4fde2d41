"""An honest buyer's check of somebody else's contracts: equal code passes, everything else is named."""

from __future__ import annotations

import dataclasses
import re

import pytest
from golden_job import DEPLOYER
from golden_stage import Stage
from web3.types import RPCEndpoint

from escrow.accuracy import AccuracyEscrow
from escrow.adapter import Halo2Adapter
from escrow.code_check import CodeMismatch
from escrow.deployment import check_deployment, check_escrow, deploy_circuit, expected_adapter_codehash
from escrow.registry import ModelRegistry
from escrow.reverts import Reverted
from escrow.solc import compile_verifier
from proofs.encoding import keccak256
from proofs.errors import ChainError, InvalidInput

PARAMETERS = {"binding": "polycommit", "points": 1, "scale_bits": 7}


def test_honest_deployment_passes(stage: Stage) -> None:
    found = check_deployment(stage.chain, stage.circuit.adapter, stage.compiled.codehash, **PARAMETERS)
    assert found == stage.circuit
    assert stage.chain.code(found.verifier) == stage.compiled.runtime


def test_codehash_is_known_before_deployment(stage: Stage) -> None:
    expected = expected_adapter_codehash(stage.circuit.verifier, stage.compiled.codehash, **PARAMETERS)
    assert expected == keccak256(stage.chain.code(stage.circuit.adapter)) == stage.circuit.adapter_codehash


@pytest.mark.parametrize("change", [{"binding": "hashed"}, {"binding": "fixed"}, {"points": 2}, {"scale_bits": 8}])
def test_other_parameters_are_a_mismatch(stage: Stage, change: dict[str, object]) -> None:
    with pytest.raises(CodeMismatch, match="verifier adapter"):
        check_deployment(stage.chain, stage.circuit.adapter, stage.compiled.codehash, **{**PARAMETERS, **change})  # type: ignore[arg-type]


def test_verifier_of_another_circuit_is_a_mismatch(stage: Stage) -> None:
    """One constant of the verifying key differs: what a seller with a circuit of its own would deploy."""
    digest = re.search(r"0x([0-9a-f]{64})\) // vk_digest", stage.golden.source)
    assert digest is not None
    rogue = compile_verifier(stage.golden.source.replace(digest[1], keccak256(b"my own circuit").hex()))
    assert rogue.codehash != stage.compiled.codehash
    deployed = deploy_circuit(stage.chain, stage.seller, rogue, **PARAMETERS)
    with pytest.raises(CodeMismatch) as refusal:
        check_deployment(stage.chain, deployed.adapter, stage.compiled.codehash, **PARAMETERS)
    assert refusal.value.found == deployed.adapter_codehash


@pytest.mark.parametrize("impostor", ["escrow", "verifier"])
def test_contract_that_is_no_adapter(stage: Stage, impostor: str) -> None:
    address = stage.escrow.address if impostor == "escrow" else stage.circuit.verifier
    with pytest.raises(CodeMismatch, match="verifier adapter"):
        check_deployment(stage.chain, address, stage.compiled.codehash, **PARAMETERS)


def test_account_without_code(stage: Stage) -> None:
    with pytest.raises(ChainError, match="no contract"):
        check_deployment(stage.chain, stage.buyer.address, stage.compiled.codehash, **PARAMETERS)


def test_adapter_refuses_a_verifier_with_another_codehash(stage: Stage) -> None:
    with pytest.raises(Reverted) as refusal:
        Halo2Adapter.deploy(
            stage.chain,
            stage.seller,
            verifier=stage.circuit.verifier,
            codehash=b"\x01" * 32,
            binding=1,
            points=1,
            scale_bits=7,
        )
    assert refusal.value.name == "CodeChanged"


def test_deployer_notices_a_chain_that_stores_something_else(stage: Stage) -> None:
    liar = dataclasses.replace(stage.compiled, codehash=b"\x02" * 32)
    with pytest.raises(CodeMismatch, match="generated verifier"):
        deploy_circuit(stage.chain, stage.seller, liar, **PARAMETERS)


def test_unknown_binding() -> None:
    with pytest.raises(InvalidInput, match="'private' is not one of"):
        expected_adapter_codehash("0x" + "11" * 20, bytes(32), "private", 0, 7)


def test_escrow_and_registry_are_ours(stage: Stage) -> None:
    check_escrow(stage.chain, stage.escrow, registry=stage.registry)
    deployer = stage.chain.dev_signers()[DEPLOYER]
    other_registry = ModelRegistry.deploy(stage.chain, deployer, 1)
    with pytest.raises(CodeMismatch, match="accuracy escrow"):
        check_escrow(stage.chain, stage.escrow, registry=other_registry)
    other = AccuracyEscrow.deploy(stage.chain, deployer, other_registry.address, 3600)
    check_escrow(stage.chain, other, registry=other_registry)
    assert (other.min_window(), other.registry()) == (3600, other_registry.address)
    with pytest.raises(CodeMismatch, match="model registry"):
        check_escrow(stage.chain, stage.escrow, registry=ModelRegistry(stage.chain, stage.escrow.address))


def test_escrow_refuses_a_verifier_of_another_code(stage: Stage) -> None:
    with pytest.raises(Reverted) as refusal:
        stage.escrow.open(stage.buyer, stage.terms(verifier_codehash=b"\x03" * 32))
    assert refusal.value.name == "CodeChanged"


def test_verifier_swapped_after_deployment(stage: Stage) -> None:
    """Not possible on a real chain since contracts keep their code; were it, everybody would still notice."""
    job_id, _ = stage.proving_job()
    always_true = "0x600160005260206000f3" + "00" * 20
    stage.chain.w3.provider.make_request(RPCEndpoint("anvil_setCode"), [stage.circuit.verifier, always_true])
    with pytest.raises(CodeMismatch, match="generated verifier"):
        check_deployment(stage.chain, stage.circuit.adapter, stage.compiled.codehash, **PARAMETERS)
    with pytest.raises(Reverted) as refusal:
        stage.submit(job_id, 0)
    assert refusal.value.name == "CodeChanged"
