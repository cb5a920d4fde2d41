"""Bundles of the sumcheck backend of each released format verify for ever, from the committed bytes alone."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from make_golden_sumcheck import DATA, FORMATS, ONNX, Format, Subject, bundle, facts_of

from assay.cli import run
from proofs.canonical import to_hex
from proofs.errors import AssayError, MalformedProof, RejectedProof
from proofs.networks.format_weights import weights_from_bytes
from proofs.read_bundle import read_bundle
from proofs.statements.sumcheck_claims import Score
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.matrices import proof_field
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.secret_network import SecretNetwork
from proofs.sumcheck_backend.verifying import verify

HERE = Path(__file__).resolve().parent
FOLDERS = sorted(path for path in HERE.iterdir() if (path / "sumcheck_facts.json").is_file())
PLACES = (0, 1 / 7, 2 / 5, 2 / 3, 0.95, 1)
WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
from pathlib import Path
from proofs.read_bundle import read_bundle
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.matrices import proof_field
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.verifying import verify
assert not proof_field().compiled
folder = Path(sys.argv[1])
model = NetworkCommitment.from_bytes((folder / "model.commit").read_bytes())
for case, data in zip(sys.argv[2::2], sys.argv[3::2]):
    committed = DataCommitment.from_bytes((folder / data).read_bytes())
    verdict = verify(read_bundle((folder / f"{case}.assay").read_bytes()), model, committed)
    print(case, verdict.soundness.worst_bits)
print([m for m in sys.modules if m.split(".")[0] in ("numba", "ezkl", "llvmlite") and sys.modules[m]])
"""


EVERY = [(folder, case) for folder in FOLDERS for case in FORMATS[folder.name].cases]
CASES = pytest.mark.parametrize(("folder", "case"), EVERY, ids=[f"{folder.name}-{case}" for folder, case in EVERY])


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    return request.param


def format_of(folder: Path) -> Format:
    return FORMATS[folder.name]


def facts_in(folder: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((folder / "sumcheck_facts.json").read_text())
    return parsed


def bundle_in(folder: Path, case: str) -> SumcheckBundle:
    found = read_bundle((folder / f"{case}.assay").read_bytes())
    assert isinstance(found, SumcheckBundle)
    return found


def commitments(folder: Path, case: str) -> tuple[NetworkCommitment, DataCommitment]:
    model = NetworkCommitment.from_bytes((folder / "model.commit").read_bytes())
    return model, DataCommitment.from_bytes((folder / DATA[case]).read_bytes())


def refused(raw: bytes, model: NetworkCommitment, data: DataCommitment) -> bool:
    """Whether the public path refuses; nothing but these two errors may come out of it."""
    try:
        verify(SumcheckBundle.from_bytes(raw), model, data)
    except (RejectedProof, MalformedProof):
        return True
    return False


def test_there_is_one() -> None:
    assert [folder.name for folder in FOLDERS] == ["v1-sumcheck", "v2-sumcheck"] == list(FORMATS)


def test_encodings_are_what_they_were(folder: Path) -> None:
    facts = facts_in(folder)
    model, _ = commitments(folder, "inference")
    assert model.to_bytes() == (folder / "model.commit").read_bytes()
    assert model.receipt is not None and model.log_columns == format_of(folder).log_columns
    assert model.block == format_of(folder).block
    assert to_hex(model.model_id) == facts["model_id"]
    assert to_hex(model.architecture_digest) == facts["architecture"]
    assert to_hex(model.format.digest) == facts["format_digest"]
    for case in format_of(folder).cases:
        found, data = bundle_in(folder, case), commitments(folder, case)[1]
        assert data.to_bytes() == (folder / DATA[case]).read_bytes()
        assert found.to_bytes() == (folder / f"{case}.assay").read_bytes()
        assert facts_of(found, data, facts[case]["worst_round_bits"]) == facts[case]


def test_cases_differ_where_they_should(folder: Path) -> None:
    facts, cases = facts_in(folder), format_of(folder).cases
    for case in cases:
        assert bundle_in(folder, case).statement.zero_knowledge == (format_of(folder).block > 0)
    score, sharded = (bundle_in(folder, case).statement for case in (cases[0], "sharded"))
    assert isinstance(sharded.claim, Score) and 0 < sharded.claim.correct < sharded.total
    if "accuracy" in cases:
        assert isinstance(score.claim, Score) and score.claim.correct == sharded.claim.correct
        assert len(sharded.shards) > len({shard.chunk for shard in sharded.shards})
    assert len({shard.chunk for shard in sharded.shards}) > 1
    assert {row.index(max(row)) for row in facts["inference"]["logits"]} == {0, 1, 2, 3}
    for case in ("class", "threshold"):
        assert 0 < len(facts[case]["selected"]) < score.total
        assert not bundle_in(folder, case).statement.labelled


@CASES
def test_verify_for_ever(folder: Path, case: str) -> None:
    assert proof_field().compiled
    verdict = verify(bundle_in(folder, case), *commitments(folder, case))
    assert verdict.soundness.worst_bits == facts_in(folder)[case]["worst_round_bits"] >= 100
    words = ["verify", str(folder / f"{case}.assay"), "--commit", str(folder / "model.commit")]
    assert run([*words, "--data-commit", str(folder / DATA[case])]) == 0
    assert run([*words, "--data", str(folder / "examples.npz")]) == 0, "public data are committed to anew"
    assert run(["explain", str(folder / f"{case}.assay")]) == 0


def test_the_verifier_needs_neither_numba_nor_ezkl(folder: Path) -> None:
    words = [sys.executable, "-c", WITHOUT_NUMBA, str(folder), *words_of(folder)]
    done = subprocess.run(words, cwd=HERE.parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    facts = facts_in(folder)
    said = [f"{case} {facts[case]['worst_round_bits']}" for case in format_of(folder).cases]
    assert done.stdout.splitlines() == [*said, "[]"]


def words_of(folder: Path) -> list[str]:
    """Every case, and the examples it is about."""
    return [word for case in format_of(folder).cases for word in (case, DATA[case])]


@CASES
def test_proving_again_makes_the_same_bytes(folder: Path, case: str) -> None:
    """Salts are derived, so nothing in a proof is random, but what follows from the nonce where something is hidden."""
    model, _ = commitments(folder, case)
    hidden, own = np.load(folder / "model-secret.npz"), np.load(folder / "examples.npz")
    weights = weights_from_bytes(hidden["weights"].tobytes(), model.network)
    secret = SecretNetwork(model, weights, hidden["seed"].tobytes(), hashlib.sha256(ONNX).digest())
    assert bundle(Subject(format_of(folder), secret, own["x"], own["y"]), case) == bundle_in(folder, case)


@CASES
def test_tampered_ones_are_refused(folder: Path, case: str) -> None:
    honest, trusted = bundle_in(folder, case), commitments(folder, case)
    for shard, place in ((0, place) for place in PLACES):
        proof = bytearray(honest.proofs[shard])
        proof[round(place * (len(proof) - 1))] ^= 1
        proofs = (bytes(proof), *honest.proofs[1:])
        assert refused(replace(honest, proofs=proofs).to_bytes(), *trusted), place
    cut, longer = honest.proofs[-1][:-1], honest.proofs[-1] + b"\0"
    for proof in (cut, longer):
        assert refused(replace(honest, proofs=(*honest.proofs[:-1], proof)).to_bytes(), *trusted)
    for change in (honest.to_bytes()[:-1], honest.to_bytes() + b"\0", b"", honest.to_bytes()[:100]):
        assert refused(change, *trusted)


def test_shards_may_not_change_places(folder: Path) -> None:
    honest = bundle_in(folder, "sharded")
    assert refused(replace(honest, proofs=honest.proofs[::-1]).to_bytes(), *commitments(folder, "sharded"))


@CASES
def test_proofs_are_of_one_claim_alone(folder: Path, case: str) -> None:
    """Another case's proofs under this case's statement."""
    honest, trusted = bundle_in(folder, case), commitments(folder, case)
    for other in set(format_of(folder).cases) - {case}:
        proofs = bundle_in(folder, other).proofs[:1] * len(honest.proofs)
        assert refused(replace(honest, proofs=proofs).to_bytes(), *trusted), other


def test_other_commitments_are_refused(folder: Path) -> None:
    model, data = commitments(folder, "inference")
    raw = (folder / "inference.assay").read_bytes()
    assert refused(raw, replace(model, weights_commitment=bytes(32)), data)
    assert refused(raw, replace(model, receipt=None), data)
    assert refused(raw, model.owned_by(bytes(range(20))), data)
    assert refused(raw, model, replace(data, roots=(bytes(32),)))
    assert refused(raw, *commitments(folder, "sharded")) and refused(raw, *commitments(folder, "class"))


def test_damaged_commitments_are_malformed(folder: Path) -> None:
    for name, kind in (("model.commit", NetworkCommitment), ("data.commit", DataCommitment)):
        raw = (folder / name).read_bytes()
        for changed in (raw[:-1], raw + b"\0", raw[: len(raw) // 2], b""):
            with pytest.raises(AssayError):
                kind.from_bytes(changed)


def test_fit_into_the_repository(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_500_000
