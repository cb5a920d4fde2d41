"""What a listing adds to a report: the commitments inside it, and a comparison with the job's terms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assay.commands.verify import Trusted
from assay.report.exchange import Exchange
from escrow.parties.corpus_listing import CorpusListing
from escrow.parties.listing import Listing
from escrow.parties.predictions.listing import RoundListing
from proofs.canonical import to_hex
from proofs.commitment.model import ModelCommitment
from proofs.container import read_file
from proofs.errors import InvalidInput, MalformedProof
from proofs.halo2.task import RETRIEVAL_CLASS, RETRIEVAL_THRESHOLD
from protocols.retrieval.terms import Predicate
from protocols.solidity import ZERO_ADDRESS

AnyListing = Listing | CorpusListing | RoundListing
_TASKS: dict[int | None, str] = {Predicate.CLASS: RETRIEVAL_CLASS, Predicate.THRESHOLD: RETRIEVAL_THRESHOLD}


@dataclass(frozen=True, slots=True)
class Offered:
    """A listing's content, its commitments in files; empty where no listing was given.

    Args:
        commit, data_commit: files with the commitments it holds.
    """

    listing: AnyListing | None = None
    commit: Path | None = None
    data_commit: Path | None = None

    def completed(self, trusted: Trusted) -> Trusted:
        """What a proof is checked against, with the listing's commitments where no other was named."""
        named = trusted.data_commit is not None or trusted.data is not None
        data = trusted.data_commit if named else self.data_commit
        return replace(trusted, commit=trusted.commit or self.commit, data_commit=data)

    def require(self, exchange: Exchange) -> None:
        """Raises InvalidInput: the listing offers something else than this job is about."""
        if self.listing is None:
            return
        terms = exchange.reading.terms
        pairs = (
            ("chain", self.listing.chain_id, exchange.chain_id),
            ("escrow", self.listing.escrow, exchange.escrow),
            ("model", _model(self.listing).model_id, terms.model_id),
        )
        for name, offered, found in pairs:
            if offered != found:
                raise InvalidInput(f"the listing names another {name} than the job; give the one the job came from")
        _require_verifier(self.listing, terms)
        if isinstance(self.listing, CorpusListing):
            _require_equal("corpus root", to_hex(self.listing.corpus.root), to_hex(getattr(terms, "corpus_root", b"")))


@contextmanager
def reading_listing(path: Path | None) -> Iterator[Offered]:
    """Parse the listing at ``path``; its commitments are files while the block runs. Raises MalformedProof."""
    if path is None:
        yield Offered()
        return
    listing = _parsed(read_file(path, "listing"))
    with TemporaryDirectory(prefix="assay-report-") as name:
        commit = Path(name, "model-of-listing.commit")
        commit.write_bytes(_model(listing).to_bytes())
        corpus = Path(name, "corpus-of-listing.commit")
        if not isinstance(listing, CorpusListing):
            yield Offered(listing, commit)
            return
        corpus.write_bytes(listing.corpus.to_bytes())
        yield Offered(listing, commit, corpus)


def _require_verifier(listing: AnyListing, terms: Any) -> None:
    """The adapter on offer is the verifier of the terms; a job without proofs has none. Raises InvalidInput."""
    if terms.verifier == ZERO_ADDRESS:
        return
    if not isinstance(listing, CorpusListing):
        _require_equal("verifier", listing.adapter, terms.verifier)
        return
    task = _TASKS.get(getattr(terms, "predicate", None))
    _require_equal("verifier", listing.adapters.get(task or "", "none for this predicate"), terms.verifier)


def _require_equal(what: str, offered: str, agreed: str) -> None:
    if offered.lower() != agreed.lower():
        raise InvalidInput(
            f"the listing offers another {what} than the job's terms name: {offered} is listed, {agreed} was agreed; "
            "give the listing the job came from"
        )


def _parsed(raw: bytes) -> AnyListing:
    kinds: tuple[type[AnyListing], ...] = (Listing, CorpusListing, RoundListing)
    for kind in kinds:
        try:
            return kind.from_bytes(raw)
        except (MalformedProof, InvalidInput):
            continue
    raise MalformedProof("no listing of a model, a corpus or prediction rounds; give the file `publish` wrote")


def _model(listing: AnyListing) -> ModelCommitment:
    return listing.commitment if isinstance(listing, Listing) else listing.model
