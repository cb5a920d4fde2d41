"""How many proofs committed models and examples may still be opened for, by this machine's count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.output import Output
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.spending import chunk_budget, model_budget
from proofs.wording import counted

if TYPE_CHECKING:
    from proofs.sumcheck_backend.spending import Left


def model_left(model: NetworkCommitment) -> int:
    """Proofs that may still open a model's matrix; 0 where nothing is hidden, and so nothing counted."""
    budget = model_budget(model)
    return 0 if budget is None else budget.left


def data_left(data: DataCommitment) -> int:
    """Proofs that may still open the chunk opened most often; 0 where nothing is counted."""
    budgets = (chunk_budget(data, index) for index in range(len(data.roots)))
    return min((budget.left for budget in budgets if budget is not None), default=0)


def say_left(output: Output, left: Left) -> dict[str, object]:
    """Tell a person what zero-knowledge proofs left of both budgets; returns it for the JSON document."""
    if left.model is None:
        return {}
    data = "the data are public" if left.data is None else f"{left.data} in that of the data"
    output.say(f"{counted(left.model, 'proof')} left in the model's budget, {data}")
    return {"proof_budget_left": left.model, "data_budget_left": left.data}
