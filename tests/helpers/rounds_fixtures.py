"""Fixtures of the booth, for the conftest of every folder that plays rounds on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from escrow.anvil import Anvil
from helpers.chains import put_back
from helpers.proven_rounds import open_proven_booth
from helpers.rounds import Booth, open_booth


@pytest.fixture(scope="session")
def shared_booth(assay_home: object) -> Iterator[Booth]:
    """One chain for all tests of a folder."""
    with Anvil() as anvil:
        yield open_booth(anvil.url)


@pytest.fixture
def booth(shared_booth: Booth) -> Iterator[Booth]:
    """The shared chain, put back afterwards."""
    with put_back(shared_booth.chain):
        yield shared_booth


@pytest.fixture(scope="session")
def shared_proven_booth(assay_home: object) -> Iterator[Booth]:
    """Another, whose circuit computes an integer network."""
    with Anvil() as anvil:
        yield open_proven_booth(anvil.url)


@pytest.fixture
def proven_booth(shared_proven_booth: Booth) -> Iterator[Booth]:
    """That chain, put back afterwards."""
    with put_back(shared_proven_booth.chain):
        yield shared_proven_booth
