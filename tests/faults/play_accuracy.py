"""An audit: four examples in two batches, both needed for the target, proven and paid for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from fault_books import Books
from fault_plays import Play
from helpers.tiny_audit import BACKEND, SHAPE, reference_string
from helpers.tiny_models import examples, mlp

from escrow.accuracy import AccuracyEscrow
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.dev_clock import advance_to
from escrow.parties.audit_terms import audit_terms
from escrow.parties.buyer import Buyer
from escrow.parties.driver import Driver
from escrow.parties.listing import Checked, check_listing, publish
from escrow.parties.seller import Seller
from escrow.registry import ModelRegistry
from escrow.signers import LocalSigner
from proofs.commitment.test_set import TestSet, commit_test_set
from proofs.fidelity import float_logits
from proofs.halo2.commit import CommitOptions
from proofs.halo2.secret_model import SecretModel, read_secret_model, write_secret_model
from proofs.paths import data_dir
from protocols.accuracy.endings import settle
from protocols.accuracy.events import State
from protocols.accuracy.plan import Costs
from protocols.accuracy.terms import AccuracyTerms
from protocols.accuracy.view import Limits

DEPLOYER, SELLER, BUYER = 9, 1, 2
TOTAL, TARGET, WINDOW_S, MIN_WINDOW_S, STAKE = 4, 3, 3600, 60, 10**18


@dataclass(frozen=True)
class Hall:
    """A chain with an accuracy escrow, a listed model, and a test set it gets all right."""

    chain: Chain
    escrow: AccuracyEscrow
    checked: Checked
    model: SecretModel
    test_set: TestSet

    def account(self, index: int) -> LocalSigner:
        return dev_account(self.chain, index)

    @property
    def terms(self) -> AccuracyTerms:
        buyer, data = str(self.account(BUYER).address), self.test_set.commitment
        return audit_terms(self.checked, buyer, data, target=TARGET, costs=Costs(), window_s=WINDOW_S, nonce=1)


def open_hall(url: str) -> Hall:
    """Everything that stands before the first audit, on a fresh anvil."""
    chain = Chain.connect(url)
    registry = ModelRegistry.deploy(chain, dev_account(chain, DEPLOYER), 86_400)
    escrow = AccuracyEscrow.deploy(chain, dev_account(chain, DEPLOYER), registry.address, MIN_WINDOW_S)
    seller = dev_account(chain, SELLER)
    model = committed(bytes.fromhex(str(seller.address)[2:]))
    checked = check_listing(chain, publish(chain, seller, model.commitment, escrow, STAKE))
    return Hall(chain, escrow, checked, model, _labelled())


def committed(owner: bytes) -> SecretModel:
    """The tiny model, committed once in this home: proofs are found again under one commitment only."""
    path = data_dir() / "tiny-hall" / "model.commit"
    if path.exists():
        return read_secret_model(path, mlp(0))
    for logrows in (11, 12, 13):
        reference_string(logrows)
    model = BACKEND.commit_model(mlp(0), SHAPE, CommitOptions(proofs=32, owner=owner))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_secret_model(path, model)
    return model


def _labelled() -> TestSet:
    x = examples(TOTAL, seed=5)[0]
    y = float_logits(mlp(0), x.astype(np.float32)).argmax(axis=1)
    return commit_test_set(x, y, SHAPE, BACKEND.hash_examples, public=True)


class AccuracyPlay(Play):
    """Buyer and seller of one audit."""

    first, second = "buyer", "seller"
    promised: ClassVar[Counter[str]] = Counter(open=1, accept=1, handOver=1, proceed=1, submitBatch=2, withdraw=2)

    def __init__(self, hall: Hall, root: Path) -> None:
        super().__init__(root)
        self.hall, self.terms = hall, hall.terms
        who = (self.terms.buyer, self.terms.seller, self.terms.fee_recipient)
        self._books = Books(hall.chain, hall.escrow, who)
        self.job_id = hall.escrow.job_id_of(self.terms)

    @property
    def books(self) -> Books:
        return self._books

    @property
    def state(self) -> State:
        return self.hall.escrow.job(self.job_id).state

    def make(self, name: str) -> Driver[Any, Any]:
        hall, channel = self.hall, self.root / "channel"
        if name == self.first:
            return Buyer(
                hall.checked,
                hall.account(BUYER),
                self.root / name,
                channel,
                Limits(),
                self.say(name),
                terms=self.terms,
                test_set=hall.test_set,
                valid_until=hall.chain.now() + WINDOW_S,
            )
        return Seller(
            hall.checked,
            hall.account(SELLER),
            self.root / name,
            channel,
            Limits(prove_s=5),
            self.say(name),
            model=hall.model,
            job_id=self.job_id,
        )

    def pass_time(self) -> None:
        advance_to(self.hall.chain, self.hall.escrow.job(self.job_id).deadline)

    def expect(self) -> None:
        assert self.state is State.COMPLETED, self.said
        change = {self.terms.buyer: -self.terms.deposit, self.terms.seller: -self.terms.deposit}
        for credit in settle(self.terms, State.PROVING, State.COMPLETED):
            change[credit.who] = change.get(credit.who, 0) + credit.amount
        assert self.books.changes() == change
        assert not self.books.owed()[self.terms.buyer] and not self.books.owed()[self.terms.seller]
