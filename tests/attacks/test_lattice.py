"""One proof of an unmasked model gives away all its weights; the mask stops that, within its budget and not beyond."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from attacks.lattice.bounds import WEIGHTS, mask_bounds, weight_bounds
from attacks.lattice.equations import Equation, equations_of
from attacks.lattice.recover import bits, explain, solve
from attacks.seller.public import PublicView
from attacks.seller.victim import make_victim, units_for

FIXTURES = Path(__file__).parent / "fixtures"
UNITS = 3
UNMASKED, MASKED = make_victim(1), make_victim(2, UNITS)


@pytest.fixture(scope="module")
def unmasked() -> list[Equation]:
    return equations_of(PublicView.from_json((FIXTURES / "unmasked.json").read_text()), WEIGHTS)


@pytest.fixture(scope="module")
def masked() -> list[Equation]:
    """The attacker knows the mask's shape, its size rule and that its outgoing weights are zero."""
    return equations_of(PublicView.from_json((FIXTURES / "masked.json").read_text()), WEIGHTS + 16 * UNITS)


def wrong_guesses(count: int) -> list[list[int]]:
    generator = random.Random(5)
    return [[generator.randint(-bound // 2, bound // 2) for bound in weight_bounds()] for _ in range(count)]


def test_budget_rule() -> None:
    assert [units_for(equations) for equations in (1, 2, 8)] == [3, 5, 17]
    assert bits(mask_bounds(UNITS)) - 254 > 128
    assert bits(mask_bounds(UNITS - 1)) - 254 < 128


def test_transcript_replay_gives_the_column_value(unmasked: list[Equation], masked: list[Equation]) -> None:
    assert all(equation.holds(UNMASKED.committed()) for equation in unmasked)
    committed = MASKED.committed()[: WEIGHTS + 16 * UNITS]
    assert all(equation.holds(committed) for equation in masked)


def test_one_proof_of_an_unmasked_model_gives_every_weight(unmasked: list[Equation]) -> None:
    assert len(unmasked) == 1
    assert solve(unmasked, weight_bounds()) == UNMASKED.committed()


def test_nothing_is_recovered_from_a_wrong_evaluation(unmasked: list[Equation]) -> None:
    wrong = Equation(unmasked[0].coefficients, unmasked[0].value + 1)
    assert solve([wrong], weight_bounds()) is None


def test_ignoring_the_mask_recovers_nothing(masked: list[Equation]) -> None:
    naive = [Equation(equation.coefficients[:WEIGHTS], equation.value) for equation in masked]
    for count in range(1, len(naive) + 1):
        assert solve(naive[:count], weight_bounds()) is None


def test_within_the_budget_every_guess_is_equally_good(masked: list[Equation]) -> None:
    truth = MASKED.committed()
    found = solve(masked[:1], weight_bounds() + mask_bounds(UNITS))
    assert found is None or found[:WEIGHTS] != truth[:WEIGHTS]
    for guess in [truth[:WEIGHTS], *wrong_guesses(8)]:
        mask = explain(masked[:1], guess, mask_bounds(UNITS))
        assert mask is not None  # a proper mask under which this guess would have made the very same evaluation
        assert mask != truth[WEIGHTS : WEIGHTS + 16 * UNITS]


def test_one_proof_beyond_the_budget_confirms_a_guess(masked: list[Equation]) -> None:
    truth = MASKED.committed()
    assert explain(masked[:2], truth[:WEIGHTS], mask_bounds(UNITS)) == truth[WEIGHTS : WEIGHTS + 16 * UNITS]
    assert all(explain(masked[:2], guess, mask_bounds(UNITS)) is None for guess in wrong_guesses(8))


@pytest.mark.parametrize("proofs", [3, 4])
def test_further_beyond_the_budget_weights_and_mask_fall(masked: list[Equation], proofs: int) -> None:
    assert solve(masked[:proofs], weight_bounds() + mask_bounds(UNITS)) == MASKED.committed()[: WEIGHTS + 16 * UNITS]
