"""What a proof of equality is about, all of it public, and how its transcript begins."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.errors import InvalidInput
from proofs.sumcheck.claims import bits
from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.ligero.parameters import DIGEST_BYTES, LEAST_HIDING, MOST_COLUMNS
from proofs.sumcheck.renewal.code import JointCode, joint_code
from proofs.sumcheck.transcript import Transcript

PROTOCOL = "assay/equal-matrices"
VERSION = 1
MOST_ROWS = 1 << 24


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two matrices: its 32-byte root, and the random entries behind each of its rows."""

    root: bytes
    block: int


@dataclass(frozen=True, slots=True)
class Pair:
    """ "The matrices under these two roots have the same entries", blocks left out; ``make_pair`` checks it.

    Args:
        log_columns: rows have 2^log_columns entries. rows: of each matrix.
    """

    log_columns: int
    rows: int
    old: Side
    new: Side

    @property
    def row_bits(self) -> int:
        """Variables of a row's index."""
        return bits(self.rows)

    def code(self, prime: int = MERSENNE_31) -> JointCode:
        """The code all rows are words of."""
        return joint_code(self.log_columns, (self.old.block, self.new.block), prime)

    def transcript(self) -> Transcript:
        """Everything public, before the first challenge."""
        code = self.code()
        sizes = {"rows": self.rows, "log_columns": self.log_columns, "queries": code.queries, "radius": code.radius}
        sides = {"old": [self.old.root.hex(), self.old.block], "new": [self.new.root.hex(), self.new.block]}
        return Transcript(PROTOCOL, VERSION, b"", {**sizes, **sides})


def make_pair(log_columns: int, rows: int, old: Side, new: Side) -> Pair:
    """A pair whose rows have blocks that can hide them.

    Raises:
        InvalidInput: lengths, rows or blocks are not those of a hiding matrix, or the roots are one.
    """
    if not LEAST_HIDING <= log_columns <= MOST_COLUMNS or not 1 <= rows <= MOST_ROWS:
        raise InvalidInput(f"{rows} rows of 2^{log_columns} entries are no matrix that hides anything")
    for side in (old, new):
        if not 1 <= side.block <= 1 << log_columns or side.block & (side.block - 1):
            raise InvalidInput(f"random blocks of {side.block} entries hide nothing in rows of 2^{log_columns}")
        if len(side.root) != DIGEST_BYTES:
            raise InvalidInput(f"a root has {DIGEST_BYTES} bytes, not {len(side.root)}")
    if old.root == new.root:
        raise InvalidInput("the two matrices have one root: there is nothing to prove")
    return Pair(log_columns, rows, old, new)
