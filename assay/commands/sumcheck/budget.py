"""How many proofs committed models and examples may still be shown in, by this machine's count."""

from __future__ import annotations

from assay.output import Output
from proofs.budget import Budget
from proofs.sumcheck.ligero.parameters import openings
from proofs.sumcheck_backend.blocks import usable
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.model_commitment import NetworkCommitment


def model_left(model: NetworkCommitment) -> int:
    """Proofs that may still open a model's matrix; 0 where nothing is hidden, and so nothing counted."""
    return Budget(model.weights_commitment, usable(model.log_columns, model.block)).left if model.hiding else 0


def data_left(data: DataCommitment) -> int:
    """Proofs that may still open the chunk opened most often; 0 where nothing is counted."""
    if not data.hiding:
        return 0
    limit = openings(data.log_columns, data.block)
    return min(Budget(root, limit).left for root in data.roots)


def say_left(output: Output, model: int, data: int | None) -> dict[str, object]:
    """Tell a person what zero-knowledge proofs left of both budgets; returns it for the JSON document.

    Args:
        model, data: openings left; of public data None.
    """
    of_data = "; the data are public" if data is None else f", {data} in that of each chunk of the data"
    output.say(f"{model} proofs remain in the model's budget{of_data}")
    return {"proof_budget_left": model, "data_budget_left": data}
