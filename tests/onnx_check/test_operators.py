"""The list of operators: what the check says, and (slow) what the prover really does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import onnx
import pytest
from one_op_models import Specimen, accepted, build, divided, refused, tabled

from proofs.onnx_check import Finding, check, check_model, shapes
from proofs.onnx_check.operators import SUPPORTED

HERE = Path(__file__).parent
# Covered by other specimens' graphs or folded away before proving.
FOLDED = {"Constant"}


@pytest.fixture(autouse=True)
def inference_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The specimens are not hostile; a child process each would take most of the time."""

    def infer(model: onnx.ModelProto) -> dict[str, shapes.TensorInfo]:
        found = shapes.infer_here(model)
        return {name: shapes.TensorInfo(kind, None if s is None else tuple(s)) for name, (kind, s) in found.items()}

    monkeypatch.setattr(check, "infer_shapes", infer)


def node_problems(specimen: Specimen) -> list[Finding]:
    report = check_model(build(specimen).SerializeToString())
    return [problem for problem in report.problems if problem.op not in ("input", "output")]


def named(specimens: list[Specimen]) -> list[object]:
    return [pytest.param(specimen, id=specimen.name) for specimen in specimens]


@pytest.mark.parametrize("specimen", named(accepted()))
def test_accepted(specimen: Specimen) -> None:
    assert node_problems(specimen) == []


@pytest.mark.parametrize("specimen", named(refused()))
def test_refused_by_name_with_a_way_round(specimen: Specimen) -> None:
    problem, *_ = node_problems(specimen)
    assert (problem.node, problem.op, problem.opset) == ("specimen", specimen.op, 17)
    assert problem.shape
    assert problem.reason
    assert problem.way_round
    assert specimen.op in str(problem)


@pytest.mark.parametrize("specimen", named(divided()))
def test_what_divides_or_compares_is_refused(specimen: Specimen) -> None:
    assert any(p.op == specimen.op and p.way_round for p in check_model(build(specimen).SerializeToString()).problems)


@pytest.mark.parametrize("specimen", named(tabled()))
def test_tables_are_refused_with_a_way_round(specimen: Specimen) -> None:
    (problem,) = (p for p in check_model(build(specimen).SerializeToString()).problems if p.op == specimen.op)
    assert "look-up table" in problem.reason
    assert problem.way_round


def test_every_supported_operator_has_a_specimen() -> None:
    assert {specimen.op for specimen in accepted()} | FOLDED == set(SUPPORTED)
    assert len({specimen.name for specimen in [*accepted(), *refused()]}) == len([*accepted(), *refused()])


def measured(specimen: Specimen, folder: Path) -> str:
    """What the prover does with a specimen, in a process of its own."""
    environment = {**os.environ, "EZKL_REPO_PATH": str(folder)}
    command = [sys.executable, str(HERE / "ezkl_one_op.py"), specimen.name, str(folder)]
    child = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment, check=False)
    return child.stdout.split()[-1] if child.stdout else f"crash {child.returncode}: {child.stderr[-300:]}"


@pytest.mark.slow
@pytest.mark.parametrize("specimen", named(accepted()))
def test_accepted_operator_gives_onnx_values(specimen: Specimen, tmp_path: Path) -> None:
    assert measured(specimen, tmp_path) == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("specimen", named(refused()))
def test_refused_operator_really_fails(specimen: Specimen, tmp_path: Path) -> None:
    """An entry that starts to work may leave the list of refusals."""
    assert measured(specimen, tmp_path) in ("fails", "wrong")
