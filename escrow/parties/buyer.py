"""The buyer at work: offer, deposit, hand-over, and whatever the deadlines give back."""

from __future__ import annotations

import shutil
from pathlib import Path

from escrow.parties.listing import Checked
from escrow.parties.party import Job, Party, Say, note
from escrow.signers import LocalSigner
from proofs.canonical import to_hex
from proofs.commitment.single_use import record_opened
from proofs.commitment.test_set import TestSet
from proofs.commitment.wire import encode_test_set
from proofs.errors import InvalidInput
from proofs.files import sync_folder, unwritable, write_atomic
from proofs.wording import counted
from protocols.accuracy.actions import Action, HandOver, OpenJob, SendOffer, SendTestSet, Wait
from protocols.accuracy.buyer import decide_buyer
from protocols.accuracy.events import State
from protocols.accuracy.facts import BuyerFacts, buyer_facts
from protocols.accuracy.messages import Acceptance, Decline, HandOverNotice, HandOverReceipt, Offer
from protocols.accuracy.signing import open_message, sign_message
from protocols.accuracy.terms import AccuracyTerms
from protocols.accuracy.view import Limits
from protocols.errors import MessageRejected
from protocols.hand_over import ciphertext_root, seal_test_set
from protocols.sealed_channel import SealedChannel
from protocols.sealing import Direction

OFFER, NOTICE, FIRST_CHUNK = 0, 1, 2
ANSWER, RECEIPT = 0, 1
OFFER_MADE = "offer-made"


class Buyer(Party):
    """Buys one audit under ``terms`` of a committed test set (secret until handed over).

    Args:
        settle_blocks: how many blocks deep the seller's deposit must be before the test set leaves; a chain that
            reorganises can take back a deposit, but not a look.
    """

    role = "buyer"
    outgoing = Direction.BUYER_TO_SELLER

    def __init__(
        self,
        checked: Checked,
        signer: LocalSigner,
        folder: Path,
        channel_root: Path,
        limits: Limits,
        say: Say,
        *,
        terms: AccuracyTerms,
        test_set: TestSet,
        valid_until: int,
        settle_blocks: int = 0,
    ) -> None:
        super().__init__(checked, signer, folder, channel_root, limits, say)
        self.settle_blocks, self.accepted_since = settle_blocks, -1
        if terms.data_root != test_set.commitment.root:
            raise InvalidInput(
                "the terms name another data root than the test set's; build the terms from this test set"
            )
        self.test_set = test_set
        self.job: Job = self.open_job(terms, checked.escrow.job_id_of(terms))
        self.valid_until = self._standing_until(valid_until)

    @property
    def facts(self) -> BuyerFacts:
        """What the journal says."""
        return buyer_facts(self.job.journal.entries)

    def decide(self) -> Action:
        """The next action."""
        chain = self.view(self.job.terms, self.job.job_id)
        if not chain.state.ended:
            self._read_answers(chain.state)
        action = decide_buyer(self.job.terms, chain, self.facts, self.limits, self.valid_until)
        if not self._settled(chain.state) and isinstance(action, SendTestSet | HandOver):
            return Wait(chain.deadline, f"{counted(self.settle_blocks, 'block')} on top of the seller's deposit")
        return action

    def _settled(self, state: State) -> bool:
        """Whether the seller's deposit has stood for long enough, from the block at which this process first saw it."""
        if state is not State.ACCEPTED:
            self.accepted_since = -1
            return False
        block = self.chain.block_number() if self.settle_blocks else 0
        self.accepted_since = block if self.accepted_since < 0 else min(self.accepted_since, block)
        return block >= self.accepted_since + self.settle_blocks

    def carry_out(self, action: Action) -> None:
        """Do it."""
        if self.finish(action, self.job.job_id):
            return
        if isinstance(action, SendOffer):
            self._send_offer()
        elif isinstance(action, OpenJob):
            self.checked.escrow.open(self.signer, self.job.terms)
        elif isinstance(action, SendTestSet):
            self._send_test_set()
        elif isinstance(action, HandOver):
            self.checked.escrow.hand_over(self.signer, self.job.job_id, action.ciphertext_root)

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
            terms=self.job.terms,
            buyer_channel_key=self.job.key.public,
            vk_digest=self.checked.vk_digest,
            settings_digest=self.checked.settings_digest,
            valid_until=self.valid_until,
        )
        if self.job.channel.sent() == OFFER:
            self.job.channel.send(OFFER, sign_message(offer, self.signer.account, self.domain))
        note(self.job, "offer-sent")

    def _read_answers(self, state: State) -> None:
        """Take the seller's acceptance, refusal and receipt off the channel; pass over what is not the seller's."""
        facts = self.facts
        if facts.acceptance_seed is None and facts.declined is None:
            self._read_acceptance()
        elif facts.acceptance_seed is not None and not facts.receipt and state >= State.HANDED_OVER:
            self._read_receipt(facts)

    def _read_acceptance(self) -> None:
        raw = self.received(ANSWER)
        if raw is None:
            return
        try:
            message = open_message(raw, Acceptance, self.domain, self.job.terms, self.address)
            note(
                self.job,
                "acceptance",
                {"seed": to_hex(message.seed), "channel_key": to_hex(message.seller_channel_key)},
            )
        except MessageRejected:
            self._read_decline(raw)

    def _read_decline(self, raw: bytes) -> None:
        try:
            message = open_message(raw, Decline, self.domain, self.job.terms, self.address)
            note(self.job, "declined", {"reason": message.reason})
        except MessageRejected as error:
            self.say(f"passed over a message that is not the seller's answer: {error}")

    def _read_receipt(self, facts: BuyerFacts) -> None:
        try:
            raw = self._sealed(facts).receive(RECEIPT)
            if raw is None:
                return
            receipt = open_message(raw, HandOverReceipt, self.domain, self.job.terms, self.address)
            if receipt.ciphertext_root == facts.ciphertext_root:
                note(self.job, "receipt")
        except MessageRejected as error:
            self.say(f"passed over a message that is not the seller's receipt: {error}")

    def _send_test_set(self) -> None:
        """Seal once, note the root, then put chunks and notice on the channel; resumes after a crash."""
        facts = self.facts
        if facts.channel_key is None:
            raise InvalidInput("the seller's channel key is not known yet; wait for its acceptance")
        chunks = self._sealed_chunks(facts.channel_key)
        root = ciphertext_root(chunks)
        if facts.ciphertext_root not in (None, root):
            raise InvalidInput("the sealed test set is not the one sealed before; restore the state folder")
        if facts.ciphertext_root is None:
            record_opened(self.test_set)
            note(self.job, "sealed", {"root": to_hex(root), "chunks": str(len(chunks))})
        notice = HandOverNotice(job_id=self.job.job_id, ciphertext_root=root, chunk_count=len(chunks))
        self._sealed(self.facts).send(NOTICE, sign_message(notice, self.signer.account, self.domain))
        for index, chunk in enumerate(chunks):
            self.job.channel.send(FIRST_CHUNK + index, chunk)
        note(self.job, "test-set-sent")

    def _sealed_chunks(self, their_public: bytes) -> list[bytes]:
        """The sealed chunks, made once and kept: sealing twice gives other bytes under the same root on chain."""
        home = self.home(self.job.job_id) / "sealed"
        try:
            if not home.exists():
                self._seal_into(home, their_public)
            return [path.read_bytes() for path in sorted(home.iterdir())]
        except OSError as error:
            raise unwritable(home, error) from None

    def _seal_into(self, home: Path, their_public: bytes) -> None:
        """All chunks or none, on disk when this returns: a root follows them to the chain."""
        draft = home.with_name("sealed.draft")
        shutil.rmtree(draft, ignore_errors=True)  # whatever a killed run left there
        draft.mkdir(mode=0o700)
        sealed = seal_test_set(encode_test_set(self.test_set), self.job.key, their_public, self.job.job_id)
        for index, chunk in enumerate(sealed):
            write_atomic(draft / f"{index:08d}", chunk, secret=True)
        draft.rename(home)
        sync_folder(home.parent)

    def _sealed(self, facts: BuyerFacts) -> SealedChannel:
        if facts.channel_key is None:
            raise InvalidInput("the seller's channel key is not known yet; wait for its acceptance")
        return SealedChannel(self.job.channel, self.job.key, facts.channel_key, self.job.job_id, self.outgoing)
