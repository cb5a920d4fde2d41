"""Retrieval, played out: matches found, none found, a false view, and the random audit."""

from __future__ import annotations

from dataclasses import replace

from assay.simulation.game import BURN, DAY_S, PLACEHOLDERS, Options, Simulation, judged
from proofs.errors import InvalidInput
from protocols.accuracy.plan import Costs
from protocols.retrieval.deviations import Stakes, deviation_inequalities
from protocols.retrieval.paths import Role, Scenario, Worth
from protocols.retrieval.plan import Plan, make_plan
from protocols.retrieval.terms import WINDOW_FIELDS, Predicate, RetrievalTerms
from protocols.retrieval.walker import AT_ONCE, walk
from protocols.solidity import ZERO_ADDRESS

BATCH = 4


def simulate(options: Options) -> Simulation:
    """Walk the game; InvalidInput for sizes it does not print."""
    batches = 2 if options.batches is None else options.batches
    cap = batches if options.cap is None else options.cap
    if not 1 <= batches <= 4 or not 1 <= cap <= BATCH * batches:
        raise InvalidInput(f"--batches 1 to 4, and --cap between 1 and {BATCH} times that")
    plan = _plan(BATCH * batches, cap)
    terms = _terms(plan)
    found = Scenario(
        name="each batch has a match", terms=terms, stranger=PLACEHOLDERS[3], bits=(2,) * batches, worth=plan.worth
    )
    drawn = replace(found, name="two documents are drawn", terms=_sample(terms), bits=(), drawn=(0, 1))
    scenarios = [
        found,
        replace(found, name="nothing matches", bits=(0,) * batches),
        replace(found, name="a match has a false view", wrong_view=1),
        drawn,
    ]
    paths = [path for scenario in scenarios for path in walk(scenario, AT_ONCE)]
    stakes = Stakes(terms=terms, matches=len(found.selected), worth=plan.worth)
    return Simulation(
        f"{len(paths)} paths of retrieval, N = {plan.total}, C = {cap}, pay-offs with costs and values",
        "corpus",
        paths,
        (Role.RESPONDER, Role.REQUESTER),
        "why no deviation pays (letters as in docs/game-retrieval.md)",
        judged(deviation_inequalities(), stakes),
    )


def _plan(total: int, cap: int) -> Plan:
    """A match worth 30 Z to the requester, sold at 10 Z; disclosing or sending one costs the responder Z."""
    costs = Costs()
    z = costs.proving
    worth = Worth(document=30 * z, bits=z, disclosure=z, inference=costs.inference, delivery=z)
    return make_plan(total, BATCH, cap, z, 10 * z, worth)


def _terms(plan: Plan) -> RetrievalTerms:
    requester, responder, verifier, _ = PLACEHOLDERS
    windows = dict.fromkeys(WINDOW_FIELDS, DAY_S)
    return RetrievalTerms(
        requester=requester,
        responder=responder,
        model_id=bytes(31) + b"\x01",
        weights_commitment=bytes(31) + b"\x06",
        nonce=0,
        corpus_root=bytes(31) + b"\x02",
        format_digest=bytes(31) + b"\x03",
        total=plan.total,
        batch=plan.batch,
        predicate=Predicate.CLASS,
        outputs=2,
        selected=1,
        threshold=0,
        scale_bits=8,
        verifier=verifier,
        verifier_codehash=bytes(31) + b"\x04",
        srs_digest=bytes(31) + b"\x05",
        token=ZERO_ADDRESS,
        proving_cost=plan.proving_cost,
        base_fee=plan.base_fee,
        price=plan.price,
        cap=plan.cap,
        deposit=plan.deposit,
        fee=plan.fee,
        fee_recipient=BURN,
        **windows,
    )


def _sample(terms: RetrievalTerms) -> RetrievalTerms:
    """The audit beforehand: two documents drawn, nothing proven."""
    return replace(
        terms,
        predicate=Predicate.SAMPLE,
        cap=2,
        outputs=0,
        selected=0,
        scale_bits=0,
        verifier=ZERO_ADDRESS,
        verifier_codehash=bytes(32),
    )
