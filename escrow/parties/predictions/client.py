"""The client at work on the chain: offer, funds, questions through its HTTP program, contests, and what is left."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

from escrow.parties.driver import Say, note
from escrow.parties.mailbox import OFFER
from escrow.parties.predictions.check import CheckedRounds
from escrow.parties.predictions.party import ANSWER, PredictionParty, RoundJob
from escrow.parties.predictions.records import Questions, ServiceAway
from escrow.signers import LocalSigner
from proofs.errors import InvalidInput
from protocols.errors import MessageRejected
from protocols.predictions.actions import Action, Ask, Contest, DrawContests, OpenJob, SendOffer, SendReceipt
from protocols.predictions.client import decide_client, last_question_at
from protocols.predictions.envelopes import open_message
from protocols.predictions.events import State
from protocols.predictions.facts import ClientFacts, client_facts
from protocols.predictions.messages import Acceptance, Decline, Offer
from protocols.predictions.terms import PredictionTerms
from protocols.predictions.view import ChainView, Limits
from protocols.sealing import Direction
from protocols.signed_messages import sign_message

OFFER_MADE = "offer-made"
GROUP = 16
"""Questions asked at once, and to a receipt, where the provider's credit allows it."""


class Client(PredictionParty):
    """Buys one round of predictions.

    Args:
        terms: of the job. valid_until: chain time until which the offer stands.
        questions: the record of what is asked, and the way to the service. count: how many are asked, at most K.
        group: most questions to a receipt.
    """

    role = "client"
    outgoing = Direction.BUYER_TO_SELLER

    def __init__(
        self,
        checked: CheckedRounds,
        signer: LocalSigner,
        folder: Path,
        channel_root: Path,
        limits: Limits,
        say: Say,
        *,
        terms: PredictionTerms,
        valid_until: int,
        questions: Questions,
        count: int,
        group: int = GROUP,
    ) -> None:
        super().__init__(checked, signer, folder, channel_root, limits, say)
        if (terms.model_id, terms.verifier) != (checked.listing.model.model_id, checked.circuit.deployment.adapter):
            raise InvalidInput("the terms name another model or verifier than the listing; build them from it")
        reserved = limits.margin_s + limits.contest_s
        if count and terms.round_window <= reserved:
            raise InvalidInput(
                f"a round of {terms.round_window} s has no time for questions: {reserved} s of it are kept for "
                "contests and the margin; agree on a longer one"
            )
        self.questions, self.count, self.group = questions, count, group
        self.other = terms.provider
        self.job: RoundJob = self.open_job(terms, checked.escrow.job_id_of(terms))
        self.valid_until = self._standing_until(valid_until)
        self._judged: frozenset[int] = frozenset()
        self._receipt_in_vain = 0
        self._away = False

    @property
    def facts(self) -> ClientFacts:
        """What the journal and the record of questions say."""
        return replace(client_facts(self.job.journal.entries), received=self.questions.received())

    def decide(self) -> Action:
        """The next action."""
        chain = self.view()
        if chain.state is State.NONE and self.facts.offer_sent:
            self._read_answer()
        if chain.state is State.SERVING:
            self._judge()
        return decide_client(
            self.terms, chain, self._facts_at(chain), self.limits, self.valid_until, min(self.count, self.terms.round)
        )

    def waits(self, action: Action) -> bool:
        """Whether only the chain or the other side can bring the next action about."""
        return self._away or super().waits(action)

    def carry_out(self, action: Action) -> None:
        """Do it."""
        self._away = False
        if self.finish(action):
            return
        if isinstance(action, SendOffer):
            self._send_offer()
        elif isinstance(action, OpenJob):
            self.escrow.open(self.signer, self.terms)
        elif isinstance(action, Ask):
            self._ask(action.index)
        elif isinstance(action, SendReceipt):
            self._send_receipt(action.answered)
        elif isinstance(action, DrawContests):
            self._draw(action.count)
        elif isinstance(action, Contest):
            self.escrow.contest(self.signer, self.job.job_id, self.questions.answer(action.index))

    # ---- before the round

    def _standing_until(self, wanted: int) -> int:
        """Until when the offer stands: what was written down first counts, whatever a restarted process would say."""
        for entry in self.job.journal.entries:
            if entry.kind == OFFER_MADE:
                return int(str(entry.body["valid_until"]))
        note(self.job, OFFER_MADE, {"valid_until": str(wanted)})
        return wanted

    def _send_offer(self) -> None:
        offer = Offer(
            job_id=self.job.job_id,
            terms=self.terms,
            vk_digest=self.checked.circuit.vk_digest,
            settings_digest=self.checked.circuit.settings_digest,
            valid_until=self.valid_until,
        )
        if self.job.channel.sent() == OFFER:
            self.job.channel.send(OFFER, sign_message(offer, self.signer.account, self.domain))
        note(self.job, "offer-sent")

    def _read_answer(self) -> None:
        """Take the provider's acceptance or refusal off the channel; pass over what is not the provider's."""
        facts = self.facts
        if facts.credit is not None or facts.declined is not None:
            return
        raw = self.received(ANSWER)
        if raw is None:
            return
        try:
            acceptance = open_message(raw, Acceptance, self.domain, self.terms, self.address)
            note(self.job, "acceptance", {"credit": str(acceptance.credit)})
        except MessageRejected:
            self._read_decline(raw)

    def _read_decline(self, raw: bytes) -> None:
        try:
            message = open_message(raw, Decline, self.domain, self.terms, self.address)
            note(self.job, "declined", {"reason": message.reason})
        except MessageRejected as error:
            self.say_once(f"passed over a message that is not the provider's answer: {error}")

    # ---- questions

    def _ask(self, first: int) -> None:
        """Ask a group of questions, as many as the provider answers on credit; note those that never get an answer."""
        facts = self.facts
        size = max(1, min(self.group, facts.credit or 1))
        known = facts.received | facts.unanswered
        wanted = range(first, min(self.count, self.terms.round))
        group = [index for index in wanted if index not in known][:size]
        try:
            refused = self.questions.ask(group)
        except ServiceAway as error:
            self._away = True
            self.say_once(f"no answers for now: {error}")
            return
        for index, why in sorted(refused.items()):
            self.say(f"question {index} has no answer: {why}")
            note(self.job, "unanswered", {"index": str(index), "why": why[:300]})

    def _judge(self) -> None:
        """Write down which answers this client thinks wrong, of those that came since it last looked."""
        facts = self.facts
        fresh = facts.received - self._judged
        for index in sorted(set(self.questions.suspicious(fresh)) - facts.suspected) if fresh else ():
            self.say(f"answer {index} is thought to be wrong")
            note(self.job, "suspected", {"index": str(index)})
        self._judged |= fresh

    def _send_receipt(self, answered: int) -> None:
        try:
            self.questions.send_receipt(answered)
        except ServiceAway as error:
            self._away, self._receipt_in_vain = True, answered
            self.say_once(f"the receipt is not taken for now: {error}")
            return
        note(self.job, "receipt-sent", {"answered": str(answered)})

    def _facts_at(self, chain: ChainView) -> ClientFacts:
        """The facts for a decision: when questions end, a receipt that nobody takes must not hold up the contests."""
        facts = self.facts
        over = chain.now >= last_question_at(chain, self.limits)
        return replace(facts, receipt_sent=max(facts.receipt_sent, self._receipt_in_vain)) if over else facts

    # ---- contests

    def _draw(self, count: int) -> None:
        """Draw the answers to contest, unpredictably, from those not contested anyway; written down, drawn once."""
        facts = self.facts
        pool = sorted(facts.received - facts.suspected)
        drawn = secrets.SystemRandom().sample(pool, min(count, len(pool)))
        note(self.job, "drawn", {"indices": [str(index) for index in sorted(drawn)]})
