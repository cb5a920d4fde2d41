"""How long the random blocks behind committed rows are, and how many proofs they hide.

Every proof opens its model's matrix and its chunk's matrix once each, at as many columns as its code asks for
(proofs.sumcheck.ligero.parameters). Any B - 1 columns of a matrix with blocks of B are uniform together, no more: so a
block is chosen by how many proofs are to be made, and what was opened is counted (``spending.py``).
"""

from __future__ import annotations

from typing import Any

from proofs.canonical import expect_int
from proofs.errors import InvalidInput, MalformedProof
from proofs.statements.sumcheck import LOG_COLUMNS
from proofs.sumcheck.ligero.parameters import LEAST_HIDING, openings

DEFAULT_PROOFS = 80
"""Of a new commitment: what blocks of half a row allow at the product's rows."""
LEAST_BLOCK = 1 << 8
"""The least power of two above 151 queries: with less, one opening would show more than it may."""
LONGEST = 18
"""log2 of the longest rows that commands commit in."""
KEPT_FOR_RENEWAL = 1
"""Openings of a model's matrix that no proof may take: a renewal, which proves that another matrix holds the same
weights, opens it once more."""


def usable(log_columns: int, block: int) -> int:
    """Proofs a model's matrix can be opened for: all openings but the one kept for a renewal."""
    return max(0, openings(log_columns, block) - KEPT_FOR_RENEWAL)


def block_for_model(proofs: int, log_columns: int) -> int:
    """The least block that hides a model in so many proofs and one renewal; 0 for 0 proofs, which hides nothing.

    Raises:
        InvalidInput: rows so long hide fewer; says how many, and how long rows must be.
    """
    return _least(proofs, log_columns, KEPT_FOR_RENEWAL)


def block_for_examples(proofs: int, log_columns: int) -> int:
    """The least block that hides a chunk of examples in so many proofs; see ``block_for_model``."""
    return _least(proofs, log_columns, 0)


def _least(proofs: int, log_columns: int, kept: int) -> int:
    if proofs < 0:
        raise InvalidInput(f"--proofs {proofs}: choose 1 or more, or 0 for a commitment that hides nothing")
    if proofs == 0:
        return 0
    for block in _blocks(log_columns):
        if openings(log_columns, block) >= proofs + kept:
            return block
    most = _most(log_columns, kept)
    room = f"rows of 2^{log_columns} entries hide {most} proofs at most, not {proofs}"
    longer = range(log_columns + 1, LONGEST + 1)
    if (enough := next((log for log in longer if _most(log, kept) >= proofs), None)) is not None:
        raise InvalidInput(f"{room}: choose a smaller --proofs, or --log-columns {enough}")
    raise InvalidInput(
        f"{room}: choose a smaller --proofs; {_most(LONGEST, kept)} are possible with --log-columns {LONGEST}"
    )


def _blocks(log_columns: int) -> list[int]:
    """All there are, the least first."""
    if log_columns < LEAST_HIDING:
        return []
    return [1 << log for log in range(LEAST_BLOCK.bit_length() - 1, log_columns + 1)]


def _most(log_columns: int, kept: int) -> int:
    """Proofs that the longest block hides."""
    blocks = _blocks(log_columns)
    return max(0, openings(log_columns, blocks[-1]) - kept) if blocks else 0


def is_block(block: int, log_columns: int) -> bool:
    """Whether rows of 2^log_columns entries can have such blocks: 0, or a power of two from 256 to their length."""
    return block == 0 or block in _blocks(log_columns)


def check_block(block: int, log_columns: int) -> int:
    """The block itself. Raises InvalidInput: rows cannot have it."""
    if not is_block(block, log_columns):
        raise InvalidInput(f"rows of 2^{log_columns} entries have no random blocks of {block}")
    return block


def parse_block(fields: dict[str, Any], log_columns: int, what: str) -> int:
    """The block an untrusted file names; without the key there is none. Raises MalformedProof."""
    if "block" not in fields:
        return 0
    block = expect_int(fields["block"], LEAST_BLOCK, 1 << LOG_COLUMNS[1], f"{what}: block")
    if not is_block(block, log_columns):
        raise MalformedProof(f"{what}: rows of 2^{log_columns} entries have no random blocks of {block}")
    return block
