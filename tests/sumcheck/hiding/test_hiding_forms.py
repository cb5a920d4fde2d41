"""Forms: whatever is computed with them is what comes of the values they stand for, and linear in pads."""

from __future__ import annotations

import numpy as np
import pytest
from hiding_kit import FAST, LONG, PLAIN, TINY, column, random_table, value_of
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.errors import RejectedProof
from proofs.sumcheck.fields import Field, Scalar
from proofs.sumcheck.hiding.forms import Form, Forms, coefficients, form_field

FIELDS = pytest.mark.parametrize("f", [PLAIN, FAST, TINY, LONG], ids=["plain", "fast", "127", "m61"])
PADS = 6
PRODUCTS = {(0, 1): 4, (1, 0): 4, (2, 2): 5}
STEPS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=30)


class Both:
    """A form, and what it stands for."""

    def __init__(self, f: Field, seed: int) -> None:
        self.f = f
        self.field, self.forms = form_field(f, PADS)
        self.pads = random_table(f, PADS, seed)
        for (a, b), place in PRODUCTS.items():
            made = f.scalars.mul(column(self.pads, a), column(self.pads, b))
            self.pads[:, place] = np.array(made, dtype=self.pads.dtype)
            self.forms.tape.products[a, b] = place
        known = [column(random_table(f, 1, seed + 1 + k), 0) for k in range(4)]
        self.found: list[tuple[object, Scalar]] = [(value, value) for value in known]
        for place in range(4):
            sent = column(random_table(f, 1, seed + 10 + place), 0)
            self.found.append((self.forms.received(sent, place), f.scalars.add(sent, column(self.pads, place))))

    def step(self, kind: int, first: int, second: int) -> None:
        """One more value, of two before it."""
        (x, a), (y, b) = (self.found[k % len(self.found)] for k in (first, second))
        s, forms = self.f.scalars, self.forms
        if kind == 0:
            self.found.append((forms.add(x, y), s.add(a, b)))
        elif kind == 1:
            self.found.append((forms.sub(x, y), s.sub(a, b)))
        elif kind == 2:
            self.found.append((forms.neg(x), s.neg(a)))
        elif kind == 3:
            known = first % 4
            self.found.append((forms.mul(self.found[known][0], y), s.mul(self.found[known][1], b)))
            self.found.append((forms.mul(y, self.found[known][0]), s.mul(self.found[known][1], b)))
        elif kind == 4:
            one, other = ((4, 5), (5, 4), (6, 6))[first % 3]
            (x, a), (y, b) = self.found[one], self.found[other]
            self.found.append((forms.mul(x, y), s.mul(a, b)))
        elif kind == 5:
            self.found.append((forms.square(self.found[6][0]), s.square(self.found[6][1])))
        else:
            places = np.array([first % PADS, second % PADS, first % PADS])
            factors = random_table(self.f, 3, second)
            made = self.f.dot(factors, np.ascontiguousarray(self.pads[:, places]))
            self.found.append((forms.combination(self.f, places, factors), made))


@FIELDS
@settings(max_examples=15, deadline=None)
@given(steps=STEPS, seed=st.integers(0, 2**20))
def test_any_walk(f: Field, steps: list[tuple[int, int, int]], seed: int) -> None:
    both = Both(f, seed)
    for step in steps:
        both.step(*step)
    for form, value in both.found:
        assert value_of(f, both.forms.tape, form, both.pads) == value
    s, weighted, total = f.scalars, [], f.scalars.zero
    for k, (form, value) in enumerate(both.found):  # and any sum of them, by one pass
        if isinstance(form, Form):
            factor = column(random_table(f, 1, seed + k), 0)
            weighted.append((form, factor))
            total = s.add(total, s.mul(factor, s.sub(value, form.value)))
    made = coefficients(f, both.forms.tape, weighted)
    assert f.dot(made, both.pads) == total


@FIELDS
def test_coefficients_are_finite_differences(f: Field) -> None:
    """One pad more by one: the form is more by the pad's coefficient."""
    both = Both(f, 5)
    for kind in (0, 3, 4, 5, 6, 1, 2):
        both.step(kind, 11 + kind, 7)
    form = both.found[-1][0]
    assert isinstance(form, Form)
    made = coefficients(f, both.forms.tape, [(form, f.scalars.one)])
    before = value_of(f, both.forms.tape, form, both.pads)
    for place in range(PADS):
        moved = both.pads.copy()
        moved[:, place] = np.array(f.scalars.add(column(moved, place), f.scalars.one), dtype=moved.dtype)
        after = value_of(f, both.forms.tape, form, moved)
        assert f.scalars.sub(after, before) == column(made, place)


def test_nothing_of_no_forms() -> None:
    _, forms = form_field(FAST, 3)
    forms.received(FAST.scalars.one, 0)
    assert not coefficients(FAST, forms.tape, []).any()


@pytest.mark.parametrize("pair", [(0, 2), (1, 1), (0, 0), (3, 3), (2, 3)])
def test_products_that_were_not_declared(pair: tuple[int, int]) -> None:
    both = Both(FAST, 1)
    x, y = (both.found[4 + place][0] for place in pair)
    with pytest.raises(ValueError, match="does not declare"):
        both.forms.mul(x, y)


def test_only_received_values_are_multiplied() -> None:
    """Not what was made of them, though it be the same but for a factor."""
    both = Both(FAST, 1)
    x, y = both.found[4][0], both.found[5][0]
    for other in (both.forms.add(y, x), both.forms.mul(y, FAST.scalars.one), both.forms.neg(y)):
        with pytest.raises(ValueError, match="does not declare"):
            both.forms.mul(x, other)


def test_a_form_has_no_inverse() -> None:
    both = Both(FAST, 1)
    with pytest.raises(TypeError, match="no inverse"):
        both.forms.inverse(both.found[4][0])
    known = both.found[0][0]
    assert both.forms.inverse(known) == FAST.scalars.inverse(known)


def test_equations_are_noted() -> None:
    both = Both(FAST, 2)
    forms, (x, a), (known, _) = both.forms, both.found[4], both.found[0]
    forms.require_equal(x, known, "check", "detail")
    (equation,) = forms.tape.equations
    assert (equation.check, equation.detail) == ("check", "detail")
    assert value_of(FAST, forms.tape, equation.form, both.pads) == FAST.scalars.sub(a, known)
    forms.require_equal(known, x, "other", "")
    assert len(forms.tape.equations) == 2


def test_known_values_are_compared_at_once() -> None:
    both = Both(FAST, 2)
    known, other = both.found[0][0], both.found[1][0]
    both.forms.require_equal(known, known, "check", "")
    with pytest.raises(RejectedProof) as refusal:
        both.forms.require_equal(known, other, "check", "detail")
    assert refusal.value.check == "check"
    both.forms.require_nonzero(known, "check", "")
    with pytest.raises(RejectedProof):
        both.forms.require_nonzero(FAST.scalars.zero, "check", "")
    assert both.forms.tape.equations == [] and both.forms.tape.pending == []


def test_what_must_not_be_zero_is_shown_first() -> None:
    both = Both(FAST, 2)
    forms, x, y = both.forms, both.found[4][0], both.found[5][0]
    forms.require_nonzero(x, "check", "")
    forms.require_nonzero(y, "check", "")
    for shown in (x, forms.add(y, FAST.scalars.zero)):  # another form of the same value is another
        forms.shown_nonzero(shown)
        with pytest.raises(ValueError, match="not shown not to be zero"):
            coefficients(FAST, forms.tape, [])
    forms.shown_nonzero(y)
    coefficients(FAST, forms.tape, [])


def test_a_field_of_forms_is_the_field() -> None:
    """Its kernels and its caches are the field's own, its scalars are not."""
    for f in (PLAIN, FAST):
        hidden, forms = form_field(f, 1)
        assert hidden == f and hash(hidden) == hash(f) and hidden == form_field(f, 2)[0]
        assert hidden.scalars is forms and isinstance(forms, Forms)
        assert hidden.dtype == f.dtype and hidden.compiled == f.compiled
        assert (hidden.eq_table(((1, 2, 3, 4),), 2) == f.eq_table(((1, 2, 3, 4),), 2)).all()
