"""The scenarios of the accuracy demo, each played to its end on the real contracts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from assay.demo.accuracy.cheats import LazySeller, SilentSeller, SwappingSeller, TamperingSeller
from assay.demo.accuracy.stage import Stage
from escrow.dev_clock import advance_to
from escrow.gas import gas_by_step
from escrow.parties.buyer import Buyer
from escrow.parties.party import Party
from escrow.parties.seller import Seller
from escrow.reverts import Reverted
from proofs.commitment.test_set import TestSet
from proofs.halo2.secret_model import SecretModel
from protocols.accuracy.actions import Action, Done, FetchTestSet, SendTestSet, Wait
from protocols.accuracy.endings import settle
from protocols.accuracy.events import State
from protocols.accuracy.terms import AccuracyTerms
from protocols.accuracy.view import Limits

Say = Callable[[str], None]
SMALL = 16
MAX_STEPS = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one scenario ended.

    Args:
        name: what the deviating party did. ending: final state of the job.
        refused_by: the contract's error that stopped the cheat, empty where none was needed.
        seller_wei, buyer_wei: change of each balance, gas left out. as_promised: equal to the pure machine's credits.
        correct, target, total: proven, asked for, committed. gas_used: by both parties. seconds: wall time.
        complete: every batch was proven, so that ``correct`` is all the model gets right.
    """

    name: str
    ending: str
    refused_by: str
    seller_wei: int
    buyer_wei: int
    as_promised: bool
    correct: int
    target: int
    total: int
    gas_used: int
    seconds: float
    complete: bool
    gas_by_step: dict[str, list[int]] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """For ``--json``."""
        return {**asdict(self), "verdict": self.ending}


class VanishingBuyer(Buyer):
    """Deposits and then never hands over the test set."""

    def decide(self) -> Action:
        """Wait wherever a hand-over is due."""
        action = super().decide()
        if isinstance(action, SendTestSet):
            deadline = self.checked.escrow.job(self.job.job_id).deadline
            return Wait(deadline, "nothing: it never hands over")
        return action


def play_all(stage: Stage, say: Say, done: Callable[[int, int], None]) -> list[Outcome]:
    """Play every scenario on the same chain, the honest one first."""
    plays = [_honest, _lazy, _tampered, _swapped, _aborting, _silent, _vanishing]
    outcomes = []
    for index, play in enumerate(plays):
        outcomes.append(play(stage, say))
        done(index + 1, len(plays))
    return outcomes


def _honest(stage: Stage, say: Say) -> Outcome:
    total = stage.material.total
    return _Game(stage, say, "an honest seller", stage.test_set(0, total), int(total * 0.9)).play(Seller, stage.honest)


def _small(stage: Stage, say: Say, name: str, position: int, target: int) -> _Game:
    start = stage.material.total + position * SMALL
    return _Game(stage, say, name, stage.test_set(start, SMALL), target)


def _lazy(stage: Stage, say: Say) -> Outcome:
    return _small(stage, say, "a worse model, same id", 0, 12).play(LazySeller, stage.lazy)


def _tampered(stage: Stage, say: Say) -> Outcome:
    return _small(stage, say, "a tampered proof", 1, 12).play(TamperingSeller, stage.honest)


def _swapped(stage: Stage, say: Say) -> Outcome:
    game = _small(stage, say, "a swapped test set", 2, 12)
    easy = stage.test_set(stage.material.total + 3 * SMALL, SMALL)
    return game.play(SwappingSeller, stage.honest, easy=easy)


def _aborting(stage: Stage, say: Say) -> Outcome:
    """Labels shifted by one: no honest model reaches the target, and the seller leaves with N*P."""
    return _Game(stage, say, "a seller who aborts: wrong labels", _mislabelled(stage), SMALL).play(Seller, stage.honest)


def _silent(stage: Stage, say: Say) -> Outcome:
    return _small(stage, say, "a seller who falls silent", 5, 12).play(SilentSeller, stage.honest)


def _vanishing(stage: Stage, say: Say) -> Outcome:
    game = _small(stage, say, "a buyer who never hands over", 6, 12)
    return game.play(Seller, stage.honest, buyer=VanishingBuyer)


def _mislabelled(stage: Stage) -> TestSet:
    start = stage.material.total + 4 * SMALL
    material = stage.material
    shifted = (material.y[start : start + SMALL].astype(int) + 1) % material.classes
    return stage.commit(material.x[start : start + SMALL], shifted)


class _Game:
    """Two drivers taking turns; when both only wait, the chain's clock moves to the next deadline."""

    def __init__(self, stage: Stage, say: Say, name: str, test_set: TestSet, target: int) -> None:
        self.stage, self.name, self.test_set = stage, name, test_set
        self.terms: AccuracyTerms = stage.terms(test_set, target)
        self.say = say
        self.refused = ""

    def play(self, seller: type[Seller], model: SecretModel, buyer: type[Buyer] = Buyer, **keywords: Any) -> Outcome:
        """Play to the end and compare what everybody got with the pure state machine's credits."""
        began, stage = time.monotonic(), self.stage
        ledger_start = len(stage.chain.ledger.entries)
        before = self._balances()
        self.say(f"-- {self.name}: {self.test_set.total} examples, target {self.terms.target}")
        bought = self._buyer(buyer)
        bought.step()
        sold = self._seller(seller, model, bought.job.job_id, keywords)
        self._take_turns(bought, sold)
        entries = stage.chain.ledger.entries[ledger_start:]
        fees = {who: sum(e.fee_wei for e in entries if e.sender == who) for who in before}
        after = self._balances()
        change = {who: after[who] - before[who] + fees[who] for who in before}
        status = stage.checked.escrow.job(bought.job.job_id)
        return Outcome(
            name=self.name,
            ending=status.state.name.lower(),
            refused_by=self.refused,
            seller_wei=change[self.terms.seller],
            buyer_wei=change[self.terms.buyer],
            as_promised=self._promised(self.last_live, status.state) == change,
            correct=status.correct,
            target=self.terms.target,
            total=self.terms.total,
            gas_used=sum(entry.gas_used for entry in entries),
            seconds=round(time.monotonic() - began, 1),
            complete=status.batches_verified == self.terms.batches,
            gas_by_step=gas_by_step(entries),
        )

    def _take_turns(self, bought: Buyer, sold: Seller) -> None:
        self.last_live = State.NONE
        for _ in range(MAX_STEPS):
            idle = []
            for party in (bought, sold):
                status = self.stage.checked.escrow.job(bought.job.job_id)
                self.last_live = status.state if not status.state.ended else self.last_live
                idle.append(self._turn(party))
            if all(action is not None for action in idle):
                waits = [action.until for action in idle if isinstance(action, Wait | FetchTestSet)]
                if not waits:
                    return
                advance_to(self.stage.chain, min(waits))

    def _turn(self, party: Party) -> Action | None:
        """One step; the action when the party only waits or is done, None when it moved."""
        if isinstance(party, Seller) and self.refused and not self._ended(party):
            return Done("its proof was refused")
        try:
            action = party.step()
        except Reverted as refusal:
            self.refused = refusal.name
            self.say(f"   the contract refused: {refusal.name}")
            return None
        return action if isinstance(action, Wait | FetchTestSet | Done) else None

    def _ended(self, party: Seller) -> bool:
        return self.stage.checked.escrow.job(party.job.job_id).state.ended

    def _buyer(self, kind: type[Buyer]) -> Buyer:
        stage = self.stage
        return kind(
            stage.checked,
            stage.buyer,
            stage.folder / "buyer",
            stage.folder / "channel",
            Limits(margin_s=60),
            lambda text: self.say(f"   buyer:  {text}"),
            terms=self.terms,
            test_set=self.test_set,
            valid_until=stage.chain.now() + self.terms.accept_window,
        )

    def _seller(self, kind: type[Seller], model: SecretModel, job_id: bytes, keywords: dict[str, Any]) -> Seller:
        stage = self.stage
        return kind(
            stage.checked,
            stage.seller,
            stage.folder / "seller",
            stage.folder / "channel",
            Limits(margin_s=60, prove_s=60),
            lambda text: self.say(f"   seller: {text}"),
            model=model,
            job_id=job_id,
            **keywords,
        )

    def _balances(self) -> dict[str, int]:
        return {who: self.stage.chain.balance(who) for who in (self.terms.buyer, self.terms.seller)}

    def _promised(self, before: State, ending: State) -> dict[str, int]:
        paid_in = {self.terms.buyer: -self.terms.deposit, self.terms.seller: 0}
        if before is not State.OPEN:
            paid_in[self.terms.seller] = -self.terms.deposit
        for credit in settle(self.terms, before, ending):
            if credit.who in paid_in:
                paid_in[credit.who] += credit.amount
        return paid_in
