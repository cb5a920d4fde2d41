"""What an accepted proof has shown: a score, a selection or predictions, as blocks of a page."""

from __future__ import annotations

from collections.abc import Sequence

from assay.report.blocks import WARN, Block, Facts, Notice, Table, Text
from assay.report.confidence import Score
from assay.report.figures.columns import batch_figure
from assay.report.figures.interval import interval_figure
from assay.report.verdicts import Examined
from assay.report.words import percent
from proofs.bundle import AccuracyBundle
from proofs.outputs_bundle import OutputsBundle
from proofs.sheets.common import listed
from proofs.statements.outputs import Retrieval
from proofs.statements.sumcheck_claims import Score as ScoreClaim
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.wording import counted

SMALL = 200
"""Fewer examples than this tell little, and the report says so."""
SHOWN = 20
LARGEST_SHOWN = 3


def result_blocks(found: Examined, mark: str) -> tuple[Block, ...]:
    """The result of an accepted proof. ``mark`` keeps the names of figures apart on one page."""
    if "correct" in found.facts:
        return (*score_blocks(score_of(found), mark), *_count_blocks(found, mark))
    if "selected" in found.facts:
        return _selection_blocks(found, mark)
    return _prediction_blocks(found)


def score_of(found: Examined) -> Score:
    """The score of an accepted accuracy proof."""
    facts, bundle = found.facts, found.bundle
    complete = not isinstance(bundle, AccuracyBundle) or (
        len(bundle.batches) * bundle.statement.batch == bundle.statement.total
    )
    return Score(facts["correct"], facts["total"], facts["at_least"], complete)


def score_blocks(score: Score, mark: str) -> tuple[Block, ...]:
    """Counts, intervals and their figure."""
    low, high = score.interval
    name = "95% confidence interval" if score.complete else "95% lower bound"
    about = "Clopper-Pearson, two-sided" if score.complete else "Clopper-Pearson, from below only: batches are missing"
    rows = [
        ("Proven correct", f"{score.correct} of {score.total} ({percent(score.share)})"),
        (name, f"{percent(low)} to {percent(high)} ({about})"),
        (
            "Hoeffding margin, 95%",
            f"one-sided {percent(score.margin)}: the true accuracy is at least "
            f"{percent(max(score.share - score.margin, 0))}; two-sided ±{percent(score.two_sided_margin)}",
        ),
    ]
    if score.target is not None:
        met = "met" if score.correct >= score.target else "not met"
        asked = f"at least {score.target} of {score.total} ({percent(score.target / score.total)}): {met}"
        rows.insert(1, ("Claimed or asked for", asked))
    small = score.total < SMALL
    said = (
        f"{counted(score.total, 'example')} cannot tell the accuracy better than about "
        f"±{percent(score.two_sided_margin)} (Hoeffding, two-sided; one-sided {percent(score.margin)}), whatever the "
        "score. 600 examples tell it within 5% one-sided."
    )
    warning = (Notice(WARN, "A small test set", said),) if small else ()
    assumed = (
        "Both intervals suppose that the examples are an independent sample of what the model will meet, and were "
        "fixed without knowing the model. No proof shows that."
    )
    return (Facts(tuple(rows)), interval_figure(score, f"{mark}interval"), *warning, Text(assumed))


def _count_blocks(found: Examined, mark: str) -> tuple[Block, ...]:
    bundle = found.bundle
    if isinstance(bundle, AccuracyBundle):
        counts = [0] * (bundle.statement.total // bundle.statement.batch)
        for batch in bundle.batches:
            counts[batch.index] = batch.count
        return (correct_figure(f"{mark}counts", counts, bundle.statement.batch),)
    if isinstance(bundle, SumcheckBundle) and isinstance(bundle.statement.claim, ScoreClaim):
        largest = min(bundle.statement.shard, bundle.statement.total)
        return (correct_figure(f"{mark}counts", bundle.statement.claim.counts, largest),)
    return ()


def correct_figure(name: str, counts: Sequence[int], batch: int) -> Block:
    """Correct examples of each batch."""
    return batch_figure(name, f"Correct examples in each batch of {batch}", counts, batch, "correct examples")


def matches_figure(name: str, selected: Sequence[int], total: int, batch: int) -> Block:
    """Matching documents of each batch."""
    counts = [0] * -(-total // batch)
    for document in selected:
        counts[document // batch] += 1
    return batch_figure(name, f"Matching documents in each batch of {batch}", counts, batch, "matching documents")


def _selection_blocks(found: Examined, mark: str) -> tuple[Block, ...]:
    selected, total, bundle = found.facts["selected"], found.facts["total"], found.bundle
    rows = (
        ("Matching documents", f"{len(selected)} of {total} ({percent(len(selected) / total)})"),
        ("Documents", listed(selected)),
    )
    batch = bundle.statement.batch if isinstance(bundle, OutputsBundle) else None
    if isinstance(bundle, SumcheckBundle):
        batch = bundle.statement.chunk
    figure = (matches_figure(f"{mark}matches", selected, total, batch),) if batch else ()
    return (Facts(rows), *figure)


def _prediction_blocks(found: Examined) -> tuple[Block, ...]:
    facts = found.facts
    classes, logits = facts["classes"], facts["logits"]
    scale = f"an integer logit is to be divided by {_scale(found)}"
    rows = tuple(
        (str(index), str(chosen), _largest(row))
        for index, (chosen, row) in enumerate(zip(classes[:SHOWN], logits[:SHOWN], strict=True))
    )
    more = f", the first {SHOWN} of {len(classes)}" if len(classes) > SHOWN else ""
    heads = ("Input", "Class", f"Largest integer logits, at most {LARGEST_SHOWN} (class: logit)")
    return (
        Facts((("Predictions proven", counted(len(classes), "input")), ("Scale", scale))),
        Table(f"Predicted classes{more}", heads, rows, frozenset({1})),
    )


def _scale(found: Examined) -> str:
    return str(found.facts["logit_scale"]) if "logit_scale" in found.facts else f"2^{found.facts['scale_bits']}"


def _largest(row: Sequence[int]) -> str:
    order = sorted(range(len(row)), key=lambda k: (-row[k], k))[:LARGEST_SHOWN]
    return ", ".join(f"{k}: {row[k]:,}" for k in order)


def kind_of(found: Examined) -> str:
    """What kind of proof it is, in words; of one that does not parse, just a proof."""
    bundle = found.bundle
    if isinstance(bundle, AccuracyBundle):
        return "accuracy audit"
    if isinstance(bundle, SumcheckBundle):
        protocol = bundle.statement.protocol
    elif isinstance(bundle, OutputsBundle):
        protocol = bundle.statement.PROTOCOL if isinstance(bundle.statement, Retrieval) else "assay/inference"
    else:
        return "predictions" if bundle is not None else "proof"
    return {"assay/accuracy": "accuracy audit", "assay/retrieval": "retrieval"}.get(protocol, "predictions")
