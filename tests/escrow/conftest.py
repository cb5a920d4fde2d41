"""One anvil for all escrow tests, with registry, escrow and the golden circuit deployed; each test starts there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from golden_job import BINDINGS, GoldenJob, load_golden
from golden_stage import Stage, prepare
from helpers.chains import put_back
from helpers.market_fixtures import market, shared_market  # noqa: F401
from retrieval_stage import RetrievalStage, prepare_retrieval

from escrow.anvil import Anvil
from escrow.solc import CompiledVerifier, compile_verifier


@pytest.fixture(scope="session")
def golden() -> GoldenJob:
    return load_golden()


@pytest.fixture(scope="session")
def compiled(golden: GoldenJob) -> CompiledVerifier:
    return compile_verifier(golden.source)


@pytest.fixture(scope="session")
def anvil() -> Iterator[Anvil]:
    with Anvil() as running:
        yield running


@pytest.fixture(scope="session")
def shared_stage(anvil: Anvil, golden: GoldenJob, compiled: CompiledVerifier) -> Stage:
    return prepare(anvil.url, golden, compiled)


@pytest.fixture
def stage(shared_stage: Stage) -> Iterator[Stage]:
    """The shared chain, put back to its starting point afterwards."""
    with put_back(shared_stage.chain):
        yield shared_stage


@pytest.fixture(params=BINDINGS)
def bound(request: pytest.FixtureRequest, shared_stage: Stage) -> Iterator[Stage]:
    """A stage for each binding, on the shared chain."""
    golden = load_golden(request.param)
    same = golden == shared_stage.golden
    with put_back(shared_stage.chain):
        yield shared_stage if same else shared_stage.with_golden(golden, compile_verifier(golden.source))


@pytest.fixture(scope="session")
def shared_search() -> Iterator[RetrievalStage]:
    """A chain on which the golden search can be bought."""
    with Anvil() as running:
        yield prepare_retrieval(running.url)


@pytest.fixture
def search(shared_search: RetrievalStage) -> Iterator[RetrievalStage]:
    """That chain, put back afterwards."""
    with put_back(shared_search.chain):
        yield shared_search
