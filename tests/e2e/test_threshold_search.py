"""A threshold search on chain, both parties' own programs acting: the adapter of that circuit, its bits and its money.

Output 0 of the three documents is 15.8, 166.1 and 28.2 at the model's scale, that of the blank one 27.1.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.market import PRICES, RESPONDER, Market, Trade
from retrieval_accounts import Accounts

from escrow.parties.corpus_check import check_corpus, publish_corpus
from escrow.parties.corpus_listing import CorpusListing
from escrow.parties.responder import Responder
from escrow.parties.search import Search
from escrow.reverts import Reverted
from proofs.commitment.corpus import Corpus
from proofs.halo2.secret_model import SecretModel
from proofs.halo2.task import RETRIEVAL_THRESHOLD
from proofs.predicate import THRESHOLD, Predicate
from protocols.retrieval.events import State
from protocols.retrieval.terms import Predicate as Kind

HIGH = Predicate(THRESHOLD, 0, 28)
LOW = Predicate(THRESHOLD, 0, -1)
HIGHER = Predicate(THRESHOLD, 0, 167)


@pytest.fixture
def heights(market: Market) -> Market:
    """The market with a listing that offers thresholds and nothing else."""
    chain, mixed = market.chain, market.corpora["mixed"]
    published = publish_corpus(
        chain,
        market.account(RESPONDER),
        market.model.commitment,
        mixed.commitment,
        market.escrow,
        PRICES,
        tasks=(RETRIEVAL_THRESHOLD,),
    )
    listing = check_corpus(chain, CorpusListing.from_bytes(published.to_bytes()))
    assert list(listing.circuits) == [RETRIEVAL_THRESHOLD]
    return replace(market, listings={"mixed": listing})


class Raising(Responder):
    """Searches above a higher threshold than it was asked about; the proofs are genuine."""

    def __init__(self, *args: Any, model: SecretModel, corpus: Corpus, **more: Any) -> None:
        super().__init__(*args, model=model, corpus=corpus, **more)
        self.search = Search(model, corpus, HIGHER, self._tag, self.stack, self.budget)


@pytest.mark.parametrize(("predicate", "cap", "found"), [(HIGH, 2, (1, 2)), (LOW, 3, (0, 1, 2))], ids=["28", "-1"])
def test_documents_above_a_threshold(
    heights: Market, tmp_path: Path, predicate: Predicate, cap: int, found: tuple[int, ...]
) -> None:
    """Other documents than a search for class 0 finds; the blank one, which -1 holds of, is neither sold nor paid."""
    played = Trade(heights, tmp_path, heights.terms(predicate=predicate, cap=cap))
    accounts = Accounts(played)
    assert (played.terms.predicate, played.terms.threshold) == (Kind.THRESHOLD, predicate.threshold)
    assert played.play() is State.COMPLETED
    accounts.expect(State.REVEALED, State.COMPLETED, len(found))
    assert heights.escrow.selected(played.job_id, 3) == found
    folder = tmp_path / "requester" / played.job_id.hex() / "documents"
    read = {int(path.stem): path.read_bytes() for path in folder.glob("*.payload")}
    assert read == {index: heights.corpora["mixed"].payloads[index] for index in found}


def test_proof_above_another_threshold_is_refused(heights: Market, tmp_path: Path) -> None:
    """The escrow writes the threshold into the instances: a match cannot be denied by asking for more."""
    played = Trade(heights, tmp_path, heights.terms(predicate=HIGH), responder_class=Raising)
    requester = played.requester()
    requester.step()
    responder = played.responder()
    with pytest.raises(Reverted) as refusal:
        played._alternate(requester, responder)
    for party in (requester, responder):
        party.close()
    assert refusal.value.name == "ProofRejected"
    job = heights.escrow.job(played.job_id)
    assert (job.state, job.batches_verified, job.matches) == (State.PROVING, 0, 0)
