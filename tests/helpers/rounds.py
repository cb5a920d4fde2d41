"""Prediction rounds on a chain of one's own, both parties and the service in this process, with real proofs.

Every chain begins alike (same deployer, same addresses), a round's terms and salts are the same wherever nothing else
is wished, so the proof of its answer ``PROVEN`` is made once a session and found again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn

from assay.service import client_record
from assay.service.app import Gate, application
from assay.service.asking import HttpQuestions
from assay.service.client_record import ClientRecord
from assay.service.engine import Engine
from assay.service.host import hosted_round, integer_model, listen
from assay.service.provider_record import ServiceRecord
from assay.service.round import Round
from assay.service.store import AnswerStore
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.dev_clock import advance_to
from escrow.parties.corpus_listing import Prices
from escrow.parties.predictions.check import CheckedRounds, check_rounds, publish_rounds
from escrow.parties.predictions.client import Client
from escrow.parties.predictions.listing import RoundListing
from escrow.parties.predictions.party import PredictionParty
from escrow.parties.predictions.provider import Provider
from escrow.parties.predictions.round_terms import RoundWishes, round_terms
from escrow.predictions import PredictionEscrow
from escrow.signers import LocalSigner
from helpers.tiny_models import examples
from helpers.tiny_retrieval import tiny_model
from proofs.halo2.secret_model import SecretModel
from proofs.integer import IntegerModel
from protocols.eip712 import Domain
from protocols.predictions.actions import Done
from protocols.predictions.endings import settle
from protocols.predictions.events import State
from protocols.predictions.terms import PredictionTerms
from protocols.predictions.view import Limits
from protocols.prudence import Prudence

DEPLOYER, PROVIDER, CLIENT, FEE_RECIPIENT, STRANGER = 9, 1, 2, 3, 4
MIN_WINDOW_S, WINDOW_S = 60, 3600
NONCE, COUNT, PROVEN = 1, 4, 1
PRICES = Prices(proving_cost=10**13, price=10**14, max_deposit=10**18)
WISHES = RoundWishes(round=COUNT, contests=2, round_window_s=WINDOW_S, nonce=NONCE, fee=10**12)
LIMITS = Limits(margin_s=60, contest_s=300, audit=0, credit=2)
MAX_TURNS = 400
INPUTS = examples(COUNT)[0]


@dataclass(frozen=True)
class Booth:
    """A chain with a prediction escrow, a committed model, and its checked listing."""

    chain: Chain
    escrow: PredictionEscrow
    model: SecretModel
    checked: CheckedRounds
    integers: IntegerModel

    def account(self, index: int) -> LocalSigner:
        return dev_account(self.chain, index)

    @property
    def prudence(self) -> Prudence:
        """Of whoever accepts here: the fees go to an account whose purse a test can look into."""
        return Prudence(fee_recipients=frozenset({str(self.account(FEE_RECIPIENT).address)}))

    def terms(self, token: str | None = None, **wishes: Any) -> PredictionTerms:
        """Terms of a round; for ``token`` as if the listing asked for it."""
        fee_recipient = str(self.account(FEE_RECIPIENT).address)
        wished = replace(WISHES, **{"fee_recipient": fee_recipient, **wishes})
        return round_terms(self.priced(token), str(self.account(CLIENT).address), wished)

    def priced(self, token: str | None) -> CheckedRounds:
        if token is None:
            return self.checked
        listing = replace(self.checked.listing, prices=replace(PRICES, token=token))
        return replace(self.checked, listing=listing)


def open_booth(url: str) -> Booth:
    """Everything that stands before the first round, on a fresh anvil."""
    chain = Chain.connect(url)
    escrow = PredictionEscrow.deploy(chain, dev_account(chain, DEPLOYER), MIN_WINDOW_S)
    provider = dev_account(chain, PROVIDER)
    model = tiny_model(str(provider.address))
    listing = publish_rounds(chain, provider, model.commitment, escrow, PRICES)
    checked = check_rounds(chain, RoundListing.from_bytes(listing.to_bytes()))
    return Booth(chain, escrow, model, checked, integer_model(model))


def put_questions(folder: Path, of: Round, x: np.ndarray = INPUTS) -> None:
    """The client's record of questions, under salts that are the same in every run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client_record.secrets, "token_bytes", lambda count: bytes(i % 251 for i in range(count)))
        record = ClientRecord(folder, of)
        record.put_questions(of.view.quantise(x))
        record.close()


@contextmanager
def serving(engine: Engine, gate: Gate | None = None) -> Iterator[str]:
    """The service on a free port, in a thread; yields its address."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(application(engine, gate), log_config=None, access_log=False))
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)


@dataclass
class Game:
    """One round between a client and a provider, honest or not, each with folders of its own.

    ``answering`` is the model the service answers with, ``named`` what the client contests beside its random draw.
    ``said`` is what each of them said, in order.
    """

    booth: Booth
    root: Path
    terms: PredictionTerms
    client_class: type[Client] = Client
    provider_class: type[Provider] = Provider
    answering: IntegerModel | None = None
    named: tuple[int, ...] = (PROVEN,)
    own: IntegerModel | None = None
    limits: Limits = LIMITS
    gate: Gate | None = None
    url: str = ""
    said: list[str] = field(default_factory=list)

    @cached_property
    def round(self) -> Round:
        domain = Domain(self.booth.chain.chain_id, self.booth.escrow.address)
        return Round(domain, self.terms, self.booth.checked.view)

    @property
    def job_id(self) -> bytes:
        return self.round.job_id

    @property
    def state(self) -> State:
        return self.booth.escrow.job(self.job_id).state

    @cached_property
    def record(self) -> ClientRecord:
        put_questions(self.root / "asked", self.round)
        return ClientRecord(self.root / "asked", self.round)

    def client(self) -> Client:
        account = self.booth.account(CLIENT)
        return self.client_class(
            self.booth.priced(self.terms.token),
            account,
            self.root / "client",
            self.root / "channel",
            self.limits,
            self._say("client"),
            terms=self.terms,
            valid_until=self.booth.chain.now() + WINDOW_S,
            questions=HttpQuestions(self.url, self.round, account.account, self.record, self.own, self.named),
            count=COUNT,
        )

    def provider(self) -> Provider:
        return self.provider_class(
            self.booth.priced(self.terms.token),
            self.booth.account(PROVIDER),
            self.root / "provider",
            self.root / "channel",
            self.limits,
            self._say("provider"),
            model=self.booth.model,
            record=ServiceRecord(self.root / "answers"),
            job_id=self.job_id,
            prudence=self.booth.prudence,
            prove_s=5,
        )

    @contextmanager
    def service(self) -> Iterator[Engine]:
        """The provider's service while the block runs."""
        account = self.booth.account(PROVIDER).account
        hosted = hosted_round(self.round, self.booth.model, self.booth.integers, account, self.limits.credit)
        hosted.model = self.answering or hosted.model
        engine = Engine({self.job_id: hosted}, AnswerStore(self.root / "answers"))
        with serving(engine, self.gate) as self.url:
            yield engine

    def play(self) -> State:
        """Both take turns until both are done; when nobody moves, time passes up to the next clock."""
        with self.service():
            client = self.client()
            client.step()  # the offer, without which there is no provider
            self.alternate(client, self.provider())
        self.record.close()
        return self.state

    def alternate(self, *parties: PredictionParty) -> None:
        at_work = list(parties)
        for _ in range(MAX_TURNS):
            before = self._progress(parties)
            for party in list(at_work):
                if isinstance(party.step(), Done):
                    party.close()
                    at_work.remove(party)
            if not at_work:
                return
            if self._progress(parties) == before:
                self.pass_time()
        raise AssertionError("\n".join(["nobody is done", *self.said]))

    def pass_time(self) -> None:
        """Up to the next moment at which somebody may do what he may not do now."""
        status, now = self.booth.escrow.job(self.job_id), self.booth.chain.now()
        margin, end = self.limits.margin_s, status.round_end
        clocks = [end - margin - self.limits.contest_s, end - margin, end, status.deadline]
        advance_to(self.booth.chain, min(clock for clock in clocks if clock > now))

    def _progress(self, parties: tuple[PredictionParty, ...]) -> tuple[int, ...]:
        entries = (len(party.job.journal.entries) for party in parties)
        return (self.booth.chain.block_number(), len(self.record.answered()), *entries)

    def _say(self, who: str) -> Callable[[str], None]:
        return lambda text: self.said.append(f"{who}: {text}")

    def promised(self, ending: State, proven: int, answered: int) -> dict[str, int]:
        """What the pure rules promise each account, funds paid in taken off."""
        terms = self.terms
        change = {terms.client: -terms.client_funds, terms.provider: -terms.provider_funds, terms.fee_recipient: 0}
        for credit in settle(terms, State.SERVING, ending, proven, answered):
            change[credit.who] += credit.amount
        return change


class Purse:
    """What everybody's balance has changed by in a round, gas left out."""

    def __init__(self, game: Game) -> None:
        self.game, self.chain = game, game.booth.chain
        terms = game.terms
        self.parties = (terms.client, terms.provider, terms.fee_recipient)
        self.before = {who: self.chain.balance(who) for who in self.parties}
        self.fees = {who: self.chain.ledger.fees_of(who) for who in self.parties}

    def expect(self, ending: State, proven: int, answered: int) -> None:
        """The ending is this one, everybody has what the pure rules promise, and both parties have fetched it."""
        game, escrow = self.game, self.game.booth.escrow
        assert game.state is ending, game.said
        owed = {who: escrow.owed(who) for who in self.parties}
        assert sum(owed.values()) == self.chain.balance(escrow.address)
        assert {owed[who] for who in self.parties[:2]} == {0}
        changes = {}
        for who in self.parties:
            spent = self.chain.ledger.fees_of(who) - self.fees[who]
            changes[who] = self.chain.balance(who) + spent + owed[who] - self.before[who]
        assert changes == game.promised(ending, proven, answered)
