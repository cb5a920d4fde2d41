"""An anvil for the games, with the golden circuit on it; the golden job lives in ``tests/escrow``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "escrow"))

from golden_job import load_golden
from golden_stage import Stage, prepare
from helpers.chains import put_back
from prediction_game import PredictionStage, prepare_predictions

from escrow.anvil import Anvil
from escrow.solc import compile_verifier


@pytest.fixture(scope="session")
def shared_table() -> Iterator[Stage]:
    """A chain on which the golden job can be opened."""
    golden = load_golden()
    with Anvil() as anvil:
        yield prepare(anvil.url, golden, compile_verifier(golden.source))


@pytest.fixture
def table(shared_table: Stage) -> Iterator[Stage]:
    """The shared chain, put back afterwards."""
    with put_back(shared_table.chain):
        yield shared_table


@pytest.fixture(scope="session")
def shared_prediction_stage() -> Iterator[PredictionStage]:
    """A chain with a prediction escrow on it."""
    with Anvil() as anvil:
        yield prepare_predictions(anvil.url)


@pytest.fixture
def prediction_stage(shared_prediction_stage: PredictionStage) -> Iterator[PredictionStage]:
    """That chain, put back afterwards."""
    with put_back(shared_prediction_stage.chain):
        yield shared_prediction_stage
