"""The code in which matrices with blocks of two lengths are opened together, and what that costs each of them.

A root stands for the words nearest to its rows. Which these are must not depend on the code it is opened in: with D for
the dimension and e(D) = floor((n - D - 1) / 2) for the radius of its own code (ligero/parameters.py), another code of
dimension D' >= D finds the same words if its radius is at most n - D' - 1 - e(D), since two words of it differ in
n - D' places. With blocks of one length that is e(D) again; with two it is less, and more columns are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.ligero.parameters import Code


@dataclass(frozen=True, slots=True)
class JointCode(Code):
    """The code with the longer of two blocks, ``block``, for rows whose own code has the shorter as well.

    Args:
        shorter: the other block, at most ``block``.
    """

    shorter: int = 0

    @property
    def radius(self) -> int:
        """At most this many bad positions: the nearest words are those of both own codes."""
        own = [Code(self.log_columns, block, self.prime).radius for block in (self.block, self.shorter)]
        return min(own[0], self.positions - self.dimension - 1 - own[1])


def joint_code(log_columns: int, blocks: tuple[int, int], prime: int = MERSENNE_31) -> JointCode:
    """The code of two matrices with such blocks."""
    return JointCode(log_columns, max(blocks), prime, min(blocks))


def openings_taken(code: JointCode, block: int) -> int:
    """Openings that one in this code takes of a matrix with such a block: 1 where both blocks are as long."""
    return -(-code.queries // Code(code.log_columns, block, code.prime).queries)
