"""Inference and retrieval as a user runs them, on the session's proofs: batches already proven are read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cli_kit import Result, assay
from helpers.tiny_audit import CONTEXT
from helpers.tiny_models import mlp
from helpers.tiny_outputs import IN_CLASS_0, OVER_LIMIT, ProvenOutputs, views

from proofs.commitment.corpus_files import write_corpus
from proofs.halo2.secret_model import write_secret_model

PROVE_FIELDS = {"prove_s", "setup_s", "peak_memory_mb", "batches_resumed", "proof_budget_left"}
ALWAYS = {"verdict", "statement", "zero_knowledge", "backend", "proof_bytes", "soundness_bits", "leaks", "srs", "total"}


@pytest.fixture(scope="module")
def folder(proven_class: ProvenOutputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model and the corpus as files, and the inputs as an archive without labels."""
    folder = tmp_path_factory.mktemp("outputs")
    (folder / "model.onnx").write_bytes(mlp(0))
    write_secret_model(folder / "model.commit", proven_class.model)
    write_corpus(folder / "corpus.commit", proven_class.corpus)
    np.savez(folder / "data.npz", x=views())
    np.savez(folder / "other.npz", x=views()[::-1])
    return folder


def prove(folder: Path, task: str, *options: object) -> Result:
    model = ("--model", folder / "model.onnx", "--commit", folder / "model.commit")
    out = folder / f"{task}.assay"
    return assay("prove", task, *model, "-o", out, "--context", CONTEXT.hex(), "--json", "-", *options)


def verify(folder: Path, task: str, *options: object) -> Result:
    return assay("verify", folder / f"{task}.assay", "--commit", folder / "model.commit", "--json", "-", *options)


@pytest.fixture(scope="module")
def retrieval(folder: Path) -> Result:
    return prove(folder, "retrieval", "--data-commit", folder / "corpus.commit", "--class", 0)


@pytest.fixture(scope="module")
def inference(folder: Path, proven_inference: ProvenOutputs) -> Result:
    return prove(folder, "inference", "--data", folder / "data.npz")


def test_retrieval_by_class(folder: Path, retrieval: Result, proven_class: ProvenOutputs) -> None:
    assert retrieval.code == 0, retrieval.err
    assert PROVE_FIELDS | ALWAYS <= set(retrieval.document)
    assert (retrieval.document["verdict"], retrieval.document["selected"]) == ("proved", list(IN_CLASS_0))
    assert retrieval.document["batches_resumed"] == 2
    assert (folder / "retrieval.assay").read_bytes() == proven_class.bundle.to_bytes()
    verified = verify(folder, "retrieval", "--data-commit", folder / "corpus.commit", "--context", CONTEXT.hex())
    assert verified.code == 0, verified.err
    assert ALWAYS | {"verify_s", "matches"} <= set(verified.document)
    assert (verified.document["verdict"], verified.document["selected"]) == ("accepted", list(IN_CLASS_0))


def test_retrieval_by_threshold_with_data_compared(folder: Path, proven_threshold: ProvenOutputs) -> None:
    both = ("--data-commit", folder / "corpus.commit", "--data", folder / "data.npz")
    found = prove(folder, "retrieval", *both, "--threshold", 0.2, "--class", 0, "-o", folder / "threshold.assay")
    assert found.code == 0, found.err
    assert found.document["selected"] == list(OVER_LIMIT)
    assert "threshold 0.2 is 0.203125" in found.err and "'output 0 at least 0.203125 (26 / 2^7)'" in found.err
    verified = verify(folder, "threshold", "--data-commit", folder / "corpus.commit")
    assert "'output 0 at least 0.203125 (26 / 2^7)'" in verified.err
    assert verified.document["selected"] == list(OVER_LIMIT)
    wrong = ("--data-commit", folder / "corpus.commit", "--data", folder / "other.npz")
    prove(folder, "retrieval", *wrong, "--class", 0).refused(4, "is not what was committed")


def test_inference_on_public_data(folder: Path, inference: Result, proven_inference: ProvenOutputs) -> None:
    assert inference.code == 0, inference.err
    assert PROVE_FIELDS | ALWAYS <= set(inference.document)
    assert inference.document["classes"] == [0, 2, 0]
    assert inference.document["logits"] == [list(row) for row in proven_inference.bundle.logits(3)]
    verified = verify(folder, "inference", "--data", folder / "data.npz")
    assert verified.code == 0, verified.err
    names = ("classes", "logits", "scale_bits", "total", "statement")
    assert {n: verified.document[n] for n in names} == {n: inference.document[n] for n in names}
    assert "ACCEPTED" in verified.err
    verify(folder, "inference", "--data", folder / "other.npz").refused(2, "statement-data")
    verify(folder, "inference", "--data-commit", folder / "corpus.commit").refused(2, "statement-data")


@pytest.mark.parametrize("task", ["retrieval", "inference"])
def test_explain(task: str, folder: Path, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(task)
    explained = assay("explain", folder / f"{task}.assay", "--json", "-")
    assert explained.code == 0, explained.err
    assert explained.document["verified"] is False
    sections = explained.document["sections"]
    assert all(sections.values())
    liars = " ".join(sections["Who could still lie, and how"])
    if task == "retrieval":
        assert "exactly these 2 satisfy" in sections["Stated"][0]
        assert "withheld after commitment" in liars
        assert "1 - delta^(1/N)" in liars
        assert "off chain" in liars
    else:
        assert "can fit a model" in " ".join(sections["Public"])
    assert any("void" in line for line in sections["Bound"])


def test_what_cannot_be_asked(folder: Path) -> None:
    """Each refused with a reason, and none of them spends a proof."""
    corpus = ("--data-commit", folder / "corpus.commit")
    left = prove(folder, "retrieval", *corpus, "--class", 0).document["proof_budget_left"]
    prove(folder, "retrieval", *corpus).refused(4, "--class C, or --threshold T together with --class C")
    prove(folder, "retrieval", *corpus, "--threshold", 0.5).refused(4, "the model has 3 outputs")
    prove(folder, "retrieval", *corpus, "--class", 3).refused(4, "class 3 does not exist")
    prove(folder, "retrieval", *corpus, "--class", -1).refused(4, "class -1")
    for threshold in ("nan", "inf", "1e308"):
        prove(folder, "retrieval", *corpus, "--class", 0, "--threshold", threshold).refused(4, "no number")
    prove(folder, "retrieval", *corpus, "--class", 0, "--threshold", 1e6).refused(4, "beyond 2^24")
    prove(folder, "retrieval", *corpus, "--class", 0, "--threshold", 1e5).refused(4, "lies too far from the score")
    prove(folder, "retrieval", "--class", 0).refused(4, "--data-commit with its secret part")
    prove(folder, "inference").refused(4, "--data-commit with its secret part")
    again = prove(folder, "retrieval", *corpus, "--class", 0)
    assert again.document["proof_budget_left"] == left


def test_data_that_cannot_be_used(folder: Path, tmp_path: Path) -> None:
    x = views()
    for name, arrays, words in (
        ("no x", {"y": x}, "lacks the arrays ['x']"),
        ("one axis", {"x": x[:, 0]}, "shape"),
        ("another shape", {"x": x[:, 1:]}, "shape"),
        ("empty", {"x": x[:0]}, "0 documents"),
        ("no number", {"x": np.full((2, 8), np.nan)}, "NaN"),
    ):
        data = tmp_path / f"{name}.npz"
        np.savez(data, **arrays)
        prove(folder, "inference", "--data", data).refused(4, words)
    alone = tmp_path / "corpus.commit"
    alone.write_bytes((folder / "corpus.commit").read_bytes())
    prove(folder, "inference", "--data-commit", alone).refused(8, "secret part")
    prove(folder, "inference", "--data-commit", folder / "model.commit").refused(3, "corpus commitment")


def test_files_of_other_kinds(folder: Path, retrieval: Result) -> None:
    verify(folder, "retrieval", "--data-commit", folder / "model.commit").refused(3, "not a corpus commitment")
    verify(folder, "retrieval").refused(4, "--data-commit or as public --data")
    wrong = ("--data-commit", folder / "corpus.commit", "--context", "ab" * 32)
    verify(folder, "retrieval", *wrong).refused(2, "check 'context'")
