"""Which answers a client contests: those a model of its own contradicts, those it names, or a random sample."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence

import numpy as np

from assay.service.client_record import Asked
from proofs.errors import InvalidInput
from proofs.integer import IntegerModel, OutOfRange
from protocols.predictions.answers import SignedAnswer


def parse_indices(text: str) -> list[int]:
    """Indices as a user types them: ``3,5``. Raises InvalidInput."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InvalidInput(f"--contest {text!r} must be indices with commas between them, as 3,5") from None


def sample(answered: Sequence[int], fraction: float) -> list[int]:
    """A uniformly random part of the answered indices, rounded up; unpredictable, so that no provider can evade it."""
    if not 0 < fraction <= 1:
        raise InvalidInput(f"--contest-fraction {fraction} must lie above 0 and be at most 1")
    return sorted(secrets.SystemRandom().sample(list(answered), math.ceil(fraction * len(answered))))


def mismatches(model: IntegerModel, asked: Sequence[Asked], answers: Mapping[int, SignedAnswer]) -> list[int]:
    """Indices whose outputs are not the integers of the client's own copy of the model."""
    return [question.index for question in asked if not _same(model, question, answers)]


def _same(model: IntegerModel, question: Asked, answers: Mapping[int, SignedAnswer]) -> bool:
    if question.index not in answers:
        return True
    try:
        outputs = model.run(question.raw[np.newaxis])
    except OutOfRange:
        return False
    return outputs.integers(0) == list(answers[question.index].outputs)


def bounded(indices: Sequence[int], answers: Mapping[int, SignedAnswer], most: int) -> list[SignedAnswer]:
    """The answers at ``indices``, each once. Raises InvalidInput: one without an answer, or more than ``most``."""
    chosen = list(dict.fromkeys(indices))
    missing = [index for index in chosen if index not in answers]
    if missing:
        raise InvalidInput(f"there is no answer {missing[0]} to contest")
    if len(chosen) > most:
        raise InvalidInput(f"{len(chosen)} contests are more than the {most} the round allows; choose fewer")
    return [answers[index] for index in chosen]
