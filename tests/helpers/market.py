"""Corpora for sale on a chain of one's own, both parties in this process: where tests of retrieval play.

Every chain begins alike (same deployer, same addresses) and every job has the same nonce, so the proofs of a corpus and
a predicate are made once a session and found again, whatever else the terms say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.dev_clock import advance_to, mine
from escrow.parties.corpus_check import CheckedCorpus, check_corpus, publish_corpus
from escrow.parties.corpus_listing import CorpusListing, Prices
from escrow.parties.requester import Requester
from escrow.parties.responder import Responder
from escrow.parties.retrieval_party import RetrievalParty
from escrow.parties.retrieval_terms import Wishes, retrieval_terms
from escrow.retrieval import RetrievalEscrow
from escrow.signers import LocalSigner
from helpers.tiny_retrieval import UNIFORM, tiny_corpus, tiny_model
from proofs.commitment.corpus import Corpus
from proofs.halo2.secret_model import SecretModel
from proofs.predicate import CLASS, Predicate
from protocols.prudence import Prudence
from protocols.retrieval.actions import Done
from protocols.retrieval.endings import settle
from protocols.retrieval.events import State
from protocols.retrieval.terms import RetrievalTerms
from protocols.retrieval.view import Limits

DEPLOYER, RESPONDER, REQUESTER, FEE_RECIPIENT, STRANGER = 9, 1, 2, 3, 4
MIN_WINDOW_S, WINDOW_S = 60, 3600
NONCE = 1
PRICES = Prices(proving_cost=10**13, price=10**15, max_deposit=10**18)
CLASS_0, CLASS_1 = Predicate(CLASS, 0), Predicate(CLASS, 1)
MAX_ROUNDS = 300


@dataclass(frozen=True)
class Market:
    """A chain with a retrieval escrow, a committed model, and a listing for each corpus."""

    chain: Chain
    escrow: RetrievalEscrow
    model: SecretModel
    corpora: Mapping[str, Corpus]
    listings: Mapping[str, CheckedCorpus]

    def account(self, index: int) -> LocalSigner:
        return dev_account(self.chain, index)

    @property
    def prudence(self) -> Prudence:
        """Of whoever accepts here: the fees go to an account whose purse a test can look into."""
        return Prudence(fee_recipients=frozenset({str(self.account(FEE_RECIPIENT).address)}))

    def terms(
        self, corpus: str = "mixed", predicate: Predicate | None = CLASS_0, token: str | None = None, **wishes: Any
    ) -> RetrievalTerms:
        """Terms of a job on one of the corpora; for ``token`` as if the listing asked for it."""
        checked = self.checked(corpus, token)
        chosen = {"cap": 2, "window_s": WINDOW_S, "nonce": NONCE, **wishes}
        fee_recipient = str(self.account(FEE_RECIPIENT).address)
        asked = Wishes(**{"fee_recipient": fee_recipient, "fee": 10**12, **chosen})
        return retrieval_terms(checked, str(self.account(REQUESTER).address), predicate, asked)

    def checked(self, corpus: str, token: str | None = None) -> CheckedCorpus:
        checked = self.listings[corpus]
        if token is None:
            return checked
        prices = replace(checked.listing.prices, token=token)
        return replace(checked, listing=replace(checked.listing, prices=prices))


def open_market(url: str) -> Market:
    """Everything that stands before the first job, on a fresh anvil."""
    chain = Chain.connect(url)
    escrow = RetrievalEscrow.deploy(chain, dev_account(chain, DEPLOYER), MIN_WINDOW_S)
    seller = dev_account(chain, RESPONDER)
    model = tiny_model(str(seller.address))
    corpora = {"mixed": tiny_corpus(), "uniform": tiny_corpus(UNIFORM)}
    listings = {}
    for name, corpus in corpora.items():
        listing = publish_corpus(chain, seller, model.commitment, corpus.commitment, escrow, PRICES)
        listings[name] = check_corpus(chain, CorpusListing.from_bytes(listing.to_bytes()))
    return Market(chain, escrow, model, corpora, listings)


@dataclass
class Trade:
    """One job between a requester and a responder, honest or not, each with folders of its own.

    ``said`` is what each of them said, in order.
    """

    market: Market
    root: Path
    terms: RetrievalTerms
    corpus: str = "mixed"
    requester_class: type[Requester] = Requester
    responder_class: type[Responder] = Responder
    top_up_wei: int = 0
    said: list[str] = field(default_factory=list)
    sold: Corpus | None = None

    @property
    def checked(self) -> CheckedCorpus:
        return self.market.checked(self.corpus, self.terms.token)

    @property
    def job_id(self) -> bytes:
        return self.market.escrow.job_id_of(self.terms)

    @property
    def state(self) -> State:
        return self.market.escrow.job(self.job_id).state

    def requester(self) -> Requester:
        return self.requester_class(
            self.checked,
            self.market.account(REQUESTER),
            self.root / "requester",
            self.root / "channel",
            Limits(top_up_wei=self.top_up_wei),
            self._say("requester"),
            terms=self.terms,
            valid_until=self.market.chain.now() + WINDOW_S,
        )

    def responder(self) -> Responder:
        return self.responder_class(
            self.checked,
            self.market.account(RESPONDER),
            self.root / "responder",
            self.root / "channel",
            Limits(prove_s=5),
            self._say("responder"),
            model=self.market.model,
            corpus=self.sold or self.market.corpora[self.corpus],
            job_id=self.job_id,
            prudence=self.market.prudence,
        )

    def play(self) -> State:
        """Both take turns until both are done; when nobody moves, time passes up to the deadline."""
        requester = self.requester()
        requester.step()  # the offer, without which there is no responder
        self._alternate(requester, self.responder())
        return self.state

    def _alternate(self, *parties: RetrievalParty) -> None:
        at_work = list(parties)
        for _ in range(MAX_ROUNDS):
            before = self._progress(parties)
            for party in list(at_work):
                if isinstance(party.step(), Done):
                    party.close()
                    at_work.remove(party)
            if not at_work:
                return
            if self._progress(parties) == before:
                self._pass_time()
        raise AssertionError("\n".join(["nobody is done", *self.said]))

    def _pass_time(self) -> None:
        """A block for a draw that waits for one, else the deadline."""
        status = self.market.escrow.job(self.job_id)
        if status.state is State.PROVING and self.market.chain.block_number() <= status.draw_block:
            mine(self.market.chain)
        else:
            advance_to(self.market.chain, status.deadline)

    def _progress(self, parties: tuple[RetrievalParty, ...]) -> tuple[int, ...]:
        return (self.market.chain.block_number(), *(len(party.job.journal.entries) for party in parties))

    def _say(self, who: str) -> Callable[[str], None]:
        return lambda text: self.said.append(f"{who}: {text}")

    def paid(self, before: State, ending: State, matches: int, topped_up: int = 0) -> dict[str, int]:
        """What the pure rules promise each account, funds paid in taken off, when all is proven."""
        terms = self.terms
        change = {terms.requester: -terms.requester_funds - topped_up, terms.responder: -terms.responder_funds}
        change[terms.responder] += terms.base_fee if before > State.PROVING else 0
        for credit in settle(terms, before, ending, matches, topped_up):
            change[credit.who] = change.get(credit.who, 0) + credit.amount
        return change
