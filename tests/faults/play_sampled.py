"""An audit with a sample: two of six examples shown, the other four in two batches, both needed for the target."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from fault_books import Books
from fault_plays import Play
from helpers.tiny_audit import BACKEND, SHAPE
from helpers.tiny_models import examples, mlp
from play_accuracy import BUYER, DEPLOYER, MIN_WINDOW_S, SELLER, STAKE, WINDOW_S, committed

from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.dev_clock import advance_to
from escrow.parties.driver import Driver, note
from escrow.parties.listing import CheckedSampled, check_sampled_listing, publish
from escrow.parties.sampled_buyer import SampledBuyer
from escrow.parties.sampled_seller import SampledSeller
from escrow.parties.sampled_terms import sampled_terms
from escrow.registry import ModelRegistry
from escrow.sampled import SampledEscrow
from escrow.signers import LocalSigner
from proofs.canonical import to_hex
from proofs.commitment.corpus_salts import Salts
from proofs.commitment.examples import OpenableTestSet
from proofs.commitment.test_set import commit_test_set
from proofs.fidelity import float_logits
from proofs.halo2.secret_model import SecretModel
from protocols.accuracy.plan import Costs
from protocols.sampled.endings import settle
from protocols.sampled.events import State
from protocols.sampled.prospects import Caution
from protocols.sampled.terms import SampledTerms
from protocols.sampled.view import Limits

TOTAL, SAMPLE, TARGET, SEED = 6, 2, 3, b"\x07" * 32
SURE = Caution(tried_right=1_000, tried=1_000, trust_labels=True)


@dataclass(frozen=True)
class Gallery:
    """A chain with an escrow for samples, a listed model, and a test set it gets all right."""

    chain: Chain
    escrow: SampledEscrow
    checked: CheckedSampled
    model: SecretModel
    test_set: OpenableTestSet

    def account(self, index: int) -> LocalSigner:
        return dev_account(self.chain, index)

    @property
    def terms(self) -> SampledTerms:
        return sampled_terms(
            self.checked,
            str(self.account(BUYER).address),
            self.test_set.commitment,
            sample=SAMPLE,
            target=TARGET,
            costs=Costs(example=2 * Costs().proving),
            window_s=WINDOW_S,
            nonce=1,
        )


def open_gallery(url: str) -> Gallery:
    """Everything that stands before the first audit, on a fresh anvil."""
    chain = Chain.connect(url)
    registry = ModelRegistry.deploy(chain, dev_account(chain, DEPLOYER), 86_400)
    escrow = SampledEscrow.deploy(chain, dev_account(chain, DEPLOYER), registry.address, MIN_WINDOW_S)
    seller = dev_account(chain, SELLER)
    model = committed(bytes.fromhex(str(seller.address)[2:]))
    checked = check_sampled_listing(chain, publish(chain, seller, model.commitment, escrow, STAKE))
    x = examples(TOTAL, seed=5)[0]
    y = float_logits(mlp(0), x.astype(np.float32)).argmax(axis=1)
    plain = commit_test_set(x, y, SHAPE, BACKEND.hash_examples, public=True)
    return Gallery(chain, escrow, checked, model, OpenableTestSet.of(plain, Salts(b"\x05" * 32)))


class SettledSeller(SampledSeller):
    """Always draws the same sample, so that proofs made once are found again."""

    def _seed(self) -> bytes:
        if self.facts.seed is None:
            note(self.job, "accept-seed", {"seed": to_hex(SEED)})
        return SEED


class SampledPlay(Play):
    """Buyer and seller of one audit with a sample."""

    first, second = "buyer", "seller"
    promised: ClassVar[Counter[str]] = Counter(
        open=1, accept=1, handOver=1, proceed=1, confirm=1, submitBatch=2, withdraw=2
    )

    def __init__(self, gallery: Gallery, root: Path) -> None:
        super().__init__(root)
        self.gallery, self.terms = gallery, gallery.terms
        who = (self.terms.buyer, self.terms.seller, self.terms.fee_recipient)
        self._books = Books(gallery.chain, gallery.escrow, who)
        self.job_id = gallery.escrow.job_id_of(self.terms)

    @property
    def books(self) -> Books:
        return self._books

    @property
    def state(self) -> State:
        return self.gallery.escrow.job(self.job_id).state

    def make(self, name: str) -> Driver[Any, Any]:
        gallery, channel = self.gallery, self.root / "channel"
        if name == self.first:
            return SampledBuyer(
                gallery.checked,
                gallery.account(BUYER),
                self.root / name,
                channel,
                Limits(),
                self.say(name),
                terms=self.terms,
                test_set=gallery.test_set,
                valid_until=gallery.chain.now() + WINDOW_S,
            )
        return SettledSeller(
            gallery.checked,
            gallery.account(SELLER),
            self.root / name,
            channel,
            Limits(prove_s=5, caution=SURE),
            self.say(name),
            model=gallery.model,
            job_id=self.job_id,
        )

    def pass_time(self) -> None:
        advance_to(self.gallery.chain, self.gallery.escrow.job(self.job_id).deadline)

    def expect(self) -> None:
        assert self.state is State.COMPLETED, self.said
        change = {self.terms.buyer: -self.terms.deposit, self.terms.seller: -self.terms.deposit}
        for credit in settle(self.terms, State.PROVING, State.COMPLETED):
            change[credit.who] = change.get(credit.who, 0) + credit.amount
        assert self.books.changes() == change
        assert not self.books.owed()[self.terms.buyer] and not self.books.owed()[self.terms.seller]
