"""``assay simulate``: every path of the game, with its pay-offs, and the inequality that stops each deviation."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import typer

from assay.output import JsonOption, Output
from proofs.errors import InvalidInput
from protocols.accuracy.describe import ether
from protocols.accuracy.deviations import Stakes, deviation_inequalities
from protocols.accuracy.paths import Path, Role, Scenario
from protocols.accuracy.plan import STAKE_FACTOR, make_plan
from protocols.accuracy.terms import AccuracyTerms
from protocols.accuracy.walker import EARLY, walk

PLACEHOLDERS = tuple(f"0x{digit * 40}" for digit in "1234")
DAY_S = 86_400


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("simulate")(simulate)


def simulate(
    protocol: Annotated[str, typer.Argument(metavar="[accuracy]", help="Which game.")] = "accuracy",
    batches: Annotated[int, typer.Option(help="Batches of 8 examples; the tree grows quickly.")] = 2,
    target: Annotated[int, typer.Option(help="A: right answers asked for.")] = 12,
    json: JsonOption = None,
) -> None:
    """Walk every honest, lazy, malicious, silent and aborting path of protocol A and print what each side gets."""
    if protocol != "accuracy":
        raise InvalidInput(f"game '{protocol}' is not available; choose accuracy")
    if not 1 <= batches <= 4 or not 1 <= target <= 8 * batches:
        raise InvalidInput("--batches 1 to 4, and --target between 1 and eight times that")
    output = Output(json)
    terms = _terms(8 * batches, target)
    good = Scenario(name="a good model", terms=terms, stranger=PLACEHOLDERS[3], counts=(8,) * batches)
    poor = Scenario(name="a poor model", terms=terms, stranger=PLACEHOLDERS[3], counts=(1,) * batches)
    paths = [path for scenario in (good, poor) for path in walk(scenario, (EARLY,))]
    output.table(
        f"{len(paths)} paths of protocol A, N = {8 * batches}, A = {target}, pay-offs with the costs E, Z, P",
        ["model", "path", "ending", "seller", "buyer"],
        [_row(path) for path in paths],
    )
    stakes = _stakes(terms)
    output.table(
        "why no deviation pays (E > Z > P; v, k, d, q, l as in docs/game-accuracy.md)",
        ["who", "deviation", "does not pay while", "here"],
        [
            [item.actor.value, item.does, item.inequality, "yes" if item.deterred(stakes) else "NO"]
            for item in deviation_inequalities()
        ],
    )
    output.document(
        {
            "paths": [
                {
                    "scenario": path.scenario.name,
                    "path": path.name,
                    "ending": path.job.state.name.lower(),
                    "payoff_wei": {role.value: amount for role, amount in path.payoff.items()},
                }
                for path in paths
            ],
            "inequalities": [
                {"deviation": item.name, "inequality": item.inequality, "holds": item.deterred(stakes)}
                for item in deviation_inequalities()
            ],
        }
    )


def _stakes(terms: AccuracyTerms) -> Stakes:
    """An audit worth twice its cost to the buyer; labels worth E to the seller; stake of 1000 NE at 1% capital cost."""
    cost = terms.total * (terms.example_cost + 2 * terms.proving_cost) + terms.fee
    return Stakes(
        terms=terms,
        value=2 * cost,
        data_value=terms.example_cost,
        capital_cost=STAKE_FACTOR * terms.total * terms.example_cost // 100,
        miss=Fraction(1, 2),
        lazy=Fraction(0),
    )


def _terms(total: int, target: int) -> AccuracyTerms:
    plan = make_plan(0.05, 0.05, 8)
    buyer, seller, verifier, _ = PLACEHOLDERS
    return AccuracyTerms(
        buyer=buyer,
        seller=seller,
        model_id=bytes(31) + b"\x01",
        nonce=0,
        data_root=bytes(31) + b"\x02",
        format_digest=bytes(31) + b"\x03",
        total=total,
        batch=8,
        target=target,
        verifier=verifier,
        verifier_codehash=bytes(31) + b"\x04",
        srs_digest=bytes(31) + b"\x05",
        example_cost=plan.costs.example,
        proving_cost=plan.costs.proving,
        inference_cost=plan.costs.inference,
        fee=total * plan.costs.inference // 99,
        fee_recipient="0x000000000000000000000000000000000000dEaD",
        min_stake=0,
        max_aborts=0,
        accept_window=DAY_S,
        hand_over_window=DAY_S,
        decide_window=DAY_S,
        prove_window=DAY_S,
    )


def _row(path: Path) -> list[str]:
    return [
        path.scenario.name,
        path.name,
        path.job.state.name.lower(),
        ether(path.payoff[Role.SELLER]),
        ether(path.payoff[Role.BUYER]),
    ]
