"""For each kind of exchange what a statement sheet says of a proof: public, bound, hidden, and who could still lie."""

from __future__ import annotations

from dataclasses import dataclass

Lines = tuple[str, ...]
_PROOFS = (
    "Weights and inputs, as far as halo2 proofs hide them: the sheet of a bundle made with this model says on which "
    "assumption, and what leaks."
)
_TAG = (
    "The occasion: every proof carries the job's tag, which names chain, escrow, both parties and the nonce, so that "
    "no proof serves twice."
)
_WEIGHTS = "The weights: every proof shows the commitment the terms name."
_MAKERS = "The makers of the reference string, together: they could forge every proof."
_FUTURE = "about the future: the proofs say which model was run, not that it is the one served later."


@dataclass(frozen=True, slots=True)
class JobSheet:
    """Sentences under each heading, for one kind of exchange."""

    public: Lines
    bound: Lines
    hidden: Lines
    liars: Lines


ACCURACY_SHEET = JobSheet(
    public=(
        "All terms and amounts, who moved when, and how many examples of each proven batch are right.",
        "Hashes of the examples in proven batches, each with 128 bits of salt.",
    ),
    bound=(_WEIGHTS, "The examples: each batch leads to the committed root, and counts once.", _TAG),
    hidden=(_PROOFS,),
    liars=(
        "The buyer about the examples: wrong labels, an unrepresentative sample, or examples the model was trained on.",
        "The seller about the float model: what is proven is the integer model, rounded from it.",
        f"The seller {_FUTURE}",
        "Either side by silence before proving: the expiry is neutral, because nobody can tell whose fault it was.",
        _MAKERS,
    ),
)
SAMPLED_SHEET = JobSheet(
    public=(
        *ACCURACY_SHEET.public,
        "Keys that were posted or revealed: whoever holds the ciphertexts can then read those examples.",
    ),
    bound=(
        _WEIGHTS,
        "The examples: each leads to the committed root, and counts once; those of the sample never count.",
        "The sample: drawn from the seller's seed, which it gave after the test set was committed.",
        _TAG,
    ),
    hidden=(_PROOFS,),
    liars=(
        *ACCURACY_SHEET.liars[:3],
        "Either side by silence up to the look: the expiry is neutral, because nobody can tell whose fault it was.",
        _MAKERS,
    ),
)
RETRIEVAL_SHEET = JobSheet(
    public=(
        "All terms and amounts, the predicate, and for every document whether it was selected.",
        "The key, once revealed: whoever holds the ciphertexts can then read what was sold.",
    ),
    bound=(
        _WEIGHTS,
        "The documents: each batch leads to the committed corpus, and every document is decided exactly once.",
        "The delivery: one wrong ciphertext, shown within the window, costs the responder its deposit.",
        _TAG,
    ),
    hidden=(_PROOFS, "Documents that were not sold."),
    liars=(
        "The responder before it committed: a document never committed, or committed as garbage, is nobody's match. "
        "Only an audit by a random sample bounds that.",
        "The responder about payloads: that a view is what its payload looks like is checked by the buyer, off chain.",
        "The requester by withholding its receipt: then nothing is sold, and the base fee is all the responder gets.",
        "Whoever trained the predicate's model: that it decides rightly is no part of any proof.",
        _MAKERS,
    ),
)
PREDICTIONS_SHEET = JobSheet(
    public=(
        "All terms and amounts, how many answers were paid for, and which were contested.",
        "The outputs of contested answers that were proven.",
    ),
    bound=(
        _WEIGHTS,
        "Contested answers: the provider's signature names input and outputs, and only a proof of these very outputs "
        "saves its deposit.",
        _TAG,
    ),
    hidden=(_PROOFS, "Inputs, and all answers that were not contested."),
    liars=(
        "The provider in every answer that was not contested: contests drawn at random catch a share of wrong answers "
        "with a chance that the number of contests sets, and no more.",
        "The client about its receipts: it may withhold one, and then that answer is not paid for.",
        f"The provider {_FUTURE}",
        _MAKERS,
    ),
)
