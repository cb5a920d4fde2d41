"""docs/game-accuracy.md says what the code says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))

from make_game_accuracy import PAGE, in_letters, matrix_rows, render, scenarios, terms

from protocols.accuracy.deviations import deviation_inequalities
from protocols.accuracy.events import State
from protocols.accuracy.walker import EARLY, walk


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text() == render(), "run python docs/make_game_accuracy.py and commit the page"


def test_amounts_are_read_back_in_letters() -> None:
    job = terms(3)
    amounts = {
        "0": 0,
        "2NE + eps": job.deposit,
        "2NZ": job.payment,
        "-2NZ - eps": -job.payment - job.fee,
        "NP": job.abort_fee,
        "-2NE - NZ/2 - eps": -job.penalty - 2 * job.proving_cost - job.fee,
        "v - NE - 2NZ - eps": 10**8 - 4 * job.example_cost - job.payment - job.fee,
    }
    assert {text: in_letters(amount) for text, amount in amounts.items()} == {text: text for text in amounts}
    with pytest.raises(ValueError, match="no sum"):
        in_letters(10**12)


def test_matrix_tells_conduct_apart_by_its_outcome() -> None:
    """A conduct has one row: nothing that is left out of the matrix changes an ending or a pay-off."""
    for scenario in scenarios():
        rows = matrix_rows(walk(scenario, (EARLY,)))
        conducts = [row[0] for row in rows]
        assert len(set(conducts)) == len(conducts) > 20
        endings = {row[1] for row in rows}
        assert ("Completed" in endings) == scenario.winnable
        assert endings <= {state.name.capitalize() for state in State}


def test_every_inequality_is_on_the_page() -> None:
    page = PAGE.read_text()
    assert all(f"| {item.inequality} |" in page for item in deviation_inequalities())
