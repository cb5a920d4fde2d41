"""What may be asked of a committed network, and the claim its own answers make true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.errors import InvalidInput
from proofs.predicate import Predicate
from proofs.statements.sumcheck_claims import Claim, Logits, Score, Selection
from proofs.sumcheck_backend.answers import logits_bytes, logits_digest, selected_bytes, selected_digest
from proofs.sumcheck_backend.chunks import Shard
from proofs.sumcheck_backend.input_format import IntegerFormat


@dataclass(frozen=True, slots=True)
class AskScore:
    """How many labels are among the first ``top_k`` logits? Claim ``at_least``; by default all that are."""

    top_k: int = 1
    at_least: int | None = None


@dataclass(frozen=True, slots=True)
class AskLogits:
    """What are the logits?"""


@dataclass(frozen=True, slots=True)
class AskSelection:
    """Which examples satisfy ``predicate``, whose threshold is in integer logits?"""

    predicate: Predicate


Question = AskScore | AskLogits | AskSelection
PROTOCOL_OF: dict[type[Question], str] = {
    AskScore: Score.PROTOCOL,
    AskLogits: Logits.PROTOCOL,
    AskSelection: Selection.PROTOCOL,
}


def check_question(question: Question, shape: IntegerFormat, labelled: bool) -> None:
    """Raises InvalidInput for a question that this model or these examples cannot answer."""
    if isinstance(question, AskScore) and not labelled:
        raise InvalidInput("a score needs labelled examples: commit DATA.npz with arrays x and y")
    if isinstance(question, AskScore) and not 1 <= question.top_k < shape.classes:
        raise InvalidInput(f"--top-k {question.top_k}: the model has {shape.classes} classes; choose 1 or more, below")
    if isinstance(question, AskSelection) and question.predicate.selected >= shape.classes:
        selected = question.predicate.selected
        raise InvalidInput(f"class {selected} does not exist: the model's outputs are 0..{shape.classes - 1}")


def answer(
    question: Question, logits: NDArray[np.int64], labels: NDArray[np.int64] | None, parts: list[Shard]
) -> tuple[Claim, bytes]:
    """The claim that integer logits (N, classes) make true, and the answers as the bundle carries them.

    Raises:
        InvalidInput: fewer are right than the question claims.
    """
    if isinstance(question, AskScore):
        right = ranked_within(logits, labels, question.top_k)
        return score(question, right, parts), b""
    if isinstance(question, AskLogits):
        raw = logits_bytes(logits)
        return Logits(logits.shape[1], logits_digest(raw)), raw
    raw = selected_bytes(satisfying(logits, question.predicate))
    return Selection(question.predicate, selected_digest(raw)), raw


def ranked_within(logits: NDArray[np.int64], labels: NDArray[np.int64] | None, top_k: int) -> NDArray[np.bool_]:
    """Whether each label is among the first ``top_k`` logits; of equal ones the lower class comes first."""
    if labels is None:
        raise InvalidInput("a score needs labelled examples")
    own = logits[np.arange(len(labels)), labels][:, None]
    lower = np.arange(logits.shape[1])[None, :] < labels[:, None]
    ahead = (logits > own) | ((logits == own) & lower)
    found: NDArray[np.bool_] = ahead.sum(axis=1) < top_k
    return found


def satisfying(logits: NDArray[np.int64], predicate: Predicate) -> NDArray[np.bool_]:
    """Whether each row of logits satisfies the predicate."""
    if predicate.threshold is None:
        return np.asarray(logits.argmax(axis=1) == predicate.selected)
    return np.asarray(logits[:, predicate.selected] >= predicate.threshold)


def score(question: AskScore, right: NDArray[np.bool_], parts: list[Shard]) -> Score:
    """The score's claim, shard by shard. Raises InvalidInput: it would be false."""
    counts = tuple(int(right[shard.overall.slice].sum()) for shard in parts)
    correct = sum(counts)
    claimed = correct if question.at_least is None else question.at_least
    if not 0 <= claimed <= correct:
        raise InvalidInput(
            f"the integer model gets {correct} of {len(right)} right, so 'at least {claimed}' is false and has no proof"
            if claimed > correct
            else f"--at-least {claimed}: choose 0 or more"
        )
    return Score(question.top_k, claimed, correct, counts)
