"""Protocol A', played out: a good model, an unlucky one, a poor one, and an example with a false view."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from assay.simulation.game import BURN, DAY_S, PLACEHOLDERS, Options, Simulation, judged
from proofs.errors import InvalidInput
from protocols.accuracy.plan import STAKE_FACTOR, Costs, minimum_fee
from protocols.sampled.deviations import Stakes, deviation_inequalities
from protocols.sampled.paths import Role, Scenario
from protocols.sampled.terms import WINDOW_FIELDS, SampledTerms
from protocols.sampled.walker import AT_ONCE, walk

BATCH = 8


def simulate(options: Options) -> Simulation:
    """Walk the game; InvalidInput for sizes it does not print."""
    batches = 2 if options.batches is None else options.batches
    rest = BATCH * batches
    target = 3 * rest // 4 if options.target is None else options.target
    if not 1 <= batches <= 4 or not 1 <= target <= rest:
        raise InvalidInput("--batches 1 to 4 (of the rest), and --target between 1 and eight times that")
    terms = _terms(rest, target)
    good = Scenario(
        name="a good model", terms=terms, stranger=PLACEHOLDERS[3], right=(True,) * terms.total, value=_value(terms)
    )
    unlucky = tuple(index in good.sample for index in range(terms.total))
    scenarios = [
        good,
        replace(good, name="a promising sample, a poor rest", right=unlucky),
        replace(good, name="a poor sample", right=(False,) * terms.total, promising=False),
        replace(good, name="an example has a false view", false_view=good.rest[-1]),
    ]
    paths = [path for scenario in scenarios for path in walk(scenario, AT_ONCE, thorough=False)]
    return Simulation(
        f"{len(paths)} paths of protocol A', N1 = {terms.sample}, N2 = {rest}, A = {target}, pay-offs with E, Z, P",
        "model",
        paths,
        (Role.SELLER, Role.BUYER),
        "why no deviation pays (letters as in docs/game-sampled.md)",
        judged(deviation_inequalities(), _stakes(terms)),
    )


def _value(terms: SampledTerms) -> int:
    """v: an audit worth twice its cost to the buyer."""
    return 2 * (terms.total * terms.example_cost + terms.payment + terms.fee)


def _stakes(terms: SampledTerms) -> Stakes:
    """Labels worth E to the seller, stake of 1000 N1 E at 1% capital cost; one promise in a thousand is missed."""
    return Stakes(
        terms=terms,
        value=_value(terms),
        data_value=terms.example_cost,
        capital_cost=STAKE_FACTOR * terms.sample * terms.example_cost // 100,
        miss=Fraction(1, 1_000),
        spoiled=terms.rest - terms.target + 1,
    )


def _terms(rest: int, target: int) -> SampledTerms:
    buyer, seller, verifier, _ = PLACEHOLDERS
    costs = Costs()
    windows = dict.fromkeys(WINDOW_FIELDS, DAY_S)
    return SampledTerms(
        buyer=buyer,
        seller=seller,
        model_id=bytes(31) + b"\x01",
        nonce=0,
        data_root=bytes(31) + b"\x02",
        format_digest=bytes(31) + b"\x03",
        total=BATCH + rest,
        batch=BATCH,
        sample=BATCH,
        target=target,
        verifier=verifier,
        verifier_codehash=bytes(31) + b"\x04",
        srs_digest=bytes(31) + b"\x05",
        example_cost=costs.example,
        proving_cost=costs.proving,
        inference_cost=costs.inference,
        fee=minimum_fee(BATCH, costs.inference),
        fee_recipient=BURN,
        min_stake=0,
        max_aborts=0,
        **windows,
    )
