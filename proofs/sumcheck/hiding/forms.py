"""Values a verifier knows only up to pads: affine forms in them, written down on a tape as the walk makes them.

A form is ``value`` + (a linear combination of pads). The tape holds, for every combination made, what it was made of;
one pass over it, backwards, gives the coefficients of any sum of forms (reverse accumulation), so that a walk of m
steps costs m steps, however many pads there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Ext, Field

Weighted = tuple[int, Scalar | None]
"""A node of the tape, and its factor: None for 1."""


class Form:
    """A value known up to pads. Immutable; made by ``Forms`` only.

    Attributes:
        value: the part that is known. node: the combination of pads, a node of the tape.
    """

    __slots__ = ("node", "value")

    def __init__(self, value: Scalar, node: int) -> None:
        self.value = value
        self.node = node


@dataclass(frozen=True, slots=True)
class Equation:
    """ "``form`` is zero", and what it says if it is not."""

    form: Form
    check: str
    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """What a walk did to pads.

    Attributes:
        pads: how many there are; they are the first nodes.
        made: of every further node, what it is the sum of. dense: nodes that are long sums of pads alone.
        products: the pad that is the product of two pads, for all that may be multiplied.
        equations: what must be zero. pending: forms that must not be zero, until that is shown.
    """

    pads: int
    made: list[tuple[Weighted, ...]] = field(default_factory=list)
    dense: dict[int, tuple[NDArray[np.int64], Ext]] = field(default_factory=dict)
    products: dict[tuple[int, int], int] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    pending: list[Form] = field(default_factory=list)

    def node(self, *terms: Weighted) -> int:
        """A further node."""
        self.made.append(terms)
        return self.pads + len(self.made) - 1


@dataclass(frozen=True, slots=True)
class Forms(Extension):
    """The extension field, whose elements may be forms: what the walk of a hidden proof computes in."""

    tape: Tape

    # A form is no Scalar, but whatever a walk does to a Scalar it may do to a form, through these methods alone.

    def received(self, value: Scalar, pad: int) -> Scalar:
        """What a pad covers: ``value`` plus the pad."""
        return cast(Scalar, Form(value, pad))

    def combination(self, field: Field, pads: NDArray[np.int64], factors: Ext) -> Scalar:
        """sum_k factors[k] pads[k], of distinct or repeated pads, as one node."""
        node = self.tape.node()
        self.tape.dense[node] = (pads, factors)
        return cast(Scalar, Form(self.zero, node))

    def add(self, x: Any, y: Any) -> Any:
        """x + y."""
        if type(x) is not Form:
            if type(y) is not Form:
                return Extension.add(self, x, y)
            return Form(Extension.add(self, x, y.value), y.node)
        if type(y) is not Form:
            return Form(Extension.add(self, x.value, y), x.node)
        return Form(Extension.add(self, x.value, y.value), self.tape.node((x.node, None), (y.node, None)))

    def neg(self, x: Any) -> Any:
        """-x."""
        if type(x) is not Form:
            return Extension.neg(self, x)
        return Form(Extension.neg(self, x.value), self.tape.node((x.node, self._minus)))

    def sub(self, x: Any, y: Any) -> Any:
        """x - y."""
        if type(y) is not Form:
            if type(x) is not Form:
                return Extension.sub(self, x, y)
            return Form(Extension.sub(self, x.value, y), x.node)
        if type(x) is not Form:
            return Form(Extension.sub(self, x, y.value), self.tape.node((y.node, self._minus)))
        return Form(Extension.sub(self, x.value, y.value), self.tape.node((x.node, None), (y.node, self._minus)))

    def mul(self, x: Any, y: Any) -> Any:
        """x y. Raises ValueError for two forms whose message did not declare the product."""
        if type(x) is not Form:
            if type(y) is not Form:
                return Extension.mul(self, x, y)
            x, y = y, x
        if type(y) is not Form:
            return Form(Extension.mul(self, x.value, y), self.tape.node((x.node, y)))
        product = self.tape.products.get((x.node, y.node))
        if product is None:
            raise ValueError("two hidden values are multiplied that their message does not declare")
        node = self.tape.node((y.node, x.value), (x.node, y.value), (product, None))
        return Form(Extension.mul(self, x.value, y.value), node)

    def square(self, x: Any) -> Any:
        """x^2."""
        return self.mul(x, x)

    def inverse(self, x: Any) -> Any:
        """1 / x of what is known. Raises TypeError for a form."""
        if type(x) is Form:
            raise TypeError("a hidden value has no inverse that is linear in pads")
        return Extension.inverse(self, x)

    def require_equal(self, x: Any, y: Any, check: str, detail: str) -> None:
        """Note the equation x = y, or check it if both are known. Raises RejectedProof."""
        difference = self.sub(x, y)
        if type(difference) is Form:
            self.tape.equations.append(Equation(difference, check, detail))
        else:
            Extension.require_equal(self, difference, self.zero, check, detail)

    def require_nonzero(self, x: Any, check: str, detail: str) -> None:
        """Note that x must be shown not to be zero (``shown_nonzero``), or check it if it is known."""
        if type(x) is Form:
            self.tape.pending.append(x)
        else:
            Extension.require_nonzero(self, x, check, detail)

    def shown_nonzero(self, x: Any) -> None:
        """Equations that were noted imply that x is not zero."""
        self.tape.pending[:] = [form for form in self.tape.pending if form is not x]

    @property
    def _minus(self) -> Scalar:
        return self.from_int(-1)


def coefficients(field: Field, tape: Tape, weighted: Sequence[tuple[Form, Scalar]]) -> Ext:
    """The coefficients of all pads, (degree, pads), in a sum of forms with factors.

    Raises:
        ValueError: some value was to be shown not to be zero, and was not.
    """
    if tape.pending:
        raise ValueError("a hidden value was not shown not to be zero")
    scalars = field.scalars
    found: list[Scalar | None] = [None] * (tape.pads + len(tape.made))
    out = np.zeros((scalars.degree, tape.pads), dtype=field.dtype)
    for form, factor in weighted:
        _add(scalars, found, form.node, factor)
    for index in reversed(range(len(tape.made))):
        weight = found[tape.pads + index]
        if weight is None:
            continue
        for node, scale in tape.made[index]:
            _add(scalars, found, node, weight if scale is None else scalars.mul(weight, scale))
        if not tape.made[index]:
            pads, factors = tape.dense[tape.pads + index]
            out = _scattered(field, out, pads, field.scale(factors, weight))
    direct = field.pack([scalars.zero if weight is None else weight for weight in found[: tape.pads]])
    return field.add(out, direct)


def _add(scalars: Extension, found: list[Scalar | None], node: int, weight: Scalar) -> None:
    known = found[node]
    found[node] = weight if known is None else scalars.add(known, weight)


def _scattered(field: Field, table: Ext, pads: NDArray[np.int64], entries: Ext) -> Ext:
    """A table (degree, n) with entries added at some columns, of which some may be the same."""
    wide = table.astype(np.uint64)  # fewer than 2^32 elements below 2^31 do not wrap
    for row, added in zip(wide, entries, strict=True):
        np.add.at(row, pads, added.astype(np.uint64))
    return (wide % np.uint64(field.scalars.p)).astype(field.dtype)


class FormField:
    """A field whose scalars are forms: its kernels, which see only what is known, are the field's own."""

    def __init__(self, field: Field, scalars: Forms) -> None:
        self._field = field
        self.scalars = scalars

    def __getattr__(self, name: str) -> Any:
        return getattr(self._field, name)

    def __hash__(self) -> int:
        return hash(self._field)

    def __eq__(self, other: object) -> bool:
        return self._field == (other._field if isinstance(other, FormField) else other)


def plain_field(field: Field) -> Field:
    """The field itself, whose scalars are numbers: what may be kept beyond a walk."""
    return field._field if isinstance(field, FormField) else field


def form_field(field: Field, pads: int) -> tuple[Field, Forms]:
    """A field for a walk over so many pads, and its scalars."""
    forms = Forms(field.scalars.p, field.scalars.degree, Tape(pads))
    return cast(Field, FormField(field, forms)), forms
