"""Opening the flat vector without showing any of it.

After the last sum-check one equation is left, with W, a and beta known to both sides:

    W v~(point) - <a, t> = beta,            v the flat vector, t the tails (tails.py).

With V_r the rows of v, M a uniform row as long, T the tails' rows and M_T their masks, the prover sends

    e = W M~(column point) - <a, M_T>,      then, for a challenge l,
    u = l sum_r eq(row point, r) V_r + M    and    u_T = l T + M_T:

    W <u, eq(column point, .)> - <a, u_T> = l beta + e           checked;
    word(u), word(u_T) are the combinations of the columns        checked at random positions.

u and u_T are uniform, e follows from them, and as many columns as are asked for are uniform as well, being masked by
blocks of random entries: nothing is shown. A false equation passes for one l. *Soundness*: as ligero/opening.py; for u
and each row of u_T, l is one more coordinate of a combination of rows, so it carries ``row_error`` for each.

*Source*: Ames, Hazay, Ishai, Venkitasubramaniam 2017, section 4.6 (masked combinations).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from proofs.errors import RejectedProof
from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.exchange import Prover, Receive, Send, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.hiding.tails import Tails
from proofs.sumcheck.ligero.commit import Committed
from proofs.sumcheck.ligero.opening import Matrix, checked_columns, row_weights, shown, spans
from proofs.sumcheck.ligero.parameters import Code
from proofs.sumcheck.ligero.queries import ELEMENT_BYTES, columns_bytes, queried, read_entries, write_entries

Point = tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to show: weight v~(point) - <factors, t> = value.

    Args:
        factors: (degree, count), of the tails.
    """

    point: Point
    weight: Scalar
    factors: Ext
    value: Scalar


@dataclass(frozen=True, slots=True)
class Masks:
    """A prover's M, (degree, N + block), and the rows (degree, rows, length) of T and M_T. Secret; for one opening."""

    row: Ext
    tails: Ext
    tail_masks: Ext


def opening_messages(label: str, tails: Tails) -> tuple[Receive, Receive]:
    """The messages before the columns."""
    code = tails.code
    length = code.dimension + tails.rows * tails.length
    return (
        Receive(f"{label}/mask", 1, 1, error=(1 + tails.rows) * code.row_error + Fraction(1, code.prime**4 - 1)),
        Receive(f"{label}/combination", 0, code.challenges, raw_bytes=length * ELEMENT_BYTES, error=code.query_error),
    )


def prove_left(
    field: Field, label: str, matrices: Sequence[Committed], masks: Masks, tails: Tails, left: Left
) -> Prover[None]:
    """Prove what is left.

    Args:
        matrices: the first parts of each are the rows of v; behind those of the last lie M, T and M_T.
    """
    code = tails.code
    cut = len(left.point) - code.log_columns
    own = field.dot(np.ascontiguousarray(masks.row[:, : code.columns]), field.eq_table(left.point[cut:], code.columns))
    (challenge,) = yield Send(f"{label}/mask", (_equation(field, tails, left, own, masks.tail_masks),))
    u = _combined(field, matrices, left.point, challenge, masks.row, code)
    u_tails = _tails_combined(field, challenge, masks)
    raw = write_entries(u.T) + write_entries(u_tails.reshape(len(u), -1).T)
    challenges = yield Send(f"{label}/combination", (), code.challenges, raw)
    asked = queried(challenges, code)
    yield Send(f"{label}/columns", (), 0, b"".join(shown(field, matrix, asked) for matrix in matrices))


def verify_left(field: Field, label: str, matrices: Sequence[Matrix], tails: Tails, left: Left) -> Verifier[None]:
    """Check it, under these roots; rows of the last matrix are those of v, and then those of M, T and M_T.

    Raises:
        MalformedProof: an element or an entry is not below the prime.
        RejectedProof: by the check "opening-value", "opening-root" or "opening-columns".
    """
    scalars, code = field.scalars, tails.code
    mask, combination = opening_messages(label, tails)
    received = yield mask
    (e,), (challenge,) = received.elements, received.challenges
    shown_rows = yield combination
    table = read_entries(shown_rows.raw, f"message {combination.label!r}", scalars.p).reshape(-1, scalars.degree)
    u = np.ascontiguousarray(table[: code.dimension].T)
    u_tails = np.ascontiguousarray(table[code.dimension :].T).reshape(scalars.degree, tails.rows, tails.length)
    cut = len(left.point) - code.log_columns
    own = field.dot(np.ascontiguousarray(u[:, : code.columns]), field.eq_table(left.point[cut:], code.columns))
    expected = scalars.add(scalars.mul(challenge, left.value), e)
    if _equation(field, tails, left, own, u_tails) != expected:
        raise RejectedProof(
            "opening-value", f"the rows combined in {combination.label!r} do not have the claimed value"
        )
    asked = queried(shown_rows.challenges, code)
    counts = [rows for _, rows in matrices]
    message = yield Receive(f"{label}/columns", 0, 0, raw_bytes=columns_bytes(counts, asked, code))
    entries = checked_columns(message.raw, matrices, asked, code)
    _check_words(field, entries, asked, tails, left.point, challenge, (u, u_tails))


def mask_rows(tails: Tails) -> int:
    """Rows behind those of v in the last matrix, M's, T's and M_T's: their coordinates."""
    return (1 + 2 * tails.rows) * 4


def _equation(field: Field, tails: Tails, left: Left, value: Scalar, rows: Ext) -> Scalar:
    """weight value - <factors, elements of rows>."""
    scalars = field.scalars
    own = np.ascontiguousarray(rows[:, :, : tails.capacity].reshape(scalars.degree, -1)[:, : tails.count])
    return scalars.sub(scalars.mul(left.weight, value), field.dot(left.factors, own))


def _combined(
    field: Field, matrices: Sequence[Committed], point: Point, challenge: Scalar, mask: Ext, code: Code
) -> Ext:
    """u, (degree, N + block)."""
    counts = [len(matrix.rows) for matrix in matrices]
    weights = field.scale(row_weights(field, counts, point, code.log_columns), challenge)
    u = mask.copy()
    for matrix, (start, stop) in zip(matrices, spans(counts), strict=True):
        own = np.ascontiguousarray(weights[:, start:stop])
        _add_at(field, u, 0, field.combine_rows(matrix.rows.view(np.int32), own))
        block = matrix.parts[0].block
        if block is not None:
            _add_at(field, u, code.columns, field.combine_rows(block.view(np.int32), own))
    return u


def _add_at(field: Field, u: Ext, start: int, part: Ext) -> None:
    stop = start + part.shape[1]
    u[:, start:stop] = field.add(np.ascontiguousarray(u[:, start:stop]), part)


def _tails_combined(field: Field, challenge: Scalar, masks: Masks) -> Ext:
    """u_T, (degree, rows, length)."""
    flat = masks.tails.reshape(len(masks.tails), -1)
    both = field.add(field.scale(flat, challenge), masks.tail_masks.reshape(flat.shape))
    return both.reshape(masks.tails.shape)


def _check_words(
    field: Field,
    entries: Base,
    asked: Sequence[int],
    tails: Tails,
    point: Point,
    challenge: Scalar,
    rows: tuple[Ext, Ext],
) -> None:
    """Are the words of u and u_T, where asked, what the columns make? entries: (positions asked, rows)."""
    code, degree = tails.code, field.scalars.degree
    u, u_tails = rows
    flat = entries.shape[1] - mask_rows(tails)
    weights = field.scale(row_weights(field, [flat], point, code.log_columns), challenge)
    made = field.combine_columns(np.ascontiguousarray(entries[:, :flat]), weights)
    covers = np.ascontiguousarray(entries[:, flat:].T).reshape(-1, degree, len(asked))
    made = field.add(made, np.ascontiguousarray(covers[0]))
    block = np.ascontiguousarray(u[:, code.columns :]) if code.block else None
    words = encode(field, np.ascontiguousarray(u[:, : code.columns]), block)[:, asked]
    own, masks = covers[1 : 1 + tails.rows], covers[1 + tails.rows :]
    front, behind = tails.split(u_tails)
    same = np.array_equal(made, words)
    for index in range(tails.rows):
        shown_tails = field.add(
            field.scale(np.ascontiguousarray(own[index]), challenge), np.ascontiguousarray(masks[index])
        )
        part = None if behind is None else np.ascontiguousarray(behind[:, index])
        word = encode(field, np.ascontiguousarray(front[:, index]), part)[:, asked]
        same = same and np.array_equal(shown_tails, word)
    if not same:
        raise RejectedProof("opening-columns", "opened columns are not the words of the rows sent")
