"""Combinations of windows of tensors: residual additions, average pools, concatenations, crops.

    acc~(o, y, x, b) = sum over terms of multiplier sum_{c, y', x', b'} eq(o, channel + c) A(y') B(x') eq(b, b') X[...]

is linear in committed values, with vectors that the verifier knows (windows.py): one claim, and nothing to send.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from proofs.networks.network import Term
from proofs.sumcheck.claims import Point
from proofs.sumcheck.exchange import Prover, Verifier
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.layout.functional import Product
from proofs.sumcheck.layout.segment import Segment
from proofs.sumcheck.reductions.claim import Claim
from proofs.sumcheck.reductions.windows import read_summed

PlacedTerm = tuple[Term, Scalar, Segment]
"""A term, the multiplier that counts in place of its own, and where the tensor it reads lies."""


def combination_claim(field: Field, terms: Sequence[PlacedTerm], point: Point, value: Scalar) -> Claim:
    """ "The terms' sum at ``point`` is ``value``", as a claim on the tensors they read.

    Args:
        point: of the terms' sum, (channels, height, width, batch).
    """
    return Claim(tuple(term_functional(field, *term, point) for term in terms), value)


def term_functional(field: Field, term: Term, multiplier: Scalar, source: Segment, point: Point) -> Product:
    """A term's value at a point of the sum, times ``multiplier``, as a functional of the tensor it reads."""
    channels, height, width, batch = source.shape
    outputs = field.eq_table(point[0], term.channel + channels)[:, term.channel :]
    rows, columns = field.eq_table(point[1], term.down.out), field.eq_table(point[2], term.across.out)
    vectors = (
        field.scale(np.ascontiguousarray(outputs), multiplier),
        read_summed(field, term.down, height, rows),
        read_summed(field, term.across, width, columns),
        field.eq_table(point[3], batch),
    )
    return Product(source, vectors)


def prove_combination(
    field: Field, label: str, terms: Sequence[PlacedTerm], point: Point, value: Scalar
) -> Prover[list[Claim]]:
    """``combination_claim`` as the coroutine that other layers' reductions are; no message is sent under ``label``."""
    yield from ()
    return [combination_claim(field, terms, point, value)]


def verify_combination(
    field: Field, label: str, terms: Sequence[PlacedTerm], point: Point, value: Scalar
) -> Verifier[list[Claim]]:
    """The same, of the verifier."""
    yield from ()
    return [combination_claim(field, terms, point, value)]
