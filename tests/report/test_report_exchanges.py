"""Pages about exchanges: real chains, golden proofs, every ending; and chains that do not what the rules say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from page_check import check_page
from report_jobs import MODEL, Played
from report_kit import GOLDEN, HALO2, SEARCH, report
from web3.types import RPCEndpoint

from assay.commands.verify import Trusted
from assay.report.compose import compose
from assay.report.exchange import Exchange, read_exchange
from assay.report.exchange_sections import exchange_banner
from assay.report.exchanges.accuracy import ACCURACY
from assay.report.exchanges.retrieval import RETRIEVAL
from assay.report.listed import Offered
from assay.report.page import render
from assay.report.replay import replay
from assay.report.tie import bound_to_job, tie_banner, tie_section
from assay.report.timings import Timings
from assay.report.verdicts import examine
from escrow.history import JobHistory, JobTransaction
from escrow.logs import ChainEvent
from escrow.parties.corpus_listing import CorpusListing, Prices
from escrow.parties.predictions.listing import RoundListing
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.errors import ChainError, InvalidInput, RejectedProof
from proofs.halo2.task import RETRIEVAL_CLASS, RETRIEVAL_THRESHOLD
from protocols.accuracy import endings, machine
from protocols.retrieval.events import State as RetrievalState
from protocols.solidity import ZERO_ADDRESS

ENDED = {
    "audits": ("completed", "rejected", "aborted", "expired"),
    "looks": ("aborted", "rejected", "spoiled"),
    "searches": ("completed", "undelivered"),
    "rounds": ("completed", "rejected"),
}
RUNNING = {"audits": ("running", "proving"), "searches": ("running", "open")}


_READ: dict[tuple[str, str], Exchange] = {}


def exchange_of(played: Played, name: str) -> Exchange:
    """The job as it was first read: nothing happens to it any more."""
    key = (played.chain.url, name)
    if key not in _READ:
        _READ[key] = read_exchange(played.chain, str(played.escrow.address), played.jobs[name])
    return _READ[key]


def words_of(found: Exchange) -> str:
    return check_page(render(compose((), found, Timings()))).words()


@pytest.mark.parametrize(("chain", "name"), [(chain, name) for chain, names in ENDED.items() for name in names])
def test_ended_job(request: pytest.FixtureRequest, chain: str, name: str) -> None:
    """The page agrees with the escrow to the wei, and with the job's own receipts."""
    played: Played = request.getfixturevalue(chain)
    found = exchange_of(played, name)
    words = words_of(found)
    assert not found.disagreements and f"ENDED: {name.upper()}" in words
    assert found.kind.meaning[name.upper()] in words and "Still locked" not in words
    paid = sum(party.paid for party in found.parties)
    assert paid == sum(party.booked for party in found.parties) == sum(party.ruled for party in found.parties) > 0
    receipts = [
        played.chain.w3.eth.get_transaction_receipt(sent.transaction) for sent in found.reading.history.transactions
    ]
    assert [sent.gas_used for sent in found.reading.history.transactions] == [r["gasUsed"] for r in receipts]
    assert all(f"{r['gasUsed']:,}" in words and "0x" + r["transactionHash"].hex() in words for r in receipts)
    assert f"{sum(r['gasUsed'] for r in receipts):,} gas" in words
    for value in (found.job_id, found.as_of.digest, found.reading.status.tag):
        assert "0x" + value.hex() in words


def test_verifier_that_nobody_checked(rounds: Played) -> None:
    """The round's verifier accepts everything: its completed job is no good news, and the banner says why."""
    found = exchange_of(rounds, "completed")
    banner = exchange_banner(found)
    assert banner.level == "warn" and "the verifier contract was not checked against a circuit" in banner.text
    terms = replace(found.reading.terms)
    object.__setattr__(terms, "verifier", ZERO_ADDRESS)  # as a job without proofs has it
    proofless = exchange_banner(replace(found, reading=replace(found.reading, terms=terms)))
    assert proofless.level == "good" and "circuit" not in proofless.text


@pytest.mark.parametrize("chain", RUNNING)
def test_running_job(request: pytest.FixtureRequest, chain: str) -> None:
    name, state = RUNNING[chain]
    found = exchange_of(request.getfixturevalue(chain), name)
    words = words_of(found)
    assert not found.disagreements and not found.ended
    assert f"RUNNING: {state.upper()}" in words and "Still locked" in words and "not ended" in words
    assert "Pay-offs: on chain and by the rules" not in words and "Deadline" in words


def test_document_of_a_job_that_runs(audits: Played, tmp_path: Path) -> None:
    written = report(tmp_path, *audits.place("running"))
    assert (written.code, written.document["verdict"], written.document["state"]) == (0, "running", "PROVING")


def test_command_writes_the_page_and_the_document(audits: Played, tmp_path: Path) -> None:
    written = report(tmp_path, *audits.place("completed"))
    words = written.tree().words()
    assert written.code == 0 and written.document["state"] == "COMPLETED"
    assert written.document["verdict"] == "accepted"
    assert written.document["job_id"] == "0x" + audits.jobs["completed"].hex()
    assert "5 of 6 (83.3%)" in words and "batch 0: 1, batch 1: 2, batch 2: 2" in words
    assert "--rpc RPC_URL" in words and audits.chain.url not in words
    again = report(tmp_path, *audits.place("completed"), "--block", str(audits.chain.block_number()))
    assert again.page == written.page


def test_fetched_and_owed(audits: Played) -> None:
    found = exchange_of(audits, "completed")
    seller = found.parties[1]
    assert seller.withdrawn == seller.booked > 0
    assert seller.owed == audits.escrow.owed(seller.address)
    opened = found.reading.history.transactions[0].block
    early = read_exchange(audits.chain, str(audits.escrow.address), found.job_id, until=opened)
    assert early.reading.status.state.name == "OPEN" and not early.disagreements
    with pytest.raises(ChainError, match="begin at an earlier block"):
        read_exchange(audits.chain, str(audits.escrow.address), found.job_id, since=found.as_of.number)


def test_half_a_history_is_no_verdict(rounds: Played, tmp_path: Path) -> None:
    """An honest job read from after its opening is not held against the rules."""
    second = exchange_of(rounds, "completed").reading.history.transactions[1].block
    written = report(tmp_path, *rounds.place("completed"), "--since-block", second)
    assert (written.code, written.page) == (11, b"") and "--since-block" in written.err
    opened = exchange_of(rounds, "completed").reading.history.transactions[0].block
    assert report(tmp_path, *rounds.place("completed"), "--since-block", opened).code == 0


def test_chain_that_pays_otherwise(audits: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One wei between the contract and the rules is enough."""
    real = endings.settle

    def settle(*arguments: Any) -> Any:
        first, *rest = real(*arguments)
        return (replace(first, amount=first.amount - 1), *rest)

    monkeypatch.setattr(machine, "settle", settle)
    written = report(tmp_path, *audits.place("completed"))
    words = written.tree().words()
    assert written.code == 2 and written.document["check"] == "exchange"
    assert "NOT BY THE RULES" in words and "Credited to the seller" in written.document["message"]
    assert "ENDED: COMPLETED" not in words


@contextmanager
def other_code(played: Played) -> Iterator[None]:
    """One more byte behind the escrow's code, which changes nothing but its hash."""
    address = str(played.escrow.address)
    code = played.chain.code(address)

    def put(raw: bytes) -> None:
        played.chain.w3.provider.make_request(RPCEndpoint("anvil_setCode"), [address, "0x" + raw.hex()])

    put(code + b"\0")
    try:
        yield
    finally:
        put(code)


@pytest.mark.parametrize("chain", list(ENDED))
def test_contract_of_other_code(request: pytest.FixtureRequest, chain: str) -> None:
    played: Played = request.getfixturevalue(chain)
    with other_code(played):
        found = read_exchange(played.chain, str(played.escrow.address), played.jobs[ENDED[chain][0]])
    assert [check.name for check in found.disagreements] == ["Contract code"]
    assert "NOT BY THE RULES" in words_of(found)


def test_unknown_job_and_address(audits: Played, tmp_path: Path) -> None:
    place = list(audits.place("completed"))
    assert report(tmp_path, *place[:-1], "0x" + "ab" * 32).code == 11
    verifier = exchange_of(audits, "completed").reading.terms.verifier
    assert report(tmp_path, *place[:3], verifier, *place[4:]).code == 11
    assert report(tmp_path, *place[:3], "0x" + "11" * 20, *place[4:]).code == 11


def replayed(found: Exchange, transactions: tuple[JobTransaction, ...]) -> str:
    """What the rules say of another history of the same job."""
    start = found.kind.machine(found.reading.terms, found.min_window, found.job_id)
    return replay(found.kind, start, JobHistory(transactions), True, found.reading.chosen).refused


def test_moves_the_rules_do_not_allow(audits: Played) -> None:
    """Left out, too late, by somebody else, with other money: each is named with its transaction."""
    found = exchange_of(audits, "completed")
    sent = found.reading.history.transactions
    assert replayed(found, sent) == ""
    assert "WrongState" in replayed(found, sent[:1] + sent[2:])
    assert "TooLate" in replayed(found, (*sent[:1], replace(sent[1], time=sent[0].time + 10**6), *sent[2:]))
    stranger = found.parties[2].address
    assert "NotYourMove" in replayed(found, (replace(sent[0], sender=stranger), *sent[1:]))
    assert "WrongValue" in replayed(found, (replace(sent[0], value=1), *sent[1:]))
    through = replace(sent[0], sender=stranger, direct=False, value=0)  # a wallet that is a contract
    assert replayed(found, (through, *sent[1:])) == ""
    assert "0x" + sent[1].transaction.hex() in replayed(found, (sent[0], sent[1], *sent[1:]))


@pytest.mark.parametrize("kind", [0, 1])
def test_complaint_ends_a_retrieval(searches: Played, kind: int) -> None:
    found = exchange_of(searches, "completed")
    *before, last = found.reading.history.transactions
    job = {"jobId": found.job_id}
    events = (
        ChainEvent("ComplaintUpheld", {**job, "doc": 2, "chunk": 0, "kind": kind}, last.block, 0, last.transaction),
        ChainEvent("JobRejected", {**job, "from": 7}, last.block, 1, last.transaction),
    )
    complained = replace(last, time=before[-1].time + 1, events=events)
    start = RETRIEVAL.machine(found.reading.terms, found.min_window, found.job_id)
    played = replay(RETRIEVAL, start, JobHistory((*before, complained)), True, found.reading.chosen)
    assert (played.refused, played.job.state) == ("", RetrievalState.REJECTED)


def test_long_job_has_a_short_time_line(audits: Played) -> None:
    found = exchange_of(audits, "completed")
    *before, batch = found.reading.history.transactions
    history = replace(found.reading.history, transactions=(*before, *[batch] * 30))
    words = words_of(replace(found, reading=replace(found.reading, history=history)))
    assert "5.-36. submitBatch" in words


def test_roles_of_every_kind_are_fields_of_its_terms() -> None:
    assert [role for role, _ in ACCURACY.parties] == ["buyer", "seller", "fee recipient"]


def test_exchange_with_a_proof_and_a_listing(rounds: Played, tmp_path: Path, golden_string: None) -> None:
    """The listing's commitment serves for the proof, which is of the job's model but made for no job."""
    listing = tmp_path / "offer.listing"
    listing.write_bytes(rounds.listing)
    proof = (HALO2 / "proof.assay", "--data-commit", HALO2 / "data.commit", "--listing", listing)
    written = report(tmp_path, *proof, *rounds.place("completed"))
    words = written.tree().words()
    assert (written.code, written.document["check"]) == (2, "bound_to_job"), written.err
    assert "ENDED: COMPLETED" in words and "ACCEPTED" in words
    assert words.index("NOT ABOUT THIS JOB") < words.index("ENDED: COMPLETED")
    assert "NO: made for another occasion" in words and "Same model as the job yes" in words
    assert "2 of 4 (50.0%)" in words and "4 of 4 (100.0%)" in words and "6.8% to 93.2%" in words


def test_listing_of_something_else(rounds: Played, searches: Played, tmp_path: Path) -> None:
    listing = tmp_path / "offer.listing"
    listing.write_bytes(rounds.listing)
    written = report(tmp_path, *searches.place("completed"), "--listing", listing)
    assert written.code == 4 and "another" in written.err and written.page == b""


def test_listing_of_another_verifier(rounds: Played, tmp_path: Path) -> None:
    listing = tmp_path / "offer.listing"
    listing.write_bytes(replace(RoundListing.from_bytes(rounds.listing), adapter="0x" + "12" * 20).to_bytes())
    written = report(tmp_path, *rounds.place("completed"), "--listing", listing)
    agreed = exchange_of(rounds, "completed").reading.terms.verifier
    assert written.code == 4 and written.page == b""
    assert "0x" + "12" * 20 in written.document["message"] and agreed in written.document["message"]


def test_listing_of_another_corpus(searches: Played) -> None:
    """Of a corpus listing the adapter of the job's predicate and the root of the documents are compared."""
    found = exchange_of(searches, "completed")
    terms = found.reading.terms
    offered = CorpusListing(
        found.chain_id,
        found.escrow,
        {name: terms.verifier for name in (RETRIEVAL_CLASS, RETRIEVAL_THRESHOLD)},
        MODEL,
        CorpusCommitment.from_bytes((GOLDEN / "v1-outputs" / "corpus.commit").read_bytes()),
        Prices(proving_cost=1, price=1, max_deposit=1),
    )
    own = replace(found, reading=replace(found.reading, terms=replace(terms, model_id=MODEL.model_id)))
    with pytest.raises(InvalidInput, match=f"another corpus root.*{terms.corpus_root.hex()}"):
        Offered(offered).require(own)
    same = replace(terms, model_id=MODEL.model_id, corpus_root=offered.corpus.root)
    Offered(offered).require(replace(found, reading=replace(found.reading, terms=same)))
    with pytest.raises(InvalidInput, match="none for this predicate"):
        Offered(replace(offered, adapters={})).require(replace(found, reading=replace(found.reading, terms=same)))


def test_rejected_proof_of_a_good_exchange(rounds: Played, tmp_path: Path) -> None:
    (tmp_path / "proof.assay").write_bytes(b"nothing")
    written = report(tmp_path, tmp_path / "proof.assay", *SEARCH[1:], *rounds.place("completed"))
    words = written.tree().words()
    assert written.code == 3 and words.index("REJECTED") < words.index("ENDED: COMPLETED")
    assert "Is the proof about this job?" not in words and "NOT ABOUT THIS JOB" not in words


def test_what_ties_a_proof_to_a_job(searches: Played) -> None:
    """Occasion, model and data root: each alone unties it; a proof that was not accepted is tied to nothing."""
    found = exchange_of(searches, "completed")
    proof = examine(SEARCH[0], Trusted(commit=SEARCH[2], data_commit=SEARCH[4]))
    said = proof.bundle.statement  # type: ignore[union-attr]
    terms = replace(found.reading.terms, model_id=said.model, corpus_root=said.data)  # type: ignore[union-attr]
    reading = replace(found.reading, terms=terms, status=replace(found.reading.status, tag=said.context))
    own = replace(found, reading=reading)
    assert bound_to_job(proof, own) and tie_banner(proof, own) is None and tie_section(proof, own, "") is not None
    for other in (
        replace(reading, status=replace(reading.status, tag=b"\x01" * 32)),
        replace(reading, terms=replace(terms, model_id=b"\x01" * 32)),
        replace(reading, terms=replace(terms, corpus_root=b"\x01" * 32)),
    ):
        loose = replace(own, reading=other)
        banner = tie_banner(proof, loose)
        assert not bound_to_job(proof, loose) and banner is not None and banner.level == "bad"
        assert "NOT ABOUT THIS JOB" in check_page(render(compose((proof,), loose, Timings()))).words()
    rejected = replace(proof, failure=RejectedProof("sumcheck", "no"))
    assert tie_section(rejected, own, "") is None and not bound_to_job(rejected, own)
