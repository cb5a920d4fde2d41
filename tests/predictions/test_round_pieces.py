"""The pieces of a round on their own: listing, terms, views of the escrow, who may disown, the gate, the records."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from helpers.rounds import CLIENT, COUNT, PRICES, PROVEN, PROVIDER, Booth, Game, put_questions
from web3.types import RPCEndpoint

from assay.service import client as client_module
from assay.service.asking import HttpQuestions, KeptAnswers
from assay.service.client_record import ClientRecord
from assay.service.provider_record import ServiceRecord
from assay.service.watch import ChainGate
from escrow.chain import Chain
from escrow.code_check import CodeMismatch
from escrow.dev_clock import advance_to
from escrow.parties.predictions.check import check_rounds, publish_rounds
from escrow.parties.predictions.listing import RoundListing
from escrow.parties.predictions.party import can_disown
from escrow.parties.predictions.records import RecordedAnswer, ServiceAway
from escrow.parties.predictions.round_terms import derived_nonce
from escrow.predictions import PredictionEscrow, check_prediction_escrow
from escrow.reverts import Reverted
from proofs.errors import ChainError, InvalidInput, MalformedProof
from protocols.predictions.answers import sign_answer
from protocols.predictions.events import State
from protocols.predictions.signing import RoundSigner


def set_code(chain: Chain, address: str, code: bytes) -> None:
    chain.w3.provider.make_request(RPCEndpoint("anvil_setCode"), [address, "0x" + code.hex()])


# ---- listing and terms


def test_listing_is_canonical_and_strict(booth: Booth) -> None:
    listing = booth.checked.listing
    raw = listing.to_bytes()
    assert RoundListing.from_bytes(raw) == listing
    fields = json.loads(raw)
    broken: list[bytes] = [b"", b"{}", raw[:-1], b" " + raw, raw * 2, b"[" * 3000]
    for name, value in (
        ("chain_id", 0), ("chain_id", True), ("escrow", fields["escrow"].lower()), ("adapter", 5), ("adapter", "0x00"),
        ("model_commitment", "0xzz"), ("model_commitment", 7), ("prices", {}), ("more", 1),
    ):  # fmt: skip
        broken.append(json.dumps({**fields, name: value}, sort_keys=True, separators=(",", ":")).encode())
    for bad in broken:
        with pytest.raises((MalformedProof, InvalidInput)):
            RoundListing.from_bytes(bad)


def test_publishing_again_deploys_nothing(booth: Booth) -> None:
    before = booth.chain.w3.eth.get_transaction_count(booth.account(PROVIDER).address)
    listing, signer = booth.checked.listing, booth.account(PROVIDER)
    for known in (None, listing):
        again = publish_rounds(booth.chain, signer, booth.model.commitment, booth.escrow, PRICES, known=known)
        assert again == listing
    assert booth.chain.w3.eth.get_transaction_count(signer.address) == before
    with pytest.raises(ChainError, match="committed for owner"):
        publish_rounds(booth.chain, booth.account(CLIENT), booth.model.commitment, booth.escrow, PRICES)


def test_somebody_elses_contracts_are_found_out(booth: Booth) -> None:
    listing = booth.checked.listing
    for changed in (replace(listing, escrow=listing.adapter), replace(listing, adapter=listing.escrow)):
        with pytest.raises((CodeMismatch, ChainError)):
            check_rounds(booth.chain, changed)
    with pytest.raises(ChainError, match="chain 5"):
        check_rounds(booth.chain, replace(listing, chain_id=5))
    set_code(booth.chain, listing.adapter, booth.chain.code(listing.adapter)[:-1] + b"\0")
    with pytest.raises(CodeMismatch):
        check_rounds(booth.chain, listing)


def test_terms_are_the_same_for_the_same_wishes(booth: Booth) -> None:
    terms = booth.terms(nonce=None)
    assert terms == booth.terms(nonce=None) and terms.nonce == derived_nonce(terms) > 0
    assert booth.terms(nonce=None, beta=3).nonce != terms.nonce
    assert (terms.accept_window, terms.prove_window) == (terms.round_window,) * 2
    with pytest.raises(InvalidInput, match="contests"):
        booth.terms(contests=COUNT + 1)


# ---- the escrow as its client sees it


def test_views_know_no_other_job(booth: Booth) -> None:
    unknown = b"\x07" * 32
    assert booth.escrow.job(unknown).state is State.NONE
    with pytest.raises(ChainError, match="knows no job"):
        booth.escrow.terms(unknown)
    assert not booth.escrow.contest_of(unknown, 0).contested
    check_prediction_escrow(booth.chain, booth.escrow)
    with pytest.raises(CodeMismatch):
        check_prediction_escrow(booth.chain, PredictionEscrow(booth.chain, booth.checked.listing.adapter))


def test_every_move_on_chain_without_a_driver(booth: Booth) -> None:
    """open, accept, contest, collect and finalise through the wrapper; what is wrong is refused by name."""
    escrow, terms = booth.escrow, booth.terms()
    client, provider = booth.account(CLIENT), booth.account(PROVIDER)
    job_id, _ = escrow.open(client, terms)
    assert job_id == escrow.job_id_of(terms) and escrow.terms(job_id) == terms
    escrow.accept(provider, terms)
    domain = Game(booth, Path(), terms).round.domain
    answers = [sign_answer(RoundSigner(provider.account, domain), job_id, index, 7, (1, -2, 3)) for index in (3, 0)]
    for signed in answers:
        escrow.contest(client, job_id, signed)
    seen = escrow.snapshot(job_id)
    assert list(seen.contests) == [3, 0] and seen.status.contested == 2
    assert seen.contests[0].outputs_hash == answers[1].answer.outputs_hash
    with pytest.raises(Reverted) as twice:
        escrow.contest(client, job_id, answers[0])
    assert twice.value.name == "AlreadyContested"
    with pytest.raises(Reverted) as early:
        escrow.finalise(provider, job_id)
    assert early.value.name == "TooEarly"
    with pytest.raises(Reverted) as forged:
        escrow.collect(provider, job_id, 1, answers[0].signature)
    assert forged.value.name == "BadSignature"
    advance_to(booth.chain, seen.status.deadline)
    escrow.finalise(booth.account(5), job_id)
    assert escrow.snapshot(job_id).owed[terms.client] == terms.client_funds - terms.fee + terms.penalty
    names = [event.name for event in escrow.job_events(job_id) if event.name != "TokenCredited"]
    assert names[:4] == ["JobOpened", "JobAccepted", "AnswerContested", "AnswerContested"] and "JobRejected" in names


def test_contracts_may_disown_and_delegating_accounts_may_not(booth: Booth) -> None:
    account = str(booth.account(7).address)
    assert not can_disown(booth.chain, account)
    assert can_disown(booth.chain, booth.escrow.address)
    set_code(booth.chain, account, bytes.fromhex("ef0100" + "11" * 20))
    assert not can_disown(booth.chain, account)
    set_code(booth.chain, account, b"\x60" * 23)
    assert can_disown(booth.chain, account)


def test_round_too_short_for_questions_is_not_offered(booth: Booth, tmp_path: Path) -> None:
    game = Game(booth, tmp_path, booth.terms(round_window_s=360))
    with game.service(), pytest.raises(InvalidInput, match="no time for questions"):
        game.client()
    game.record.close()


@pytest.mark.parametrize("side", [CLIENT, PROVIDER])
def test_neither_side_deals_with_a_contract(booth: Booth, tmp_path: Path, side: int) -> None:
    game = Game(booth, tmp_path, booth.terms())
    with game.service():
        client = game.client()
        if side == CLIENT:
            client.step()
            provider = game.provider()
            set_code(booth.chain, game.terms.client, b"\x60" * 30)
            assert "declined" in provider.run(0)
            assert "could disown its receipts" in client.run(0)
        else:
            set_code(booth.chain, game.terms.provider, b"\x60" * 30)
            assert "could disown its answers" in client.run(0)
    game.record.close()


# ---- the service's eye on the chain


def test_gate_follows_the_chain(booth: Booth, tmp_path: Path) -> None:
    game = Game(booth, tmp_path, booth.terms())
    gate = ChainGate(booth.chain, [game.round], margin_s=60, poll_s=0.02)
    try:
        assert gate.refusal(game.job_id) == "the job is none, no round is running"
        assert "not been seen" in str(gate.refusal(bytes(32)))
        booth.escrow.open(booth.account(CLIENT), game.terms)
        booth.escrow.accept(booth.account(PROVIDER), game.terms)
        _until(lambda: gate.refusal(game.job_id) is None)
        advance_to(booth.chain, booth.escrow.job(game.job_id).round_end - 60)
        _until(lambda: "nearly so" in str(gate.refusal(game.job_id)))
    finally:
        gate.close()
    with pytest.raises(ChainError):
        other = replace(game.round, domain=replace(game.round.domain, escrow=game.terms.client))
        ChainGate(booth.chain, [other], margin_s=60)


def _until(reached: Any) -> None:
    give_up = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < give_up
        time.sleep(0.02)


# ---- records


def test_records_before_and_beside_a_service(booth: Booth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "ATTEMPTS", 1)
    game = Game(booth, tmp_path, booth.terms())
    record = ServiceRecord(tmp_path / "answers")
    assert record.answer(game.job_id, 0) is None and record.receipt(game.job_id) is None
    account = booth.account(CLIENT).account
    with game.service():
        questions = HttpQuestions(game.url, game.round, account, game.record, booth.integers, named=(0, 3))
        assert questions.ask([0, 1]) == {} and questions.received() == {0, 1}
        with pytest.raises(ServiceAway, match="status 402"):
            questions.ask([2])
        questions.send_receipt(1)
        assert questions.ask([2]) == {}
        assert record.receipt(game.job_id).receipt.answered == 1  # type: ignore[union-attr]
        with pytest.raises(ServiceAway, match="only 3 answers were given"):
            questions.send_receipt(COUNT)
        assert set(questions.suspicious([0, 1, 2])) == {0}
    found = record.answer(game.job_id, PROVEN)
    assert found is not None and found.signed == questions.answer(PROVEN)
    assert record.answer(game.job_id, 3) is None
    kept = KeptAnswers(game.record)
    with pytest.raises(ServiceAway):
        kept.ask([3])
    with pytest.raises(InvalidInput, match="no answer 3"):
        kept.answer(3)
    with pytest.raises(InvalidInput, match="no question 9"):
        game.record.question(9)
    game.record.close()
    (tmp_path / "answers" / "answers.sqlite").write_bytes(b"not a record at all" * 99)
    for read in (lambda: record.answer(game.job_id, 0), lambda: record.receipt(game.job_id)):
        with pytest.raises(InvalidInput, match="cannot read the record"):
            read()


def test_prover_knows_without_proving_what_has_no_proof(booth: Booth, tmp_path: Path) -> None:
    game = Game(booth, tmp_path, booth.terms())
    with game.service():
        client = game.client()
        client.step()
        prover = game.provider().prover
        signer = RoundSigner(booth.account(PROVIDER).account, game.round.domain)
        asked = game.record.question(0)
        row = booth.checked.view.rows(asked.raw[None], asked.salt[None])[0]
        right = booth.integers.run(asked.raw[None]).integers(0)

        def fault(h: int = asked.h, outputs: Any = right, values: Any = row) -> str | None:
            return prover.fault(RecordedAnswer(values, sign_answer(signer, game.job_id, 0, h, outputs)))

        assert fault() is None
        assert "signed hash" in str(fault(h=asked.h + 1))
        assert "other outputs" in str(fault(outputs=[right[0] + 1, *right[1:]]))
        assert "elements" in str(fault(values=row[:-1]))
    game.record.close()


# ---- services that do not answer


class Unwilling(BaseHTTPRequestHandler):
    """Answers each question with the next prepared status, or by a trickle that never ends."""

    statuses: dict[int, tuple[int, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        index = json.loads(body).get("index", -1)
        status, kind = self.statuses[index]
        self.send_response(status)
        self.end_headers()
        if status != 200:
            self.wfile.write(json.dumps({"type": f"urn:assay:problem:{kind}", "detail": kind}).encode())
            return
        for _ in range(100):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def unwilling(statuses: dict[int, tuple[int, str]]) -> Iterator[str]:
    Unwilling.statuses = statuses
    server = ThreadingHTTPServer(("127.0.0.1", 0), Unwilling)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_refusals_are_told_from_absence(booth: Booth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What will never be answered is returned with its reason; a service that is away, or trickles, is an exception."""
    monkeypatch.setattr(client_module, "ATTEMPTS", 1)
    monkeypatch.setattr(client_module, "TIMEOUT_S", 0.5)
    game = Game(booth, tmp_path, booth.terms())
    put_questions(tmp_path / "asked", game.round)
    record = ClientRecord(tmp_path / "asked", game.round)
    account = booth.account(CLIENT).account
    never = {0: (422, "unprovable-input"), 1: (409, "index-used"), 2: (400, "malformed-request")}
    with unwilling(never) as url:
        refused = HttpQuestions(url, game.round, account, record).ask([0, 1, 2])
    assert sorted(refused) == [0, 1, 2] and all(never[i][1] in refused[i] for i in never)
    away = ((503, "busy"), (409, "round-closed"), (401, "unauthorised"), (404, "no-such-thing"), (200, "trickle"))
    for status in away:
        with unwilling({3: status}) as url, pytest.raises(ServiceAway):
            HttpQuestions(url, game.round, account, record).ask([3])
    with pytest.raises(ServiceAway):
        HttpQuestions("http://127.0.0.1:1", game.round, account, record).ask([3])
    with pytest.raises(InvalidInput, match="plain http"):
        HttpQuestions("http://192.0.2.1", game.round, account, record)
    assert record.answered() == frozenset()
    record.close()
