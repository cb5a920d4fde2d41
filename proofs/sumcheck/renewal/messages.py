"""The proof that two matrices hold the same entries: its equation, its messages, and how likely it misleads.

With V_r the rows of the old matrix, V'_r those of the new, R of each, blocks included, and M a uniform row as long,
the 4 coordinates of extension elements, in a matrix of its own:

    "mask"          root of M's matrix           -> challenges p (row), c (column), l
    "value"         w = l V~(p, c) + M~(c)       -> challenge s
    "combination"   u = l sum_r eq(p, r) ((1 - s) V_r + s V'_r) + M       -> positions
    "columns"       of the old matrix, the new one and M's, at these positions

    <u, eq(c, .)> = w over the N entries          checked;
    word(u) is that combination of the columns    checked at every position asked.

*Soundness*: the words nearest to all rows are fixed before the first challenge. If rows are not near, the combination
is near with chance ``row_error`` for each of p's coordinates, l and s, one line each: pairs (V_r, V'_r) along p; l
times those and (M, M); then from old to new along s. If they are near, and entries differ, V'~ - V~ vanishes at (p, c)
with chance (log2 R + log2 N) / |F|; where it does not, l (V~ + s (V'~ - V~)) + M~ = w, sent before s, for one s only.
``query_error`` covers every other u (ligero/opening.py); the radius is that of renewal/code.py, so that the nearest
words are those that proofs about either matrix have.
Why not the difference of the matrices alone: its rows may be near where neither matrix' rows are, and such an old
matrix could be made equal to several new ones.

*Zero knowledge*: u is uniform because M is, w follows from u, and columns of the old and the new matrix are uniform as
long as fewer than a block of them were ever shown; M's columns follow from u and these. Salted leaves that are not
opened hide what is in them (SHA-256 as a random oracle). So a proof is one opening of both matrices' budgets
(``openings_taken``), and of M, drawn for this proof alone, the only one.
"""

from __future__ import annotations

from fractions import Fraction

from proofs.sumcheck.exchange import Receive
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.ligero.parameters import DIGEST_BYTES
from proofs.sumcheck.ligero.queries import ELEMENT_BYTES
from proofs.sumcheck.renewal.pair import Pair
from proofs.sumcheck.soundness import Round

MASK, VALUE, COMBINATION, COLUMNS = "mask", "value", "combination", "columns"


def mask_message(pair: Pair, scalars: Extension) -> Receive:
    """M's root; then the point and l."""
    variables = pair.row_bits + pair.log_columns
    far = (pair.row_bits + 1) * pair.code(scalars.p).row_error
    error = far + Fraction(variables, scalars.size - 1)
    return Receive(MASK, 0, variables + 1, raw_bytes=DIGEST_BYTES, error=error)


def value_message(pair: Pair, scalars: Extension) -> Receive:
    """w; then s."""
    return Receive(VALUE, 1, 1, error=pair.code(scalars.p).row_error + Fraction(1, scalars.size - 1))


def combination_message(pair: Pair, scalars: Extension) -> Receive:
    """u; then the positions."""
    code = pair.code(scalars.p)
    return Receive(COMBINATION, 0, code.challenges, raw_bytes=code.dimension * ELEMENT_BYTES, error=code.query_error)


def rounds_of(pair: Pair, scalars: Extension) -> list[Round]:
    """The rounds a verifier will run, but for the columns, which draw nothing: their errors follow from the pair."""
    messages = [make(pair, scalars) for make in (mask_message, value_message, combination_message)]
    return [Round(message.label, message.degree, message.challenges, message.error) for message in messages]


def side_weights(field: Field, own: Ext, factor: Scalar, s: Scalar) -> tuple[Ext, Ext]:
    """What the old and the new matrix' rows are combined with. own: eq(p, r), (degree, R); factor: l."""
    scalars = field.scalars
    new = scalars.mul(factor, s)
    return field.scale(own, scalars.sub(factor, new)), field.scale(own, new)
