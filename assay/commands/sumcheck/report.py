"""Telling a person, and a script, what a proof of the sumcheck backend says, and what it hides."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from assay.output import Output
from assay.predictions import ROWS, Fields, say_table
from assay.reference_string import NONE
from proofs.intervals import proven_interval
from proofs.networks.network import Network
from proofs.safetynets import ExactPredictions
from proofs.sheets import leaks_of, mode_of
from proofs.sheets.common import listed
from proofs.statements.sumcheck_claims import Logits, Score, Selection
from proofs.sumcheck_backend.bundle import SumcheckBundle

if TYPE_CHECKING:
    from proofs.sumcheck_backend.verifying import Soundness


def say_claim(output: Output, word: str, bundle: SumcheckBundle, network: Network) -> Fields:
    """What the bundle says, for a person; returns it for the JSON document."""
    claim = bundle.statement.claim
    if isinstance(claim, Score):
        return _say_score(output, word, claim, bundle.statement.total)
    if isinstance(claim, Logits):
        return _say_logits(output, word, bundle, network)
    return _say_selection(output, word, claim, bundle, network)


def facts(bundle: SumcheckBundle, soundness: Soundness) -> Fields:
    """What every JSON document about such a proof holds."""
    statement = bundle.statement
    return {
        "statement": statement.to_json(),
        "backend": statement.backend,
        "zero_knowledge": statement.zero_knowledge,
        "shards": len(bundle.proofs),
        "soundness_bits": soundness.total_bits,
        "worst_round_bits": soundness.worst_bits,
        "rounds": soundness.rounds,
        "leaks": leaks_of(bundle),
        "srs": NONE,
    }


def say_soundness(output: Output, bundle: SumcheckBundle, soundness: Soundness) -> None:
    """Bits, and what is hidden."""
    total, worst = soundness.total_bits, soundness.worst_bits
    output.say(f"{total:g} bits of soundness in all rounds of a proof, {worst:g} in the worst one")
    output.say(mode_of(bundle.statement), None if bundle.statement.zero_knowledge else "yellow")


def _say_score(output: Output, word: str, claim: Score, total: int) -> Fields:
    low, high = proven_interval(claim.correct, total, complete=True)
    top = "" if claim.top_k == 1 else f" among the first {claim.top_k}"
    output.say(
        f"{word}: at least {claim.at_least} of {total} correct{top}; {claim.correct} proven "
        f"({claim.correct / total:.1%}, 95% interval {low:.1%} to {high:.1%})",
        _style(word),
    )
    return {"correct": claim.correct, "total": total, "at_least": claim.at_least, "interval": [low, high]}


def _say_logits(output: Output, word: str, bundle: SumcheckBundle, network: Network) -> Fields:
    scale, logits = 1 / Fraction(network.output_scale), bundle.logits
    classes = [int(chosen) for chosen in logits.argmax(axis=1)]
    shown = ExactPredictions(tuple(tuple(row) for row in logits[:ROWS].tolist()), scale)
    say_table(output, word, classes, shown.values)
    return {"classes": classes, "logits": logits.tolist(), "logit_scale": str(scale), "total": len(classes)}


def _say_selection(output: Output, word: str, claim: Selection, bundle: SumcheckBundle, network: Network) -> Fields:
    selected = [int(index) for index in bundle.selected.nonzero()[0]]
    total, predicate = bundle.statement.total, claim.predicate
    meaning = str(predicate)
    if predicate.threshold is not None:
        real = float(predicate.threshold * Fraction(network.output_scale))
        meaning = f"output {predicate.selected} at least {real:g} (the integer {predicate.threshold})"
    output.say(
        f"{word}: exactly {len(selected)} of {total} documents satisfy '{meaning}': {listed(selected)}", _style(word)
    )
    return {"selected": selected, "matches": len(selected), "total": total}


def _style(word: str) -> str | None:
    return "green" if word == "ACCEPTED" else None
