"""Openings of hiding matrices, written down before the proofs that open them are begun.

Every zero-knowledge proof of a shard opens its model's matrix once and its chunk's matrix once; each has a journal of
its own on this machine, named by its root (proofs.budget). A model's last opening is kept for a renewal: ``usable``
proofs are openings - 1. Public examples have no budget: their random blocks follow from them, so that opened columns
tell nobody anything new. Integrity proofs, which hide nothing, are not counted.

What is written down is never taken back. A shard that was begun and not finished is paid for again when its work goes
on, although the same columns are opened then: whether they were is not known, and too many counted hide no less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from proofs.budget import Budget
from proofs.canonical import to_hex
from proofs.errors import BudgetSpent, InvalidInput
from proofs.statements.sumcheck import SumcheckStatement
from proofs.sumcheck.ligero.parameters import openings
from proofs.sumcheck_backend.blocks import KEPT_FOR_RENEWAL, usable
from proofs.sumcheck_backend.chunks import Shard
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.examples import Examples
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.secret_network import SecretNetwork
from proofs.wording import counted

_AGAIN = "Commit the {} again, with a larger --proofs if that many are needed (new random blocks, a new root{})"


def model_budget(model: NetworkCommitment) -> Budget | None:
    """What proofs may spend of a model's openings; None where nothing is hidden."""
    return _of_model(model, usable(model.log_columns, model.block))


def renewal_budget(model: NetworkCommitment) -> Budget | None:
    """The same journal, the opening included that is kept for a renewal."""
    return _of_model(model, openings(model.log_columns, model.block))


def _of_model(model: NetworkCommitment, limit: int) -> Budget | None:
    if not model.hiding:
        return None
    subject = f"the model commitment with the weights root {to_hex(model.weights_commitment)}"
    way = _AGAIN.format("model", ", a new model id")
    if openings(model.log_columns, model.block) > 1 + KEPT_FOR_RENEWAL:  # else the renewed one hides no proof
        way += ", or renew this commitment (assay renew model): one opening is kept for that"
    return Budget(model.weights_commitment, limit, subject, way)


def chunk_budget(data: DataCommitment, index: int) -> Budget | None:
    """What proofs may spend of a chunk's openings, unless the examples are public; None where nothing is hidden."""
    if not data.hiding:
        return None
    subject = f"chunk {index} of the examples under the data root {to_hex(data.root)}"
    return Budget(data.roots[index], openings(data.log_columns, data.block), subject, _AGAIN.format("data", ""))


@dataclass(frozen=True, slots=True)
class Left:
    """Proofs that can still be made; None without a limit. data: of the chunk that has the fewest left."""

    model: int | None
    data: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Spending:
    """What proofs about a model and examples draw on."""

    model: SecretNetwork
    examples: Examples
    data: DataCommitment

    def require(self, shards: Sequence[Shard]) -> None:
        """Refuse work that would not come to an end.

        Raises:
            BudgetSpent: fewer openings are left than the shards' proofs take.
            InvalidInput: a matrix is not the committed one, so that no proof would come of it.
        """
        if not self._hiding or not shards:
            return
        self._require_matrices({shard.chunk for shard in shards})
        for budget, number in self._needed(shards):
            if number > budget.limit:
                raise BudgetSpent(
                    f"{budget.subject} may make {counted(budget.limit, 'proof')} in all, {number} are needed: prove "
                    "more examples at once (--shard), or commit again with a larger --proofs"
                )
            budget.require(number)

    def spend(self, statement: SumcheckStatement, shards: Sequence[Shard]) -> None:
        """Write down the openings of some shards' proofs, before they are begun.

        Raises:
            BudgetSpent: fewer are left. Nothing is spent then, unless somebody else spends at the same time.
            InvalidInput: no journal can be written.
        """
        if not self._hiding or not shards:
            return
        needed = list(self._needed(shards))
        for budget, number in needed:
            budget.require(number)
        purpose = f"shard of statement {to_hex(statement.digest)}"
        for budget, number in needed:
            budget.spend(purpose, number)

    @property
    def left(self) -> Left:
        """What remains for proofs about the two together."""
        model = model_budget(self.model.commitment)
        if not self._hiding or model is None:
            return Left(None, None)
        chunks = self._of_chunks(range(len(self.data.roots)))
        data = min((budget.left for budget in chunks.values()), default=None)
        return Left(model.left, data)

    @property
    def _hiding(self) -> bool:
        return self.model.commitment.hiding and self.data.hiding

    def _needed(self, shards: Sequence[Shard]) -> Iterator[tuple[Budget, int]]:
        """Every budget the shards draw on, and openings they take of it."""
        model = model_budget(self.model.commitment)
        if model is not None:
            yield model, len(shards)
        numbers = Counter(shard.chunk for shard in shards)
        for index, chunk in self._of_chunks(numbers).items():
            yield chunk, numbers[index]

    def _of_chunks(self, indices: Iterable[int]) -> dict[int, Budget]:
        """Budgets of chunks, by index; none of public ones."""
        if self.examples.public:
            return {}
        return {index: budget for index in indices if (budget := chunk_budget(self.data, index)) is not None}

    def _require_matrices(self, chunks: set[int]) -> None:
        """Raises InvalidInput: without this check, examples that are not the committed ones would use up a model."""
        self.model.matrix()
        for index in sorted(chunks):
            if self.examples.matrix(index).root != self.data.roots[index]:
                raise InvalidInput("the secret part of the data commitment is not of this commitment: commit it again")
