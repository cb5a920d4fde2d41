"""Publishing is repeated until it is done: it finds what an interrupted run left, and adds only what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from e2e_settled import CIRCUIT_CONTRACTS
from e2e_world import STAKE, World

from escrow.parties.listing import Listing, check_listing, publish
from escrow.solc import compile_verifier
from proofs.errors import ChainError
from proofs.halo2.artefacts import build


def put_on_sale(world: World, stake: int, known: Listing | None = None) -> Listing:
    return publish(world.chain, world.seller, world.model.commitment, world.escrow, stake, known=known)


def test_publishing_again_changes_nothing_but_the_stake(world: World) -> None:
    seller = str(world.seller.address)
    first = put_on_sale(world, STAKE)
    transactions = world.chain.w3.eth.get_transaction_count(seller)
    assert put_on_sale(world, STAKE) == first
    assert put_on_sale(world, STAKE - 1, first) == first
    assert world.chain.w3.eth.get_transaction_count(seller) == transactions
    assert put_on_sale(world, 2 * STAKE, first) == first
    assert world.chain.w3.eth.get_transaction_count(seller) == transactions + 1
    assert world.registry.model(world.model.commitment.model_id).stake_wei == 2 * STAKE
    assert world.deployments(seller) == CIRCUIT_CONTRACTS
    assert check_listing(world.chain, first).deployment.adapter == first.adapter


def test_interrupted_after_the_verifier_or_the_adapter(world: World) -> None:
    """The verifier alone, as a kill between the two deployments leaves it, is found by its code and used."""
    compiled = compile_verifier(build(world.model.description).verifier_source)
    world.chain.deploy(world.seller, compiled.abi, compiled.bytecode, step="verifier.deploy")
    world.chain.send_ether(world.seller, str(world.buyer.address), 1)
    put_on_sale(world, STAKE)
    assert world.deployments(str(world.seller.address)) == CIRCUIT_CONTRACTS


def test_listing_that_does_not_check_out_is_not_believed(world: World) -> None:
    first = put_on_sale(world, STAKE)
    for wrong in (replace(first, adapter=world.escrow.address), replace(first, adapter=str(world.buyer.address))):
        assert put_on_sale(world, STAKE, wrong) == first


def test_model_taken_off_offer_cannot_be_published_again(world: World) -> None:
    put_on_sale(world, STAKE)
    world.registry.request_unstake(world.seller, world.model.commitment.model_id)
    with pytest.raises(ChainError, match="commit the model again"):
        put_on_sale(world, STAKE)


def test_only_the_owner_publishes(world: World) -> None:
    with pytest.raises(ChainError, match="--owner"):
        publish(world.chain, world.buyer, world.model.commitment, world.escrow, STAKE)
