"""Fixtures of the market, for the conftest of every folder that plays on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from escrow.anvil import Anvil
from helpers.chains import put_back
from helpers.market import Market, open_market


@pytest.fixture(scope="session")
def shared_market(assay_home: object) -> Iterator[Market]:
    """One chain for all tests of a folder."""
    with Anvil() as anvil:
        yield open_market(anvil.url)


@pytest.fixture
def market(shared_market: Market) -> Iterator[Market]:
    """The shared chain, put back afterwards."""
    with put_back(shared_market.chain):
        yield shared_market
