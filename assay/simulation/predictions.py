"""Predictions, played out: a round of a few questions, a few of them contested."""

from __future__ import annotations

from fractions import Fraction

from assay.simulation.game import BURN, DAY_S, PLACEHOLDERS, Options, Simulation, judged
from proofs.errors import InvalidInput
from protocols.accuracy.plan import Costs
from protocols.games.board import EARLY
from protocols.predictions.deviations import Stakes, deviation_inequalities
from protocols.predictions.paths import Role, Scenario
from protocols.predictions.plan import RoundPlan, make_round_plan
from protocols.predictions.terms import PredictionTerms
from protocols.predictions.walker import walk
from protocols.solidity import ZERO_ADDRESS

PROVE_S, MARGIN_S = 600, 3_600
"""Seconds taken for a proof, and kept in reserve."""


def simulate(options: Options) -> Simulation:
    """Walk the game; InvalidInput for sizes it does not print."""
    questions = 3 if options.questions is None else options.questions
    contests = min(2, questions) if options.contests is None else options.contests
    if not 1 <= questions <= 6 or not 1 <= contests <= questions:
        raise InvalidInput("--questions 1 to 6, and --contests between 1 and that")
    plan = make_round_plan(0.5, 0.5, questions)
    terms, costs = _terms(plan, contests), plan.costs
    value = 10 * plan.price + 2 * costs.proving
    scenario = Scenario(
        name=f"{questions} questions",
        terms=terms,
        stranger=PLACEHOLDERS[3],
        hashes=tuple(range(questions)),
        outputs=((1, 0),) * questions,
        example_cost=costs.example,
        inference_cost=costs.inference,
        value=value,
    )
    paths = list(walk(scenario, (EARLY,)))
    return Simulation(
        f"{len(paths)} paths of protocol B, K = {questions}, K1 = {contests}, pay-offs with costs and values",
        "round",
        paths,
        (Role.PROVIDER, Role.CLIENT),
        "why no deviation pays (letters as in docs/game-predictions.md)",
        judged(deviation_inequalities(), _stakes(terms, costs, value)),
    )


def _stakes(terms: PredictionTerms, costs: Costs, value: int) -> Stakes:
    """One answer of a round contested at random, one in K suspected; going on is worth ten answers to either side."""
    return Stakes(
        terms=terms,
        example_cost=costs.example,
        inference_cost=costs.inference,
        real_proving_cost=costs.proving,
        value=value,
        suspicion=Fraction(1, terms.round),
        relation=10 * terms.answer_price,
        prove_s=PROVE_S,
        margin_s=MARGIN_S,
    )


def _terms(plan: RoundPlan, contests: int) -> PredictionTerms:
    client, provider, verifier, _ = PLACEHOLDERS
    return PredictionTerms(
        client=client,
        provider=provider,
        model_id=bytes(31) + b"\x01",
        weights_commitment=bytes(31) + b"\x06",
        nonce=0,
        format_digest=bytes(31) + b"\x03",
        round=plan.round,
        contests=contests,
        outputs=2,
        verifier=verifier,
        verifier_codehash=bytes(31) + b"\x04",
        srs_digest=bytes(31) + b"\x05",
        token=ZERO_ADDRESS,
        proving_cost=plan.costs.proving,
        answer_price=plan.price,
        beta=plan.beta,
        fee=plan.fee,
        fee_recipient=BURN,
        accept_window=DAY_S,
        round_window=DAY_S,
        prove_window=DAY_S,
    )
