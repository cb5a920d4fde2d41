"""SafetyNets bundles of each released format verify for ever, from the committed bytes alone, with NumPy alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay.cli import run
from proofs.exact_integers import outputs_digest
from proofs.read_bundle import read_bundle
from proofs.safetynets import ChosenScales
from proofs.safetynets_backend import SafetyNetsBackend
from proofs.safetynets_bundle import SafetyNetsBundle

HERE = Path(__file__).resolve().parent
FOLDERS = sorted(path for path in HERE.iterdir() if (path / "safetynets_facts.json").is_file())
NAMES = ("cnn", "dense")
WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
import numpy as np
from pathlib import Path
from proofs.read_bundle import read_bundle
from proofs.safetynets import ChosenScales
from proofs.safetynets_backend import SafetyNetsBackend
for name in sys.argv[2:]:
    onnx, x, raw = (Path(sys.argv[1], name + end) for end in (".onnx", ".npz", ".assay"))
    bundle = read_bundle(raw.read_bytes())
    verdict = SafetyNetsBackend().verify_inference(bundle, onnx.read_bytes(), np.load(x)["x"], ChosenScales())
    print(verdict.predictions.classes)
print([m for m in sys.modules if m.split(".")[0] in ("numba", "ezkl", "llvmlite") and sys.modules[m]])
"""


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return request.param


def facts_of(folder: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((folder / "safetynets_facts.json").read_text())
    return parsed


def bundle_of(folder: Path, name: str) -> SafetyNetsBundle:
    bundle = read_bundle((folder / f"{name}.assay").read_bytes())
    assert isinstance(bundle, SafetyNetsBundle)
    return bundle


def test_there_is_one() -> None:
    assert [folder.name for folder in FOLDERS] == ["v1-safetynets"]


@pytest.mark.parametrize("name", NAMES)
def test_encodings_are_what_they_were(folder: Path, name: str) -> None:
    facts, bundle = facts_of(folder)[name], bundle_of(folder, name)
    assert bundle.to_bytes() == (folder / f"{name}.assay").read_bytes()
    assert bundle.statement.to_json() == facts["statement"]
    assert bundle.integers.tolist() == facts["logits"]
    assert outputs_digest(bundle.integers, bundle.statement.output_bytes) == bundle.statement.outputs


@pytest.mark.parametrize("name", NAMES)
def test_verify_for_ever(folder: Path, name: str) -> None:
    facts = facts_of(folder)[name]
    onnx, data, proof = (folder / f"{name}.{end}" for end in ("onnx", "npz", "assay"))
    x = np.load(data)["x"]
    verdict = SafetyNetsBackend().verify_inference(bundle_of(folder, name), onnx.read_bytes(), x, ChosenScales())
    assert [list(row) for row in verdict.predictions.logits] == facts["logits"]
    assert (list(verdict.predictions.classes), str(verdict.predictions.scale)) == (
        facts["classes"],
        facts["logit_scale"],
    )
    assert run(["verify", str(proof), "--model", str(onnx), "--data", str(data)]) == 0
    assert run(["explain", str(proof)]) == 0


@pytest.mark.parametrize("name", NAMES)
def test_proving_again_makes_the_same_bytes(folder: Path, name: str) -> None:
    """Nothing in a proof is random: it hides nothing."""
    bundle = bundle_of(folder, name)
    x = np.load(folder / f"{name}.npz")["x"]
    onnx = (folder / f"{name}.onnx").read_bytes()
    again = SafetyNetsBackend().prove_inference(onnx, x, ChosenScales(), bundle.statement.context)
    assert again.bundle == bundle


def test_the_verifier_needs_neither_numba_nor_ezkl(folder: Path) -> None:
    words = [sys.executable, "-c", WITHOUT_NUMBA, str(folder), *NAMES]
    done = subprocess.run(words, cwd=HERE.parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    facts = facts_of(folder)
    assert done.stdout.splitlines() == [*(str(tuple(facts[name]["classes"])) for name in NAMES), "[]"]


def test_fit_into_the_repository(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.iterdir()) < 20_000
