"""The seller at work: check the offer, accept, open and check the test set, predict, prove, settle."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from escrow.parties.buyer import ANSWER, FIRST_CHUNK, NOTICE, RECEIPT
from escrow.parties.job_budget import JobBudget
from escrow.parties.listing import Checked
from escrow.parties.mailbox import keep_offer, offer_bytes
from escrow.parties.party import Job, Party, Say, note
from escrow.signers import LocalSigner
from proofs.bundle import AccuracyBundle, BatchProof, note_of
from proofs.canonical import to_hex
from proofs.commitment.test_set import TestSet
from proofs.commitment.wire import decode_test_set
from proofs.errors import InvalidInput, MalformedProof, ProtocolViolation
from proofs.fidelity import FidelityReceipt
from proofs.files import write_atomic
from proofs.halo2.backend import Halo2Backend, accuracy_statement
from proofs.halo2.prover import IntegerLogits, Proving, integer_logits, proving, receipt_for
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.tag import bound_tag
from proofs.statements.accuracy import Accuracy
from protocols.accuracy.actions import (
    Abort,
    AcceptJob,
    Action,
    CheckOffer,
    Done,
    FetchTestSet,
    Proceed,
    ProveBatch,
    RunModel,
    SendAcceptance,
    SendDecline,
    SendReceipt,
    SubmitBatch,
)
from protocols.accuracy.facts import SellerFacts, seller_facts
from protocols.accuracy.messages import Acceptance, Decline, HandOverNotice, HandOverReceipt, Offer
from protocols.accuracy.offer_check import OfferExpectations, offer_problems
from protocols.accuracy.plan import Costs, minimum_fee
from protocols.accuracy.seller import choose_batches, decide_seller
from protocols.accuracy.signing import open_message, open_offer, sign_message
from protocols.accuracy.view import Limits
from protocols.errors import MessageRejected
from protocols.hand_over import unseal_test_set
from protocols.prudence import CAUTIOUS, Prudence
from protocols.sealed_channel import SealedChannel
from protocols.sealing import Direction

FIDELITY = "fidelity"


class Seller(Party):
    """Sells one audit of its committed ``model`` (secret) to the buyer whose offer lies under ``job_id``.

    Args:
        prudence: which fees and clocks it accepts.
    """

    role = "seller"
    outgoing = Direction.SELLER_TO_BUYER

    def __init__(
        self,
        checked: Checked,
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
        self.model, self.backend, self.prudence = model, Halo2Backend(), prudence
        self.offer = self._read_offer(job_id)
        self.job: Job = self.open_job(self.offer.terms, job_id)
        self.budget = JobBudget(model, job_id)
        self.stack = ExitStack()
        self.session: Proving | None = None
        self.test_set: TestSet | None = None
        self.receipt: FidelityReceipt | None = None
        self.logits: IntegerLogits | None = None

    @property
    def facts(self) -> SellerFacts:
        """What the journal says."""
        return seller_facts(self.job.journal.entries)

    def decide(self) -> Action:
        """The next action."""
        chain = self.view(self.job.terms, self.job.job_id)
        return decide_seller(self.job.terms, chain, self.facts, self._limits(), self.offer.valid_until)

    def carry_out(self, action: Action) -> None:
        """Do it."""
        if self.finish(action, self.job.job_id):
            if isinstance(action, Done):
                self.budget.release()
            return
        if isinstance(action, SendDecline):
            self._send(Decline(job_id=self.job.job_id, reason=action.reason), "declined", {"reason": action.reason})
        elif isinstance(action, ProveBatch):
            proof = self.prove(action.index)
            note(self.job, "proof-ready", {"batch": str(action.index), "count": str(proof.count)})
        elif isinstance(action, SubmitBatch):
            self.submit(self.prove(action.index))
        else:
            self._moves()[type(action)]()

    def _moves(self) -> dict[type[Action], Callable[[], object]]:
        """The actions without parameters, and what carries each out."""
        escrow, job_id = self.checked.escrow, self.job.job_id
        return {
            CheckOffer: lambda: note(self.job, "offer-checked", {"problems": list(self._problems())}),
            AcceptJob: self._accept,
            SendAcceptance: self._send_acceptance,
            FetchTestSet: self._fetch,
            RunModel: lambda: note(self.job, "predicted", {"counts": [str(count) for count in self.predict()]}),
            SendReceipt: self._send_receipt,
            Proceed: self._proceed,
            Abort: lambda: escrow.abort(self.signer, job_id),
        }

    def _accept(self) -> None:
        """Deposit, once the fewest proofs that can reach the target are reserved."""
        terms = self.job.terms
        why = self.budget.reserve(-(-terms.target // terms.batch))
        if why is None:
            self.checked.escrow.accept(self.signer, terms, self._seed())
        else:
            note(self.job, "offer-checked", {"problems": [why]})

    def _proceed(self) -> None:
        """From here on the deposit hangs on the proofs; where another job has taken some, the next look aborts."""
        needed = choose_batches(self.facts.predicted or (), frozenset(), self.job.terms.target) or ()
        if self.budget.reserve(len(needed)) is None:
            self.checked.escrow.proceed(self.signer, self.job.job_id)

    def submit(self, proof: BatchProof) -> None:
        """Put one batch's proof on chain."""
        self.checked.escrow.submit_batch(
            self.signer,
            self.job.job_id,
            proof.index,
            h=proof.opening.hashes,
            payload_roots=proof.opening.payload_roots,
            path=proof.opening.path,
            note=self._note(),
            tag_hash=proof.tag_hash,
            count=proof.count,
            proof=proof.proof,
        )

    def bundle(self) -> AccuracyBundle:
        """The proofs made for this job as a bundle anybody can verify without the chain."""
        test_set, receipt = self._opened()
        batches = tuple(self.prove(index) for index in sorted(self.facts.proofs))
        return AccuracyBundle(self._statement(test_set), self.model.commitment.details, receipt, batches)

    def close(self) -> None:
        """Release the journal and remove the compiled model."""
        self.stack.close()
        self.session = None
        self.job.journal.close()

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
        commitment = self.model.commitment
        expected = OfferExpectations(
            model_id=commitment.model_id,
            format_digest=commitment.format.digest,
            verifier_codehash=self.checked.deployment.adapter_codehash,
            vk_digest=self.checked.vk_digest,
            settings_digest=self.checked.settings_digest,
            srs_digests=frozenset({self.checked.description.srs_digest}),
            escrow=self.checked.escrow.address,
            min_window=self.checked.escrow.min_window(),
            max_fee=self.prudence.fee_cap(minimum_fee(self.job.terms.total, Costs().inference)),
            fee_recipients=self.prudence.recipients,
            max_window_s=self.prudence.max_window_s,
        )
        return offer_problems(self.offer, expected, self.chain.now())

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

    # ---- the test set

    def _fetch(self) -> None:
        """Take notice and chunks off the channel; judge them once the chunks named on chain are all there."""
        on_chain = self.checked.escrow.job(self.job.job_id).ciphertext_root
        try:
            plaintext = self._plaintext(on_chain)
            if plaintext is None:
                return
            self.test_set = self._parsed(plaintext)
            write_atomic(self._kept_test_set, plaintext, secret=True)
            matches, reason = True, ""
        except (MessageRejected, MalformedProof) as error:
            matches, reason = False, str(error)[:300]
        note(self.job, "test-set", {"matches": matches, "reason": reason})

    def _plaintext(self, root: bytes) -> bytes | None:
        raw = self._sealed().receive(NOTICE)
        if raw is None:
            return None
        notice = open_message(raw, HandOverNotice, self.domain, self.job.terms, self.address)
        chunks = [self.job.channel.receive(FIRST_CHUNK + index) for index in range(notice.chunk_count)]
        present = [chunk for chunk in chunks if chunk is not None]
        if len(present) < notice.chunk_count:
            return None
        return unseal_test_set(present, root, self.job.key, self.offer.buyer_channel_key, self.job.job_id)

    def _parsed(self, plaintext: bytes) -> TestSet:
        shape, total = self.model.commitment.format, self.job.terms.total
        test_set = decode_test_set(plaintext, shape, total, self.backend.hash_examples)
        if test_set.commitment.root != self.job.terms.data_root:
            raise MalformedProof("its root is not the one in the terms")
        return test_set

    def _opened(self) -> tuple[TestSet, FidelityReceipt]:
        """The test set and the fidelity receipt; after a restart, from this party's own folder and journal."""
        if self.test_set is None:
            self.test_set = self._parsed(self._reread())
        if self.receipt is None:
            self.receipt = self._noted_receipt() or self._measured_receipt(self.test_set)
        return self.test_set, self.receipt

    @property
    def _kept_test_set(self) -> Path:
        """The opened test set, decrypted: the buyer may empty the channel, the proofs are still due."""
        return self.home(self.job.job_id) / "test-set.secret"

    def _reread(self) -> bytes:
        try:
            return self._kept_test_set.read_bytes()
        except OSError as error:
            raise InvalidInput(
                f"cannot read the opened test set {self._kept_test_set}: {error.strerror}; restore the state folder"
            ) from None

    def _noted_receipt(self) -> FidelityReceipt | None:
        for entry in self.job.journal.entries:
            if entry.kind == FIDELITY:
                return FidelityReceipt.from_bytes(bytes.fromhex(str(entry.body["receipt"]).removeprefix("0x")))
        return None

    def _measured_receipt(self, test_set: TestSet) -> FidelityReceipt:
        """Measured once and written down: every proof's tag binds it, so a restart must find these very figures."""
        receipt = receipt_for(self.model, test_set, self._integer_logits(test_set))
        note(self.job, FIDELITY, {"receipt": to_hex(receipt.to_bytes())})
        return receipt

    def _integer_logits(self, test_set: TestSet) -> IntegerLogits:
        if self.logits is None:
            self.logits = integer_logits(self.model, test_set)
        return self.logits

    def predict(self) -> list[int]:
        """Right answers of each batch by the integer model."""
        test_set, _ = self._opened()
        logits = self._integer_logits(test_set)
        right = (logits.classes == test_set.labels).reshape(-1, test_set.format.batch)
        return [int(count) for count in right.sum(axis=1)]

    def _send_receipt(self) -> None:
        root = self.checked.escrow.job(self.job.job_id).ciphertext_root
        receipt = HandOverReceipt(job_id=self.job.job_id, ciphertext_root=root, data_root=self.job.terms.data_root)
        try:
            self._sealed().send(RECEIPT, sign_message(receipt, self.signer.account, self.domain))
        except InvalidInput as error:  # a courtesy to the buyer, who can spoil the channel; no deposit hangs on it
            self.say(f"the receipt could not be delivered: {error}")
        note(self.job, "receipt-sent")

    # ---- proving

    def prove(self, index: int) -> BatchProof:
        """Batch ``index``'s proof for this job; read back if it was made before."""
        test_set, _ = self._opened()
        if self.session is None:
            self.session = self.stack.enter_context(proving(self.model, test_set))
        with self.budget.spending():
            return self.session.prove_batch(index, self.bound_tag())[0]

    def bound_tag(self) -> bytes:
        """The tag every proof of this job carries: the job's own, with the note of statement and receipt."""
        return bound_tag(self._tag(), self._note())

    def _statement(self, test_set: TestSet) -> Accuracy:
        return accuracy_statement(self.model.commitment, test_set.commitment, self.job.terms.target, self._tag())

    def _note(self) -> bytes:
        test_set, receipt = self._opened()
        return note_of(self._statement(test_set), receipt)

    def _tag(self) -> bytes:
        return self.checked.escrow.job(self.job.job_id).tag

    def _limits(self) -> Limits:
        """The party's limits with the proofs its commitment still allows, those already made for this job included."""
        left = self.budget.left
        if left is None:
            return self.limits
        left += len(self.facts.proofs)
        return Limits(margin_s=self.limits.margin_s, prove_s=self.limits.prove_s, proofs_left=left)

    def _sealed(self) -> SealedChannel:
        return SealedChannel(
            self.job.channel, self.job.key, self.offer.buyer_channel_key, self.job.job_id, self.outgoing
        )
