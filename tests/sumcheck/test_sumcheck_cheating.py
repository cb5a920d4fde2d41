"""The best cheat there is succeeds as often as the bound says, measured where that is often enough to be seen."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import pytest
from sumcheck_cheats import Cheat, cheat_product, cheat_squares
from sumcheck_kit import (
    Product,
    Squares,
    Statement,
    a_field,
    a_transcript,
    product_of,
    prove_all,
    requests_of,
    squares_of,
    verify_all,
    wrong,
)

from proofs.errors import RejectedProof
from proofs.sumcheck.exchange import Prover, Send
from proofs.sumcheck.fields import Scalar
from proofs.sumcheck.transcript import run_prover

SINGLE = {
    "product": (lambda name: product_of(a_field(name), (2,)), 2),
    "column of squares": (lambda name: squares_of(a_field(name), (1,), 2), 2),
    "row of squares": (lambda name: squares_of(a_field(name), (2,), 1), 3),
}
MANY: dict[str, Callable[[str], Statement]] = {
    "product": lambda name: product_of(a_field(name), (3, 4)),
    "squares": lambda name: squares_of(a_field(name), (3, 2), 3),
}
ATTEMPTS = {"31": 600, "7i": 400, "8191": 120, "31i": 120}
SIGMAS = 4


def cheating(statement: Statement, cheat: Cheat) -> Prover[None]:
    """The cheating prover of a false statement."""
    return cheat_product(statement, cheat) if isinstance(statement, Product) else cheat_squares(statement, cheat)


def accepted(proof: bytes, *statements: Statement, about: bytes) -> bool:
    """The verifiers' verdict."""
    try:
        verify_all(proof, *statements, about=about)
    except RejectedProof:
        return False
    return True


def success_rate(statement: Statement, attempts: int) -> Fraction:
    """How often a false statement passes, each attempt with challenges of its own."""
    scalars, won = statement.field.scalars, 0
    for seed in range(attempts):
        about, cheat = b"attempt %d" % seed, Cheat(scalars, scalars, random.Random(seed))
        proof, _ = run_prover([(cheating(statement, cheat), scalars)], a_transcript(about))
        won += accepted(proof, statement, about=about)
    return Fraction(won, attempts)


def sampling_error(rate: Fraction, attempts: int) -> float:
    """What a measured rate may be off by."""
    return SIGMAS * float(rate * (1 - rate) / attempts) ** 0.5


def check_single(what: str, name: str, attempts: int) -> None:
    make, degree = SINGLE[what]
    statement = wrong(make(name))
    bound = Fraction(degree, statement.field.scalars.size - 1)
    assert abs(float(success_rate(statement, attempts) - bound)) <= sampling_error(bound, attempts)


def check_many(what: str, name: str, attempts: int) -> None:
    statement = wrong(MANY[what](name))
    points = statement.field.scalars.size - 1
    degrees = [r.degree * r.challenges for r in requests_of(statement)]
    bound, lost = Fraction(sum(degrees), points), Fraction(1)
    for degree in degrees:
        lost *= 1 - Fraction(degree, points)
    rate = success_rate(statement, attempts)
    assert rate <= bound + sampling_error(bound, attempts)
    assert abs(float(rate - (1 - lost))) <= sampling_error(1 - lost, attempts), "this cheat reaches the bound"


@pytest.mark.parametrize("name", ["31", "7i"])
@pytest.mark.parametrize("what", SINGLE)
def test_one_round_lets_degree_many_challenges_pass(name: str, what: str) -> None:
    check_single(what, name, 1000)


@pytest.mark.parametrize("name", ATTEMPTS)
@pytest.mark.parametrize("what", MANY)
def test_many_rounds_add_up_to_no_more_than_their_bound(name: str, what: str) -> None:
    check_many(what, name, ATTEMPTS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["31", "7i", "127"])
def test_rates_over_many_attempts(name: str) -> None:
    for what in SINGLE:
        check_single(what, name, 6_000)
    for what in MANY:
        check_many(what, name, 3_000)


def test_a_branch_has_the_soundness_of_the_smallest_field() -> None:
    """A lie in the branch of 126 challenges passes as often as the other branch's 30 allow."""
    small, attempts = product_of(a_field("31"), (2,)), 1000
    large, won = wrong(product_of(a_field("127"), (2,))), 0
    for seed in range(attempts):
        about = b"attempt %d" % seed
        cheat = Cheat(large.field.scalars, small.field.scalars, random.Random(seed))
        branches = [(small.prove(), small.field.scalars), (cheating(large, cheat), large.field.scalars)]
        proof, _ = run_prover(branches, a_transcript(about))
        won += accepted(proof, small, large, about=about)
    bound = Fraction(2, 30)
    assert abs(won / attempts - float(bound)) <= sampling_error(bound, attempts)


@pytest.mark.parametrize("what", SINGLE)
def test_an_honest_prover_of_a_false_statement(what: str) -> None:
    """The verifier's derived s(1) is wrong by d: s by d X, which no challenge makes zero; by d X (X + 1) / 2 in a row
    of squares, where s(-1) is sent."""
    statement, attempts = wrong(SINGLE[what][0]("31")), 500
    passed = [accepted(prove_all(statement, about=b"%d" % k), statement, about=b"%d" % k) for k in range(attempts)]
    if what == "row of squares":
        rate = Fraction(1, 30)
        assert abs(sum(passed) / attempts - float(rate)) <= sampling_error(rate, attempts)
    else:
        assert sum(passed) == 0


@pytest.mark.parametrize("what", MANY)
def test_random_answers_pass_no_more_often_than_a_guess(what: str) -> None:
    statement, won, attempts = MANY[what]("31"), 0, 1000
    scalars = statement.field.scalars

    def guess(chance: random.Random) -> Prover[None]:
        for request in requests_of(statement):
            elements: tuple[Scalar, ...] = tuple((chance.randrange(scalars.p),) for _ in range(request.elements))
            yield Send(request.label, elements, request.challenges)

    for seed in range(attempts):
        about = b"guess %d" % seed
        proof, _ = run_prover([(guess(random.Random(seed)), scalars)], a_transcript(about))
        won += accepted(proof, statement, about=about)
    expected = Fraction(1, 31 if isinstance(statement, Product) else 31**2)
    assert won / attempts <= expected + sampling_error(expected, attempts)


@pytest.mark.parametrize("name", ["m61", "m31"])
@pytest.mark.parametrize("what", MANY)
def test_in_the_real_fields_the_same_cheat_never_passes(name: str, what: str) -> None:
    statement = wrong(MANY[what](name))
    assert success_rate(statement, 20) == 0


def test_the_last_value_cannot_be_chosen_to_fit() -> None:
    """From a wrong claim a z with j z^2 = claim can often be found; it is not Z's value, and that is a claim too."""
    statement = wrong(squares_of(a_field("31"), (1,), 1))
    assert isinstance(statement, Squares)
    checks = []
    for z in range(31):
        with pytest.raises(RejectedProof) as refused:
            verify_all(statement.field.scalars.to_bytes((z,)), statement)
        checks.append(refused.value.check)
    assert checks.count("value") in {1, 2}, "a square root or two"
