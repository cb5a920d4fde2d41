"""Protocol C: documents that satisfy a predicate, or a drawn sample of a corpus, against payment."""

from __future__ import annotations

from typing import Any

from assay.report.blocks import Block, Facts, Text
from assay.report.exchanges.kind import Kind, Line, Moment, Reading
from assay.report.exchanges.sheets import RETRIEVAL_SHEET
from assay.report.results import matches_figure
from assay.report.words import money, percent
from escrow.logs import ChainEvent
from escrow.retrieval import RetrievalEscrow
from escrow.retrieval_check import check_retrieval_escrow
from proofs.intervals import bad_share_at_most
from proofs.sheets.common import listed
from proofs.wording import counted
from protocols.retrieval import machine
from protocols.retrieval.events import (
    Accept,
    Acknowledge,
    ComplainDecryption,
    ComplainView,
    Deliver,
    Draw,
    Event,
    Finalise,
    Open,
    Reveal,
    SubmitBatch,
    TopUp,
)
from protocols.retrieval.terms import Predicate, RetrievalTerms

_DECRYPTION = 0
"""The contract's number of a complaint about decryption."""

_MEANING = {
    "OPEN": "The responder may accept until the deadline.",
    "PROVING": "The responder has to prove every batch, or have the sample drawn.",
    "OVER_CAP": "More was found than was paid for: the requester may pay for the rest.",
    "PROVEN": "The responder has to deliver.",
    "DELIVERED": "The requester has to acknowledge what it received.",
    "LOCKED": "The responder has to reveal the key.",
    "REVEALED": "The key is public; until the deadline anybody may complain.",
    "COMPLETED": "All was proven, and what was found was delivered and paid for.",
    "REJECTED": "The responder did not prove, kept the key, or delivered something else: it lost its deposit.",
    "UNDELIVERED": "All was proven, but nothing was sold: nobody can tell whose silence it was, and nobody lost a "
    "deposit. The responder kept the base fee.",
    "EXPIRED": "The responder never accepted: the requester got everything back.",
}


def _move(event: ChainEvent, job: machine.JobState, moment: Moment) -> Event | None:
    """An event as the move that caused it."""
    terms = job.terms
    said: Any = event.arguments
    anybody, block = moment.mover(terms.responder), event.block
    match event.name:
        case "JobOpened":
            return Open(moment.mover(terms.requester), moment.paid(terms.requester_funds))
        case "JobAccepted":
            return Accept(anybody, moment.paid(terms.responder_funds), block)
        case "BatchVerified":
            return SubmitBatch(anybody, int(said["batchIndex"]), int(said["bits"]))
        case "Drawn":
            return Draw(anybody, block, moment.chosen)
        case "DrawMoved":
            return Draw(anybody, block, gone=True)
    return _exchange_move(event, job, moment)


def _exchange_move(event: ChainEvent, job: machine.JobState, moment: Moment) -> Event | None:
    """The moves after the search. The receipt's event names no root: the escrow takes only the delivered one."""
    said: Any = event.arguments
    requester, responder = moment.mover(job.terms.requester), moment.mover(job.terms.responder)
    match event.name:
        case "ToppedUp":
            return TopUp(requester, moment.paid(int(said["amount"])))
        case "Delivered":
            return Deliver(responder, said["keyHash"], said["ciphertextRoot"], int(said["chunkCount"]))
        case "Acknowledged":
            return Acknowledge(requester, job.ciphertext_root)
        case "KeyRevealed":
            return Reveal(responder, said["key"])
        case "ComplaintUpheld":
            about = ComplainDecryption if int(said["kind"]) == _DECRYPTION else ComplainView
            return about(requester, int(said["doc"]), valid=True, chunk=int(said["chunk"]))
    return None


def _progress(reading: Reading) -> tuple[tuple[str, int, int], ...]:
    status, ruled = reading.status, reading.ruled
    return (
        ("Documents selected", status.matches, ruled.matches),
        ("Batches proven", status.batches_verified, len(ruled.batches_done)),
        ("Paid above the cap", status.topped_up, ruled.topped_up),
        ("Ciphertexts delivered", status.chunk_count, ruled.chunk_count),
    )


def _summary(terms: RetrievalTerms) -> tuple[Line, ...]:
    def pay(amount: int) -> str:
        return money(amount, terms.token)

    return (
        ("Asked for", _predicate(terms)),
        ("Corpus", f"{counted(terms.total, 'document')}, proven {terms.batch} at a time"),
        ("Base fee", f"{pay(terms.base_fee)}, due once all is proven, whatever is found"),
        ("Price", f"{pay(terms.price)} a document, {terms.cap} of them locked beforehand"),
        ("Responder's deposit", f"{pay(terms.deposit)}, lost by not proving, not revealing, or a wrong delivery"),
        ("Fee", f"{pay(terms.fee)} from each side"),
    )


def _predicate(terms: RetrievalTerms) -> str:
    if terms.sampled:
        return f"a random sample of {counted(terms.cap, 'document')}, drawn by the chain (an audit of the corpus)"
    if terms.predicate == Predicate.CLASS:
        return f"documents whose first largest output is number {terms.selected}"
    limit = terms.threshold / (1 << terms.scale_bits)
    return f"documents whose output {terms.selected} is at least {limit:g}"


def _shown(reading: Reading) -> tuple[Block, ...]:
    terms, chosen = reading.terms, reading.chosen
    done = len(reading.ruled.batches_done) == terms.batches or (terms.sampled and bool(chosen))
    word = "Drawn" if terms.sampled else "Matching documents"
    rows = [(word, f"{len(chosen)} of {terms.total}" + ("" if done else ", so far")), ("Documents", listed(chosen))]
    if terms.sampled and done:
        share = percent(bad_share_at_most(len(chosen)))
        rows.append(("If all of these are good", f"at most {share} of the corpus is bad, with 95% confidence"))
    said = (
        "The escrow checked each proof; which documents match is public, what is in them is not. That the requester "
        "could read what it paid for is not on the chain, unless a complaint says the opposite."
    )
    figure = () if terms.sampled else (matches_figure("job-matches", chosen, terms.total, terms.batch),)
    return (Facts(tuple(rows)), *figure, Text(said))


RETRIEVAL = Kind(
    name="retrieval",
    client=RetrievalEscrow,
    check=check_retrieval_escrow,
    parties=(("requester", "requester"), ("responder", "responder"), ("fee recipient", "fee_recipient")),
    machine=lambda terms, min_window, job_id: machine.JobState(terms=terms, min_window=min_window),
    apply=machine.apply,
    move=_move,
    endings=frozenset({"JobCompleted", "JobRejected", "JobUndelivered", "JobExpired"}),
    finalise=Finalise,
    progress=_progress,
    summary=_summary,
    shown=_shown,
    meaning=_MEANING,
    sheet=RETRIEVAL_SHEET,
    chosen=lambda client, job_id, terms, block: client.selected(job_id, terms.total, block),
    token=lambda terms: str(terms.token),
)
