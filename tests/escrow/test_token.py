"""Payments in a token: exact allowances, the awkward kind of token included."""

from __future__ import annotations

import pytest
from golden_stage import Stage
from helpers.erc20 import deploy_token

from escrow.reverts import Reverted
from escrow.token import Token
from proofs.errors import ChainError, InvalidInput


@pytest.fixture
def token(stage: Stage) -> Token:
    """A token of which the buyer holds 100 units."""
    return Token(stage.chain, deploy_token(stage.chain, stage.stranger, {stage.buyer.address: 100}))


def test_allows_exactly_what_is_due(stage: Stage, token: Token) -> None:
    buyer, spender = stage.buyer, stage.escrow.address
    assert (token.balance(buyer.address), token.allowance(buyer.address, spender)) == (100, 0)
    assert len(token.allow(buyer, spender, 40)) == 1
    assert token.allowance(buyer.address, spender) == 40


def test_enough_is_left_alone_and_too_little_is_replaced(stage: Stage, token: Token) -> None:
    """So a party that is started again approves nothing twice."""
    buyer, spender = stage.buyer, stage.escrow.address
    token.allow(buyer, spender, 40)
    assert token.allow(buyer, spender, 40) == token.allow(buyer, spender, 30) == []
    assert len(token.allow(buyer, spender, 41)) == 2
    assert token.allowance(buyer.address, spender) == 41


def test_more_than_is_held_is_refused_before_anything_is_sent(stage: Stage, token: Token) -> None:
    with pytest.raises(ChainError, match=r"holds 100 units .* needs 101"):
        token.allow(stage.buyer, stage.escrow.address, 101)
    assert token.allowance(stage.buyer.address, stage.escrow.address) == 0


def test_what_is_no_token(stage: Stage) -> None:
    with pytest.raises((ChainError, Reverted)):
        Token(stage.chain, stage.escrow.address).balance(stage.buyer.address)
    with pytest.raises(ChainError):
        Token(stage.chain, stage.buyer.address).balance(stage.buyer.address)
    with pytest.raises(InvalidInput):
        Token(stage.chain, "0x12")
