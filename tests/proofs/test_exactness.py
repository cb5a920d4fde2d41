"""No operation whose result a prover may choose: ezkl's division accepts either neighbouring quotient."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from proofs.commitment.input_format import InputFormat
from proofs.errors import InvalidInput, RejectedProof
from proofs.halo2.architecture import split_model
from proofs.halo2.circuits.accuracy import accuracy_circuit
from proofs.halo2.description import RunParameters, decompositions
from proofs.halo2.mask import fresh
from proofs.halo2.runner import run_job
from proofs.halo2.settings import check_operations, run_args

DIGITS = Path(__file__).resolve().parents[2] / "examples/models/digits_mlp.onnx"


def operations(folder: Path, **changes: object) -> list[str]:
    architecture, weights = split_model(DIGITS.read_bytes())
    circuit = accuracy_circuit(architecture, weights, InputFormat((64,), 10, 10, 2), fresh(3))
    (folder / "model.onnx").write_bytes(circuit)
    arguments = {**run_args(10, "polycommit", RunParameters(1024, 5, 22, (0, 0))), **changes}
    request = {"model": str(folder / "model.onnx"), "run_args": arguments}
    return list(run_job("settings", request, folder=folder).answer["operations"])


def test_the_digits_circuit_divides_nothing(tmp_path: Path) -> None:
    kinds = operations(tmp_path)
    check_operations(kinds)
    assert not [kind for kind in kinds if "DIV" in kind or "REBASED" in kind]


def test_a_circuit_that_rescales_is_refused(tmp_path: Path) -> None:
    kinds = operations(tmp_path, scale_rebase_multiplier=1)
    assert [kind for kind in kinds if "REBASED" in kind]
    with pytest.raises(RejectedProof) as refusal:
        check_operations(kinds)
    assert refusal.value.check == "operations"


@pytest.mark.parametrize(
    "kind",
    [
        "DIV (denom=128)",
        "LEAKYRELU (slope=0.01)",
        "RECIP (input_scale=1)",
        "SQRT(scale=2)",
        "MAX",
        "RESCALED INPUT (MAX)",
        "RESCALED INPUT (IFF)",
        "RESCALED INPUT (LEAKYRELU (slope=0.5))",
        "RESCALED",
    ],
)
def test_each_untrusted_operation_is_refused(kind: str) -> None:
    with pytest.raises(RejectedProof):
        check_operations(["Input", kind])


def test_values_fit_their_limbs() -> None:
    architecture, _ = split_model(DIGITS.read_bytes())
    for base, legs in decompositions(architecture, 10):
        assert base**legs >= 1 << 48  # two products, the label's product and the input's scale, and eight bits
    assert min(base**legs for base, legs in decompositions(architecture, 1)) >= 1 << 24  # inputs and blinds
    with pytest.raises(InvalidInput, match="scale"):
        decompositions(architecture, 60)
    assert json.dumps(decompositions(architecture, 10)) == "[[1024, 5], [16384, 4]]"
    assert np.prod([1024.0] * 5) < 2.0**53
