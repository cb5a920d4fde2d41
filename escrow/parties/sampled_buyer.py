"""The buyer of protocol A' at work: offer, deposit, encrypted hand-over, the key, and what the deadlines give back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from escrow.parties.driver import Say, note
from escrow.parties.listing import CheckedSampled
from escrow.parties.sampled_party import ANSWER, OFFER, SampledJob, SampledParty
from escrow.parties.sampled_shipment import key_place, send_examples
from escrow.reverts import Reverted
from escrow.rpc import passing
from escrow.signers import LocalSigner
from proofs.canonical import to_hex
from proofs.commitment.cipher import fresh_key, key_hash
from proofs.commitment.delivery import Delivery
from proofs.commitment.examples import OpenableTestSet, encrypted, openings_of
from proofs.commitment.single_use import record_opened
from proofs.errors import ChainError, InvalidInput, ResourceExceeded
from protocols.errors import JournalError, MessageRejected
from protocols.sampled.actions import (
    BuyerAction,
    HandOver,
    OpenJob,
    PostCiphertext,
    RevealKey,
    SealExamples,
    SendExamples,
    SendKey,
    SendOffer,
)
from protocols.sampled.buyer import decide_buyer
from protocols.sampled.drawing import drawn
from protocols.sampled.facts import BuyerFacts, Sealed, buyer_facts
from protocols.sampled.messages import Acceptance, Decline, HandOverNotice, Offer, RestKey
from protocols.sampled.signing import open_message
from protocols.sampled.terms import SampledTerms
from protocols.sampled.view import Limits
from protocols.sealed_channel import usable_key
from protocols.sealing import Direction
from protocols.signed_messages import sign_message

OFFER_MADE = "offer-made"


class SampledBuyer(SampledParty[BuyerAction]):
    """Buys one audit under ``terms`` of a committed test set (secret until opened)."""

    role = "sampled-buyer"
    outgoing = Direction.BUYER_TO_SELLER

    def __init__(
        self,
        checked: CheckedSampled,
        signer: LocalSigner,
        folder: Path,
        channel_root: Path,
        limits: Limits,
        say: Say,
        *,
        terms: SampledTerms,
        test_set: OpenableTestSet,
        valid_until: int,
    ) -> None:
        super().__init__(checked, signer, folder, channel_root, limits, say)
        if terms.data_root != test_set.commitment.root:
            raise InvalidInput(
                "the terms name another data root than the test set's; build the terms from this test set"
            )
        self.test_set = test_set
        self.delivery: Delivery | None = None
        self.job: SampledJob = self.open_job(terms, checked.escrow.job_id_of(terms))
        self.valid_until = self._standing_until(valid_until)

    @property
    def facts(self) -> BuyerFacts:
        """What the journal says."""
        return buyer_facts(self.job.journal.entries)

    def decide(self) -> BuyerAction:
        """The next action."""
        chain, facts = self.view(), self.facts
        if not chain.state.ended and facts.acceptance_seed is None and facts.declined is None:
            self._read_answer()
        return decide_buyer(self.terms, chain, self.facts, self.limits, self.valid_until)

    def carry_out(self, action: BuyerAction) -> None:
        """Do it."""
        if not self.finish(action):
            self._moves()[type(action)]()

    def _moves(self) -> dict[type[BuyerAction], Callable[[], object]]:
        escrow, job_id = self.escrow, self.job.job_id
        return {
            SendOffer: self._send_offer,
            OpenJob: lambda: escrow.open(self.signer, self.terms),
            SealExamples: self._seal,
            SendExamples: self._send_examples,
            HandOver: self._hand_over,
            PostCiphertext: self._post,
            SendKey: self._send_key,
            RevealKey: lambda: escrow.reveal_key(self.signer, job_id, self._sealed().rest_key),
        }

    def _standing_until(self, wanted: int) -> int:
        """Until when the offer stands: what was written down first counts, whatever a restarted process would say."""
        for entry in self.job.journal.entries:
            if entry.kind == OFFER_MADE:
                return int(str(entry.body["valid_until"]))
        note(self.job, OFFER_MADE, {"valid_until": str(wanted)})
        return wanted

    # ---- offer and answer

    def _send_offer(self) -> None:
        offer = Offer(
            job_id=self.job.job_id,
            terms=self.terms,
            buyer_channel_key=self.job.key.public,
            vk_digest=self.checked.vk_digest,
            settings_digest=self.checked.settings_digest,
            valid_until=self.valid_until,
        )
        if self.job.channel.sent() == OFFER:
            self.job.channel.send(OFFER, sign_message(offer, self.signer.account, self.domain))
        note(self.job, "offer-sent")

    def _read_answer(self) -> None:
        """Take the seller's acceptance or refusal off the channel; pass over what is not the seller's."""
        raw = self.received(ANSWER)
        if raw is None:
            return
        try:
            message = open_message(raw, Acceptance, self.domain, self.terms, self.address)
            if not usable_key(message.seller_channel_key):
                self.say_once("the seller's channel key is no usable X25519 key; nothing can be sealed to it")
                return
            note(
                self.job,
                "acceptance",
                {"seed": to_hex(message.seed), "channel_key": to_hex(message.seller_channel_key)},
            )
        except MessageRejected:
            self._read_decline(raw)

    def _read_decline(self, raw: bytes) -> None:
        try:
            message = open_message(raw, Decline, self.domain, self.terms, self.address)
            note(self.job, "declined", {"reason": message.reason})
        except MessageRejected as error:
            self.say_once(f"passed over a message that is not the seller's answer: {error}")

    # ---- the hand-over

    def _seal(self) -> None:
        """Fresh keys, written down before anything under them leaves: encrypting again after a crash gives the same."""
        sample_key, rest_key = fresh_key(), fresh_key()
        delivery = self._encrypted(sample_key, rest_key)
        body = {"sample_key": to_hex(sample_key), "rest_key": to_hex(rest_key)}
        root, chunks = to_hex(delivery.ciphertext_root), str(delivery.chunk_count)
        note(self.job, "sealed", {**body, "root": root, "chunks": chunks})

    def _send_examples(self) -> None:
        """Notice, sample's key and all ciphertexts; from here on the sample counts as opened."""
        sealed, sample = self._sealed(), self._sample()
        content = self._delivery().to_bytes()
        record_opened(self.test_set.part(sample))
        notice = HandOverNotice(
            job_id=self.job.job_id,
            ciphertext_root=sealed.ciphertext_root,
            chunk_count=sealed.chunk_count,
            byte_count=len(content),
            sample_key=sealed.sample_key,
        )
        channel = self.sealed_to(self.facts.channel_key)
        send_examples(channel, sign_message(notice, self.signer.account, self.domain), content)
        note(self.job, "examples-sent")

    def _hand_over(self) -> None:
        sealed = self._sealed()
        hashes = (self._key_hash(sealed.sample_key), self._key_hash(sealed.rest_key))
        commitment = (sealed.ciphertext_root, sealed.chunk_count, *hashes)
        self.escrow.hand_over(self.signer, self.job.job_id, *commitment, seed=self.facts.acceptance_seed)

    def _post(self) -> None:
        """Everything on chain; where the chain does not take so much, this party goes on without."""
        texts = [text for parcel in self._delivery().parcels for text in parcel.ciphertexts]
        openings = openings_of(self._delivery())
        try:
            self.escrow.post_ciphertext(self.signer, self.job.job_id, self._sealed().sample_key, texts, openings)
        except Reverted:
            raise
        except (ResourceExceeded, ChainError) as error:
            if isinstance(error, ChainError) and passing(error):
                raise
            self.say(f"the ciphertexts cannot be put on chain: {error}")
            self.limits = replace(self.limits, post=False)

    def _send_key(self) -> None:
        """The rest's key; a channel that fails is no reason to wait, since the chain takes it as well."""
        sealed = self._sealed()
        message = RestKey(job_id=self.job.job_id, key=sealed.rest_key)
        place = key_place(len(self._delivery().to_bytes()))
        try:
            record_opened(self.test_set)
            channel = self.sealed_to(self.facts.channel_key)
            channel.send(place, sign_message(message, self.signer.account, self.domain))
        except JournalError:
            raise
        except InvalidInput as error:
            self.say(f"the key could not be sent, it will go on chain: {error}")
        note(self.job, "key-sent")

    def _encrypted(self, sample_key: bytes, rest_key: bytes) -> Delivery:
        return encrypted(self.test_set, self._sample(), self.job.job_id, sample_key, rest_key)

    def _delivery(self) -> Delivery:
        if self.delivery is None:
            sealed = self._sealed()
            self.delivery = self._encrypted(sealed.sample_key, sealed.rest_key)
        return self.delivery

    def _sample(self) -> tuple[int, ...]:
        seed = self.facts.acceptance_seed
        if seed is None:
            raise InvalidInput("the seller's seed is not known yet; wait for its acceptance")
        return drawn(self.terms, self.job.job_id, seed)

    def _sealed(self) -> Sealed:
        sealed = self.facts.sealed
        if sealed is None:
            raise InvalidInput("the examples are not sealed yet; restore the journal")
        return sealed

    def _key_hash(self, key: bytes) -> bytes:
        return key_hash(self.job.job_id, bytes.fromhex(self.address[2:]), key)
