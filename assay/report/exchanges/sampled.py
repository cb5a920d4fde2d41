"""Protocol A': an accuracy audit whose seller first looks at a drawn sample of the test set."""

from __future__ import annotations

from typing import Any

from assay.report.blocks import Block, Facts, Text
from assay.report.confidence import Score
from assay.report.exchanges.kind import Kind, Line, Moment, Reading
from assay.report.exchanges.sheets import SAMPLED_SHEET
from assay.report.results import correct_figure, score_blocks
from assay.report.words import money
from escrow.chain import Chain
from escrow.deployment import check_sampled_escrow
from escrow.logs import ChainEvent
from escrow.registry import ModelRegistry
from escrow.sampled import SampledEscrow
from protocols.sampled import machine
from protocols.sampled.events import (
    Abort,
    Accept,
    Complain,
    Complaint,
    Confirm,
    Event,
    Finalise,
    HandOver,
    Open,
    PostCiphertext,
    Proceed,
    RevealKey,
    State,
    SubmitBatch,
)
from protocols.sampled.terms import SampledTerms

_MEANING = {
    "OPEN": "The seller may accept until the deadline.",
    "ACCEPTED": "The sample is drawn; the buyer has to hand the encrypted test set over.",
    "SAMPLED": "The seller looks at the sample, and has to proceed or abort.",
    "POSTED": "The ciphertexts are on the chain, and the seller has to proceed or abort.",
    "HANDED_OVER": "The seller confirms that it can read the rest; else the buyer has to reveal the key on the chain.",
    "REVEALED": "The key is public; until the deadline the seller may complain.",
    "PROVING": "The seller has promised to prove, and loses its deposit if it misses the target.",
    "COMPLETED": "The seller proved the target, and was paid.",
    "REJECTED": "The seller did not reach the target in time, or fell silent over ciphertexts on the chain: it lost "
    "its deposit to the buyer.",
    "ABORTED": "The seller looked at the sample and left: the buyer paid the look, and the abort stays on record.",
    "SPOILED": "The buyer kept the key, or handed over something else than it had committed: it lost its deposit to "
    "the seller.",
    "EXPIRED": "Somebody stayed silent where nobody can tell whose fault it was: everybody got the deposit back.",
}


def _check(chain: Chain, escrow: Any) -> None:
    check_sampled_escrow(chain, escrow, registry=ModelRegistry(chain, escrow.registry()))


def _move(event: ChainEvent, job: machine.JobState, moment: Moment) -> Event | None:
    """An event as the move that caused it. Eligibility and earlier aborts are the registry's and taken as given."""
    said: Any = event.arguments
    buyer, seller, due = moment.mover(job.terms.buyer), moment.mover(job.terms.seller), job.terms.deposit
    match event.name:
        case "JobOpened":
            return Open(buyer, moment.paid(due))
        case "JobAccepted":
            return Accept(seller, moment.paid(due), said["seed"])
        case "HandedOver":
            keys = (said["sampleKeyHash"], said["restKeyHash"])
            return HandOver(buyer, said["ciphertextRoot"], int(said["chunkCount"]), *keys)
        case "Proceeded" | "JobAborted":
            return Abort(seller) if event.name == "JobAborted" else Proceed(seller, job.ciphertext_root)
    return _later_move(event, job, moment)


def _later_move(event: ChainEvent, job: machine.JobState, moment: Moment) -> Event | None:
    """The moves after the look. Silence after the key is consent, which finalising puts on record."""
    said: Any = event.arguments
    buyer, seller = moment.mover(job.terms.buyer), moment.mover(job.terms.seller)
    match event.name:
        case "CiphertextPosted":
            return PostCiphertext(buyer, said["sampleKey"])
        case "KeyRevealed":
            return RevealKey(buyer, said["key"])
        case "Confirmed":
            late = job.state is State.REVEALED and moment.transaction.time >= job.deadline
            return Finalise(seller) if late else Confirm(seller)
        case "ComplaintUpheld":
            return Complain(seller, Complaint(int(said["kind"])))
        case "BatchVerified":
            return SubmitBatch(seller, tuple(map(int, said["indices"])), int(said["count"]))
    return None


def _progress(reading: Reading) -> tuple[tuple[str, int, int], ...]:
    status, ruled = reading.status, reading.ruled
    return (
        ("Proven correct", status.correct, ruled.correct),
        ("Proofs", status.batches_verified, ruled.batches_verified),
        ("Ciphertexts handed over", status.chunk_count, ruled.chunk_count),
    )


def _summary(terms: SampledTerms) -> tuple[Line, ...]:
    return (
        ("Test set", f"{terms.total} examples, {terms.sample} of them drawn for the look and never proven"),
        ("Target", f"at least {terms.target} of the other {terms.rest} right; one never proven counts as wrong"),
        ("Each side locks", money(terms.deposit)),
        ("Target met", f"buyer pays {money(terms.payment)} to the seller"),
        ("Seller aborts after the look", f"buyer pays {money(terms.abort_fee)}; the abort stays on the record"),
        ("Fee", f"{money(terms.fee)} from each side"),
    )


def _shown(reading: Reading) -> tuple[Block, ...]:
    terms, ruled = reading.terms, reading.ruled
    events = [event for sent in reading.history.transactions for event in sent.events]
    counts = [int(str(event.arguments["count"])) for event in events if event.name == "BatchVerified"]
    if not counts:
        return (Text("No batch has been proven on the chain, so nothing is known of the accuracy."),)
    score = Score(ruled.correct, terms.rest, terms.target, ruled.batches_verified * terms.batch == terms.rest)
    about = Facts((("Of", f"the {terms.rest} examples outside the sample, in batches the seller chose"),))
    return (about, *score_blocks(score, "job-"), correct_figure("job-counts", counts, terms.batch))


SAMPLED = Kind(
    name="sampled accuracy audit",
    client=SampledEscrow,
    check=_check,
    parties=(("buyer", "buyer"), ("seller", "seller"), ("fee recipient", "fee_recipient")),
    machine=lambda terms, min_window, job_id: machine.JobState(terms=terms, min_window=min_window, job_id=job_id),
    apply=machine.apply,
    move=_move,
    endings=frozenset({"JobCompleted", "JobRejected", "JobSpoiled", "JobExpired"}),
    finalise=Finalise,
    progress=_progress,
    summary=_summary,
    shown=_shown,
    meaning=_MEANING,
    sheet=SAMPLED_SHEET,
)
