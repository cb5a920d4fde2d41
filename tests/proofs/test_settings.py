"""Settings: what ezkl writes differently from run to run does not reach the verifying key or the settings' bytes."""

from __future__ import annotations

import itertools
import json

import pytest
from helpers.tiny_models import mlp

from proofs.commitment.input_format import InputFormat
from proofs.errors import InvalidInput, MalformedProof, RejectedProof, UnsupportedModel
from proofs.halo2 import felts, tag
from proofs.halo2.architecture import split_model
from proofs.halo2.description import CircuitDescription, RunParameters
from proofs.halo2.inputs import instances, witness_inputs
from proofs.halo2.settings import canonical_settings, check_parameters, folded_parameters, needed_logrows, run_args

SHAPE = InputFormat((8,), 7, 3, 2)
PARAMETERS = RunParameters(1024, 3, 12, (0, 0))
SETTINGS = {
    "run_args": {"num_inner_cols": 2, "logrows": 12, "lookup_range": [0, 0]},
    "num_rows": 2000, "total_assignments": 4600,
    "required_range_checks": [[0, 1023], [-1, 1]], "required_lookups": [], "timestamp": 123,
    "module_sizes": {"polycommit": [100], "poseidon": [2300, [3]]},
}  # fmt: skip


def description(binding: str = "polycommit", **changes: object) -> CircuitDescription:
    fields = {"binding": binding, "budget": 4 if binding == "polycommit" else 0, "parameters": PARAMETERS}
    architecture = split_model(mlp())[0]
    return CircuitDescription(architecture, SHAPE, srs_digest=bytes(32), ezkl_version="23.0.5", **{**fields, **changes})


def test_order_clock_and_cell_count_do_not_matter() -> None:
    found = set()
    for checks, stamp, cells in itertools.product(([[0, 1023], [-1, 1]], [[-1, 1], [0, 1023]]), (1, 2), (4600, 4602)):
        variant = {**SETTINGS, "required_range_checks": checks, "timestamp": stamp, "total_assignments": cells}
        found.add(canonical_settings(variant))
    assert len(found) == 1
    assert canonical_settings(json.loads(found.pop())) == canonical_settings(SETTINGS)


@pytest.mark.parametrize("change", [{"required_range_checks": [[0, 1023]]}, {"total_assignments": 9999}])
def test_everything_else_matters(change: dict[str, object]) -> None:
    assert canonical_settings({**SETTINGS, **change}) != canonical_settings(SETTINGS)


@pytest.mark.parametrize(
    ("change", "logrows"),
    [({}, 12), ({"num_rows": 4088}, 12), ({"num_rows": 4089}, 13), ({"required_range_checks": [[0, 16383]]}, 15),
     ({"module_sizes": {"poseidon": [9000, [9]]}}, 14), ({"module_sizes": {}}, 11)],
)  # fmt: skip
def test_circuits_are_as_small_as_they_can_be(change: dict[str, object], logrows: int) -> None:
    assert needed_logrows({**SETTINGS, **change}) == logrows


def test_circuits_too_large() -> None:
    with pytest.raises(UnsupportedModel, match="smaller batch"):
        needed_logrows({**SETTINGS, "num_rows": 1 << 22})


def test_committed_parameters_are_counted() -> None:
    expected = description().committed_values
    good = {"module_sizes": {"polycommit": [expected]}}
    check_parameters(good, description())
    for wrong in (expected - 1, expected + 1):
        with pytest.raises(RejectedProof) as rejection:
            check_parameters({"module_sizes": {"polycommit": [wrong]}}, description())
        assert rejection.value.check == "wrapper-constants"
    assert not folded_parameters({}, description("hashed"))


def test_visibilities_are_fixed_and_nothing_is_left_unchecked() -> None:
    for binding, visibility in (("polycommit", "polycommit"), ("hashed", "hashed/public"), ("fixed", "fixed")):
        arguments = run_args(7, binding, PARAMETERS)
        assert arguments["param_visibility"] == visibility
        assert (arguments["input_visibility"], arguments["output_visibility"]) == ("hashed/public", "public")
        assert arguments["ignore_range_check_inputs_outputs"] is False
        assert arguments["disable_freivalds"] is True
        assert arguments["input_scale"] == arguments["param_scale"] == 7


@pytest.mark.parametrize(
    "change",
    [{"binding": "private"}, {"binding": "public"}, {"budget": 0}, {"budget": 100_001}],
)
def test_impossible_descriptions(change: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        description(**change)  # type: ignore[arg-type]
    with pytest.raises(MalformedProof):
        CircuitDescription.from_json({**description().to_json(), **change})


@pytest.mark.parametrize(
    "change",
    [{"base": 1000}, {"legs": 13}, {"legs": 1}, {"logrows": 27}, {"logrows": True}, {"lookup_range": [1]},
     {"lookup_range": [1, 2]}, {"lookup_range": [-1, -1]}, {"lookup_range": None}, {"more": 1}],
)  # fmt: skip
def test_impossible_parameters(change: dict[str, object]) -> None:
    with pytest.raises(MalformedProof):
        RunParameters.from_json({**PARAMETERS.to_json(), **change})


def test_more_weights_than_rows_make_more_points() -> None:
    assert description().points == 1
    assert description(parameters=RunParameters(1024, 3, 7, (0, 0)), budget=16).points > 1
    assert description("hashed").points == 0


def test_instances_in_the_contracts_order() -> None:
    limbs = tag.limbs(bytes(range(32)))
    assert limbs[:2] == (0x0001, 0x0203)
    assert instances(description(), b"\2" * 32, [5, 6], 7, 2, limbs) == [5, 6, 7, 2 << 7, *limbs]
    hashed = instances(description("hashed"), bytes(31) + b"\2", [5, 6], 7, 2, limbs)
    assert hashed == [5, 6, 7, 2, 2 << 7, *limbs]


def test_witness_numbers_are_exact_and_blinds_fresh() -> None:
    import numpy as np

    rows = np.array([[-(1 << 24) + 1, (1 << 24) - 1, 65535]])
    first, second = (witness_inputs(rows, tag.limbs(b"\xff" * 32), 7)["input_data"] for _ in "ab")
    assert [round(value * 128) for value in first[0]] == rows[0].tolist()
    assert [np.float32(value) * 128 for value in first[0]] == rows[0].tolist()
    assert first[1][:16] == second[1][:16] == [65535 / 128] * 16
    assert first[1][16:] != second[1][16:]
    assert all(float(np.float32(value)) == value for value in first[1])


def test_field_elements() -> None:
    for value in (0, 1, felts.R - 1, -1, -(1 << 100)):
        assert felts.from_hex(felts.to_hex(value)) == value % felts.R
    assert felts.signed(felts.to_hex(-5)) == -5
    assert felts.to_hex(1) == "01" + "00" * 31
