"""The sheet of a proof of the sumcheck backend, in either mode: zero-knowledge, or an integrity proof."""

from __future__ import annotations

from proofs.canonical import to_hex
from proofs.intervals import proven_interval
from proofs.sheets.common import Lines, Sheet, listed
from proofs.sheets.sumcheck_hiding import hidden_lines, hides, hiding_leaks, hiding_rests_on
from proofs.statements.sumcheck import SumcheckStatement
from proofs.statements.sumcheck_claims import Logits, Score, Selection
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.wording import counted

HIDES_NOTHING = "integrity proof: hides nothing: weights, inputs and intermediate values leak from the opened columns"
"""Said wherever a proof of the other mode is made, verified or explained."""
LEAKS = (
    "Everything: this is an " + HIDES_NOTHING + ". Every proof opens 151 columns of the matrices of weights, examples "
    "and intermediate values, and a combination of all their rows. After some proofs the weights are linear algebra.",
)
_TITLES = {
    Score: "Accuracy audit by sum-checks",
    Logits: "Predictions of a committed model by sum-checks",
    Selection: "Retrieval by sum-checks",
}


def sumcheck_sheet(bundle: SumcheckBundle) -> Sheet:
    """The sheet of a bundle; says what the bundle claims, which holds only once it has been verified."""
    statement = bundle.statement
    lines = (
        (*_claimed(bundle), *_integers(statement)),
        _public(bundle),
        _bound(statement),
        hidden_lines(statement) if statement.zero_knowledge else ("Nothing: " + HIDES_NOTHING + ".",),
        sumcheck_leaks(statement),
        _rests_on(statement) + (hiding_rests_on() if statement.zero_knowledge else ()),
        _liars(statement),
    )
    mode = "zero-knowledge" if statement.zero_knowledge else "an integrity proof"
    return Sheet.of(f"{_TITLES[type(statement.claim)]}, {mode}: statement sheet", lines)


def mode_of(statement: SumcheckStatement) -> str:
    """What a proof hides, in one line that everything says which shows one."""
    return hides(statement) if statement.zero_knowledge else HIDES_NOTHING


def sumcheck_leaks(statement: SumcheckStatement) -> Lines:
    """What a proof gives away."""
    return hiding_leaks(statement) if statement.zero_knowledge else LEAKS


def _claimed(bundle: SumcheckBundle) -> Lines:
    statement, claim = bundle.statement, bundle.statement.claim
    model, data = to_hex(statement.model), to_hex(statement.data)
    if isinstance(claim, Score):
        return _score(statement, claim)
    if isinstance(claim, Logits):
        classes = bundle.logits.argmax(axis=1).tolist()
        return (
            f"On each of the {statement.total} inputs committed as {data} the integer network committed as {model} has "
            f"exactly the {claim.classes} integer logits in this bundle.",
            f"The predicted classes (first largest logit) are: {listed(classes)}.",
        )
    found = bundle.selected.nonzero()[0].tolist()
    return (
        f"Of the {statement.total} documents committed as {data} exactly these {len(found)} satisfy the predicate "
        f"under the integer network committed as {model}: {listed(found)}.",
        _meaning(claim),
        "Every committed document is decided, each exactly once.",
    )


def _score(statement: SumcheckStatement, claim: Score) -> Lines:
    low, high = proven_interval(claim.correct, statement.total, True)
    among = "the first largest logit is at" if claim.top_k == 1 else f"the {claim.top_k} first logits include that of"
    return (
        f"The model committed as {to_hex(statement.model)} classifies at least {claim.at_least} of the "
        f"{statement.total} examples committed as {to_hex(statement.data)} correctly; {claim.correct} are proven, and "
        "every committed example is counted or not exactly once.",
        f"Correct means: {among} the committed label (of equal logits the lower class comes first, as in argmax).",
        f"If the examples are an independent sample, the accuracy on their population lies between {low:.1%} and "
        f"{high:.1%} with 95% confidence.",
    )


def _meaning(claim: Selection) -> str:
    predicate = claim.predicate
    if predicate.threshold is None:
        return (
            f"The predicate: the first largest logit is output {predicate.selected} (ties go to the lowest output, as "
            "in argmax)."
        )
    return (
        f"The predicate: output {predicate.selected} is at least the integer {predicate.threshold}, equal included; "
        "what that is in the model's own unit follows from the output scale in its commitment."
    )


def _integers(statement: SumcheckStatement) -> Lines:
    return (
        f"The network is the one with digest {to_hex(statement.network)}: an exact function of integers, made from the "
        "float model by rounding. Inputs were rounded and clamped to its input range before they were committed.",
    )


def _public(bundle: SumcheckBundle) -> Lines:
    statement = bundle.statement
    size = sum(map(len, bundle.proofs)) + len(bundle.answers)
    proofs = counted(len(bundle.proofs), "proof")
    return (
        "The architecture: every layer's shape, shift and table, the tables' extents included, which were derived from "
        "the hidden weights and the calibration inputs. It stands in the model's commitment.",
        f"Sizes: {counted(statement.model_rows, 'row')} of weights of 2^{statement.log_columns} integers, "
        f"{counted(statement.total, 'example')} in chunks of {statement.chunk}, {proofs} of at "
        f"most {counted(statement.shard, 'example')}, {size} bytes.",
        *_answers(statement),
    )


def _answers(statement: SumcheckStatement) -> Lines:
    claim = statement.claim
    if isinstance(claim, Score):
        return (f"How many of each proof's examples are correct: {listed(claim.counts)}.",)
    if isinstance(claim, Logits):
        return ("All logits of every input. Whoever sees enough of them can fit a model that answers alike.",)
    return ("The predicate, and for every single document whether it satisfies it.",)


def _bound(statement: SumcheckStatement) -> Lines:
    return (
        f"The weights: every proof opens the matrix with root {to_hex(statement.weights)}, which is the committed one.",
        "The examples" + (" and labels" if statement.labelled else "") + ": every proof opens a chunk whose root is in "
        "the committed data, in the committed order. The proofs cut all chunks into ranges, so that every example is "
        "in exactly one: none can be left out, used twice or moved.",
        "The network, the input format and the claim: every proof absorbs this whole statement and its own range "
        "before the first challenge, so that proofs of other statements or ranges do not fit.",
        f"The occasion: context {to_hex(statement.context)} is part of the statement.",
    )


def _rests_on(statement: SumcheckStatement) -> Lines:
    return (
        f"Sum-checks and look-ups over p = 2^31 - 1 with challenges of 124 bits, and Ligero's proximity test in the "
        f"unique-decoding radius: a false claim passes any single challenge with chance at most "
        f"2^-{statement.soundness_bits}. The verifier computes the bits from the rounds it runs, and refuses fewer.",
        "SHA-256 being collision resistant, for roots; and in the place of a verifier who draws the challenges (Fiat "
        f"and Shamir): with Q hashes a forger succeeds with chance at most Q 2^-{statement.soundness_bits}, if SHA-256 "
        "is a random oracle. Every value that is not linear in committed ones is committed before the first challenge.",
        "No trusted set-up, no reference string.",
    )


def _liars(statement: SumcheckStatement) -> Lines:
    return (
        "The prover about the float model: the integer network is what is proven. How it compared with the float model "
        "on calibration inputs is said in the model's commitment, bound to the model id, and not proven.",
        "The prover about its weights' size: weights are integers modulo p. Where an intermediate value leaves its "
        "table no proof exists, so the model is a partial function.",
        "Whoever chose the examples: wrong labels, an unrepresentative sample, examples the model was trained on, "
        "values that were clamped because they were in another unit.",
        "Whoever committed the examples, about anything but integers: what they show is not proven."
        + ("" if isinstance(statement.claim, Score) else " Documents never committed are nobody's match."),
        "The seller about the future: the proof says which model was run, not that it is the one served later.",
        "Either side about money: no contract verifies such a proof. Single answers of a network small enough for a "
        "halo2 circuit can be disputed on chain in a prediction round; of a larger one nothing can, and payment is "
        "released or refunded by agreement only.",
    )
