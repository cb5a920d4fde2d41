"""The whole story on live proofs: ``python -m attacks.lattice [UNITS PROOFS]`` (about half a minute)."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence

from attacks.lattice.bounds import WEIGHTS, mask_bounds, weight_bounds
from attacks.lattice.equations import Equation, equations_of
from attacks.lattice.recover import bits, explain, solve
from attacks.seller.produce import Circuit, Run, produce

WRONG_GUESSES = 4


def wrong_guess(generator: random.Random) -> list[int]:
    """Weights that have nothing to do with the model's."""
    return [generator.randint(-bound // 2, bound // 2) for bound in weight_bounds()]


def report(equations: Sequence[Equation], truth: list[int], units: int) -> str:
    """What the proofs so far give away of a masked model."""
    bounds = weight_bounds() + mask_bounds(units)
    recovered = solve(equations, bounds) == truth[: len(bounds)]
    right = explain(equations, truth[:WEIGHTS], mask_bounds(units)) is not None
    generator = random.Random(5)
    guesses = [wrong_guess(generator) for _ in range(WRONG_GUESSES)]
    wrong = sum(explain(equations, guess, mask_bounds(units)) is not None for guess in guesses)
    return (
        f"{len(equations)} proofs, {254 * len(equations)} bits given away: weights recovered: {recovered}; "
        f"right guess explained: {right}; wrong guesses explained: {wrong} of {WRONG_GUESSES}"
    )


def main() -> None:
    """Attack an unmasked model with one proof, then a masked one with more and more."""
    units, proofs = (int(word) for word in (sys.argv[1:] or ["3", "4"]))
    plain = produce(Circuit(), [Run(1, 1)])
    truth = Circuit().victim(Run(1, 1)).committed()
    found = solve(equations_of(plain, WEIGHTS), weight_bounds())
    print(f"unmasked, one proof: all {WEIGHTS} weights recovered exactly: {found == truth}")
    circuit = Circuit(units)
    view = produce(circuit, [Run(2, job) for job in range(proofs)])
    truth = circuit.victim(Run(2, 0)).committed()
    unknowns = WEIGHTS + len(mask_bounds(units))
    print(
        f"masked by {units} units: {bits(weight_bounds()):.0f} bits of weights, {bits(mask_bounds(units)):.0f} of mask"
    )
    equations = equations_of(view, unknowns)
    for count in range(1, proofs + 1):
        print(report(equations[:count], truth, units))


if __name__ == "__main__":
    main()
