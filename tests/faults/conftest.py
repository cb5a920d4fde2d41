"""Where faults are played: a chain for each protocol, and compiled circuits that outlive the parties that use them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fault_campaign import Tally
from fault_sessions import kept_sessions
from helpers.chains import put_back
from helpers.market_fixtures import market, shared_market  # noqa: F401
from helpers.rounds_fixtures import booth, shared_booth  # noqa: F401
from play_accuracy import Hall, open_hall
from play_sampled import Gallery, open_gallery

from escrow.anvil import Anvil


@pytest.fixture(scope="session")
def shared_hall(assay_home: object) -> Iterator[Hall]:
    """One chain for all audits."""
    with Anvil() as anvil:
        yield open_hall(anvil.url)


@pytest.fixture
def hall(shared_hall: Hall) -> Iterator[Hall]:
    """That chain, put back afterwards."""
    with put_back(shared_hall.chain):
        yield shared_hall


@pytest.fixture(scope="session")
def shared_gallery(assay_home: object) -> Iterator[Gallery]:
    """One chain for all audits with a sample."""
    with Anvil() as anvil:
        yield open_gallery(anvil.url)


@pytest.fixture(scope="session")
def sessions(assay_home: object) -> Iterator[None]:
    """Circuits are compiled once a session and not once a process; proofs are found again where they were made."""
    with kept_sessions():
        yield


@pytest.fixture(scope="session")
def tally() -> Iterator[Tally]:
    """Counts of the campaign."""
    counts = Tally()
    yield counts
    counts.keep()
