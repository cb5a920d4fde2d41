"""Seller and buyer taking turns until the escrow has paid; each proof's seconds on disk as soon as it is made."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.job.stage import WINDOW_S, Say, Stage
from escrow.parties.audit_terms import audit_terms
from escrow.parties.buyer import Buyer
from escrow.parties.seller import Seller
from proofs.errors import ProverFailed
from proofs.halo2.prover import integer_logits
from protocols.accuracy.actions import Action, Done, FetchTestSet, ProveBatch, Wait
from protocols.accuracy.plan import Costs
from protocols.accuracy.terms import AccuracyTerms
from protocols.accuracy.view import Limits
from protocols.prudence import BURN

IDLE_TURNS = 20


@dataclass(frozen=True, slots=True)
class Proven:
    """One proof. load: of the machine, a minute's mean as the proof was done."""

    batch: int
    seconds: float
    load: float


def play(stage: Stage, proof_s: int, say: Say) -> AccuracyTerms:
    """Play the audit to its end; ``proofs`` reads the times back."""
    terms = _terms(stage)
    bought = Buyer(
        stage.checked,
        stage.buyer,
        stage.folder / "buyer",
        stage.folder / "channel",
        Limits(),
        say,
        terms=terms,
        test_set=stage.test_set,
        valid_until=stage.chain.now() + WINDOW_S,
    )
    bought.step()
    sold = Seller(
        stage.checked,
        stage.seller,
        stage.folder / "seller",
        stage.folder / "channel",
        Limits(prove_s=proof_s),
        say,
        model=stage.model,
        job_id=bought.job.job_id,
    )
    try:
        _take_turns(bought, sold, stage.folder)
    finally:
        sold.close()
        bought.close()
    return terms


def _take_turns(bought: Buyer, sold: Seller, folder: Path) -> None:
    idle = 0
    while idle < IDLE_TURNS:
        actions: list[Action] = []
        for party in (bought, sold):
            began = time.monotonic()
            actions.append(party.step())
            if isinstance(actions[-1], ProveBatch):
                _keep(folder, Proven(actions[-1].index, time.monotonic() - began, os.getloadavg()[0]))
        if all(isinstance(action, Done) for action in actions):
            return
        idle = idle + 1 if all(isinstance(action, Wait | FetchTestSet | Done) for action in actions) else 0
        if idle:
            time.sleep(0.1)
    raise ProverFailed("job", "both parties wait for each other; look at their journals in the working folder")


def _terms(stage: Stage) -> AccuracyTerms:
    """An audit for the model's own score: a target nobody reaches before the last batch that has a right answer."""
    right = integer_logits(stage.model, stage.test_set).classes == stage.test_set.labels
    return audit_terms(
        stage.checked,
        str(stage.buyer.address),
        stage.test_set.commitment,
        target=int(right[: stage.test_set.total].sum()),
        costs=Costs(),
        window_s=WINDOW_S,
        fee_recipient=BURN,
    )


def _keep(folder: Path, proven: Proven) -> None:
    with (folder / "proofs.jsonl").open("a") as lines:
        lines.write(json.dumps(asdict(proven)) + "\n")


def proofs(folder: Path) -> list[Proven]:
    """Every proof made in ``folder``, by batch; one that a second run only read back keeps its first figure."""
    path = folder / "proofs.jsonl"
    found: dict[int, Proven] = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        proven = Proven(**json.loads(line))
        found.setdefault(proven.batch, proven)
    return [found[batch] for batch in sorted(found)]
