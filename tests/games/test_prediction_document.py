"""docs/game-predictions.md says what the code says, and so does ``assay simulate predictions``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))

from make_game_predictions import LETTERS, PAGE, PARTIES, grief_rows, render, scenario, shortened, told

from assay.simulation.game import Options
from assay.simulation.predictions import simulate
from proofs.errors import InvalidInput
from protocols.games.board import EARLY
from protocols.games.render import matrix_rows
from protocols.predictions.deviations import deviation_inequalities
from protocols.predictions.walker import walk


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text() == render(), "run python docs/make_game_predictions.py and commit the page"


def test_amounts_are_read_back_in_letters() -> None:
    terms = scenario().terms
    assert LETTERS.text(terms.client_funds) == "6Z + 3p + eps"
    assert LETTERS.text(-terms.provider_funds) == "-6Z - eps"


def test_matrix_tells_conduct_apart_by_its_outcome() -> None:
    """A conduct has one row: nothing that is left out of the matrix changes an ending or a pay-off."""
    rows = shortened(matrix_rows(filter(told, walk(scenario(), (EARLY,))), PARTIES, LETTERS))
    conducts = [row[0] for row in rows]
    assert len(set(conducts)) == len(conducts) > 60


def test_free_harm_comes_first() -> None:
    assert [row[-1] for row in grief_rows()][:3] == ["free"] * 3
    assert all(row[-1] != "free" for row in grief_rows()[3:])


def test_every_inequality_is_on_the_page() -> None:
    page = PAGE.read_text().replace("\\*", "*")
    assert all(f"| {item.inequality} |" in page for item in deviation_inequalities())


def test_simulation_plays_the_game() -> None:
    played = simulate(Options())
    assert len(played.paths) > 300 and all(holds for *_, holds in played.deviations)
    assert len(played.document()["inequalities"]) == len(deviation_inequalities())
    assert len(simulate(Options(questions=1)).paths) < len(simulate(Options(questions=2)).paths)
    for options in (Options(questions=0), Options(questions=7), Options(questions=2, contests=3), Options(contests=0)):
        with pytest.raises(InvalidInput):
            simulate(options)
