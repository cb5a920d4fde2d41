"""Zero-knowledge proofs of the sumcheck backend as a user makes and checks them: modes, and budgets."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest
from cli_kit import Result, assay
from helpers.tiny_models import mlp

from proofs.fidelity import float_logits

NOTHING = "hides nothing: weights, inputs and intermediate values leak from the opened columns"
HIDES = "zero-knowledge: hides weights"
SUMCHECK = ("--backend", "sumcheck")
ROWS = ("--log-columns", 10)
MODEL_PROOFS, DATA_PROOFS = 3, 4
"""What rows of 2^10 entries can hide: a model's last opening is kept for a renewal."""
TOTAL = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One model and labelled data, committed in both modes; hiding ones bare, open ones with names that say so."""
    folder = tmp_path_factory.mktemp("hiding")
    (folder / "model.onnx").write_bytes(mlp(0))
    rng = np.random.default_rng(5)
    np.savez(folder / "samples.npz", x=rng.uniform(-1, 1, (64, 8)).astype(np.float32))
    x = rng.uniform(-1, 1, (TOTAL, 8)).astype(np.float32)
    np.savez(folder / "data.npz", x=x, y=float_logits(mlp(0), x).argmax(1))
    for name, mode in (("model", ()), ("open", ("--no-zk",))):
        made = commit_model(folder, f"{name}.commit", *ROWS, *mode)
        assert made.code == 0, made.err
        (folder / f"{name}.json").write_text(made.out)
        data = commit_data(folder, f"{name}.commit", f"{name}-data.commit", *mode)
        assert data.code == 0, data.err
    return folder


def commit_model(folder: Path, out: str, *options: object) -> Result:
    files = (folder / "model.onnx", "--calibrate", folder / "samples.npz", "-o", folder / out)
    return assay("commit", "model", *files, *SUMCHECK, "--json", "-", *options)


def commit_data(folder: Path, model: str, out: str, *options: object) -> Result:
    files = (folder / "data.npz", "--format", folder / model, "-o", folder / out)
    return assay("commit", "data", *files, "--json", "-", *options)


def prove(folder: Path, kind: str, out: str, *options: object, commit: str = "model.commit") -> Result:
    files = ("--model", folder / "model.onnx", "--commit", folder / commit, "--data", folder / "data.npz")
    return assay("prove", kind, *files, "-o", folder / out, "--json", "-", *options)


def explain(path: Path) -> Result:
    return assay("explain", path, "--json", "-")


@pytest.fixture(scope="module")
def score(folder: Path) -> Result:
    """The first proof: it takes one of each budget."""
    return prove(folder, "accuracy", "score.assay", "--data-commit", folder / "model-data.commit")


def test_commitments_say_what_they_hide_and_how_often(folder: Path) -> None:
    made = commit_model(folder, "again.commit", *ROWS)
    assert made.document["zero_knowledge"] is True and made.document["proof_budget"] == MODEL_PROOFS
    assert f"it hides the weights in {MODEL_PROOFS} proofs" in made.err and NOTHING not in made.err
    assert stat.S_IMODE((folder / "again.commit.secret").stat().st_mode) == 0o600
    fewer = commit_model(folder, "fewer.commit", *ROWS, "--proofs", 1)
    assert fewer.document["proof_budget"] == 1 and "in 1 proof," in fewer.err
    data = commit_data(folder, "again.commit", "again-data.commit")
    assert data.document["zero_knowledge"] is True and data.document["proof_budget"] == DATA_PROOFS
    assert f"it hides the examples and labels in {DATA_PROOFS} proofs" in data.err
    few = commit_data(folder, "again.commit", "few-data.commit", "--proofs", 1)
    assert few.document["proof_budget"] == DATA_PROOFS, "examples are hidden as their model is"
    many = commit_data(folder, "again.commit", "many-data.commit", "--proofs", DATA_PROOFS + 1)
    many.refused(4, f"in 1 to {DATA_PROOFS} proofs; commit the model with")
    openly = commit_model(folder, "openly.commit", "--no-zk")
    assert openly.document["zero_knowledge"] is False and openly.document["proof_budget"] == 0
    assert NOTHING in openly.err
    corpus = assay(
        "commit", "corpus", folder / "data.npz", "--format", folder / "again.commit", "-o", folder / "corpus.commit",
        "--json", "-",
    )  # fmt: skip
    assert corpus.document["zero_knowledge"] is True and "it hides the examples in" in corpus.err


def test_eighty_proofs_unless_rows_are_short(folder: Path) -> None:
    assert commit_model(folder, "full.commit").document["proof_budget"] >= 80


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--no-zk", "--proofs", 4), "--no-zk and --proofs"),
        (("--proofs", 0), "--proofs 0: choose 1 or more, or --no-zk"),
        ((*ROWS, "--proofs", 40), "--log-columns"),
        (("--log-columns", 8), "too short to hide anything"),
    ],
)
def test_what_no_commitment_can_be(folder: Path, options: tuple[object, ...], words: str) -> None:
    commit_model(folder, "none.commit", *options).refused(4, words)
    assert not (folder / "none.commit").exists()


def test_model_and_data_are_of_one_mode(folder: Path) -> None:
    commit_data(folder, "model.commit", "none.commit", "--no-zk").refused(4, "leave --no-zk out")
    commit_data(folder, "open.commit", "none.commit").refused(4, "say --no-zk here, too")
    open_data = ("--data-commit", folder / "open-data.commit")
    prove(folder, "accuracy", "none.assay", *open_data).refused(4, "commit the data again without --no-zk")
    hiding_data = ("--data-commit", folder / "model-data.commit")
    prove(folder, "accuracy", "none.assay", *hiding_data, commit="open.commit").refused(4, "was committed with --no-zk")


@pytest.mark.parametrize("kind", ["accuracy", "inference", "retrieval"])
def test_no_integrity_proof_of_what_is_hidden(folder: Path, kind: str) -> None:
    more = ("--class", 0) if kind == "retrieval" else ()
    before = explain(folder / "model.commit").document["proof_budget_left"]
    prove(folder, kind, "none.assay", "--no-zk", *more).refused(4, "would give away what it hides")
    assert explain(folder / "model.commit").document["proof_budget_left"] == before
    assert not (folder / "none.assay").exists()


def test_no_zk_is_no_word_of_other_backends(folder: Path) -> None:
    open_ = ("--backend", "safetynets", "--model", folder / "model.onnx", "--data", folder / "data.npz")
    assay("prove", "inference", *open_, "-o", folder / "none", "--no-zk", "--json", "-").refused(4, "--no-zk: only")
    assay("estimate", folder / "model.onnx", "--no-zk", "--json", "-").refused(4, "--no-zk: only")


def test_a_proof_says_its_mode_and_takes_from_both_budgets(folder: Path, score: Result) -> None:
    assert score.code == 0, score.err
    assert score.document["zero_knowledge"] is True and score.document["statement"]["zero_knowledge"] is True
    assert score.document["proof_budget_left"] == MODEL_PROOFS - 1
    assert score.document["data_budget_left"] == DATA_PROOFS - 1
    assert HIDES in score.err and NOTHING not in score.err and "2 proofs left in the model's budget" in score.err
    files = ("--commit", folder / "model.commit", "--data-commit", folder / "model-data.commit")
    checked = assay("verify", folder / "score.assay", *files, "--json", "-")
    assert checked.code == 0, checked.err
    assert checked.document["zero_knowledge"] is True and HIDES in checked.err and NOTHING not in checked.err
    assert 100 <= checked.document["worst_round_bits"] and checked.document["leaks"] == score.document["leaks"]
    assert any("not the sum alone" in leak for leak in checked.document["leaks"])
    mixed = ("--commit", folder / "model.commit", "--data-commit", folder / "open-data.commit", "--json", "-")
    assay("verify", folder / "score.assay", *mixed).refused(2, "check 'hiding'")
    openly = ("--commit", folder / "open.commit", "--data-commit", folder / "open-data.commit", "--json", "-")
    assert assay("verify", folder / "score.assay", *openly).code == 2


def test_explain(folder: Path, score: Result) -> None:
    sheet = explain(folder / "score.assay")
    assert sheet.document["zero_knowledge"] is True and "zero-knowledge" in sheet.document["title"]
    assert NOTHING not in sheet.err and "one budget among them all" in sheet.err
    model, data = explain(folder / "model.commit"), explain(folder / "model-data.commit")
    assert model.document["proof_budget_left"] == MODEL_PROOFS - 1 and data.document["proof_budget_left"] < DATA_PROOFS
    assert model.document["zero_knowledge"] and data.document["zero_knowledge"] and not model.document["verified"]
    assert "hides its weights in 3 proofs, 2 left" in model.err and "examples and labels in 4 proofs" in data.err
    for name in ("open.commit", "open-data.commit"):
        said = explain(folder / name)
        assert NOTHING in said.err and not said.document["zero_knowledge"] and said.document["proof_budget"] == 0
    (folder / "cut.commit").write_bytes((folder / "model.commit").read_bytes()[:-1])
    explain(folder / "cut.commit").refused(3, "model commitment")


def test_public_data_have_no_budget_and_a_spent_model_proves_no_more(folder: Path) -> None:
    spent = commit_model(folder, "spent.commit", *ROWS)
    assert spent.code == 0, spent.err
    made = prove(folder, "inference", "logits.assay", "--shard", 3, commit="spent.commit")
    assert made.code == 0, made.err
    assert made.document["data_budget_left"] is None and "the data are public" in made.err
    assert made.document["proof_budget_left"] == MODEL_PROOFS - 2 and "not the logits it states" in made.err
    checked = assay(
        "verify", folder / "logits.assay", "--commit", folder / "spent.commit", "--data", folder / "data.npz", "--json",
        "-",
    )  # fmt: skip
    assert checked.code == 0 and checked.document["logits"] == made.document["logits"]
    prove(folder, "inference", "none.assay", "--shard", 3, commit="spent.commit").refused(9, "are needed")
    assert explain(folder / "spent.commit").document["proof_budget_left"] == 1
    found = prove(folder, "retrieval", "found.assay", "--class", 0, commit="spent.commit")
    assert found.document["proof_budget_left"] == 0
    again = prove(folder, "retrieval", "none.assay", "--class", 1, commit="spent.commit")
    again.refused(9, "Commit the model again")
    assert "0 left" in explain(folder / "spent.commit").err
