"""What one proof is about, all of it public: a network, the roots of its weights and of the examples, and a claim."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.networks.network import Network
from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.ligero.parameters import Code


@dataclass(frozen=True, slots=True)
class Matrix:
    """A committed matrix: its 32-byte root and how many rows of 2^log_columns entries it has.

    Args:
        block: random entries behind each row, which hide it: 0, or a power of two.
    """

    root: bytes
    rows: int
    block: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """A committed chunk of examples.

    Args:
        matrix: holds the examples' integers, then their labels if it has any.
        examples: how many there are.
    """

    matrix: Matrix
    examples: int
    labelled: bool


@dataclass(frozen=True, slots=True, eq=False)
class Outputs:
    """ "These are the network's logits": int64 (count, classes), in the open."""

    values: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Correct:
    """ "Exactly ``correct`` examples were counted, and each has its committed label among the ``top_k`` first logits."

    An equal logit of a lower class comes first.
    """

    top_k: int
    correct: int


@dataclass(frozen=True, slots=True)
class OfClass:
    """ "Exactly the examples marked in ``selected`` have ``wanted`` as the class of their first largest logit." """

    wanted: int
    selected: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Reaching:
    """ "Exactly the examples marked in ``selected`` have a logit of class ``scored`` of at least ``threshold``." """

    scored: int
    threshold: int
    selected: tuple[bool, ...]


Head = Outputs | Correct | OfClass | Reaching


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """One proof's subject: examples ``first`` to ``first + count - 1`` of a chunk.

    Args:
        log_columns: of all matrices: rows have 2^log_columns entries.
        model, chunk: both hide their rows behind random blocks of one length, or neither does.
    """

    network: Network
    log_columns: int
    model: Matrix
    chunk: Chunk
    first: int
    count: int
    head: Head

    @property
    def hiding(self) -> bool:
        """Whether proofs are zero-knowledge: they show nothing but that the claim is true."""
        return self.model.block > 0

    def code(self, prime: int = MERSENNE_31) -> Code:
        """The code all rows are words of."""
        return Code(self.log_columns, self.model.block, prime)
