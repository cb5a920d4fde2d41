"""The seller of protocol A' at work: check the offer, accept, judge the sample, open the rest, prove, settle."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from escrow.parties.driver import Say, note
from escrow.parties.job_budget import JobBudget
from escrow.parties.listing import CheckedSampled
from escrow.parties.mailbox import keep_offer, offer_bytes
from escrow.parties.predictions.prover import is_verdict
from escrow.parties.sampled_model import right_answers, unprovable
from escrow.parties.sampled_opening import HandedOver, fault_of, kept, provable
from escrow.parties.sampled_party import ANSWER, NOTICE, SampledJob, SampledParty
from escrow.parties.sampled_proofs import RestProofs
from escrow.parties.sampled_shipment import key_place, receive_examples
from escrow.signers import LocalSigner
from proofs.canonical import to_hex
from proofs.commitment.examples import encrypted_bytes
from proofs.commitment.examples_open import OpenedExamples, from_chain
from proofs.commitment.faults import ChunkFault
from proofs.errors import InvalidInput, MalformedProof, ProtocolViolation, ProverFailed, RejectedProof
from proofs.files import write_atomic
from proofs.halo2.secret_model import SecretModel
from protocols.accuracy.plan import Costs, minimum_fee
from protocols.canonical import JsonValue
from protocols.errors import MessageRejected
from protocols.prudence import CAUTIOUS, Prudence
from protocols.sampled.actions import (
    Abort,
    AcceptJob,
    CheckOffer,
    Complain,
    Confirm,
    Done,
    FetchKey,
    FetchSample,
    OpenRest,
    Proceed,
    ProveBatch,
    RunModel,
    RunSample,
    SellerAction,
    SendAcceptance,
    SendDecline,
    SubmitBatch,
)
from protocols.sampled.events import State
from protocols.sampled.facts import SellerFacts, seller_facts
from protocols.sampled.malice import least_right_against_malice
from protocols.sampled.messages import Acceptance, Decline, HandOverNotice, Offer, RestKey
from protocols.sampled.offer_check import OfferExpectations, offer_problems
from protocols.sampled.seller import decide_seller
from protocols.sampled.signing import open_message, open_offer
from protocols.sampled.view import NO_WORD, Limits
from protocols.sealed_channel import usable_key
from protocols.sealing import Direction
from protocols.signed_messages import sign_message

MALICE = (
    "a buyer who mislabels examples on purpose would gain by these terms whatever the sample shows: a larger sample or "
    "a lower target is needed, or a seller who says that it trusts the labels"
)


WORTH = 10
"""How many times less than usual a look may pay before the offer is declined."""
MAX_BATCH_SENT = 128
"""Largest batch whose openings and proof stay below the 128 KiB that public nodes pass on."""


class SampledSeller(SampledParty[SellerAction]):
    """Sells one audit of its committed ``model`` (secret) to the buyer whose offer lies under ``job_id``.

    Args:
        prudence: which fees and clocks it accepts.
    """

    role = "sampled-seller"
    outgoing = Direction.SELLER_TO_BUYER

    def __init__(
        self,
        checked: CheckedSampled,
        signer: LocalSigner,
        folder: Path,
        channel_root: Path,
        limits: Limits,
        say: Say,
        *,
        model: SecretModel,
        job_id: bytes,
        prudence: Prudence = CAUTIOUS,
    ) -> None:
        super().__init__(checked, signer, folder, channel_root, limits, say)
        self.model, self.prudence = model, prudence
        self.offer = self._read_offer(job_id)
        self.job: SampledJob = self.open_job(self.offer.terms, job_id)
        self.budget = JobBudget(model, job_id)
        self.stack = ExitStack()
        self.handed: HandedOver | None = None
        self.rest: OpenedExamples | None = None
        self.proofs: RestProofs | None = None
        self.hopeless: frozenset[int] = frozenset()

    @property
    def facts(self) -> SellerFacts:
        """What the journal says, and which batches this process could not prove."""
        return replace(seller_facts(self.job.journal.entries), hopeless=self.hopeless)

    def decide(self) -> SellerAction:
        """The next action."""
        return decide_seller(
            self.terms, self.view(self._batches_done()), self.facts, self._limits(), self.offer.valid_until
        )

    def carry_out(self, action: SellerAction) -> None:
        """Do it."""
        if self.finish(action):
            if isinstance(action, Done):
                self.budget.release()
        elif isinstance(action, SendDecline):
            self._send(Decline(job_id=self.job.job_id, reason=action.reason), "declined", {"reason": action.reason})
        elif isinstance(action, ProveBatch):
            self._prove(action.index)
        elif isinstance(action, SubmitBatch):
            self._submit(action.index)
        else:
            self._moves()[type(action)]()

    def close(self) -> None:
        """Release the journal and remove the compiled model."""
        self.stack.close()
        self.proofs = None
        super().close()

    def _moves(self) -> dict[type[SellerAction], Callable[[], object]]:
        """The actions without parameters that matter here, and what carries each out."""
        escrow, job_id = self.escrow, self.job.job_id
        return {
            CheckOffer: lambda: note(self.job, "offer-checked", {"problems": list(self._problems())}),
            AcceptJob: self._accept,
            SendAcceptance: self._send_acceptance,
            FetchSample: self._fetch_sample,
            RunSample: self._run_sample,
            Proceed: self._proceed,
            Abort: lambda: escrow.abort(self.signer, job_id),
            FetchKey: self._fetch_key,
            OpenRest: lambda: self._open_rest(self._key_in_force()),
            Confirm: lambda: escrow.confirm(self.signer, job_id),
            Complain: self._complain,
            RunModel: self._run_model,
        }

    # ---- before the deposit

    def _read_offer(self, job_id: bytes) -> Offer:
        """The offer, kept from now on: a buyer who takes it off the channel later must not strand this side."""
        raw = offer_bytes(self.channel_root, self.folder, job_id)
        if raw is None:
            raise ProtocolViolation(f"no offer under job {to_hex(job_id)} in {self.channel_root}")
        offer = open_offer(raw, self.domain, self.address)
        if offer.job_id != job_id:
            raise ProtocolViolation(f"the offer in folder {to_hex(job_id)} is for job {to_hex(offer.job_id)}")
        keep_offer(self.folder, job_id, raw)
        return offer

    def _problems(self) -> tuple[str, ...]:
        commitment, terms = self.model.commitment, self.terms
        expected = OfferExpectations(
            model_id=commitment.model_id,
            format_digest=commitment.format.digest,
            verifier_codehash=self.checked.deployment.adapter_codehash,
            vk_digest=self.checked.vk_digest,
            settings_digest=self.checked.settings_digest,
            srs_digests=frozenset({self.checked.description.srs_digest}),
            escrow=self.escrow.address,
            min_window=self.escrow.min_window(),
            max_fee=self.prudence.fee_cap(minimum_fee(terms.sample, Costs().inference)),
            fee_recipients=self.prudence.recipients,
            max_window_s=self.prudence.max_window_s,
        )
        problems = offer_problems(self.offer, expected, self.chain.now())
        if terms.batch != commitment.format.batch:
            taken = f"the model's circuit takes {commitment.format.batch}"
            problems = (*problems, f"the terms prove {terms.batch} examples at a time, {taken}")
        if terms.inference_cost * WORTH < Costs().inference:
            usual = Costs().inference
            problems = (*problems, f"a look pays {terms.inference_cost} wei an example, usual are {usual}; an abort "
                        "on the model's record costs more")  # fmt: skip
        if terms.batch > MAX_BATCH_SENT:
            problems = (*problems, f"batches of {terms.batch} make transactions that public nodes do not pass on")
        if not usable_key(self.offer.buyer_channel_key):
            problems = (*problems, "the buyer's channel key is no usable X25519 key; nothing can be read from it")
        if not self.limits.caution.trust_labels and least_right_against_malice(terms) is None:
            problems = (*problems, MALICE)
        return problems

    def _accept(self) -> None:
        """Deposit, once the fewest proofs that can reach the target are reserved."""
        why = self.budget.reserve(-(-self.terms.target // self.terms.batch))
        if why is None:
            self.escrow.accept(self.signer, self.terms, self._seed())
        else:
            note(self.job, "offer-checked", {"problems": [why]})

    def _seed(self) -> bytes:
        """The job's seed: noted before it is used, the same after a restart."""
        known = self.facts.seed
        if known is None:
            known = secrets.token_bytes(32)
            note(self.job, "accept-seed", {"seed": to_hex(known)})
        return known

    def _send_acceptance(self) -> None:
        answer = Acceptance(job_id=self.job.job_id, seed=self._seed(), seller_channel_key=self.job.key.public)
        self._send(answer, "acceptance-sent", {})

    def _send(self, message: Acceptance | Decline, kind: str, body: dict[str, str]) -> None:
        if self.job.channel.sent() == ANSWER:
            self.job.channel.send(ANSWER, sign_message(message, self.signer.account, self.domain))
        note(self.job, kind, {**body})

    # ---- the sample

    def _fetch_sample(self) -> None:
        """Take sample key and ciphertexts off the channel or the chain; judge them once they are all there."""
        try:
            found = self._on_chain() or self._on_channel()
            if found is None:
                return
            key, raw = found
            handed = self._handed_over(raw)
            if not handed.key_fits(key, self.escrow.job(self.job.job_id).sample_key_hash):
                raise RejectedProof("key", "the sample's key is not the one whose hash is on chain")
            if handed.opened_sample(key).faults:
                raise RejectedProof("sample", "an example of the sample is not what was committed")
            write_atomic(self._kept_path, raw, secret=True)
            body: dict[str, JsonValue] = {"holds": True, "reason": "", "key": to_hex(key)}
        except (MessageRejected, MalformedProof, RejectedProof) as error:
            if getattr(error, "check", "") == "channel":
                self.say_once(f"the channel cannot be read: {error}")
                return
            body = {"holds": False, "reason": str(error)[:300], "key": to_hex(NO_WORD)}
        note(self.job, "sample", body)

    def _on_channel(self) -> tuple[bytes, bytes] | None:
        """The sample's key and the ciphertexts' bytes, once all of them came."""
        notice = self._notice()
        if notice is None:
            return None
        size = encrypted_bytes(self.model.commitment.format, self.terms.total)
        raw = receive_examples(self.sealed_to(self.offer.buyer_channel_key), notice.byte_count, size)
        return None if raw is None else (notice.sample_key, raw)

    def _on_chain(self) -> tuple[bytes, bytes] | None:
        """The same from the chain, where the buyer has put them there; what it has put there counts."""
        status = self.escrow.job(self.job.job_id)
        if status.state is not State.POSTED:
            return None
        posted = self.escrow.posted(self.job.job_id, self.began)
        if posted is None:
            return None
        found = from_chain(*posted, self.model.commitment.format, self.terms.total)
        return status.sample_key, found.to_bytes()

    def _notice(self) -> HandOverNotice | None:
        raw = self.sealed_to(self.offer.buyer_channel_key).receive(NOTICE)
        return None if raw is None else open_message(raw, HandOverNotice, self.domain, self.terms, self.address)

    def _handed_over(self, raw: bytes) -> HandedOver:
        status, shape = self.escrow.job(self.job.job_id), self.model.commitment.format
        found = HandedOver.checked(raw, self.terms, self.job.job_id, status, shape)
        self.handed = found
        return found

    def _run_sample(self) -> None:
        key = self.facts.sample_key
        if key is None:
            raise InvalidInput("the sample's key is not in the journal; restore it")
        right = right_answers(self.model, self._held().opened_sample(key), self.terms.batch)
        note(self.job, "sample-right", {"count": str(right)})

    def _proceed(self) -> None:
        """From here on the deposit hangs on the proofs; where another job has taken some, the next look aborts.

        What stands on chain is compared once more: a reorganisation may have brought another hand-over.
        """
        self.handed = None
        try:
            root = self._held().delivery.ciphertext_root
        except (MalformedProof, RejectedProof) as error:
            note(self.job, "sample", {"holds": False, "reason": str(error)[:300], "key": to_hex(NO_WORD)})
            return
        if self.budget.reserve(self.terms.batches) is None:
            self.escrow.proceed(self.signer, self.job.job_id, root)

    # ---- the rest

    def _fetch_key(self) -> None:
        """Take the rest's key off the channel and open the rest; another key than the committed one is passed over."""
        held, place = self._held(), key_place(len(kept(self._kept_path)))
        try:
            raw = self.sealed_to(self.offer.buyer_channel_key).receive(place)
            if raw is None:
                return
            key = open_message(raw, RestKey, self.domain, self.terms, self.address).key
        except MessageRejected as error:
            self.say_once(f"passed over a message that is not the buyer's key: {error}")
            return
        if held.key_fits(key, self.escrow.job(self.job.job_id).rest_key_hash):
            self._open_rest(key)
        else:
            self.say_once("passed over a key that is not the one whose hash is on chain")

    def _open_rest(self, key: bytes) -> None:
        self.rest = self._held().opened_rest(key)
        note(self.job, "rest", {"key": to_hex(key), "fault": fault_of(self.rest)})

    def _key_in_force(self) -> bytes:
        """The rest's key, from the chain or the journal: the one whose hash stands on chain, be it all zeros."""
        status, held = self.escrow.job(self.job.job_id), self._held()
        for key in (status.rest_key, self.facts.rest_key):
            if key is not None and held.key_fits(key, status.rest_key_hash):
                return key
        raise InvalidInput("the key of the rest is not known; restore the journal")

    def _complain(self) -> None:
        fault = self._opened_rest().faults[0]
        if isinstance(fault, ChunkFault):
            openings = (fault.document, fault.chunk, fault.cipher)
            self.escrow.complain_decryption(self.signer, self.job.job_id, *openings)
        else:
            self.escrow.complain_view(self.signer, self.job.job_id, fault.document, fault.step, fault.next)

    # ---- proving

    def _run_model(self) -> None:
        opened = self._opened_rest()
        if self.facts.left_out is None:
            left_out = unprovable(self.model, opened, self.terms.batch)
            note(self.job, "left-out", {"examples": [str(index) for index in left_out]})
        counts = self._proofs().predict() if provable(self._left(), self.terms.batch) else []
        note(self.job, "predicted", {"counts": [str(count) for count in counts]})

    def _left(self) -> OpenedExamples:
        """The rest without the examples that no proof can be about."""
        return self._opened_rest().without(self.facts.left_out or ())

    def _prove(self, index: int) -> None:
        """One batch's proof. One that can never be is left aside, and the others go on; a restart tries it again."""
        try:
            proof = self._proofs().prove(index, self._tag())
        except ProverFailed as error:
            if not is_verdict(error):
                raise
            self.say(f"batch {index} has no proof and is left out: {error}")
            self.hopeless |= {index}
            return
        note(self.job, "proof-ready", {"batch": str(index), "count": str(proof.count)})

    def _submit(self, index: int) -> None:
        proofs = self._proofs()
        proof, examples = proofs.prove(index, self._tag()), proofs.examples_of(index)
        roots, paths = self._held().paths(examples)
        self.escrow.submit_batch(
            self.signer,
            self.job.job_id,
            indices=examples,
            h=proof.opening.hashes,
            payload_roots=roots,
            paths=paths,
            note=proofs.note(),
            tag_hash=proof.tag_hash,
            count=proof.count,
            proof=proof.proof,
        )

    def _proofs(self) -> RestProofs:
        if self.proofs is None:
            self.proofs = RestProofs(self.model, self.job, self._held(), self._left(), self.budget, self.stack)
        return self.proofs

    def _opened_rest(self) -> OpenedExamples:
        if self.rest is None:
            self.rest = self._held().opened_rest(self._key_in_force())
        return self.rest

    def _held(self) -> HandedOver:
        return self.handed or self._handed_over(kept(self._kept_path))

    @property
    def _kept_path(self) -> Path:
        return self.home(self.job.job_id) / "ciphertexts.secret"

    def _batches_done(self) -> frozenset[int]:
        """The batches of this seller whose examples the escrow counts as spent."""
        if not self.facts.predicted or self.escrow.job(self.job.job_id).state is not State.PROVING:
            return frozenset()
        proofs = self._proofs()
        spent = frozenset(self.escrow.spent_examples(self.job.job_id, self.terms.total))
        return frozenset(j for j in range(proofs.batches) if spent.intersection(proofs.examples_of(j)))

    def _tag(self) -> bytes:
        return self.escrow.job(self.job.job_id).tag

    def _limits(self) -> Limits:
        """The party's limits with the proofs its commitment still allows, those already made for this job included."""
        left = self.budget.left
        if left is None:
            return self.limits
        given = self.limits
        made = len(self.facts.proofs)
        return Limits(margin_s=given.margin_s, prove_s=given.prove_s, proofs_left=left + made, caution=given.caution)
