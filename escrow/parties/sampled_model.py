"""The integer model on opened examples, some of which nobody may be able to run it on: the buyer chose them."""

from __future__ import annotations

from collections.abc import Sequence

from proofs.commitment.examples_open import OpenedExamples
from proofs.errors import ProverFailed
from proofs.halo2.prover import integer_logits
from proofs.halo2.secret_model import SecretModel

_ENDED = ("ended by signal", "still running after")


def unprovable(model: SecretModel, opened: OpenedExamples, batch: int) -> tuple[int, ...]:
    """The opened examples, ascending, whose values outgrow the circuit; found by halving.

    Raises:
        ProverFailed: the prover failed for another reason than the examples.
    """
    found: list[int] = []
    todo = [sorted(opened.examples)] if opened.examples else []
    while todo:
        indices = todo.pop()
        if _counted(model, opened, indices, batch) is not None:
            continue
        if len(indices) == 1:
            found += indices
        else:
            middle = len(indices) // 2
            todo += [indices[:middle], indices[middle:]]
    return tuple(sorted(found))


def right_answers(model: SecretModel, opened: OpenedExamples, batch: int) -> int:
    """How many of the opened examples the integer model gets right; one it cannot be run on counts as wrong."""
    left = opened.without(unprovable(model, opened, batch))
    return _counted(model, left, sorted(left.examples), batch) or 0 if left.examples else 0


def _about_examples(error: ProverFailed) -> bool:
    """Whether the model itself could not be run; a child that was stopped or ended from outside says nothing."""
    return error.stage.startswith("infer") and not any(words in error.detail for words in _ENDED)


def _counted(model: SecretModel, opened: OpenedExamples, indices: Sequence[int], batch: int) -> int | None:
    """Right answers among ``indices``, at least one; None where the model cannot be run on one of them."""
    filled = [*indices, *[indices[-1]] * (-len(indices) % batch)]
    part = opened.subset(filled)
    try:
        right = integer_logits(model, part).classes == part.labels
    except ProverFailed as error:
        if not _about_examples(error):
            raise
        return None
    return int(right[: len(indices)].sum())
