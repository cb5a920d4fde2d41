"""Protocol A, played out: a good and a poor model, with the costs ``assay plan`` takes for granted."""

from __future__ import annotations

from fractions import Fraction

from assay.simulation.game import BURN, DAY_S, PLACEHOLDERS, Options, Simulation, judged
from proofs.errors import InvalidInput
from protocols.accuracy.deviations import Stakes, deviation_inequalities
from protocols.accuracy.paths import Role, Scenario
from protocols.accuracy.plan import STAKE_FACTOR, make_plan
from protocols.accuracy.terms import AccuracyTerms
from protocols.accuracy.walker import EARLY, walk


def simulate(options: Options) -> Simulation:
    """Walk the game; InvalidInput for sizes it does not print."""
    batches = 2 if options.batches is None else options.batches
    target = 12 if options.target is None else options.target
    if not 1 <= batches <= 4 or not 1 <= target <= 8 * batches:
        raise InvalidInput("--batches 1 to 4, and --target between 1 and eight times that")
    terms = _terms(8 * batches, target)
    good = Scenario(name="a good model", terms=terms, stranger=PLACEHOLDERS[3], counts=(8,) * batches)
    poor = Scenario(name="a poor model", terms=terms, stranger=PLACEHOLDERS[3], counts=(1,) * batches)
    paths = [path for scenario in (good, poor) for path in walk(scenario, (EARLY,))]
    return Simulation(
        f"{len(paths)} paths of protocol A, N = {8 * batches}, A = {target}, pay-offs with the costs E, Z, P",
        "model",
        paths,
        (Role.SELLER, Role.BUYER),
        "why no deviation pays (E > Z > P; v, k, d, q, l as in docs/game-accuracy.md)",
        judged(deviation_inequalities(), _stakes(terms)),
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
        fee_recipient=BURN,
        min_stake=0,
        max_aborts=0,
        accept_window=DAY_S,
        hand_over_window=DAY_S,
        decide_window=DAY_S,
        prove_window=DAY_S,
    )
