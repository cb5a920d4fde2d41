"""Fixtures of the booth, for the conftest of every folder that plays rounds on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from escrow.anvil import Anvil
from escrow.dev_clock import restore, snapshot
from helpers.rounds import Booth, open_booth


@pytest.fixture(scope="session")
def shared_booth(assay_home: object) -> Iterator[Booth]:
    """One chain for all tests of a folder."""
    with Anvil() as anvil:
        yield open_booth(anvil.url)


@pytest.fixture
def booth(shared_booth: Booth) -> Iterator[Booth]:
    """The shared chain, put back afterwards."""
    remembered = snapshot(shared_booth.chain)
    yield shared_booth
    restore(shared_booth.chain, remembered)
