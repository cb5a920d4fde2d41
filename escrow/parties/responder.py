"""The responder at work: check the offer, accept, prove every batch, deliver, reveal the key against the receipt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from escrow.parties.corpus_check import CheckedCorpus
from escrow.parties.corpus_listing import usual_fee
from escrow.parties.driver import Say, note
from escrow.parties.job_budget import JobBudget
from escrow.parties.mailbox import Mailbox, keep_offer, offer_bytes
from escrow.parties.retrieval_party import ANSWER, PROBLEM, RetrievalJob, RetrievalParty
from escrow.parties.retrieval_terms import predicate_of
from escrow.parties.search import Search
from escrow.parties.shipment import send_shipment
from escrow.signers import LocalSigner
from proofs.canonical import to_hex
from proofs.commitment.chunks import Layout
from proofs.commitment.cipher import fresh_key, key_hash
from proofs.commitment.corpus import Corpus
from proofs.commitment.delivery import Delivery, build_delivery
from proofs.errors import InvalidInput, ProtocolViolation
from proofs.halo2.secret_model import SecretModel
from proofs.wording import counted
from protocols.eip712 import Domain
from protocols.errors import JournalError, MessageRejected
from protocols.prudence import CAUTIOUS, Prudence
from protocols.retrieval.actions import (
    AcceptJob,
    Action,
    CheckOffer,
    Deliver,
    Done,
    ProveBatch,
    Reveal,
    SealDocuments,
    SendAcceptance,
    SendDecline,
    SendDocuments,
    SubmitBatch,
    Wait,
)
from protocols.retrieval.events import State
from protocols.retrieval.facts import ResponderFacts, Sealed, responder_facts
from protocols.retrieval.messages import Acceptance, Decline, DeliveryNotice, DeliveryProblem, Offer
from protocols.retrieval.offer_check import OfferExpectations, offer_problems
from protocols.retrieval.responder import decide_responder
from protocols.retrieval.signing import open_message, open_offer
from protocols.retrieval.view import ChainView, Limits
from protocols.sealed_channel import usable_key
from protocols.sealing import Direction
from protocols.signed_messages import sign_message

MAX_RESENDS = 3
"""Times a delivery is sent again at the requester's word; the channel keeps every one of them."""


class RespondersMailbox(Mailbox):
    """Offers to ``me``, the responder, for one corpus."""

    def __init__(self, channel_root: Path, state: Path, checked: CheckedCorpus, me: str) -> None:
        super().__init__(channel_root, state, Responder.role)
        self.checked, self.me = checked, me
        self.domain = Domain(checked.escrow.chain.chain_id, checked.escrow.address)

    def concerns(self, raw: bytes, job_id: bytes) -> bool:
        """Whether ``raw`` is a signed offer for this corpus under this job id; MessageRejected when it is no offer."""
        offer = open_offer(raw, self.domain, self.me)
        return offer.job_id == job_id and offer.terms.corpus_root == self.checked.listing.corpus.root

    def locked(self, job_id: bytes) -> bool:
        """Whether this party's deposit lies in the job."""
        state = self.checked.escrow.job(job_id).state
        return state > State.OPEN and not state.ended


class Responder(RetrievalParty):
    """Serves one retrieval from its committed ``corpus`` with its committed ``model`` (both secret).

    Args:
        job_id: of the offer to answer. settle_blocks: how many blocks deep a receipt must be before the key is
            revealed; a chain that reorganises can take back a receipt, but not a key. prudence: which fees and clocks
            it accepts.
    """

    role = "responder"
    outgoing = Direction.SELLER_TO_BUYER

    def __init__(
        self,
        checked: CheckedCorpus,
        signer: LocalSigner,
        folder: Path,
        channel_root: Path,
        limits: Limits,
        say: Say,
        *,
        model: SecretModel,
        corpus: Corpus,
        job_id: bytes,
        settle_blocks: int = 0,
        prudence: Prudence = CAUTIOUS,
    ) -> None:
        super().__init__(checked, signer, folder, channel_root, limits, say)
        listed = checked.listing
        if (model.commitment, corpus.commitment) != (listed.model, listed.corpus):
            raise InvalidInput("model or corpus is not the listed one; publish these, or give the listed ones")
        self.corpus, self.settle_blocks, self.prudence = corpus, settle_blocks, prudence
        self.locked_since: int | None = None
        self.stuck = False
        self.offer = self._read_offer(job_id)
        self.job: RetrievalJob = self.open_job(self.offer.terms, job_id)
        self.stack = ExitStack()
        self.budget = JobBudget(model, job_id)
        self.search = Search(model, corpus, predicate_of(self.offer.terms), self._tag, self.stack, self.budget)

    @property
    def facts(self) -> ResponderFacts:
        """What the journal says."""
        return responder_facts(self.job.journal.entries)

    def decide(self) -> Action:
        """The next action."""
        chain = self.view()
        if chain.state is State.DELIVERED:
            self.locked_since = None
            self._read_problem()
        limits = self.with_proofs(self.search.proofs_left(self.facts.proofs))
        action = decide_responder(self.terms, chain, self.facts, limits, self.offer.valid_until)
        if isinstance(action, Reveal) and not self._settled(chain):
            return Wait(chain.deadline, f"{counted(self.settle_blocks, 'block')} on top of the requester's receipt")
        return action

    def waits(self, action: Action) -> bool:
        """Whether only the chain, the other side or a better channel can bring the next action about."""
        return self.stuck or super().waits(action)

    def carry_out(self, action: Action) -> None:
        """Do it."""
        self.stuck = False
        if self.finish(action):
            if isinstance(action, Done):
                self.budget.release()
            return
        if isinstance(action, SendDecline):
            self._answer(Decline(job_id=self.job.job_id, reason=action.reason), "declined", {"reason": action.reason})
        elif isinstance(action, ProveBatch):
            self.search.prove(action.index)
            note(self.job, "proof-ready", {"batch": str(action.index)})
        elif isinstance(action, SubmitBatch):
            self._submit(action.index)
        else:
            self._moves()[type(action)]()

    def close(self) -> None:
        """Release the journal and remove the compiled model."""
        self.stack.close()
        super().close()

    def _moves(self) -> dict[type[Action], Callable[[], object]]:
        """The actions without parameters, and what carries each out."""
        return {
            CheckOffer: lambda: note(self.job, "offer-checked", {"problems": list(self._problems())}),
            AcceptJob: self._pay_in,
            SendAcceptance: self._accept,
            SealDocuments: self._seal,
            SendDocuments: self._send,
            Deliver: self._deliver,
            Reveal: lambda: self.escrow.reveal(self.signer, self.job.job_id, self._sealed().key),
        }

    # ---- before the deposit

    def _read_offer(self, job_id: bytes) -> Offer:
        """The offer, kept from now on: a requester who takes it off the channel later must not strand this side."""
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
        listing, predicate = self.checked.listing, predicate_of(self.terms)
        try:
            found = None if predicate is None else self.checked.circuit_of(predicate)
        except InvalidInput as error:
            return (str(error),)
        expected = OfferExpectations(
            model_id=listing.model.model_id,
            weights_commitment=listing.model.weights_commitment,
            corpus_root=listing.corpus.root,
            format_digest=listing.corpus.format.digest,
            total=listing.corpus.total,
            batch=listing.corpus.format.batch,
            verifier_codehash=bytes(32) if found is None else found.deployment.adapter_codehash,
            vk_digest=bytes(32) if found is None else found.vk_digest,
            settings_digest=bytes(32) if found is None else found.settings_digest,
            srs_digests=frozenset() if found is None else frozenset({found.circuit.srs_digest}),
            escrow=self.escrow.address,
            min_window=self.escrow.min_window(),
            proving_cost=listing.prices.proving_cost,
            price=listing.prices.price,
            max_deposit=listing.prices.max_deposit,
            max_fee=self.prudence.fee_cap(usual_fee(listing.corpus.total, listing.prices)),
            fee_recipients=self.prudence.recipients,
            max_window_s=self.prudence.max_window_s,
            tokens=frozenset({listing.prices.token}),
        )
        problems = offer_problems(self.offer, expected, self.chain.now())
        if not usable_key(self.offer.requester_channel_key):
            problems = (*problems, "the requester's channel key is no usable X25519 key; nothing can be sealed to it")
        wrong = None if found is None else found.shape_problem(self.terms)
        if wrong is not None:
            return (*problems, wrong)
        return problems or self.search.problems()

    def _pay_in(self) -> None:
        """Deposit, once the proofs that may be needed are reserved; another job may have taken them meanwhile."""
        why = self.budget.reserve(0 if self.terms.sampled else self.terms.batches)
        if why is None:
            self.escrow.accept(self.signer, self.terms)
        else:
            note(self.job, "offer-checked", {"problems": [why]})

    def _accept(self) -> None:
        """Send the channel key, and how large a document can get."""
        width = self.corpus.format.width
        layouts = [Layout(width, len(payload)) for payload in self.corpus.payloads]
        most = max(sum(layout.length(c) for c in range(layout.chunks)) for layout in layouts)
        answer = Acceptance(job_id=self.job.job_id, responder_channel_key=self.job.key.public, max_document_bytes=most)
        self._answer(answer, "acceptance-sent", {})

    def _answer(self, message: Acceptance | Decline, kind: str, body: dict[str, str]) -> None:
        """Send it if the channel takes it: no proof waits for that, and an acceptance goes before the documents."""
        try:
            if self.job.channel.sent() == ANSWER:
                self.job.channel.send(ANSWER, sign_message(message, self.signer.account, self.domain))
        except InvalidInput as error:
            self.say(f"the answer could not be sent: {error}")
        if not any(entry.kind == kind for entry in self.job.journal.entries):
            note(self.job, kind, {**body})

    # ---- the search

    def _submit(self, index: int) -> None:
        proof, bits = self.search.proven(index)
        self.escrow.submit_batch(self.signer, self.job.job_id, proof, bits=bits, note=self.search.note)

    def _tag(self) -> bytes:
        return self.escrow.job(self.job.job_id).tag

    # ---- the exchange

    def _seal(self) -> None:
        """A fresh key, written down before anything under it leaves: sealing again after a crash must give the same."""
        key = fresh_key()
        delivery = self._delivery(key)
        body = {
            "key": to_hex(key),
            "key_hash": to_hex(key_hash(self.job.job_id, bytes.fromhex(self.address[2:]), key)),
            "root": to_hex(delivery.ciphertext_root),
            "chunks": str(delivery.chunk_count),
        }
        note(self.job, "sealed", {**body})

    def _send(self) -> None:
        """Put notice and ciphertexts on the channel; resumes after a crash, and begins anew after a problem.

        A channel that fails is tried again for as long as the chain waits for it, and never ends this party.
        """
        try:
            self.job.channel.open()
            self._accept()  # if it is not there: somebody else drew the sample, or the channel failed then
            self._ship()
        except JournalError:
            raise
        except InvalidInput as error:
            self.stuck = True
            self.say_once(f"the documents cannot be sent for now: {error}")

    def _ship(self) -> None:
        sealed = self._sealed()
        content = self._delivery(sealed.key).to_bytes()
        notice = DeliveryNotice(
            job_id=self.job.job_id,
            ciphertext_root=sealed.ciphertext_root,
            chunk_count=sealed.chunk_count,
            byte_count=len(content),
        )
        attempt = sum(entry.kind == "problem" for entry in self.job.journal.entries)
        channel = self.sealed_to(self.offer.requester_channel_key)
        send_shipment(channel, sign_message(notice, self.signer.account, self.domain), content, attempt)
        note(self.job, "documents-sent")

    def _deliver(self) -> None:
        sealed = self._sealed()
        self.escrow.deliver(self.signer, self.job.job_id, sealed.key_hash, sealed.ciphertext_root, sealed.chunk_count)

    def _read_problem(self) -> None:
        """The requester's word that it does not hold the ciphertexts; believed a few times, as it costs little."""
        resends = sum(entry.kind == "problem" for entry in self.job.journal.entries)
        if resends >= MAX_RESENDS or not self.facts.documents_sent:
            return
        try:
            raw = self.sealed_to(self.offer.requester_channel_key).receive(PROBLEM + resends)
            if raw is None:
                return
            problem = open_message(raw, DeliveryProblem, self.domain, self.terms, self.address)
        except (MessageRejected, InvalidInput) as error:
            self.say_once(f"passed over a message that is not the requester's: {error}")
            return
        self.say(f"the requester reports: {problem.reason}")
        note(self.job, "problem", {"root": to_hex(problem.ciphertext_root), "reason": problem.reason})

    def _delivery(self, key: bytes) -> Delivery:
        return build_delivery(self.corpus, self.sold(), self.job.job_id, key)

    def _sealed(self) -> Sealed:
        sealed = self.facts.sealed
        if sealed is None:
            raise InvalidInput("the documents are not sealed yet; restore the journal")
        return sealed

    def _settled(self, chain: ChainView) -> bool:
        """Whether the receipt has stood long enough; near the deadline the deposit matters more than a reorganisation.

        Counted from the block at which this process first saw it: a node need not remember earlier states.
        """
        self.locked_since = chain.block if self.locked_since is None else self.locked_since
        late = chain.now >= chain.deadline - self.limits.margin_s
        return late or chain.block >= self.locked_since + self.settle_blocks
