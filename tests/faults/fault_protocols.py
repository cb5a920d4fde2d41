"""The protocols under fire: one entry each; a further protocol is one more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fault_plays import Play
from play_accuracy import AccuracyPlay
from play_predictions import PredictionsPlay
from play_retrieval import RetrievalPlay
from play_sampled import SampledPlay


@dataclass(frozen=True)
class Protocol:
    """How to play one protocol.

    Args:
        name: for people. play: makes a play from a place and a folder. fixture: gives the place, which has a
            ``chain`` and an ``escrow``.
    """

    name: str
    play: Callable[[Any, Path], Play]
    fixture: str


ACCURACY = Protocol("accuracy", AccuracyPlay, "shared_hall")
RETRIEVAL = Protocol("retrieval", RetrievalPlay, "shared_market")
PREDICTIONS = Protocol("predictions", PredictionsPlay, "shared_booth")
SAMPLED = Protocol("sampled", SampledPlay, "shared_gallery")
PROTOCOLS = (ACCURACY, RETRIEVAL, PREDICTIONS, SAMPLED)


def place_of(protocol: Protocol, request: pytest.FixtureRequest) -> Any:
    """The chain and all that stands on it before the first job."""
    return request.getfixturevalue(protocol.fixture)
