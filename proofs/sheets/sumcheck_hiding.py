"""The sheet of a zero-knowledge proof of the sumcheck backend: what is hidden, what leaks, on what that rests."""

from __future__ import annotations

from proofs.sheets.common import Lines, listed
from proofs.statements.sumcheck import SumcheckStatement
from proofs.statements.sumcheck_claims import Logits, Score

HIDES = (
    "zero-knowledge: hides weights, examples and labels unless they are public, intermediate values and logits, but "
    "for what it states and what `assay explain` lists as leaks"
)
"""Said wherever such a proof is made, verified or explained; of predictions ``HIDES_BUT_LOGITS``."""
HIDES_BUT_LOGITS = (
    "zero-knowledge: hides weights, inputs unless they are public, and intermediate values, but not the logits it "
    "states, nor what `assay explain` lists as leaks"
)
ARCHITECTURE = (
    "The architecture: shapes, shifts and the extents of all tables. Shifts and extents were derived from the hidden "
    "weights and the calibration inputs, and say how large sums of a layer get; they are public in the commitment."
)
SIZES = (
    "Sizes: numbers of examples, chunks, proofs and rows. To whoever watches the prover also how long it took and how "
    "much memory, which is not kept constant; and how many proofs were made with one commitment."
)
BUDGET = (
    "The budget: hiding holds while each committed matrix, the weights' and every chunk's, is opened no more often "
    "than its commitment allows (`assay explain model.commit`, `assay explain data.commit`); beyond that, opened "
    "columns are equations in what was hidden. Every proof begun opens two of them once, finished or not, shown or "
    "not. Each prover counts on its own disk: data handed to several provers have one budget among them all, which "
    "only they together can keep, and a restored backup or a second machine with the same commitment forgets what was "
    "spent."
)


def hides(statement: SumcheckStatement) -> str:
    """The mode of a zero-knowledge proof in one line."""
    return HIDES_BUT_LOGITS if isinstance(statement.claim, Logits) else HIDES


def hidden_lines(statement: SumcheckStatement) -> Lines:
    """What nobody learns from such a proof who does not know it already."""
    labels = " and labels" if statement.labelled else ""
    return (
        "The weights and biases.",
        f"The examples{labels}, from all but whoever committed them and whoever proves. (If they were committed as "
        "public data, their salts and random entries follow from them, and nothing about them is hidden.)",
        "All intermediate values.",
        _answers_hidden(statement),
    )


def hiding_leaks(statement: SumcheckStatement) -> Lines:
    """What such a proof, or the making of it, gives away all the same."""
    return (ARCHITECTURE, *_answers_leaked(statement), SIZES, BUDGET)


def hiding_rests_on() -> Lines:
    """The assumptions under which nothing else is learnt."""
    return (
        "Hiding, statistically: every message is covered by one-time pads, every combination of rows by masks used "
        "once, and rows by random entries behind them. Were these truly random, then all that a proof shows, up to the "
        "budget, would be distributed alike whatever is hidden, but for challenges that by chance are a zero of "
        "something that must not vanish; they are drawn from almost 2^124.",
        "Hiding, computationally: random entries, pads and masks are key streams of AES-256 in counter mode, taken to "
        "be a pseudorandom permutation; keys, seeds and salts follow by SHAKE-256, SHA-256 and HMAC, taken for random "
        "functions, from 32 bytes each of the operating system's randomness. Columns that are not opened are leaves "
        "hashed with 128 bits of salt each, and challenges are hashes, too: in both places SHA-256 is taken for a "
        "random oracle.",
        "No side channels were closed: whoever shares a machine with the prover may learn more.",
    )


def _answers_hidden(statement: SumcheckStatement) -> str:
    if isinstance(statement.claim, Score):
        return "All logits, and which examples were right and which wrong, but for the counts under Leaks."
    if isinstance(statement.claim, Logits):
        return "Of the answers nothing: the logits are what is claimed."
    return "All logits and scores, of selected documents and of all others; of each, whether it is selected is public."


def _answers_leaked(statement: SumcheckStatement) -> Lines:
    claim = statement.claim
    if isinstance(claim, Score):
        single = " With one example a proof, that is which examples were right." if statement.shard == 1 else ""
        return (
            f"How many of each proof's examples are correct, not the sum alone: {listed(claim.counts)}. The fewer "
            f"examples a proof is about, the more that says of each.{single}",
        )
    if isinstance(claim, Logits):
        return (
            "The logits teach: whoever sees enough of them, with their inputs, can fit a model that answers alike.",
        )
    return ("One bit of every document for each predicate that is proven over them.",)
