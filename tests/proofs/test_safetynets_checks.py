"""Every field of a statement is compared, and every input looked at, each by the check that names it."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from helpers.tiny_safetynets import OWN, proven_cnn
from numpy.typing import NDArray

from proofs.canonical import canonical_bytes
from proofs.errors import InvalidInput, MalformedProof, RejectedProof
from proofs.safetynets_backend import check_statement, network_of
from proofs.safetynets_inputs import integers_of
from proofs.statements.safetynets import SafetyNets

OTHER: dict[str, Any] = {
    "network": bytes(32),
    "alpha": Fraction(8),
    "betas": (Fraction(8),) * 3,
    "fields": ("m61", "m61b"),
    "challenge_degree": 3,
    "rounds": ((2, 1),),
    "total": 4,
    "input_shape": (16,),
    "input_box": (-7, 7),
    "classes": 4,
    "inputs": bytes(32),
    "outputs": bytes(32),
}


def test_all_but_the_context_are_compared() -> None:
    own = proven_cnn().bundle.statement
    assert OTHER.keys() | {"context"} == {field.name for field in fields(SafetyNets)}
    check_statement(replace(own, context=bytes(32)), own)


@pytest.mark.parametrize("name", OTHER)
def test_each_alone_is_a_reason_to_reject(name: str) -> None:
    own = proven_cnn().bundle.statement
    with pytest.raises(RejectedProof) as rejected:
        check_statement(replace(own, **{name: OTHER[name]}), own)
    assert rejected.value.check == f"statement-{name}"


@pytest.mark.parametrize("value", [["m61", 7], [7, "m61"], ["m61", None], [["m61"]], "m61"])
def test_fields_have_no_second_spelling(value: object) -> None:
    said = {**proven_cnn().bundle.statement.to_json(), "fields": value}
    with pytest.raises(MalformedProof, match="fields must be"):
        SafetyNets.from_bytes(canonical_bytes(said))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((1, 1, 4, 4), complex), "real numbers"),
        (np.full((1, 1, 4, 4), "1"), "real numbers"),
        (np.zeros((1, 1, 4, 4), "M8[s]"), "real numbers"),
        (np.zeros((1, 16)), "of shape"),
        (np.zeros((0, 1, 4, 4)), "holds 0 inputs"),
        (np.zeros(((1 << 20) + 1, 1, 4, 4), np.int8), "holds 1048577 inputs"),
        (np.full((1, 1, 4, 4), 2, np.uint8), "divided by 255"),
        (np.full((1, 1, 4, 4), -(1 << 63), np.int64), "divided by 255"),
        (np.full((1, 1, 4, 4), np.nan), "not-a-number"),
        (np.full((1, 1, 4, 4), -np.inf), "infinities"),
        (np.full((1, 1, 4, 4), 1e308, np.longdouble) * 1e10, "infinities"),
    ],
    ids=["complex", "text", "dates", "flat", "none", "too many", "bytes", "negative", "nan", "inf", "long double"],
)
def test_inputs_are_real_numbers_in_the_models_unit(x: NDArray[np.generic], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        integers_of(network_of(proven_cnn().onnx, OWN), x)
