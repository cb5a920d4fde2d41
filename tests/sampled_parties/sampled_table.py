"""Both parties of protocol A' at one table: real chain, contracts and circuit; whoever waits lets the clock run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from helpers.tiny_models import examples

from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.dev_clock import advance_to
from escrow.parties.listing import CheckedSampled
from escrow.parties.sampled_buyer import SampledBuyer
from escrow.parties.sampled_seller import SampledSeller
from escrow.parties.sampled_terms import sampled_terms
from escrow.signers import LocalSigner
from proofs.commitment.examples import OpenableTestSet
from proofs.commitment.input_format import InputFormat
from proofs.commitment.test_set import commit_test_set
from proofs.fidelity import float_logits
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.secret_model import SecretModel
from protocols.accuracy.plan import Costs
from protocols.games.game import Credit
from protocols.sampled.events import State
from protocols.sampled.prospects import Caution
from protocols.sampled.terms import SampledTerms
from protocols.sampled.view import Limits

NOBODY, SELLER, BUYER = 0, 1, 2
SHAPE = InputFormat((8,), scale_bits=7, classes=3, batch=2)
TOTAL, SAMPLE, WINDOW_S, MARGIN_S = 8, 2, 3_600, 60
SURE = Caution(tried_right=1_000, tried=1_000, trust_labels=True)


def openable(model: SecretModel, wrong: int = 0, seed: int = 1) -> OpenableTestSet:
    """A test set with the float model's labels, the first ``wrong`` of them wrong."""
    x = examples(TOTAL, seed=seed)[0].astype(np.float32)
    y = float_logits(model.onnx, x).argmax(1).astype(np.int64)
    y[:wrong] = (y[:wrong] + 1) % SHAPE.classes
    return OpenableTestSet.of(commit_test_set(x, y, SHAPE, Halo2Backend().hash_examples))


@dataclass
class Table:
    """The chain, the checked listing and the committed model; ``root`` holds channel and both parties' folders."""

    chain: Chain
    checked: CheckedSampled
    model: SecretModel
    root: Path

    @property
    def seller(self) -> LocalSigner:
        return dev_account(self.chain, SELLER)

    @property
    def buyer(self) -> LocalSigner:
        return dev_account(self.chain, BUYER)

    def terms(self, test_set: OpenableTestSet, target: int = 2) -> SampledTerms:
        """Terms of an audit of ``test_set``."""
        return sampled_terms(
            self.checked,
            str(self.buyer.address),
            test_set.commitment,
            sample=SAMPLE,
            target=target,
            costs=Costs(),
            window_s=WINDOW_S,
        )

    def buying(
        self, test_set: OpenableTestSet, kind: type[SampledBuyer] = SampledBuyer, *, target: int = 2, post: bool = False
    ) -> SampledBuyer:
        """The buyer, its offer on the channel."""
        party = kind(
            self.checked,
            self.buyer,
            self.root / "buyer",
            self.root / "channel",
            Limits(margin_s=MARGIN_S, post=post),
            lambda _: None,
            terms=self.terms(test_set, target),
            test_set=test_set,
            valid_until=self.chain.now() + WINDOW_S,
        )
        party.step()
        return party

    def selling(
        self, job_id: bytes, kind: type[SampledSeller] = SampledSeller, caution: Caution = SURE
    ) -> SampledSeller:
        """The seller, taking up the offer."""
        return kind(
            self.checked,
            self.seller,
            self.root / "seller",
            self.root / "channel",
            Limits(margin_s=MARGIN_S, prove_s=1, caution=caution),
            lambda _: None,
            model=self.model,
            job_id=job_id,
        )

    def play(self, *parties: Any, restart: dict[Any, Any] | None = None) -> tuple[State, list[str]]:
        """Step the parties until all are done; returns the ending and the actions taken, in order.

        When everybody waits, the clock moves: to where the other side's hand can be forced, to the last moment of a
        careful party, then to the deadline.
        """
        going, said = list(parties), []
        escrow, job_id = self.checked.escrow, parties[0].job.job_id
        while going:
            waiting = True
            for party in list(going):
                action = party.step()
                idle = party.waits(action)
                waiting &= idle
                if not idle:
                    said.append(type(action).__name__)
                if party.ending(action):
                    party.close()
                    going.remove(party)
                    waiting = False
            if waiting:
                self._let_time_pass(escrow.job(job_id).deadline)
        return escrow.job(job_id).state, said

    def _let_time_pass(self, deadline: int) -> None:
        now = self.chain.now()
        moments = (deadline - 2 * MARGIN_S, deadline - MARGIN_S, deadline)
        advance_to(self.chain, next(moment for moment in moments if moment > now))

    def gained(self, who: LocalSigner, before: int) -> int:
        """Wei ``who`` has more than ``before``, gas left out."""
        fees = 0
        for line in self.chain.ledger.as_json():
            fees += int(line["fee_wei"]) if line["sender"] == str(who.address) else 0
        return self.chain.balance(str(who.address)) - before + fees


def amounts(credits: tuple[Credit, ...]) -> dict[str, int]:
    """Credits by account."""
    return {credit.who: credit.amount for credit in credits}
