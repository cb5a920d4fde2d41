"""Opening at a point: "the vector that the matrices' rows make up, one after the other, is ``value`` at ``point``."

With R rows V_r in all and the point's coordinates split into those of the row and those of the column:

    u = sum_r eq(row point, r) V_r          the prover sends u;
    <u, eq(column point, .)> = value        checked;
    word(u) = sum_r eq(row point, r) word(V_r)   checked at random positions, in columns under the matrices' roots.

Words are linear in rows, so an honest prover passes. The rows that a root stands for are those of the nearest words.

This opens rows without blocks only: u, and columns of more openings than the blocks are long enough for, are equations
in what the rows hide.

*Soundness*: ``query_error`` for the message "combination"; the rounds that drew the row point carry ``row_error`` a
coordinate (parameters.py). The point must have been drawn after all the roots were absorbed. SHA-256 has no collisions
that a prover finds.
*Source*: Ames et al. 2017; Golovnev et al. 2021; tensor combination: Diamond, Gruen 2024.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from proofs.errors import RejectedProof
from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.claims import bits
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.ligero.commit import Committed
from proofs.sumcheck.ligero.hashes import leaf_digest
from proofs.sumcheck.ligero.merkle import proof_bytes, root_of_proof
from proofs.sumcheck.ligero.parameters import SALT_BYTES, Code
from proofs.sumcheck.ligero.queries import (
    ELEMENT_BYTES,
    ENTRY_BYTES,
    columns_bytes,
    queried,
    read_entries,
    write_entries,
)

Matrix = tuple[bytes, int]
"""What a verifier knows of a matrix: its root and its number of rows."""


def prove_opening(field: Field, label: str, matrices: Sequence[Committed], point: Sequence[Scalar]) -> Prover[None]:
    """Prove the value at ``point``, most significant variable first; the value itself is not sent.

    Args:
        matrices: at least one, all with rows of one length.

    Raises:
        ValueError: lengths differ, rows have blocks, or the point does not have the variables for them.
    """
    widths = {matrix.rows.shape[1] for matrix in matrices}
    if len(widths) != 1:
        raise ValueError("at least one matrix is opened, and matrices opened together have rows of one length")
    if any(matrix.hides for matrix in matrices):
        raise ValueError("rows with random blocks hide something, which this opening would show")
    code = Code(bits(widths.pop()), prime=field.scalars.p)
    row_counts = [len(matrix.rows) for matrix in matrices]
    weights = row_weights(field, row_counts, point, code.log_columns)
    u = field.lift(np.zeros(code.columns, dtype=field.dtype))
    for matrix, (start, stop) in zip(matrices, spans(row_counts), strict=True):
        part = field.combine_rows(matrix.rows.view(np.int32), np.ascontiguousarray(weights[:, start:stop]))
        u = field.add(u, part)
    challenges = yield Send(f"{label}/combination", (), code.challenges, write_entries(u.T))
    asked = queried(challenges, code)
    yield Send(f"{label}/columns", (), 0, b"".join(shown(field, matrix, asked) for matrix in matrices))


def verify_opening(
    field: Field, label: str, matrices: Sequence[Matrix], point: Sequence[Scalar], value: Scalar, log_columns: int
) -> Verifier[None]:
    """Check that the value at ``point`` is ``value``, under these roots.

    Raises:
        ValueError: the verifier's own sizes do not fit.
        MalformedProof: an element or an entry is not below the prime.
        RejectedProof: by the check "opening-value", "opening-root" or "opening-columns".
    """
    code = Code(log_columns, prime=field.scalars.p)
    row_counts = [rows for _, rows in matrices]
    weights = row_weights(field, row_counts, point, log_columns)
    combination, raw_bytes = f"{label}/combination", code.columns * ELEMENT_BYTES
    received = yield Receive(combination, 0, code.challenges, raw_bytes=raw_bytes, error=code.query_error)
    sent = read_entries(received.raw, f"message {combination!r}", code.prime)
    u = np.ascontiguousarray(sent.reshape(code.columns, -1).T)
    if field.dot(u, field.eq_table(point[len(point) - log_columns :], code.columns)) != value:
        raise RejectedProof("opening-value", f"the rows combined in {combination!r} do not have the claimed value")
    asked = queried(received.challenges, code)
    opened = yield Receive(f"{label}/columns", 0, 0, raw_bytes=columns_bytes(row_counts, asked, code))
    entries = checked_columns(opened.raw, matrices, asked, code)
    words = np.ascontiguousarray(encode(field, u)[:, asked])
    if not np.array_equal(field.combine_columns(entries, weights), words):
        raise RejectedProof("opening-columns", f"opened columns are not the word of the rows in {combination!r}")


def row_weights(field: Field, row_counts: Sequence[int], point: Sequence[Scalar], log_columns: int) -> Ext:
    """eq(row point, r) for all rows of all matrices. Raises ValueError."""
    total, variables = sum(row_counts), len(point) - log_columns
    if not row_counts or min(row_counts) < 1 or variables < bits(total):
        raise ValueError(f"a point of {len(point)} variables does not index {row_counts} rows of 2^{log_columns}")
    return field.eq_table(point[:variables], total)


def spans(row_counts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The rows of each matrix among all."""
    return pairwise(accumulate(row_counts, initial=0))


def shown(field: Field, matrix: Committed, asked: Sequence[int]) -> bytes:
    """What a prover shows of a matrix: salts and columns, position by position, and the tree's proof."""
    both = np.concatenate([matrix.salts[:, asked], matrix.columns(field, asked)])
    return write_entries(both.T) + matrix.tree.siblings(asked)


def checked_columns(raw: bytes, matrices: Sequence[Matrix], asked: Sequence[int], code: Code) -> Base:
    """The opened columns of all matrices (positions asked, R), every matrix' under its root.

    Args:
        raw: what ``shown`` gives of each, ``columns_bytes`` in all.

    Raises:
        MalformedProof: an entry is not below the prime.
        RejectedProof: by the check "opening-root".
    """
    depth = bits(code.positions)
    siblings, found, start = proof_bytes(asked, depth), [], 0
    for index, (root, rows) in enumerate(matrices):
        size = SALT_BYTES + ENTRY_BYTES * rows
        end = start + size * len(asked)
        opened = [raw[at : at + size] for at in range(start, end, size)]
        start = end + siblings
        leaves = {
            place: leaf_digest(one[:SALT_BYTES], one[SALT_BYTES:]) for place, one in zip(asked, opened, strict=True)
        }
        if root_of_proof(leaves, raw[end:start], depth) != root:
            raise RejectedProof("opening-root", f"columns of matrix {index} are not under its root")
        found.append(_entries(opened, index, code.prime))
    return np.concatenate(found, axis=1)


def _entries(opened: Sequence[bytes], index: int, prime: int) -> NDArray[np.uint32]:
    """The entries of one matrix' columns, canonical."""
    entries = b"".join(one[SALT_BYTES:] for one in opened)
    return read_entries(entries, f"an opened column of matrix {index}", prime).reshape(len(opened), -1)
