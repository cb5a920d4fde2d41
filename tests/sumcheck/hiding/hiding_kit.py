"""Pads of one's choice, and conversations about little."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from proofs.sumcheck.exchange import Prover, Verifier
from proofs.sumcheck.fields import Ext, Field, PlainField, Scalar, field, prime
from proofs.sumcheck.hiding.forms import Form, Tape, coefficients
from proofs.sumcheck.transcript import Transcript, run_prover, run_verifier

PLAIN, FAST = field("m31", "plain"), field("m31", "fast")
TINY = PlainField("127iu", prime(127), 4)
LONG = field("m61", "plain")
"""Whose arrays have 8 bytes an entry."""
S = FAST.scalars


def random_table(f: Field, count: int, seed: int) -> Ext:
    """(degree, count), uniform."""
    drawn = np.random.default_rng(seed).integers(0, f.scalars.p, (f.scalars.degree, count))
    return drawn.astype(f.dtype)


def column(table: Ext, place: int) -> Scalar:
    return tuple(int(c) for c in table[:, place])


def columns(table: Ext) -> list[Scalar]:
    return [column(table, place) for place in range(table.shape[1])]


def dotted(f: Field, factors: Ext, table: Ext) -> Scalar:
    """sum_k factors[k] table[k], element by element."""
    total = f.scalars.zero
    for x, y in zip(columns(factors), columns(table), strict=True):
        total = f.scalars.add(total, f.scalars.mul(x, y))
    return total


def value_of(f: Field, tape: Tape, form: object, pads: Ext) -> Scalar:
    """What a form is, its pads known."""
    if not isinstance(form, Form):
        return form  # type: ignore[return-value]
    return f.scalars.add(form.value, dotted(f, coefficients(f, tape, [(form, f.scalars.one)]), pads))


def transcript() -> Transcript:
    return Transcript("test", 1, b"nothing", {})


def proven(prover: Prover[object], f: Field = FAST) -> bytes:
    return run_prover([(prover, f.scalars)], transcript())[0]


def verified(verifier: Verifier[object], proof: bytes, f: Field = FAST) -> object:
    return run_verifier([(verifier, f.scalars)], proof, transcript())[0]


def point_of(variables: int, seed: int = 0) -> Sequence[Scalar]:
    drawn = np.random.default_rng(900 + seed).integers(1, S.p, (variables, 4))
    return tuple(tuple(row) for row in drawn.tolist())
