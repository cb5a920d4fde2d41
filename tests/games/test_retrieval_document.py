"""docs/game-retrieval.md says what the code says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))

from make_game_retrieval import (
    LETTERS,
    PAGE,
    PARTIES,
    example,
    grief_pairs,
    grief_rows,
    honest_of,
    render,
    scenarios,
    terms,
)

from proofs.errors import InvalidInput
from protocols.games.render import matrix_rows
from protocols.retrieval.deviations import deviation_inequalities
from protocols.retrieval.walker import AT_ONCE, walk


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text() == render(), "run python docs/make_game_retrieval.py and commit the page"


def test_amounts_are_read_back_in_letters() -> None:
    job = terms()
    amounts = {
        "0": 0,
        "F + 2p + eps": job.requester_funds,
        "-S - eps": -job.responder_funds,
        "-S - NZ/2 - NP - eps": -job.responder_funds - 2 * job.proving_cost - LETTERS["NP"],
        "2v - 3p/2": 2 * LETTERS["v"] - 3 * LETTERS["p"] // 2,
    }
    assert {text: LETTERS.text(amount) for text, amount in amounts.items()} == {text: text for text in amounts}
    with pytest.raises(InvalidInput, match="no sum"):
        LETTERS.text(100 ** len(LETTERS.names))


def test_a_conduct_has_one_row() -> None:
    """Nothing that is left out of the matrix changes an ending or a pay-off."""
    for scenario in scenarios():
        conducts = [row[0] for row in matrix_rows(walk(scenario, AT_ONCE), PARTIES, LETTERS)]
        assert len(set(conducts)) == len(conducts) > 7


def test_late_is_as_good_as_never() -> None:
    """So the page need not show moves tried at their deadline."""
    for scenario in scenarios():
        ends = {}
        for path in walk(scenario, AT_ONCE):
            key = path.name.replace("tries to ", "does not ").replace(" at the deadline", "")
            proven = path.name.replace("submits the last proof at the deadline", "")
            if proven == path.name and "falsely" not in path.name:
                assert ends.setdefault(key, path.payoff) == path.payoff


def test_every_inequality_and_the_worst_harm_are_on_the_page() -> None:
    page = PAGE.read_text()
    assert all(f"| {item.inequality} |" in page for item in deviation_inequalities())
    rows = grief_rows(grief_pairs())
    factors = [float(row[-1]) for row in rows]
    assert factors == sorted(factors, reverse=True) and factors[0] > 1
    assert rows[0][0] == "responder" and any(row[0] == "requester" for row in rows)
    assert honest_of(example()).payoff[PARTIES[0]] > 0
