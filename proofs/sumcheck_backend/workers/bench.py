"""What a worker keeps between tasks: the model, the chunk in work, and their matrices once they are needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from proofs.errors import InvalidInput
from proofs.sumcheck_backend.chunks import Span
from proofs.sumcheck_backend.workers.part import ChunkPart, ModelPart

if TYPE_CHECKING:
    from proofs.sumcheck.committed.witness import Secret
    from proofs.sumcheck.ligero.commit import Committed


@dataclass(slots=True, eq=False)
class Bench:
    """One worker's. Its matrices are made once, the model's for good, a chunk's until another chunk comes."""

    model: ModelPart
    _part: ChunkPart | None = None
    _model_matrix: Committed | None = None
    _chunk_matrix: Committed | None = None

    @property
    def part(self) -> ChunkPart:
        """The chunk in work."""
        if self._part is None:
            raise InvalidInput("no examples were given to prove about")
        return self._part

    def take(self, part: ChunkPart) -> None:
        """Work on another chunk, if it is another."""
        if self._part is None or (self._part.index, self._part.root) != (part.index, part.root):
            self._part, self._chunk_matrix = part, None

    def secret(self, within: Span, seed: bytes) -> Secret:
        """What the protocol needs to prove about some examples of the chunk in work.

        Raises:
            InvalidInput: model or chunk are not the committed ones.
        """
        from proofs.sumcheck.committed.witness import Secret

        if self._model_matrix is None:
            self._model_matrix = self.model.matrix()
        if self._chunk_matrix is None:
            self._chunk_matrix = self.part.matrix()
        x, labels = self.part.arrays(within)
        return Secret(self.model.weights, x, labels, self._model_matrix, self._chunk_matrix, seed)
