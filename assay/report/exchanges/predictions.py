"""Protocol B: a round of predictions, any of which the client may contest."""

from __future__ import annotations

from typing import Any

from assay.report.blocks import Block, Facts, Table, Text
from assay.report.exchanges.kind import Kind, Line, Moment, Reading
from assay.report.exchanges.sheets import PREDICTIONS_SHEET
from assay.report.words import money
from escrow.logs import ChainEvent
from escrow.predictions import PredictionEscrow, check_prediction_escrow
from proofs.wording import counted
from protocols.predictions import machine
from protocols.predictions.events import Accept, Collect, Contest, Event, Finalise, Open, ProveAnswer
from protocols.predictions.terms import PredictionTerms

_MEANING = {
    "OPEN": "The provider may accept until the deadline.",
    "SERVING": "The provider answers, and proves what is contested.",
    "COMPLETED": "Every contested answer was proven; answers were paid for by the client's receipt.",
    "REJECTED": "A contested answer stayed unproven: the provider lost its deposit, and no answer was paid for.",
    "EXPIRED": "The provider never accepted: the client got everything back.",
}


def _move(event: ChainEvent, job: machine.JobState, moment: Moment) -> Event | None:
    """An event as the move that caused it; the escrow takes a proof only for the outputs that were signed."""
    said: Any = event.arguments
    client, provider = moment.mover(job.terms.client), moment.mover(job.terms.provider)
    match event.name:
        case "JobOpened":
            return Open(client, moment.paid(job.terms.client_funds))
        case "JobAccepted":
            return Accept(provider, moment.paid(job.terms.provider_funds))
        case "AnswerContested":
            return Contest(client, int(said["index"]), int(said["h"]), said["outputsHash"])
        case "AnswerProven":
            contest = job.contest_of(int(said["index"]))
            return ProveAnswer(provider, int(said["index"]), bytes(32) if contest is None else contest.outputs_hash)
        case "ReceiptCollected":
            return Collect(provider, int(said["answered"]))
    return None


def _progress(reading: Reading) -> tuple[tuple[str, int, int], ...]:
    status, ruled = reading.status, reading.ruled
    return (
        ("Answers contested", status.contested, len(ruled.contested)),
        ("Contested answers proven", status.proven, len(ruled.contested) - ruled.open_contests),
        ("Answers paid for, by receipt", status.answered, ruled.answered),
        ("End of contesting, Unix time", status.round_end, ruled.round_end),
    )


def _summary(terms: PredictionTerms) -> tuple[Line, ...]:
    def pay(amount: int) -> str:
        return money(amount, terms.token)

    return (
        ("Round", f"{counted(terms.round, 'input')}, at most {counted(terms.contests, 'contest')}"),
        ("Price of an answer", f"{pay(terms.answer_price)}, by the client's signed receipt"),
        ("Cost of a contest", f"{pay(terms.contest_cost)} to the provider for each answer it proves"),
        ("Provider's deposit", f"{pay(terms.penalty)}, all of it lost if a contested answer stays unproven"),
        ("Fee", f"{pay(terms.fee)} from each side"),
    )


def _shown(reading: Reading) -> tuple[Block, ...]:
    terms, ruled = reading.terms, reading.ruled
    rows = (
        ("Answers paid for", f"{ruled.answered} of {terms.round}, by the receipt the provider collected"),
        ("Contests", f"{len(ruled.contested)} of at most {terms.contests}"),
        ("Contested and proven", str(len(ruled.contested) - ruled.open_contests)),
    )
    said = (
        "The answers themselves, and the signatures under them, went between the parties and are not on the chain. An "
        "answer that was not contested was checked by nobody but the client."
    )
    verdicts = tuple((str(item.index), "proven" if item.proven else "not proven") for item in ruled.contested)
    table = (Table("Contested answers", ("Answer", "Verdict"), verdicts),) if verdicts else ()
    return (Facts(rows), *table, Text(said))


PREDICTIONS = Kind(
    name="prediction round",
    client=PredictionEscrow,
    check=check_prediction_escrow,
    parties=(("client", "client"), ("provider", "provider"), ("fee recipient", "fee_recipient")),
    machine=lambda terms, min_window, job_id: machine.JobState(terms=terms, min_window=min_window),
    apply=machine.apply,
    move=_move,
    endings=frozenset({"JobCompleted", "JobRejected", "JobExpired"}),
    finalise=Finalise,
    progress=_progress,
    summary=_summary,
    shown=_shown,
    meaning=_MEANING,
    sheet=PREDICTIONS_SHEET,
    token=lambda terms: str(terms.token),
)
