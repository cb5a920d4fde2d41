"""Verifying that two committed matrices hold the same entries. Imports nothing of the prover."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from proofs.errors import RejectedProof
from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.exchange import Receive, Verifier
from proofs.sumcheck.fields.field import Base, Ext, Field
from proofs.sumcheck.ligero.opening import checked_columns
from proofs.sumcheck.ligero.queries import columns_bytes, queried, read_entries
from proofs.sumcheck.renewal.messages import (
    COLUMNS,
    COMBINATION,
    combination_message,
    mask_message,
    side_weights,
    value_message,
)
from proofs.sumcheck.renewal.pair import Pair
from proofs.sumcheck.soundness import Round, recorded
from proofs.sumcheck.transcript import run_verifier


def verify_equal(field: Field, pair: Pair, proof: bytes) -> list[Round]:
    """Verify that the matrices under both roots hold the same entries; returns the rounds, with their errors.

    Raises:
        MalformedProof: the proof is not exactly as long as its messages, or holds an entry that is not canonical.
        RejectedProof: by the check "opening-value", "opening-root" or "opening-columns".
    """
    rounds: list[Round] = []
    run_verifier([(recorded(equality_verifier(field, pair), rounds), field.scalars)], proof, pair.transcript())
    return rounds


def equality_verifier(field: Field, pair: Pair) -> Verifier[None]:
    """The verifier's walk."""
    scalars, code = field.scalars, pair.code(field.scalars.p)
    first = yield mask_message(pair, scalars)
    *point, factor = first.challenges
    second = yield value_message(pair, scalars)
    (value,), (s,) = second.elements, second.challenges
    combination = yield combination_message(pair, scalars)
    table = read_entries(combination.raw, f"message {COMBINATION!r}", scalars.p).reshape(code.dimension, -1)
    u = np.ascontiguousarray(table.T)
    columns = field.eq_table(point[pair.row_bits :], code.columns)
    found = field.dot(np.ascontiguousarray(u[:, : code.columns]), columns)
    scalars.require_equal(found, value, "opening-value", "the rows combined do not have the value that was sent before")
    asked = queried(combination.challenges, code)
    matrices = [(pair.old.root, pair.rows), (pair.new.root, pair.rows), (first.raw, scalars.degree)]
    counts = [rows for _, rows in matrices]
    message = yield Receive(COLUMNS, 0, 0, raw_bytes=columns_bytes(counts, asked, code))
    entries = checked_columns(message.raw, matrices, asked, code)
    rows = field.eq_table(point[: pair.row_bits], pair.rows)
    _check_words(field, pair, entries, asked, side_weights(field, rows, factor, s), u)


def _check_words(
    field: Field, pair: Pair, entries: Base, asked: Sequence[int], weights: tuple[Ext, Ext], u: Ext
) -> None:
    """Is the word of u, where asked, what the columns make? entries: (positions asked, rows of all three)."""
    width, rows = 1 << pair.log_columns, pair.rows
    made = np.ascontiguousarray(entries[:, 2 * rows :].T)
    for first, own in zip((0, rows), weights, strict=True):
        part = np.ascontiguousarray(entries[:, first : first + rows])
        made = field.add(made, field.combine_columns(part, own))
    words = encode(field, np.ascontiguousarray(u[:, :width]), np.ascontiguousarray(u[:, width:]))[:, asked]
    if not np.array_equal(made, words):
        raise RejectedProof("opening-columns", "opened columns are not the word of the row sent")
