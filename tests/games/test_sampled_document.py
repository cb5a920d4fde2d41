"""docs/game-sampled.md says what the code says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))

from make_game_sampled import (
    LETTERS,
    PAGE,
    PARTIES,
    example,
    grief_pairs,
    grief_rows,
    least_rows,
    render,
    scenarios,
    terms,
)

from proofs.errors import InvalidInput
from protocols.games.render import matrix_rows
from protocols.sampled.deviations import deviation_inequalities
from protocols.sampled.walker import AT_ONCE, honest_path, walk


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text() == render(), "run python docs/make_game_sampled.py and commit the page"


def test_amounts_are_read_back_in_letters() -> None:
    job = terms()
    amounts = {
        "0": 0,
        "-12E - eps": -job.deposit,
        "8Z + 4P": job.payment,
        "v - 6E - 2P": LETTERS["v"] - 6 * LETTERS["E"] - job.abort_fee,
    }
    assert {text: LETTERS.text(amount) for text, amount in amounts.items()} == {text: text for text in amounts}
    with pytest.raises(InvalidInput, match="no sum"):
        LETTERS.text(100 ** len(LETTERS.names))


def test_a_conduct_has_one_row_and_late_is_as_good_as_never() -> None:
    """Nothing that is left out of the matrix changes an ending or a pay-off."""
    for scenario in scenarios():
        walked = list(walk(scenario, AT_ONCE, thorough=False))
        shown = [path for path in walked if " at the deadline" not in path.name]
        conducts = [row[0] for row in matrix_rows(shown, PARTIES, LETTERS)]
        assert len(set(conducts)) == len(conducts) > 30
        payoffs = {tuple(path.payoff.values()) for path in shown}
        late = [path for path in walked if " at the deadline" in path.name and "last proof" not in path.name]
        assert late and all(tuple(path.payoff.values()) in payoffs for path in late)


def test_every_inequality_and_the_worst_harm_are_on_the_page() -> None:
    page = PAGE.read_text()
    assert all(f"| {item.inequality} |" in page for item in deviation_inequalities())
    factors = [float(row[-1]) for row in grief_rows(grief_pairs())]
    assert factors == sorted(factors, reverse=True) and factors[0] > 1
    assert honest_path(example()).payoff[PARTIES[0]] > 0


def test_malice_asks_for_more_than_the_prior() -> None:
    for row in least_rows():
        expected, _, safe = (int(cell.split()[0]) if cell != "none" else 10**6 for cell in row[3:])
        assert expected < safe
