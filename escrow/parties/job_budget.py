"""A job's share of its model's proof budget: reserved before a deposit hangs on it, given back when the job is over."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from proofs.budget import Budget
from proofs.errors import BudgetSpent
from proofs.halo2.secret_model import SecretModel

if TYPE_CHECKING:
    from proofs.sumcheck_backend.secret_network import SecretNetwork


class JobBudget:
    """What one job may spend of ``model``'s openings; a model whose commitment hides nothing has no limit."""

    def __init__(self, model: SecretModel | SecretNetwork, job_id: bytes) -> None:
        self._budget = _budget_of(model)
        self._job_id = job_id

    @property
    def left(self) -> int | None:
        """Proofs this job may still make; None without a limit."""
        return None if self._budget is None else self._budget.left_for(self._job_id)

    def reserve(self, number: int) -> str | None:
        """Keep ``number`` proofs for this job, once; else why not, in words."""
        try:
            if self._budget is not None:
                self._budget.reserve(self._job_id, number)
        except BudgetSpent as error:
            return str(error)
        return None

    def release(self) -> None:
        """The job is over."""
        if self._budget is not None:
            self._budget.release(self._job_id)

    def spending(self) -> AbstractContextManager[None]:
        """What is proven inside is this job's."""
        return nullcontext() if self._budget is None else self._budget.under(self._job_id)


def _budget_of(model: SecretModel | SecretNetwork) -> Budget | None:
    """A model's openings; none where its proofs give nothing away, or hide nothing."""
    if isinstance(model, SecretModel):
        binds = model.description.binding == "polycommit"
        return Budget(model.commitment.weights_commitment, model.description.budget) if binds else None
    from proofs.sumcheck_backend.spending import model_budget

    return model_budget(model.commitment)
