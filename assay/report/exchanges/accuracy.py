"""Protocol A: an accuracy audit paid on proof."""

from __future__ import annotations

from typing import Any

from assay.report.blocks import Block, Text
from assay.report.confidence import Score
from assay.report.exchanges.kind import Kind, Line, Moment, Reading
from assay.report.exchanges.sheets import ACCURACY_SHEET
from assay.report.results import correct_figure, score_blocks
from escrow.accuracy import AccuracyEscrow
from escrow.chain import Chain
from escrow.deployment import check_escrow
from escrow.logs import ChainEvent
from escrow.registry import ModelRegistry
from protocols.accuracy import machine
from protocols.accuracy.describe import summary
from protocols.accuracy.events import Abort, Accept, Event, Finalise, HandOver, Open, Proceed, SubmitBatch
from protocols.accuracy.terms import AccuracyTerms

_MEANING = {
    "OPEN": "The seller may accept until the deadline.",
    "ACCEPTED": "The buyer has to hand the test set over.",
    "HANDED_OVER": "The seller has seen the test set, and has to proceed or abort.",
    "PROVING": "The seller has promised to prove, and loses its deposit if it misses the target.",
    "COMPLETED": "The seller proved the target, and was paid.",
    "REJECTED": "The seller promised to prove and did not reach the target in time: it lost its deposit to the buyer.",
    "ABORTED": "The seller looked at the test set and left: the buyer paid the look, and the abort stays on record.",
    "EXPIRED": "Somebody stayed silent before the promise to prove: everybody got the deposit back. Silence of the "
    "seller after the test set was handed over stays on the model's record.",
}


def _check(chain: Chain, escrow: Any) -> None:
    check_escrow(chain, escrow, registry=ModelRegistry(chain, escrow.registry()))


def _move(event: ChainEvent, job: machine.JobState, moment: Moment) -> Event | None:
    """An event as the move that caused it. Eligibility and earlier aborts are the registry's and taken as given."""
    said: Any = event.arguments
    terms = job.terms
    match event.name:
        case "JobOpened":
            return Open(moment.mover(terms.buyer), moment.paid(terms.deposit))
        case "JobAccepted":
            return Accept(moment.mover(terms.seller), moment.paid(terms.deposit), said["seed"])
        case "HandedOver":
            return HandOver(moment.mover(terms.buyer), said["ciphertextRoot"])
        case "Proceeded" | "JobAborted":
            return (Abort if event.name == "JobAborted" else Proceed)(moment.mover(terms.seller))
        case "BatchVerified":
            return SubmitBatch(moment.mover(terms.seller), int(said["batchIndex"]), int(said["count"]))
    return None


def _progress(reading: Reading) -> tuple[tuple[str, int, int], ...]:
    status, ruled = reading.status, reading.ruled
    return (
        ("Proven correct", status.correct, ruled.correct),
        ("Batches proven", status.batches_verified, len(ruled.batches_done)),
    )


def _shown(reading: Reading) -> tuple[Block, ...]:
    terms, ruled = reading.terms, reading.ruled
    if not ruled.batches_done:
        return (Text("No batch has been proven on the chain, so nothing is known of the accuracy."),)
    counts = [0] * terms.batches
    for transaction in reading.history.transactions:
        for event in transaction.events:
            if event.name == "BatchVerified":
                counts[int(str(event.arguments["batchIndex"]))] = int(str(event.arguments["count"]))
    score = Score(ruled.correct, terms.total, terms.target, len(ruled.batches_done) == terms.batches)
    figure = correct_figure("job-counts", counts, terms.batch)
    late = "Proving stops at the target: a batch that was never proven counts as wrong, and has no column."
    return (*score_blocks(score, "job-"), figure, *(() if score.complete else (Text(late),)))


def _summary(terms: AccuracyTerms) -> tuple[Line, ...]:
    """As the parties read it before they sign, without the parties, who have a table of their own."""
    return tuple(line for line in summary(terms) if line[0] not in ("Buyer", "Seller"))


ACCURACY = Kind(
    name="accuracy audit",
    client=AccuracyEscrow,
    check=_check,
    parties=(("buyer", "buyer"), ("seller", "seller"), ("fee recipient", "fee_recipient")),
    machine=lambda terms, min_window, job_id: machine.JobState(terms=terms, min_window=min_window),
    apply=machine.apply,
    move=_move,
    endings=frozenset({"JobCompleted", "JobRejected", "JobExpired"}),
    finalise=Finalise,
    progress=_progress,
    summary=_summary,
    shown=_shown,
    meaning=_MEANING,
    sheet=ACCURACY_SHEET,
)
