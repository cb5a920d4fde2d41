"""The requester at work: offer, funds, the check before the receipt, decryption, and the complaint if there is one."""

from __future__ import annotations

import time
from pathlib import Path

from escrow.parties.corpus_check import CheckedCorpus
from escrow.parties.driver import Say, note
from escrow.parties.mailbox import OFFER
from escrow.parties.purchase import keep_documents, kept_delivery, opened_by_key, unfit_payloads, write_delivery
from escrow.parties.retrieval_party import ANSWER, PROBLEM, RetrievalJob, RetrievalParty
from escrow.parties.retrieval_terms import predicate_of
from escrow.parties.shipment import FIRST_NOTICE, Found, next_notice, receive_shipment
from escrow.signers import LocalSigner
from proofs.canonical import to_hex
from proofs.commitment.delivery import Delivery
from proofs.commitment.delivery_check import check_delivery
from proofs.commitment.delivery_open import ChunkFault, Opened, ViewFault
from proofs.errors import InvalidInput, MalformedProof, RejectedProof
from protocols.errors import JournalError, MessageRejected
from protocols.retrieval.actions import (
    Acknowledge,
    Action,
    Complain,
    DecryptDocuments,
    Done,
    FetchDocuments,
    OpenJob,
    SendOffer,
    SendProblem,
    TopUp,
    Wait,
)
from protocols.retrieval.events import State
from protocols.retrieval.facts import RequesterFacts, requester_facts
from protocols.retrieval.messages import Acceptance, Decline, DeliveryNotice, DeliveryProblem, Offer
from protocols.retrieval.requester import decide_requester
from protocols.retrieval.signing import open_message
from protocols.retrieval.terms import RetrievalTerms
from protocols.retrieval.view import Limits
from protocols.sealed_channel import usable_key
from protocols.sealing import Direction
from protocols.signed_messages import sign_message

OFFER_MADE, KEPT = "offer-made", "documents-kept"
MAX_DELIVERY_BYTES = 1 << 32
NONE, DECRYPTION, VIEW = "none", "decryption", "view"
STAY_ONLINE = (
    "stay online until the complaint window closes: a fault that nobody complains about by then is paid for in full"
)


class Requester(RetrievalParty):
    """Buys what ``terms`` ask for from the corpus's owner.

    Args:
        terms: of the job. valid_until: chain time until which the offer stands. purpose: what the predicate is meant
            to find, in words; nothing enforces it. most_bytes: largest delivery taken.
    """

    role = "requester"
    outgoing = Direction.BUYER_TO_SELLER

    def __init__(
        self,
        checked: CheckedCorpus,
        signer: LocalSigner,
        folder: Path,
        channel_root: Path,
        limits: Limits,
        say: Say,
        *,
        terms: RetrievalTerms,
        valid_until: int,
        purpose: str = "",
        most_bytes: int = MAX_DELIVERY_BYTES,
    ) -> None:
        super().__init__(checked, signer, folder, channel_root, limits, say)
        if terms.corpus_root != checked.listing.corpus.root:
            raise InvalidInput("the terms name another corpus than the listing; build the terms from this listing")
        self.purpose, self.most_bytes = purpose, most_bytes
        self.tried_keeping = False
        self.job: RetrievalJob = self.open_job(terms, checked.escrow.job_id_of(terms))
        self.valid_until = self._standing_until(valid_until)

    @property
    def facts(self) -> RequesterFacts:
        """What the journal says."""
        return requester_facts(self.job.journal.entries)

    @property
    def documents(self) -> Path:
        """Where the documents are, once they are readable."""
        return self.home(self.job.job_id) / "documents"

    def decide(self) -> Action:
        """The next action."""
        chain = self.view()
        if chain.state is not State.NONE or self.facts.offer_sent:
            self._read_answer()
        action = decide_requester(self.terms, chain, self.facts, self.limits, self.valid_until)
        if chain.state is State.REVEALED and self.facts.fault is None:
            self.say_once(STAY_ONLINE)
        return DecryptDocuments() if isinstance(action, Wait | Done) and self._unkept() else action

    def carry_out(self, action: Action) -> None:
        """Do it."""
        if self.finish(action):
            return
        if isinstance(action, SendOffer):
            self._send_offer()
        elif isinstance(action, OpenJob):
            self.escrow.open(self.signer, self.terms)
        elif isinstance(action, TopUp):
            self.escrow.top_up(self.signer, self.terms, action.amount)
        elif isinstance(action, FetchDocuments):
            self._fetch()
        elif isinstance(action, SendProblem):
            self._send_problem(action.reason)
        elif isinstance(action, Acknowledge):
            self._acknowledge(action.ciphertext_root)
        elif isinstance(action, DecryptDocuments):
            self._decrypt()
        elif isinstance(action, Complain):
            self._complain()

    # ---- before the job is accepted

    def _standing_until(self, wanted: int) -> int:
        """Until when the offer stands: what was written down first counts, whatever a restarted process would say."""
        for entry in self.job.journal.entries:
            if entry.kind == OFFER_MADE:
                return int(str(entry.body["valid_until"]))
        note(self.job, OFFER_MADE, {"valid_until": str(wanted)})
        return wanted

    def _send_offer(self) -> None:
        predicate = predicate_of(self.terms)
        found = None if predicate is None else self.checked.circuit_of(predicate)
        offer = Offer(
            job_id=self.job.job_id,
            terms=self.terms,
            requester_channel_key=self.job.key.public,
            vk_digest=bytes(32) if found is None else found.vk_digest,
            settings_digest=bytes(32) if found is None else found.settings_digest,
            note=self.purpose,
            valid_until=self.valid_until,
        )
        if self.job.channel.sent() == OFFER:
            self.job.channel.send(OFFER, sign_message(offer, self.signer.account, self.domain))
        note(self.job, "offer-sent")

    def _read_answer(self) -> None:
        """Take the responder's acceptance or refusal off the channel; pass over what is not the responder's."""
        facts = self.facts
        if facts.channel_key is not None or facts.declined is not None:
            return
        raw = self.received(ANSWER)
        if raw is None:
            return
        try:
            acceptance = self._opened(raw, Acceptance)
            if not usable_key(acceptance.responder_channel_key):
                self.say_once("passed over an acceptance with a channel key that nothing can be sealed to")
                return
            body = {"channel_key": to_hex(acceptance.responder_channel_key)}
            note(self.job, "acceptance", {**body, "max_document_bytes": str(acceptance.max_document_bytes)})
        except MessageRejected:
            self._read_decline(raw)

    def _read_decline(self, raw: bytes) -> None:
        try:
            message = open_message(raw, Decline, self.domain, self.terms, self.address)
            note(self.job, "declined", {"reason": message.reason})
        except MessageRejected as error:
            self.say_once(f"passed over a message that is not the responder's answer: {error}")

    def _opened(self, raw: bytes, kind: type[Acceptance]) -> Acceptance:
        return open_message(raw, kind, self.domain, self.terms, self.address)

    # ---- the delivery

    def _fetch(self) -> None:
        """Take the next complete delivery off the channel and judge it by the chain, the corpus and nothing else."""
        key = self.facts.channel_key
        if key is None:
            return
        channel = self.sealed_to(key)
        try:
            found = next_notice(channel, self._read_from(), self._notice)
        except (MessageRejected, InvalidInput) as error:
            self.say_once(f"the channel cannot be read for now: {error}")
            return
        if found is None:
            return
        status = self.escrow.job(self.job.job_id)
        try:
            content = receive_shipment(channel, found, self.most_bytes)
            if content is None:
                return
            delivery = self._judged(content, status.ciphertext_root, status.chunk_count)
            write_delivery(self.home(self.job.job_id), delivery)
            self._note_documents(status.ciphertext_root, found, "")
        except (MessageRejected, MalformedProof, RejectedProof) as error:
            if isinstance(error, MessageRejected) and error.check == "channel":  # says nothing about the delivery
                self.say_once(f"the channel cannot be read for now: {error}")
                return
            self._note_documents(status.ciphertext_root, found, str(error)[:300] or type(error).__name__)

    def _judged(self, content: bytes, root: bytes, chunk_count: int) -> Delivery:
        """The delivery, complete and the committed one. Raises MalformedProof or RejectedProof."""
        delivery = Delivery.from_bytes(content)
        check_delivery(delivery, self.checked.listing.corpus, self.sold(), root, chunk_count)
        return delivery

    def _note_documents(self, root: bytes, found: Found, reason: str) -> None:
        judged = {"root": to_hex(root), "reason": reason, "next": str(found.after)}
        note(self.job, "documents", {**judged, "holds": not reason})

    def _read_from(self) -> int:
        """Where the next notice may be: behind everything already judged."""
        places = [int(str(e.body["next"])) for e in self.job.journal.entries if e.kind == "documents"]
        return max([FIRST_NOTICE, *places])

    def _notice(self, raw: bytes) -> DeliveryNotice:
        return open_message(raw, DeliveryNotice, self.domain, self.terms, self.address)

    def _send_problem(self, reason: str) -> None:
        facts = self.facts
        if facts.channel_key is None or facts.problem_root is None:
            raise InvalidInput("there is no delivery to complain about; restore the journal")
        message = DeliveryProblem(job_id=self.job.job_id, ciphertext_root=facts.problem_root, reason=reason)
        try:
            signed = sign_message(message, self.signer.account, self.domain)
            self.sealed_to(facts.channel_key).send(PROBLEM, signed)
        except InvalidInput as error:  # a courtesy to the responder; without a receipt nothing is lost
            self.say(f"the problem could not be reported: {error}")
        note(self.job, "problem-sent", {"root": to_hex(facts.problem_root)})

    def _acknowledge(self, root: bytes) -> None:
        """The receipt, for what lies in this party's own folder now, looked at again: it cannot be taken back."""
        delivery = self._kept()
        status = self.escrow.job(self.job.job_id)
        check_delivery(delivery, self.checked.listing.corpus, self.sold(), root, status.chunk_count)
        self.escrow.acknowledge(self.signer, self.job.job_id, root)

    # ---- after the key

    def _unkept(self) -> bool:
        """Whether the documents are readable, but not all of them in their folder; tried once by each process."""
        kept = any(entry.kind == KEPT for entry in self.job.journal.entries)
        return self.facts.fault is not None and not kept and not self.tried_keeping

    def _decrypt(self) -> None:
        """Open everything and note the first fault; the documents are kept after the complaint, which has a deadline.

        So this is done twice when there is a fault: nothing a document holds, and no full disk, may come before it.
        """
        began = time.monotonic()
        opened = None
        if self.facts.fault is None:
            opened = self._open()
            self._note_fault(opened.complaint)
            if opened.complaint is not None:
                return
        self.tried_keeping = True
        try:
            self._keep(self._open() if opened is None else opened)
        except JournalError:  # the documents are there, and the journal is closed: this process ends
            raise
        except (InvalidInput, RejectedProof) as error:
            self.say(f"warning: the documents cannot be kept: {error}")
        self.say(f"decryption took {time.monotonic() - began:.1f} s")

    def _note_fault(self, fault: ChunkFault | ViewFault | None) -> None:
        kind = NONE if fault is None else DECRYPTION if isinstance(fault, ChunkFault) else VIEW
        try:
            note(self.job, "decrypted", {"fault": kind})
        except JournalError:
            if fault is not None:  # a full disk ends this process, but not before it has complained
                self._complain_about(fault)
            raise

    def _keep(self, opened: Opened) -> None:
        """Write down what was bought, and say what no contract looks at."""
        key = self.escrow.job(self.job.job_id).key
        unfit = unfit_payloads(self._kept(), opened, self.checked.listing.corpus, self.job.job_id, key)
        kept = keep_documents(self.documents, opened, self.checked.listing.corpus, unfit)
        for warning in kept.warnings:
            self.say(f"warning: {warning}")
        self.say(f"{kept.count} documents in {self.documents}")
        if kept.complete:
            note(self.job, KEPT, {"warnings": str(len(kept.warnings))})

    def _complain(self) -> None:
        fault = self._open().complaint
        if fault is None:
            raise InvalidInput("the fault noted before is not there any more; the kept delivery was changed")
        self._complain_about(fault)

    def _complain_about(self, fault: ChunkFault | ViewFault) -> None:
        if isinstance(fault, ChunkFault):
            self.escrow.complain_decryption(self.signer, self.job.job_id, fault.document, fault.chunk, fault.cipher)
        else:
            self.escrow.complain_view(self.signer, self.job.job_id, fault.document, fault.step, fault.next)

    def _open(self) -> Opened:
        status = self.escrow.job(self.job.job_id)
        corpus = self.checked.listing.corpus
        return opened_by_key(self._kept(), corpus, self.terms.responder, self.job.job_id, status.key, status.key_hash)

    def _kept(self) -> Delivery:
        return kept_delivery(self.home(self.job.job_id))
