"""A tiny committed network and tiny committed examples, proven once a session for each claim."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from helpers.tiny_models import mlp
from proofs.predicate import CLASS, THRESHOLD, Predicate
from proofs.sumcheck_backend import resume
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.committing import Calibration, commit_network
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.examples import Examples, examples_of
from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.questions import AskLogits, AskScore, AskSelection, Question
from proofs.sumcheck_backend.secret_network import SecretNetwork

LOG_COLUMNS = 8
TOTAL, CHUNK, SHARD = 7, 5, 2
CONTEXT = bytes(range(32))
NAMES = ("score", "top2", "logits", "class", "threshold")
"""Questions ``proven`` answers."""
LABELS = np.array([1, 2, 0, 2, 0, 2, 1])
"""Five of the first seven inputs' classes; a sixth is among the first two."""


@dataclass(frozen=True)
class Subject:
    """Who holds what: the seller's network, the buyer's examples."""

    model: SecretNetwork
    examples: Examples
    data: DataCommitment


def inputs(total: int = TOTAL, seed: int = 5) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Inputs between -1 and 1, and labels of which some are right."""
    x = np.random.default_rng(seed).uniform(-1, 1, (total, 8)).astype(np.float32)
    return x, np.resize(LABELS, total)


@cache
def network(seed: int = 0) -> SecretNetwork:
    """A committed multilayer perceptron."""
    made = commit_network(mlp(seed), Calibration(inputs(64, 9)[0]), log_columns=LOG_COLUMNS, proofs=0)
    return made.secret


def committed(
    x: NDArray[np.generic], y: NDArray[np.generic] | None, chunk: int = CHUNK, model: SecretNetwork | None = None
) -> tuple[Examples, DataCommitment]:
    """Public examples under the tiny network's format."""
    shape = (model or network()).commitment.format
    examples, _ = examples_of(x, y, shape, LOG_COLUMNS, public=True, chunk=chunk, allow_duplicates=True)
    return examples, examples.commitment()


@cache
def subject() -> Subject:
    """The tiny network and seven examples in two chunks."""
    return Subject(network(), *committed(*inputs()))


def question(name: str) -> Question:
    """One of ``NAMES``."""
    if name in ("score", "top2"):
        return AskScore(1, 3) if name == "score" else AskScore(2)
    if name == "logits":
        return AskLogits()
    least = round(0.3 / float(network().commitment.network.output_scale))
    return AskSelection(Predicate(CLASS, 0) if name == "class" else Predicate(THRESHOLD, 1, least))


@cache
def proven(name: str) -> SumcheckBundle:
    """A proof of one of ``NAMES``, in shards of two examples."""
    return _proven(question(name), CONTEXT)


@cache
def proven_under(context: bytes) -> SumcheckBundle:
    """The proof of the logits under another context."""
    return _proven(AskLogits(), context)


def _proven(asked: Question, context: bytes) -> SumcheckBundle:
    own = subject()
    outcome = prove(own.model, own.examples, own.data, asked, shard=SHARD, context=context)
    resume.forget(outcome.bundle.statement)
    return outcome.bundle
