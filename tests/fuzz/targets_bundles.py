"""Proof bundles, their statements and what a verifier does with them before and between the checks."""

from __future__ import annotations

from functools import cache

import numpy as np

from fuzz.target import GOLDEN, Target, golden, section
from proofs.bundle import AccuracyBundle, parse_batch
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.model import ModelCommitment
from proofs.commitment.test_set import TestSetCommitment
from proofs.fidelity import FidelityReceipt
from proofs.halo2.task_verifier import circuit_for
from proofs.halo2.verifier import check_commitment, check_statement
from proofs.networks.fidelity import NetworkFidelity
from proofs.outputs_bundle import OutputsBundle, parse_outputs
from proofs.read_bundle import read_bundle
from proofs.safetynets import ChosenScales
from proofs.safetynets_backend import SafetyNetsBackend
from proofs.safetynets_bundle import SafetyNetsBundle
from proofs.sheets import leaks_of, sheet_of
from proofs.statements.accuracy import Accuracy
from proofs.statements.outputs import statement_from_bytes
from proofs.statements.safetynets import SafetyNets
from proofs.statements.sumcheck import SumcheckStatement
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.verifying import verify

HALO2 = ("v1/proof.assay", "v1-outputs/inference.assay", "v1-outputs/retrieval.assay")
SUMCHECK = tuple(f"v{v}-sumcheck/{name}.assay" for v in (1, 2) for name in ("inference", "class", "threshold"))
SAFETYNETS = ("v1-safetynets/cnn.assay", "v1-safetynets/dense.assay")
SCORE = ("v1-sumcheck/accuracy.assay", "v2-sumcheck/sharded.assay")


def explained(raw: bytes) -> object:
    """What `assay explain` does with a bundle."""
    bundle = read_bundle(raw)
    return sheet_of(bundle).to_text(), leaks_of(bundle), bundle.statement.to_json(), bundle.to_bytes()


def accuracy_checked(raw: bytes) -> object:
    """What `assay verify` does before it starts a child process."""
    bundle = AccuracyBundle.from_bytes(raw)
    model = ModelCommitment.from_bytes((GOLDEN / "v1/model.commit").read_bytes())
    data = TestSetCommitment.from_bytes((GOLDEN / "v1/data.commit").read_bytes())
    check_statement(bundle.statement, model, data, hides=check_commitment(model).binding != "fixed")
    for batch in bundle.batches:
        data.check_opening(batch.opening)
    return bundle.note


def outputs_checked(raw: bytes) -> object:
    """The same for inference and retrieval."""
    bundle = OutputsBundle.from_bytes(raw)
    model = ModelCommitment.from_bytes((GOLDEN / "v1-outputs/model.commit").read_bytes())
    data = CorpusCommitment.from_bytes((GOLDEN / "v1-outputs/corpus.commit").read_bytes())
    for batch in bundle.batches:
        data.check_opening(batch.opening)
    return circuit_for(bundle.statement, model, data), bundle.note, bundle.selected


@cache
def committed(folder: str) -> tuple[NetworkCommitment, DataCommitment]:
    """What the verifier of a golden sum-check bundle holds."""
    model = NetworkCommitment.from_bytes((GOLDEN / folder / "model.commit").read_bytes())
    return model, DataCommitment.from_bytes((GOLDEN / folder / "documents.commit").read_bytes())


def sumcheck_verified(raw: bytes) -> object:
    """A whole verification."""
    bundle = read_bundle(raw)
    if not isinstance(bundle, SumcheckBundle):
        return None
    return verify(bundle, *committed("v2-sumcheck" if bundle.statement.zero_knowledge else "v1-sumcheck"))


def safetynets_verified(raw: bytes) -> object:
    """A whole verification of a delegated inference."""
    onnx = (GOLDEN / "v1-safetynets/dense.onnx").read_bytes()
    x = np.load(GOLDEN / "v1-safetynets/dense.npz")["x"]
    return SafetyNetsBackend().verify_inference(SafetyNetsBundle.from_bytes(raw), onnx, x, ChosenScales())


def _batches(name: str) -> list[bytes]:
    from fuzz.mutate import sections

    parts = sections((GOLDEN / name).read_bytes())
    return [] if parts is None else [payload for kind, payload in parts[1] if kind in (b"BTCH", b"OUTP")]


TARGETS = (
    Target("read bundle and explain, halo2", explained, golden(*HALO2), ("proofs.read_bundle.read_bundle",)),
    Target("read bundle and explain, sum-check", explained, golden(*SUMCHECK, *SCORE), (), slow=True),
    Target("read bundle and explain, safetynets", explained, golden(*SAFETYNETS), ()),
    Target("accuracy bundle", accuracy_checked, golden(HALO2[0]), ("proofs.bundle.AccuracyBundle.from_bytes",)),
    Target("accuracy batch", parse_batch, lambda: _batches(HALO2[0]), ("proofs.bundle.parse_batch",)),
    Target(
        "outputs bundle",
        outputs_checked,
        golden(*HALO2[1:]),
        ("proofs.outputs_bundle.OutputsBundle.from_bytes", "proofs.statements.outputs.statement_from_bytes"),
    ),
    Target("outputs batch", parse_outputs, lambda: _batches(HALO2[1]), ("proofs.outputs_bundle.parse_outputs",)),
    Target(
        "sum-check bundle verified",
        sumcheck_verified,
        golden("v1-sumcheck/class.assay", "v2-sumcheck/class.assay"),
        (
            "proofs.sumcheck_backend.bundle.SumcheckBundle.from_bytes",
            "proofs.sumcheck_backend.answers.parse_selected",
            "proofs.sumcheck.ligero.queries.read_entries",
            "proofs.sumcheck.lockstep.read_message",
            "proofs.sumcheck.lockstep.read_elements",
            "proofs.sumcheck.fields.extension.Extension.from_bytes",
        ),
        slow=True,
    ),
    Target(
        "sum-check bundle parsed",
        SumcheckBundle.from_bytes,
        golden("v1-sumcheck/inference.assay", *SCORE),
        ("proofs.sumcheck_backend.answers.parse_logits",),
    ),
    Target(
        "safetynets bundle verified",
        safetynets_verified,
        golden(SAFETYNETS[1]),
        ("proofs.safetynets_bundle.SafetyNetsBundle.from_bytes",),
        slow=True,
    ),
    Target(
        "accuracy statement",
        Accuracy.from_bytes,
        section(0, HALO2[0]),
        ("proofs.statements.accuracy.Accuracy.from_bytes",),
    ),
    Target(
        "outputs statement", statement_from_bytes, section(0, *HALO2[1:]), ("proofs.predicate.Predicate.from_json",)
    ),
    Target(
        "safetynets statement",
        SafetyNets.from_bytes,
        section(0, *SAFETYNETS),
        ("proofs.statements.safetynets.SafetyNets.from_bytes",),
    ),
    Target(
        "sum-check statement",
        lambda raw: SumcheckStatement.from_bytes(raw).shards,
        section(0, *SUMCHECK, *SCORE),
        (
            "proofs.statements.sumcheck.SumcheckStatement.from_bytes",
            "proofs.statements.sumcheck_claims.claim_from_json",
            "proofs.statements.sumcheck_claims.Selection.from_json",
            "proofs.statements.sumcheck_claims.Score.from_json",
            "proofs.statements.sumcheck_claims.Logits.from_json",
        ),
    ),
    Target(
        "fidelity receipt",
        FidelityReceipt.from_bytes,
        section(2, HALO2[0]),
        ("proofs.fidelity.FidelityReceipt.from_bytes",),
    ),
    Target(
        "network fidelity receipt",
        NetworkFidelity.from_bytes,
        lambda: [receipt_of("v1-sumcheck"), receipt_of("v2-sumcheck")],
        ("proofs.networks.fidelity.NetworkFidelity.from_bytes",),
    ),
)


def receipt_of(folder: str) -> bytes:
    """The receipt inside a network's commitment."""
    receipt = committed(folder)[0].receipt
    return b"" if receipt is None else receipt.to_bytes()
