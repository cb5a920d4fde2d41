"""The games of the demo of protocol A', each played to its end on the real contracts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assay.demo.accuracy.scenarios import Outcome, Say
from assay.demo.sampled.cheats import DeafSeller, KeyKeeper, SilentSeller, Spoiler
from assay.demo.sampled.stage import LABELS_SHIFTED, SampledStage
from escrow.dev_clock import advance_to
from escrow.gas import gas_by_step
from escrow.parties.sampled_buyer import SampledBuyer
from escrow.parties.sampled_party import SampledParty
from escrow.parties.sampled_seller import SampledSeller
from protocols.sampled.endings import settle
from protocols.sampled.events import State
from protocols.sampled.terms import SampledTerms
from protocols.sampled.view import Limits

SMALL, SMALL_SAMPLE, SMALL_TARGET = 32, 16, 4
HONEST_SHARE = 0.75
"""Right answers asked of the honest audit's rest: few enough that an unlucky sample does not drive the seller away."""
MARGIN_S, PROVE_S = 60, 60
MAX_STEPS = 500


@dataclass(frozen=True, slots=True)
class Plot:
    """What happens in a game.

    Args:
        name: what the deviating party does. buyer, seller: who plays. shift: classes the labels are wrong by.
        post: the buyer puts ciphertexts on chain when the seller keeps silent.
    """

    name: str
    buyer: type[SampledBuyer] = SampledBuyer
    seller: type[SampledSeller] = SampledSeller
    shift: int = 0
    post: bool = False


HONEST = Plot("an honest audit")
PLOTS = (
    Plot("wrong labels: the sample shows it", shift=LABELS_SHIFTED),
    Plot("a key put on chain", seller=DeafSeller),
    Plot("a key never given", buyer=KeyKeeper),
    Plot("a spoiled ciphertext", buyer=Spoiler),
    Plot("silence after the hand-over", seller=SilentSeller),
    Plot("silence with all on chain", seller=SilentSeller, post=True),
)


def play_all(stage: SampledStage, sample: int, say: Say, done: Callable[[int, int], None]) -> list[Outcome]:
    """Play every game on the same chain, the honest one first."""
    total = stage.material.total
    games = [_Game(stage, say, HONEST, 0, total, sample, int((total - sample) * HONEST_SHARE))]
    for place, plot in enumerate(PLOTS):
        games.append(_Game(stage, say, plot, total + place * SMALL, SMALL, SMALL_SAMPLE, SMALL_TARGET))
    outcomes = []
    for index, game in enumerate(games):
        outcomes.append(game.play())
        done(index + 1, len(games))
    return outcomes


class _Game:
    """Two parties taking turns; when both only wait, the chain's clock moves to where something is due."""

    def __init__(
        self, stage: SampledStage, say: Say, plot: Plot, start: int, total: int, sample: int, target: int
    ) -> None:
        self.stage, self.say, self.plot = stage, say, plot
        self.test_set = stage.test_set(start, total, plot.shift)
        self.terms: SampledTerms = stage.terms(self.test_set, sample, target)
        self.last_live = State.NONE

    def play(self) -> Outcome:
        """Play to the end and compare what everybody got with the pure state machine's credits."""
        began, stage, terms = time.monotonic(), self.stage, self.terms
        ledger_start = len(stage.chain.ledger.entries)
        before = self._balances()
        self.say(f"-- {self.plot.name}: {terms.total} examples, {terms.sample} shown, target {terms.target}")
        bought = self._buyer()
        bought.step()
        self._take_turns(bought, self._seller(bought.job.job_id))
        entries = stage.chain.ledger.entries[ledger_start:]
        fees = {who: sum(e.fee_wei for e in entries if e.sender == who) for who in before}
        after = self._balances()
        change = {who: after[who] - before[who] + fees[who] for who in before}
        status = stage.checked.escrow.job(bought.job.job_id)
        return Outcome(
            name=self.plot.name,
            ending=status.state.name.lower(),
            refused_by="",
            seller_wei=change[terms.seller],
            buyer_wei=change[terms.buyer],
            as_promised=self._promised(status.state) == change,
            correct=status.correct,
            target=terms.target,
            total=terms.rest,
            gas_used=sum(entry.gas_used for entry in entries),
            seconds=round(time.monotonic() - began, 1),
            complete=status.batches_verified == terms.batches,
            gas_by_step=gas_by_step(entries),
        )

    def _take_turns(self, *parties: SampledParty[Any]) -> None:
        going = list(parties)
        escrow, job_id = self.stage.checked.escrow, parties[0].job.job_id
        for _ in range(MAX_STEPS):
            waiting = True
            for party in list(going):
                state = escrow.job(job_id).state
                self.last_live = self.last_live if state.ended else state
                action = party.step()
                waiting &= party.waits(action)
                if party.ending(action):
                    party.close()
                    going.remove(party)
            if not going:
                return
            if waiting:
                self._let_time_pass(escrow.job(job_id).deadline)

    def _let_time_pass(self, deadline: int) -> None:
        """To where the other side's hand can be forced, to a careful party's last moment, then to the deadline."""
        now = self.stage.chain.now()
        moments = (deadline - 2 * MARGIN_S, deadline - MARGIN_S, deadline)
        advance_to(self.stage.chain, next((moment for moment in moments if moment > now), now))

    def _buyer(self) -> SampledBuyer:
        stage = self.stage
        return self.plot.buyer(
            stage.checked,
            stage.buyer,
            stage.folder / "buyer",
            stage.folder / "channel",
            Limits(margin_s=MARGIN_S, post=self.plot.post),
            lambda text: self.say(f"   buyer:  {text}"),
            terms=self.terms,
            test_set=self.test_set,
            valid_until=stage.chain.now() + self.terms.accept_window,
        )

    def _seller(self, job_id: bytes) -> SampledSeller:
        stage = self.stage
        return self.plot.seller(
            stage.checked,
            stage.seller,
            stage.folder / "seller",
            stage.folder / "channel",
            Limits(margin_s=MARGIN_S, prove_s=PROVE_S, caution=stage.experience),
            lambda text: self.say(f"   seller: {text}"),
            model=stage.model,
            job_id=job_id,
        )

    def _balances(self) -> dict[str, int]:
        return {who: self.stage.chain.balance(who) for who in (self.terms.buyer, self.terms.seller)}

    def _promised(self, ending: State) -> dict[str, int]:
        """What the pure rules give each party, all its deposits taken off."""
        paid = {self.terms.buyer: -self.terms.deposit, self.terms.seller: -self.terms.deposit}
        for credit in settle(self.terms, self.last_live, ending):
            if credit.who in paid:
                paid[credit.who] += credit.amount
        return paid
