"""The registry's client: ids, stakes and who may sell."""

from __future__ import annotations

import pytest
from golden_job import DAY_S
from golden_stage import Stage

from escrow.dev_clock import advance_time
from escrow.registry import model_id_of
from escrow.reverts import Reverted
from proofs.errors import ChainError

DIGESTS = (b"\x01" * 32, b"\x02" * 32, b"\x03" * 32, b"\x04" * 32)


def test_register_and_read(stage: Stage) -> None:
    model_id, _ = stage.registry.register(stage.seller, *DIGESTS, stake_wei=5)
    record = stage.registry.model(model_id)
    assert model_id == model_id_of(stage.seller.address, *DIGESTS)
    assert (record.owner, record.stake_wei, record.unstake_at) == (stage.seller.address, 5, 0)
    assert record.weights_commitment == DIGESTS[1]
    assert stage.registry.eligible(model_id, stage.seller.address, DIGESTS[3], 5)
    assert not stage.registry.eligible(model_id, stage.seller.address, DIGESTS[3], 6)
    assert not stage.registry.eligible(model_id, stage.buyer.address, DIGESTS[3], 5)
    assert not stage.registry.eligible(model_id, stage.seller.address, DIGESTS[2], 5)
    with pytest.raises(Reverted) as refusal:
        stage.registry.register(stage.seller, *DIGESTS)
    assert refusal.value.reason.arguments == {"modelId": model_id}


def test_same_digests_of_another_owner_are_another_model(stage: Stage) -> None:
    mine, _ = stage.registry.register(stage.seller, *DIGESTS)
    theirs, _ = stage.registry.register(stage.stranger, *DIGESTS)
    assert mine != theirs


def test_unknown_model(stage: Stage) -> None:
    with pytest.raises(ChainError, match="knows no model"):
        stage.registry.model(b"\x09" * 32)
    with pytest.raises(Reverted) as refusal:
        stage.registry.add_stake(stage.stranger, b"\x09" * 32, 1)
    assert refusal.value.name == "UnknownModel"


def test_stake_comes_back_after_the_cooldown(stage: Stage) -> None:
    model_id, _ = stage.registry.register(stage.seller, *DIGESTS, stake_wei=10**18)
    stage.registry.add_stake(stage.stranger, model_id, 10**17)
    with pytest.raises(Reverted) as stranger:
        stage.registry.request_unstake(stage.stranger, model_id)
    assert stranger.value.name == "NotOwner"
    stage.registry.request_unstake(stage.seller, model_id)
    assert not stage.registry.eligible(model_id, stage.seller.address, DIGESTS[3], 0)
    with pytest.raises(Reverted) as early:
        stage.registry.unstake(stage.seller, model_id)
    assert early.value.name == "StakeLocked"
    assert stage.registry.cooldown() == 7 * DAY_S
    advance_time(stage.chain, 7 * DAY_S)
    stage.registry.unstake(stage.stranger, model_id)
    assert stage.registry.owed(stage.seller.address) == 11 * 10**17
    stage.registry.withdraw(stage.seller)
    with pytest.raises(Reverted) as empty:
        stage.registry.withdraw(stage.seller)
    assert empty.value.name == "NothingOwed"


def test_job_needs_a_model_on_offer(stage: Stage) -> None:
    stage.registry.request_unstake(stage.seller, stage.golden.model_id)
    with pytest.raises(Reverted) as refusal:
        stage.escrow.open(stage.buyer, stage.terms())
    assert refusal.value.name == "NotEligible"


def test_events_are_decoded_in_order(stage: Stage) -> None:
    first = stage.chain.block_number() + 1
    model_id, _ = stage.registry.register(stage.seller, *DIGESTS, stake_wei=3)
    stage.registry.add_stake(stage.stranger, model_id, 4)
    events = stage.registry.events(first)
    assert [event.name for event in events] == ["ModelRegistered", "StakeAdded"]
    assert events[1].arguments == {"modelId": model_id, "amount": 4, "stake": 7}
    assert events[0].block == first
    assert stage.registry.events(first + 2) == []
