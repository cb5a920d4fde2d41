"""Integrity proofs with committed networks as a user makes and checks them; the commitment decides the backend."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest
from cli_kit import Kit, Result, assay
from helpers.tiny_models import mlp

from proofs.fidelity import float_logits

ALWAYS = {"verdict", "statement", "zero_knowledge", "backend", "soundness_bits", "worst_round_bits", "rounds", "srs"}
COST = {"prove_s", "peak_memory_mb", "stages", "proof_bytes", "shards", "shards_resumed", "clipped", "leaks"}
NOTHING = "hides nothing: weights, inputs and intermediate values leak from the opened columns"
BACKEND = ("--backend", "sumcheck")
OPENLY = (*BACKEND, "--no-zk")
TOTAL = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model and labelled data, committed."""
    folder = tmp_path_factory.mktemp("sumcheck")
    (folder / "model.onnx").write_bytes(mlp(0))
    (folder / "other.onnx").write_bytes(mlp(1))
    rng = np.random.default_rng(5)
    np.savez(folder / "samples.npz", x=rng.uniform(-1, 1, (64, 8)).astype(np.float32))
    x = rng.uniform(-1, 1, (TOTAL, 8)).astype(np.float32)
    y = float_logits(mlp(0), x).argmax(1)
    y[1] = (y[1] + 1) % 3
    np.savez(folder / "data.npz", x=x, y=y)
    np.savez(folder / "shuffled.npz", x=x[::-1], y=y[::-1])
    np.savez(folder / "cut.npz", x=x[:-1], y=y[:-1])
    np.savez(folder / "doubled.npz", x=np.concatenate([x, x[:1]]), y=np.append(y, y[0]))
    np.savez(folder / "relabelled.npz", x=x, y=(y + 1) % 3)
    np.savez(folder / "bytes.npz", x=np.round(255 * np.abs(x)), y=y)
    for name, seed in (("model", 0), ("other", 1)):
        done = assay(
            "commit", "model", folder / f"{name}.onnx", *OPENLY, "--calibrate", folder / "samples.npz",
            "-o", folder / f"{name}.commit", "--json", folder / f"{name}.json",
        )  # fmt: skip
        assert done.code == 0, (seed, done.err)
    data = ("commit", "data", folder / "data.npz", "--format", folder / "model.commit", "--chunk", 4, "--no-zk")
    assert assay(*data, "-o", folder / "data.commit").code == 0
    return folder


def prove(folder: Path, kind: str, out: str, *options: object, data: str = "data.npz", onnx: str = "model") -> Result:
    files = ("--model", folder / f"{onnx}.onnx", "--commit", folder / "model.commit", "--data", folder / data)
    return assay("prove", kind, *files, "-o", folder / out, "--json", "-", *options)


def verify(folder: Path, proof: str, *options: object, commit: str = "model.commit") -> Result:
    return assay("verify", folder / proof, "--commit", folder / commit, "--json", "-", *options)


@pytest.fixture(scope="module")
def score(folder: Path) -> Result:
    return prove(folder, "accuracy", "score.assay", "--data-commit", folder / "data.commit", "--shard", 3)


@pytest.fixture(scope="module")
def logits(folder: Path) -> Result:
    return prove(folder, "inference", "logits.assay", "--context", "ab" * 32)


def test_a_model_is_committed(folder: Path) -> None:
    assert stat.S_IMODE((folder / "model.commit.secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "data.commit.secret").stat().st_mode) == 0o600
    again = assay("commit", "model", folder / "model.onnx", *BACKEND, "-o", folder / "model.commit", "--json", "-")
    again.refused(4, "--force")
    out = folder / "again.commit"
    made = assay(
        "commit", "model", folder / "model.onnx", *OPENLY, "--calibrate", folder / "samples.npz", "-o", out,
        "--owner", "0x" + "12" * 20, "--bits", 6, "--json", "-",
    )  # fmt: skip
    assert made.code == 0 and NOTHING in made.err
    assert made.document["zero_knowledge"] is False and made.document["backend"] == "sumcheck"
    assert made.document["fidelity"]["examples"] == 64 and made.document["log_columns"] == 15
    unsure = assay("commit", "model", folder / "model.onnx", *BACKEND, "-o", folder / "none.commit", "--json", "-")
    unsure.refused(4, "calibration")


def test_accuracy(folder: Path, score: Result) -> None:
    assert score.code == 0, score.err
    assert ALWAYS | COST | {"correct", "at_least", "interval", "total"} <= set(score.document)
    assert (score.document["correct"], score.document["total"], score.document["shards"]) == (TOTAL - 1, TOTAL, 3)
    checked = verify(folder, "score.assay", "--data-commit", folder / "data.commit")
    assert checked.code == 0, checked.err
    assert ALWAYS | {"correct", "at_least", "interval", "total", "verify_s"} <= set(checked.document)
    for document, verdict in ((score.document, "proved"), (checked.document, "accepted")):
        assert (document["verdict"], document["backend"], document["srs"]) == (verdict, "sumcheck", "none")
        assert document["zero_knowledge"] is False and document["correct"] == TOTAL - 1
        assert 100 <= document["soundness_bits"] <= document["worst_round_bits"]
        assert NOTHING in document["leaks"][0]
    assert NOTHING in score.err and NOTHING in checked.err and "ACCEPTED" in checked.err


def test_predictions_on_public_data(folder: Path, logits: Result) -> None:
    assert logits.code == 0, logits.err
    checked = verify(folder, "logits.assay", "--data", folder / "data.npz", "--context", "ab" * 32)
    assert checked.code == 0, checked.err
    assert checked.document["logits"] == logits.document["logits"]
    scale = float(eval(checked.document["logit_scale"]))  # noqa: S307 - a fraction of our own
    floats = float_logits(mlp(0), np.load(folder / "data.npz")["x"])
    assert np.abs(np.array(checked.document["logits"]) / scale - floats).max() < 0.05
    assert checked.document["classes"] == floats.argmax(1).tolist()


@pytest.mark.parametrize("options", [("--class", 0), ("--class", 1, "--threshold", 0.25)])
def test_retrieval(folder: Path, options: tuple[object, ...]) -> None:
    out = f"found{len(options)}.assay"
    found = prove(folder, "retrieval", out, *options)
    assert found.code == 0, found.err
    checked = verify(folder, out, "--data", folder / "data.npz")
    assert checked.code == 0, checked.err
    floats = float_logits(mlp(0), np.load(folder / "data.npz")["x"])
    wanted = floats.argmax(1) == 0 if len(options) == 2 else floats[:, 1] >= 0.25
    assert checked.document["selected"] == found.document["selected"] == wanted.nonzero()[0].tolist()


def test_the_first_k(folder: Path) -> None:
    done = prove(folder, "accuracy", "top2.assay", "--top-k", 2, "--at-least", 3, *OPENLY)
    assert done.code == 0, done.err
    assert done.document["statement"]["top_k"] == 2 and done.document["at_least"] == 3
    assert verify(folder, "top2.assay", "--data", folder / "data.npz").code == 0
    prove(folder, "accuracy", "none.assay", "--top-k", 3).refused(4, "--top-k 3")
    prove(folder, "accuracy", "none.assay", "--at-least", TOTAL).refused(4, "is false and has no proof")


def test_a_corpus_of_views(folder: Path) -> None:
    corpus = folder / "corpus.commit"
    made = assay(
        "commit", "corpus", folder / "data.npz", "--format", folder / "model.commit", "-o", corpus, "--no-zk",
        "--json", "-",
    )  # fmt: skip
    assert made.code == 0, made.err
    assert (made.document["total"], made.document["labelled"], made.document["clipped"]) == (TOTAL, False, 0)
    found = assay(
        "prove", "retrieval", "--model", folder / "model.onnx", "--commit", folder / "model.commit",
        "--data-commit", corpus, "--class", 0, "-o", folder / "corpus.assay", "--json", "-",
    )  # fmt: skip
    assert found.code == 0, found.err
    assert verify(folder, "corpus.assay", "--data-commit", corpus).code == 0
    verify(folder, "corpus.assay", "--data-commit", folder / "data.commit").refused(2, "statement-labelled")


def test_explain(folder: Path, score: Result) -> None:
    said = assay("explain", folder / "score.assay", "--json", "-")
    assert said.code == 0
    assert said.document["zero_knowledge"] is False and said.document["verified"] is False
    assert NOTHING in said.err and "Not verified by this command" in said.err
    assert said.document["statement"] == score.document["statement"]


@pytest.mark.parametrize(
    ("proof", "files", "check"),
    [
        ("score", {"--data-commit": "data.commit", "--context": "ab" * 32}, "context"),
        ("score", {"--data": "data.npz"}, "statement-data"),
        ("logits", {"--data": "shuffled.npz"}, "statement-data"),
        ("logits", {"--data": "cut.npz"}, "statement-total"),
        ("logits", {"--data": "doubled.npz"}, "statement-total"),
        ("top2", {"--data": "relabelled.npz"}, "statement-data"),
    ],
)
def test_proofs_of_something_else_are_rejected(
    folder: Path, score: Result, logits: Result, proof: str, files: dict[str, str], check: str
) -> None:
    if not (folder / "top2.assay").exists():
        assert prove(folder, "accuracy", "top2.assay", "--top-k", 2).code == 0
    options = [word for name, file in files.items() for word in (name, folder / file if "." in file else file)]
    refused = verify(folder, f"{proof}.assay", *options)
    refused.refused(2, f"check '{check}'")
    assert refused.document["check"] == check


def test_another_model_is_rejected(folder: Path, score: Result) -> None:
    refused = verify(folder, "score.assay", "--data-commit", folder / "data.commit", commit="other.commit")
    assert refused.code == 2 and refused.document["check"] in ("input-format", "statement-network", "statement-model")
    prove(folder, "accuracy", "none.assay", onnx="other").refused(4, "not the one committed")


def test_wrong_data_is_not_proven(folder: Path) -> None:
    commit = ("--data-commit", folder / "data.commit")
    for data in ("shuffled.npz", "cut.npz", "relabelled.npz"):
        prove(folder, "accuracy", "none.assay", *commit, data=data).refused(4, "is not what was committed")
    prove(folder, "accuracy", "none.assay", data="doubled.npz").refused(4, "repeats example 0")
    prove(folder, "accuracy", "none.assay", *commit, "--chunk", 2).refused(4, "--chunk is for public data")


def test_values_beyond_the_range_are_counted_aloud(folder: Path) -> None:
    done = prove(folder, "inference", "bytes.assay", data="bytes.npz")
    assert done.code == 0 and done.document["clipped"] > 0
    assert f"{done.document['clipped']} of {8 * TOTAL} input values lie outside" in done.err


def test_damaged_files(folder: Path, score: Result, tmp_path: Path) -> None:
    raw = (folder / "score.assay").read_bytes()
    for name, content, code in (("cut", raw[:-1], 3), ("more", raw + b"\0", 3), ("bit", raw[:-1] + b"\x7e", 3)):
        path = tmp_path / name
        path.write_bytes(content)
        found = assay(
            "verify", path, "--commit", folder / "model.commit", "--data-commit", folder / "data.commit", "--json", "-"
        )
        assert found.code in (2, code) and found.code != 0 and "Traceback" not in found.err
    (tmp_path / "data.commit").write_bytes((folder / "data.commit").read_bytes()[:-1])
    verify(folder, "score.assay", "--data-commit", tmp_path / "data.commit").refused(3, "data commitment")


def test_backends_do_not_mix(folder: Path, kit: Kit, score: Result) -> None:
    halo2 = ("--model", kit.model_onnx, "--commit", kit.model_commit, "--data", kit.data_npz, "-o", folder / "none")
    assay("prove", "accuracy", *halo2, *BACKEND, "--json", "-").refused(4, "--backend sumcheck")
    assay("prove", "accuracy", *halo2, "--shard", 2, "--json", "-").refused(4, "--shard")
    assay("prove", "accuracy", *halo2, "--no-zk", "--json", "-").refused(4, "--no-zk")
    verify(folder, "score.assay", "--data-commit", folder / "data.commit", commit=str(kit.model_commit)).refused(
        2, "check 'backend'"
    )
    mixed = ("--commit", folder / "model.commit", "--data-commit", kit.data_commit, "--json", "-")
    assay("verify", kit.proof_assay, *mixed).refused(2, "check 'backend'")
    data = ("commit", "data", folder / "data.npz", "-o", folder / "none.commit", "--json", "-")
    assay(*data, *BACKEND).refused(4, "--format model.commit")
    assay(*data, *BACKEND, "--format", kit.model_commit).refused(4, "no commitment for the sumcheck backend")
    assay(*data, "--chunk", 2).refused(4, "--chunk")
    assay(*data, "--no-zk", "--proofs", 2).refused(4, "--proofs and --no-zk")
    model = ("commit", "model", folder / "model.onnx", "-o", folder / "none.commit", "--json", "-")
    assay(*model, *BACKEND, "--batch", 4).refused(4, "halo2's")
    assay(*model, "--bits", 6, "--no-zk").refused(4, "--bits and --no-zk")


def test_check(folder: Path) -> None:
    checked = assay("check", folder / "model.onnx", *BACKEND, "--json", "-")
    assert (checked.code, checked.document["verdict"], checked.document["classes"]) == (0, "supported", 3)


def test_thresholds_that_decide_nothing_are_refused(folder: Path) -> None:
    for options, words in (
        (("--class", 1, "--threshold", 1e9), "outputs lie between"),
        (("--class", 1, "--threshold", "nan"), "outputs lie between"),
        (("--class", 3), "class 3 does not exist"),
        (("--threshold", 0.1), "--class C"),
        ((), "--class C"),
    ):
        prove(folder, "retrieval", "none.assay", *options).refused(4, words)
