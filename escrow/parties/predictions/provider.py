"""The provider at work on the chain: check the offer, accept, prove what is contested, collect the receipt, end it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from escrow.parties.corpus_listing import usual_fee
from escrow.parties.driver import Say, note
from escrow.parties.mailbox import Mailbox, keep_offer, offer_bytes
from escrow.parties.predictions.check import CheckedRounds
from escrow.parties.predictions.party import ANSWER, PredictionParty, RoundJob, can_disown
from escrow.parties.predictions.prover import AnswerProver, is_verdict, note_of
from escrow.parties.predictions.records import AnswerRecord, RecordedAnswer
from escrow.signers import LocalSigner
from proofs.canonical import to_hex
from proofs.errors import InvalidInput, ProtocolViolation, ProverFailed
from proofs.halo2.secret_model import SecretModel
from protocols.eip712 import Domain
from protocols.errors import MessageRejected
from protocols.predictions.actions import (
    AcceptJob,
    Action,
    CheckOffer,
    Collect,
    Done,
    ProveAnswer,
    SendAcceptance,
    SendDecline,
    SubmitProof,
)
from protocols.predictions.answers import ReceiptDesk, SignedReceipt
from protocols.predictions.envelopes import open_offer
from protocols.predictions.facts import ProviderFacts, provider_facts
from protocols.predictions.messages import Acceptance, Decline, Offer
from protocols.predictions.offer_check import OfferExpectations, offer_problems
from protocols.predictions.provider import decide_provider
from protocols.predictions.view import Limits
from protocols.prudence import CAUTIOUS, Prudence
from protocols.sealing import Direction
from protocols.signed_messages import sign_message


class ProvidersMailbox(Mailbox):
    """Offers to ``me``, the provider, for one model."""

    def __init__(self, channel_root: Path, state: Path, checked: CheckedRounds, me: str) -> None:
        super().__init__(channel_root, state, Provider.role)
        self.checked, self.me = checked, me
        self.domain = Domain(checked.escrow.chain.chain_id, checked.escrow.address)

    def concerns(self, raw: bytes, job_id: bytes) -> bool:
        """Whether ``raw`` is a signed offer for this model under this job id; MessageRejected when it is no offer."""
        offer = open_offer(raw, self.domain, self.me)
        return offer.job_id == job_id and offer.terms.model_id == self.checked.listing.model.model_id


class Provider(PredictionParty):
    """Stands for the answers that its service gives with a committed ``model`` (secret) in one round.

    Args:
        record: what the service writes. job_id: of the offer to answer. prove_s: seconds a proof takes until it is on
            chain. inference_cost: least an answer must bring beside its fee, wei or token units. prudence: which fees
            and clocks it accepts.
    """

    role = "provider"
    outgoing = Direction.SELLER_TO_BUYER

    def __init__(
        self,
        checked: CheckedRounds,
        signer: LocalSigner,
        folder: Path,
        channel_root: Path,
        limits: Limits,
        say: Say,
        *,
        model: SecretModel,
        record: AnswerRecord,
        job_id: bytes,
        prove_s: int,
        inference_cost: int = 0,
        prudence: Prudence = CAUTIOUS,
    ) -> None:
        super().__init__(checked, signer, folder, channel_root, limits, say)
        if model.commitment != checked.listing.model:
            raise InvalidInput("the model is not the listed one; publish this one, or give the listed one")
        self.record, self.prove_s, self.inference_cost = record, prove_s, inference_cost
        self.prudence = prudence
        self.offer = self._read_offer(job_id)
        self.other = self.offer.terms.client
        self.job: RoundJob = self.open_job(self.offer.terms, job_id)
        self.receipts = ReceiptDesk(self.terms, job_id, self.domain)
        self.stack = ExitStack()
        self.prover = AnswerProver(model, checked.circuit.circuit, self.stack)

    @property
    def facts(self) -> ProviderFacts:
        """What the journal says, and how much the client has signed for by the service's record."""
        receipt = self._receipt()
        facts = provider_facts(self.job.journal.entries)
        return facts if receipt is None else replace(facts, receipt=receipt.receipt.answered)

    def decide(self) -> Action:
        """The next action."""
        return decide_provider(self.terms, self.view(), self.facts, self.limits, self.offer.valid_until)

    def carry_out(self, action: Action) -> None:
        """Do it."""
        if self.finish(action):
            if isinstance(action, Done):
                self.prover.budget(self.job.job_id).release()
            return
        if isinstance(action, SendDecline):
            self._answer(Decline(job_id=self.job.job_id, reason=action.reason), "declined", {"reason": action.reason})
        elif isinstance(action, ProveAnswer):
            self._prove(action.index)
        elif isinstance(action, SubmitProof):
            self._submit(action.index)
        else:
            self._moves()[type(action)]()

    def close(self) -> None:
        """Release the journal and remove the compiled model."""
        self.stack.close()
        super().close()

    def _moves(self) -> dict[type[Action], Callable[[], object]]:
        """The actions without parameters of their own, and what carries each out."""
        return {
            CheckOffer: lambda: note(self.job, "offer-checked", {"problems": list(self._problems())}),
            SendAcceptance: lambda: self._answer(
                Acceptance(job_id=self.job.job_id, credit=min(self.limits.credit, self.terms.round)),
                "acceptance-sent",
                {},
            ),
            AcceptJob: self._accept,
            Collect: self._collect,
        }

    # ---- before the deposit

    def _read_offer(self, job_id: bytes) -> Offer:
        """The offer, kept from now on: a client who takes it off the channel later must not strand this side."""
        raw = offer_bytes(self.channel_root, self.folder, job_id)
        if raw is None:
            raise ProtocolViolation(f"no offer under job {to_hex(job_id)} in {self.channel_root}")
        offer = open_offer(raw, self.domain, self.address)
        if offer.job_id != job_id:
            raise ProtocolViolation(f"the offer in folder {to_hex(job_id)} is for job {to_hex(offer.job_id)}")
        keep_offer(self.folder, job_id, raw)
        return offer

    def _problems(self) -> tuple[str, ...]:
        """What speaks against the offer."""
        listing, found = self.checked.listing, self.checked.circuit
        expected = OfferExpectations(
            model_id=listing.model.model_id,
            weights_commitment=listing.model.weights_commitment,
            format_digest=self.checked.view.digest,
            outputs=found.circuit.outputs,
            verifier_codehash=found.deployment.adapter_codehash,
            vk_digest=found.vk_digest,
            settings_digest=found.settings_digest,
            srs_digests=frozenset({found.circuit.srs_digest}),
            escrow=self.escrow.address,
            min_window=self.escrow.min_window(),
            inference_cost=self.inference_cost,
            proving_cost=2 * listing.prices.proving_cost,
            prove_s=self.prove_s,
            margin_s=self.limits.margin_s,
            proofs_left=self.prover.proofs_left(),
            max_deposit=listing.prices.max_deposit,
            max_fee=self.prudence.fee_cap(usual_fee(self.terms.round, listing.prices)),
            fee_recipients=self.prudence.recipients,
            max_window_s=self.prudence.max_window_s,
            tokens=frozenset({listing.prices.token}),
            client_has_code=can_disown(self.chain, self.other),
        )
        problems = list(offer_problems(self.offer, expected, self.chain.now()))
        if self.terms.verifier != found.deployment.adapter:
            problems.append(f"verifier {self.terms.verifier} is not the listed {found.deployment.adapter}")
        if self.terms.answer_price < listing.prices.price:
            problems.append(f"an answer costs {listing.prices.price}, the offer says {self.terms.answer_price}")
        return tuple(problems)

    def _answer(self, message: Acceptance | Decline, kind: str, body: dict[str, str]) -> None:
        if self.job.channel.sent() == ANSWER:
            self.job.channel.send(ANSWER, sign_message(message, self.signer.account, self.domain))
        note(self.job, kind, {**body})

    def _accept(self) -> None:
        """Deposit, once everything that a proof takes is there, and the proofs that may be needed are reserved."""
        why = self.prover.budget(self.job.job_id).reserve(self.terms.contests)
        if why is not None:
            note(self.job, "offer-checked", {"problems": [why]})
            return
        self.prover.get_ready()
        self.escrow.accept(self.signer, self.terms)

    # ---- contests

    def _prove(self, index: int) -> None:
        """Prove an answer, or write down that nobody can: then the deposit is lost, and further work with it."""
        recorded = self.record.answer(self.job.job_id, index)
        fault = "nothing was recorded under this index" if recorded is None else self._fault(index, recorded)
        if recorded is None or fault is not None:
            self._give_up(index, str(fault))
            return
        try:
            self.prover.prove(self._tag(), self.job.job_id, recorded)
        except ProverFailed as error:
            if not is_verdict(error):
                raise
            self._give_up(index, str(error))
            return
        note(self.job, "proof-ready", {"index": str(index)})

    def _give_up(self, index: int, why: str) -> None:
        """Written down, so that no restart tries it again at the cost of another opening."""
        self.say(f"answer {index} has no proof: {why}")
        note(self.job, "unprovable", {"index": str(index), "why": why[:500]})

    def _fault(self, index: int, recorded: RecordedAnswer) -> str | None:
        """Why a recorded answer has no proof that the contest asks for."""
        contest, answer = self.escrow.contest_of(self.job.job_id, index), recorded.signed.answer
        if (contest.h, contest.outputs_hash) != (answer.h, answer.outputs_hash):
            return "another answer than the recorded one was signed, and is contested"
        return self.prover.fault(recorded)

    def _submit(self, index: int) -> None:
        recorded = self.record.answer(self.job.job_id, index)
        if recorded is None:
            raise InvalidInput(f"answer {index} is gone from the record; restore the service's folder")
        proof = self.prover.prove(self._tag(), self.job.job_id, recorded)
        self.escrow.prove_answer(
            self.signer,
            self.job.job_id,
            index,
            note=note_of(self.job.job_id, index),
            tag_hash=proof.tag_hash,
            outputs=recorded.signed.outputs,
            proof=proof.proof,
        )

    def _tag(self) -> bytes:
        return self.escrow.job(self.job.job_id).tag

    # ---- the receipt

    def _receipt(self) -> SignedReceipt | None:
        """The client's highest receipt, checked again: a refused one would cost a transaction at the last moment."""
        found = self.record.receipt(self.job.job_id)
        if found is None:
            return None
        try:
            return self.receipts.open(found.to_json())
        except MessageRejected as error:
            self.say_once(f"passed over a receipt that the client has not signed: {error}")
            return None

    def _collect(self) -> None:
        receipt = self._receipt()
        if receipt is None:
            raise InvalidInput("the receipt is gone from the record; restore the service's folder")
        self.escrow.collect(self.signer, self.job.job_id, receipt.receipt.answered, receipt.signature)
