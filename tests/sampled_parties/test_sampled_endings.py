"""Every ending of protocol A' reached by real parties on a real chain, and who has what afterwards, to the wei."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sampled_table import SURE, TOTAL, Table, amounts, openable

from escrow.accuracy import AccuracyEscrow
from escrow.deployment import settles_samples
from escrow.parties.sampled_buyer import SampledBuyer
from escrow.parties.sampled_seller import SampledSeller
from proofs.commitment.delivery import Delivery
from proofs.commitment.examples import OpenableTestSet
from proofs.commitment.test_set import TestSet
from proofs.errors import InvalidInput, ResourceExceeded
from proofs.halo2.backend import Halo2Backend
from protocols.sampled.actions import BuyerAction, HandOver, RevealKey, SellerAction, SendKey, Wait
from protocols.sampled.drawing import drawn, remaining
from protocols.sampled.endings import settle
from protocols.sampled.events import State
from protocols.sampled.prospects import PLAIN
from protocols.sampled.view import Limits

SEED = b"\x09" * 32


def settled(table: Table, buyer: SampledBuyer, seller: SampledSeller, before: State) -> tuple[State, list[str]]:
    """Play to the end and compare both parties' gains with the pure rules."""
    start = [(who, table.chain.balance(str(who.address)) + _fees(table, who)) for who in (table.buyer, table.seller)]
    terms = buyer.terms
    ending, said = table.play(buyer, seller)
    credits = amounts(settle(terms, before, ending))
    for who, had in start:
        paid = terms.deposit if str(who.address) == terms.buyer or before > State.OPEN else 0
        assert table.gained(who, had) == credits.get(str(who.address), 0) - paid
        assert table.checked.escrow.owed(str(who.address)) == 0
    return ending, said


def _fees(table: Table, who: object) -> int:
    lines = table.chain.ledger.as_json()
    return sum(int(line["fee_wei"]) for line in lines if line["sender"] == str(getattr(who, "address", "")))


class KeepsSilent(SampledSeller):
    """Falls silent in some states."""

    silent_in: tuple[State, ...] = (State.SAMPLED,)

    def decide(self) -> SellerAction | Wait:
        status = self.escrow.job(self.job.job_id)
        if status.state in self.silent_in and self.chain.now() < status.deadline:
            return Wait(status.deadline, "nothing")
        return super().decide()


class SilentWhenPosted(KeepsSilent):
    """Answers neither the hand-over nor what was put on chain."""

    silent_in = (State.SAMPLED, State.POSTED)


class SilentAfterPromising(KeepsSilent):
    """Promises to prove, then does nothing at all."""

    silent_in = (State.HANDED_OVER, State.REVEALED, State.PROVING)


class KeepsTheKey(SampledBuyer):
    """Hands over, and never gives the rest's key."""

    def decide(self) -> BuyerAction | Wait:
        action = super().decide()
        return Wait(0, "nothing") if isinstance(action, SendKey | RevealKey) else action


class SpoilsOne(SampledBuyer):
    """Encrypts something else than it committed for one example of the rest."""

    def _encrypted(self, sample_key: bytes, rest_key: bytes) -> Delivery:
        honest = super()._encrypted(sample_key, rest_key)
        victim = remaining(self.terms, self._sample())[3]
        parcels = list(honest.parcels)
        texts = list(parcels[victim].ciphertexts)
        texts[0] = bytes([texts[0][0] ^ 1]) + texts[0][1:]
        parcels[victim] = replace(parcels[victim], ciphertexts=tuple(texts))
        return Delivery(tuple(parcels))


class SendsNothing(SampledBuyer):
    """Posts a root and sends neither ciphertexts nor key."""

    def carry_out(self, action: BuyerAction) -> None:
        if type(action).__name__ == "SendExamples":
            from escrow.parties.driver import note

            note(self.job, "examples-sent")
        else:
            super().carry_out(action)


def wrong_hash(model_set: OpenableTestSet, victim: int) -> OpenableTestSet:
    """A test set whose example ``victim`` is committed under another hash than its own."""
    hashes = list(model_set.hashes)
    hashes[victim] += 1
    parts = (model_set.format, model_set.raw, model_set.labels, model_set.salts, tuple(hashes))
    return OpenableTestSet(*parts, chunk_salts=model_set.chunk_salts)


def test_a_listing_is_told_by_its_escrows_code(table: Table) -> None:
    """Commands choose the protocol by it: an accuracy escrow, a stranger's contract and no contract are none."""
    chain, checked = table.chain, table.checked
    plain = AccuracyEscrow.deploy(chain, table.seller, checked.registry.address, 60)
    assert settles_samples(chain, checked.escrow.address)
    for other in (plain.address, checked.registry.address, str(table.buyer.address)):
        assert not settles_samples(chain, other)


def test_an_honest_audit_completes(table: Table) -> None:
    buyer = table.buying(openable(table.model))
    seller = table.selling(buyer.job.job_id)
    ending, said = settled(table, buyer, seller, State.PROVING)
    assert ending is State.COMPLETED
    for action in ("SendExamples", "HandOver", "RunSample", "Proceed", "SendKey", "Confirm", "SubmitBatch"):
        assert said.count(action) == 1
    assert "RevealKey" not in said and "PostCiphertext" not in said


def test_a_bad_sample_ends_in_an_abort(table: Table) -> None:
    buyer = table.buying(openable(table.model, wrong=8))
    seller = table.selling(buyer.job.job_id, caution=SURE)
    assert settled(table, buyer, seller, State.SAMPLED)[0] is State.ABORTED
    assert table.checked.escrow.aborts(buyer.terms.model_id) == 1


def test_a_seller_who_trusts_no_labels_declines_what_malice_could_use(table: Table) -> None:
    buyer = table.buying(openable(table.model))
    seller = table.selling(buyer.job.job_id, caution=PLAIN)
    ending, said = table.play(buyer, seller)
    assert ending is State.EXPIRED and "SendDecline" in said
    assert table.checked.escrow.owed(str(table.buyer.address)) == 0


def test_a_seller_silent_at_the_sample_expires_neutrally_but_counted(table: Table) -> None:
    buyer = table.buying(openable(table.model))
    seller = table.selling(buyer.job.job_id, KeepsSilent)
    assert settled(table, buyer, seller, State.SAMPLED)[0] is State.EXPIRED
    assert table.checked.escrow.aborts(buyer.terms.model_id) == 1


def test_posted_ciphertexts_make_silence_the_sellers_fault(table: Table) -> None:
    buyer = table.buying(openable(table.model), post=True)
    seller = table.selling(buyer.job.job_id, SilentWhenPosted)
    ending, said = settled(table, buyer, seller, State.POSTED)
    assert ending is State.REJECTED and said.count("PostCiphertext") == 1


def test_what_is_on_chain_is_enough_to_go_on(table: Table) -> None:
    """Nothing came over the channel but offer and acceptance; the seller reads everything from the chain."""

    class Unheard(SampledSeller):
        def _on_channel(self) -> tuple[bytes, bytes] | None:
            return None

    buyer = table.buying(openable(table.model, seed=4), post=True)
    seller = table.selling(buyer.job.job_id, Unheard)
    ending, said = settled(table, buyer, seller, State.PROVING)
    assert ending is State.COMPLETED and said.count("PostCiphertext") == 1


def test_a_buyer_who_keeps_the_key_loses_its_bond(table: Table) -> None:
    buyer = table.buying(openable(table.model), KeepsTheKey)
    seller = table.selling(buyer.job.job_id)
    assert settled(table, buyer, seller, State.HANDED_OVER)[0] is State.SPOILED


def test_a_key_nobody_confirms_goes_on_chain_and_silence_is_consent(table: Table) -> None:
    buyer = table.buying(openable(table.model))
    seller = table.selling(buyer.job.job_id, SilentAfterPromising)
    ending, said = settled(table, buyer, seller, State.PROVING)
    assert ending is State.REJECTED and said.count("RevealKey") == 1


def test_a_revealed_key_is_enough_to_go_on(table: Table) -> None:
    class Deaf(SampledSeller):
        def _fetch_key(self) -> None:
            """The channel brings it nothing."""

    buyer = table.buying(openable(table.model, seed=2))
    seller = table.selling(buyer.job.job_id, Deaf)
    ending, said = settled(table, buyer, seller, State.PROVING)
    assert ending is State.COMPLETED and said.count("RevealKey") == said.count("OpenRest") == 1


def test_a_spoiled_ciphertext_is_complained_about(table: Table) -> None:
    buyer = table.buying(openable(table.model), SpoilsOne)
    seller = table.selling(buyer.job.job_id)
    ending, said = settled(table, buyer, seller, State.REVEALED)
    assert ending is State.SPOILED and said.count("Complain") == 1 and "Confirm" not in said


def test_a_wrong_hash_is_complained_about_wherever_it_lies(table: Table) -> None:
    """In the sample the seller leaves with N1*P; in the rest the buyer loses its bond."""
    buyer = table.buying(wrong_hash(openable(table.model), 4))
    seller = table.selling(buyer.job.job_id)
    ending, _ = table.play(buyer, seller)
    drawn_it = 4 not in remaining(buyer.terms, buyer._sample())
    assert ending is (State.ABORTED if drawn_it else State.SPOILED)


def test_a_count_under_which_no_complaint_could_be_opened_is_left(table: Table) -> None:
    """An honest root with twice its number of ciphertexts, then a rubbish key, would cost the seller its bond."""

    class Doubles(SampledBuyer):
        def _hand_over(self) -> None:
            sealed = self._sealed()
            hashes = (self._key_hash(sealed.sample_key), self._key_hash(bytes(32)))
            self.escrow.hand_over(self.signer, self.job.job_id, sealed.ciphertext_root, 2 * sealed.chunk_count, *hashes)

    buyer = table.buying(openable(table.model), Doubles)
    seller = table.selling(buyer.job.job_id)
    assert settled(table, buyer, seller, State.SAMPLED)[0] is State.ABORTED


class NullKey(SampledBuyer):
    """Commits to a rest key of zeros, which a careless reader takes for none, and gives it on chain only."""

    def _seal(self) -> None:
        from escrow.parties import sampled_buyer as module

        keys = iter((b"\x01" * 32, bytes(32)))
        kept, module.fresh_key = module.fresh_key, lambda: next(keys)
        try:
            super()._seal()
        finally:
            module.fresh_key = kept

    def _send_key(self) -> None:
        from escrow.parties.driver import note

        note(self.job, "key-sent")


def test_a_key_of_zeros_is_a_key(table: Table) -> None:
    buyer = table.buying(openable(table.model, seed=6), NullKey)
    seller = table.selling(buyer.job.job_id)
    ending, said = settled(table, buyer, seller, State.PROVING)
    assert ending is State.COMPLETED and said.count("RevealKey") == 1


def test_an_example_no_proof_can_be_about_is_left_out(table: Table) -> None:
    """Extreme inputs in the rest outgrow the circuit; they must not keep the seller from proving the others."""
    plain = openable(table.model, seed=7)
    for victim in range(TOTAL):
        raw = plain.raw.copy()
        raw[victim] = (1 << 24) - 1
        hashes = list(plain.hashes)
        hashes[victim] = Halo2Backend().hash_examples(plain.format.rows(raw, plain.labels, plain.salts))[victim]
        spoiled = OpenableTestSet.of(TestSet(plain.format, raw, plain.labels, plain.salts, tuple(hashes)))
        job_id = table.checked.escrow.job_id_of(table.terms(spoiled))
        if victim not in drawn(table.terms(spoiled), job_id, SEED):
            break
    buyer = table.buying(spoiled)
    seller = table.selling(buyer.job.job_id, SameSeed)
    ending, said = settled(table, buyer, seller, State.PROVING)
    assert ending is State.COMPLETED and said.count("SubmitBatch") == 1
    assert seller.facts.left_out == (victim,)


class SameSeed(SampledSeller):
    """Draws by a fixed seed."""

    def _seed(self) -> bytes:
        from escrow.parties.driver import note

        if self.facts.seed is None:
            note(self.job, "accept-seed", {"seed": "0x" + SEED.hex()})
        return SEED


def test_equal_hashes_are_left(table: Table) -> None:
    """A proof binds hashes, not numbers: with equal ones it could be spent on another batch's examples."""
    plain = openable(table.model, seed=8)
    raw, labels, salts = (part.copy() for part in (plain.raw, plain.labels, plain.salts))
    for part in (raw, labels, salts):
        part[1] = part[0]
    hashes = (plain.hashes[0], *plain.hashes[0:1], *plain.hashes[2:])
    buyer = table.buying(OpenableTestSet.of(TestSet(plain.format, raw, labels, salts, hashes)))
    seller = table.selling(buyer.job.job_id)
    assert settled(table, buyer, seller, State.SAMPLED)[0] is State.ABORTED


def test_a_post_the_chain_does_not_take_is_given_up(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """The buyer's bond hangs on the key later: failing to post must not end it."""

    def refuse(*_: object, **__: object) -> None:
        raise ResourceExceeded("more gas than a transaction has", 2, 1)

    monkeypatch.setattr(table.checked.escrow, "post_ciphertext", refuse)
    buyer = table.buying(openable(table.model), post=True)
    seller = table.selling(buyer.job.job_id, KeepsSilent)
    assert settled(table, buyer, seller, State.SAMPLED)[0] is State.EXPIRED


def test_nothing_sent_is_aborted_in_time(table: Table) -> None:
    buyer = table.buying(openable(table.model), SendsNothing)
    seller = table.selling(buyer.job.job_id)
    assert settled(table, buyer, seller, State.SAMPLED)[0] is State.ABORTED


def test_a_buyer_who_never_hands_over_expires_neutrally(table: Table) -> None:
    class Silent(SampledBuyer):
        def decide(self) -> BuyerAction | Wait:
            action = super().decide()
            return Wait(0, "nothing") if isinstance(action, HandOver) else action

    buyer = table.buying(openable(table.model), Silent)
    seller = table.selling(buyer.job.job_id)
    assert settled(table, buyer, seller, State.ACCEPTED)[0] is State.EXPIRED
    assert table.checked.escrow.aborts(buyer.terms.model_id) == 0


def test_the_terms_must_name_the_test_set(table: Table) -> None:
    one, other = openable(table.model), openable(table.model, seed=3)
    with pytest.raises(InvalidInput, match="another data root"):
        SampledBuyer(
            table.checked,
            table.buyer,
            table.root / "buyer",
            table.root / "channel",
            Limits(),
            lambda _: None,
            terms=table.terms(one),
            test_set=other,
            valid_until=0,
        )
