"""The tiny network and examples under commitments that hide, and what proofs about them may still open."""

from __future__ import annotations

from functools import cache

from helpers.tiny_models import mlp
from helpers.tiny_sumcheck import CHUNK, CONTEXT, SHARD, Subject, inputs, question
from proofs.budget import Budget
from proofs.sumcheck_backend import resume
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.committing import Calibration, commit_network
from proofs.sumcheck_backend.examples import examples_of
from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.spending import chunk_budget, model_budget

LOG_COLUMNS, PROOFS = 12, 15
"""Blocks as long as rows: 16 openings, one of them kept for a renewal."""
SHARDS = (3, 1)
"""Proofs about the two chunks: of five and two examples, two a proof."""


def hiding_subject(proofs: int = PROOFS, log_columns: int = LOG_COLUMNS, *, public: bool = False) -> Subject:
    """New commitments, whose budgets nobody has drawn on."""
    made = commit_network(mlp(0), Calibration(inputs(64, 9)[0]), log_columns=log_columns, proofs=proofs)
    own, (x, y) = made.secret.commitment, inputs()
    examples, _ = examples_of(
        x, y, own.format, log_columns, public=public, chunk=CHUNK, allow_duplicates=True, block=own.block
    )
    return Subject(made.secret, examples, examples.commitment())


@cache
def hidden() -> Subject:
    """What ``hidden_score`` is about."""
    return hiding_subject()


@cache
def hidden_score() -> SumcheckBundle:
    """The zero-knowledge proof of the score, in shards of two examples."""
    own = hidden()
    outcome = prove(own.model, own.examples, own.data, question("score"), shard=SHARD, context=CONTEXT)
    resume.forget(outcome.bundle.statement)
    return outcome.bundle


def budgets(own: Subject) -> list[Budget]:
    """The model's, then each chunk's."""
    found = [model_budget(own.model.commitment), *(chunk_budget(own.data, i) for i in range(len(own.data.roots)))]
    return [budget for budget in found if budget is not None]


def replenish(own: Subject) -> None:
    """Forget what was spent, as nobody may outside of tests: one subject serves them all."""
    for budget in budgets(own):
        budget.path.unlink(missing_ok=True)


def spent(own: Subject) -> list[int]:
    """Openings written down, of the model, then of each chunk."""
    return [budget.spent for budget in budgets(own)]
