"""Which answers a client contests: those a model of its own contradicts, those it names, or a random sample."""

from __future__ import annotations

import math
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Choice:
    """What to contest.

    Args:
        indices: each once, at most as many as the round allows. left_out: contests wanted and not allowed any more.
    """

    indices: tuple[int, ...]
    left_out: int


def choose(
    answered: Collection[int], named: Sequence[int], contradicted: Sequence[int], fraction: float | None, most: int
) -> Choice:
    """Named answers, then contradicted ones, then a random ``fraction`` of all, up to ``most``.

    What is drawn is uniform among the rest, also where there is less room than the fraction asks for.
    """
    certain = list(dict.fromkeys(index for index in [*named, *contradicted] if index in answered))
    chosen = certain[:most]
    rest = sorted(set(answered) - set(chosen))
    wanted = 0 if fraction is None else min(part_of(len(answered), fraction), len(rest))
    drawn = sample(rest, min(wanted, most - len(chosen)))
    return Choice((*chosen, *drawn), len(certain) - len(chosen) + wanted - len(drawn))


def part_of(count: int, fraction: float) -> int:
    """``fraction`` of ``count``, rounded up. Raises InvalidInput when it is no fraction."""
    if not 0 < fraction <= 1:
        raise InvalidInput(f"--contest-fraction {fraction} must lie above 0 and be at most 1")
    return math.ceil(fraction * count)


def sample(indices: Sequence[int], count: int) -> list[int]:
    """``count`` of these, uniformly random and sorted; unpredictable, so that no provider can evade it."""
    return sorted(secrets.SystemRandom().sample(list(indices), count))


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


def check_named(named: Sequence[int], count: int, most: int) -> None:
    """Refuse indices outside ``count`` questions, or more than ``most`` of them. Raises InvalidInput."""
    chosen = list(dict.fromkeys(named))
    missing = [index for index in chosen if not 0 <= index < count]
    if missing:
        raise InvalidInput(f"there is no answer {missing[0]} to contest")
    if len(chosen) > most:
        raise InvalidInput(f"{len(chosen)} contests are more than the {most} the round allows; choose fewer")
