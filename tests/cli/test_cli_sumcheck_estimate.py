"""What a proof of the sumcheck backend will take, said before any work, is what it then takes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from cli_kit import Result, assay
from helpers.tiny_models import mlp

from proofs.container import MAX_FILE_BYTES
from proofs.sumcheck_backend import bundle_size, proving
from proofs.sumcheck_backend.bundle_size import fewer_proofs
from proofs.sumcheck_backend.data_commitment import DataCommitment

LENET = Path(__file__).resolve().parents[2] / "examples" / "models" / "lenet" / "lenet.onnx"
TOTAL = 20
SUMCHECK = ("--backend", "sumcheck")
MODE: dict[str, tuple[str, ...]] = {"tiny": ("--no-zk",), "lenet": ()}
"""Zero-knowledge and integrity proofs are both foretold."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model, committed, with labelled data; LeNet with images of noise."""
    folder, rng = tmp_path_factory.mktemp("estimate"), np.random.default_rng(5)
    (folder / "tiny.onnx").write_bytes(mlp(0))
    (folder / "lenet.onnx").write_bytes(LENET.read_bytes())
    for name, shape, classes in (("tiny", (8,), 3), ("lenet", (1, 28, 28), 10)):
        x = rng.uniform(0, 1, (TOTAL, *shape)).astype(np.float32)
        np.savez(folder / f"{name}.npz", x=x, y=rng.integers(0, classes, TOTAL))
        done = assay(
            "commit", "model", folder / f"{name}.onnx", *SUMCHECK, *MODE[name], "--calibrate", folder / f"{name}.npz",
            "-o", folder / f"{name}.commit",
        )  # fmt: skip
        assert done.code == 0, done.err
    return folder


def estimate(*options: object) -> Result:
    return assay("estimate", *options, "--json", "-")


def prove(folder: Path, name: str, *options: object) -> Result:
    files = ("--model", folder / f"{name}.onnx", "--commit", folder / f"{name}.commit")
    out = ("--data", folder / f"{name}.npz", "-o", folder / f"{name}.assay", "--json", "-")
    return assay("prove", "accuracy", *files, *out, *options)


@pytest.mark.parametrize(("name", "options"), [("tiny", ("--shard", 3, "--chunk", 8)), ("lenet", ())])
def test_proofs_are_as_foretold(folder: Path, name: str, options: tuple[object, ...]) -> None:
    said = estimate(
        folder / f"{name}.onnx", *SUMCHECK, *MODE[name], "--calibrate", folder / f"{name}.npz", "--batch", TOTAL,
        *options,
    )  # fmt: skip
    assert said.code == 0, said.err
    done = prove(folder, name, *options)
    assert done.code == 0, done.err
    foretold, real = said.document, done.document
    assert abs(foretold["proof_bytes"] - real["proof_bytes"]) < 0.02 * real["proof_bytes"]
    for same in ("shards", "rounds", "soundness_bits", "worst_round_bits", "backend", "zero_knowledge"):
        assert foretold[same] == real[same], same
    assert foretold["fits"] is True and foretold["peak_memory_mb"] < foretold["available_memory_mb"]
    assert foretold["examples"] == TOTAL and foretold["shard"] == (3 if options else TOTAL)
    assert 0 < foretold["verify_s"] < 60 and 0 < foretold["prove_s"] < foretold["prove_cpu_s"] < 60
    assert foretold["setup_memory_mb"] > 100 and foretold["setup_s"] > 0 and foretold["ranges"] == "given"
    assert "nothing else to do" in said.err and ("hides nothing" in said.err) is ("--no-zk" in MODE[name])
    assert foretold["zero_knowledge"] is (name == "lenet")


def test_a_commitment_in_place_of_the_file(folder: Path) -> None:
    calibrated = (*SUMCHECK, *MODE["tiny"], "--calibrate", folder / "tiny.npz")
    own = estimate(folder / "tiny.onnx", *calibrated, "--batch", 1000).document
    committed = estimate("--commit", folder / "tiny.commit", "--batch", 1000)
    assert committed.code == 0, committed.err
    varying = {"available_memory_mb", "ranges"}
    assert {k: v for k, v in committed.document.items() if k not in varying} == {
        k: v for k, v in own.items() if k not in varying
    }
    named = estimate(folder / "lenet.onnx", "--commit", folder / "tiny.commit", "--total", 1000)
    assert "is not looked at" in named.err and named.document["parameters"] == own["parameters"]


def test_sizes_of_a_known_network(folder: Path) -> None:
    said = estimate("--commit", folder / "lenet.commit", "--batch", 1).document
    assert (said["parameters"], said["macs"]) == (61706, 416520)
    more = estimate("--commit", folder / "lenet.commit", "--batch", 256).document
    assert more["lookups"] == 256 * 18579  # remainders, outputs and inputs, and of a label marks, margins and more
    for growing in ("committed", "peak_memory_mb", "prove_s", "verify_s", "proof_bytes"):
        assert more[growing] > said[growing], growing


REFUSED: list[tuple[tuple[object, ...], str]] = [
    (("tiny.onnx", *SUMCHECK, "--task", "other"), "--task other: choose"),
    ((*SUMCHECK,), "give MODEL.onnx, or --commit"),
    (("tiny.onnx", *SUMCHECK, "--calibrate", "tiny.npz", "--batch", 0), "0 examples: 1 to"),
    (("tiny.onnx", *SUMCHECK, "--calibrate", "tiny.npz", "--shard", 0), "--shard 0"),
    (("tiny.onnx", *SUMCHECK, "--calibrate", "tiny.npz", "--chunk", 0), "0 examples a chunk"),
    (("tiny.onnx", *SUMCHECK, "--calibrate", "lenet.npz"), "shape"),
    (("tiny.onnx", *SUMCHECK, "--scale-bits", 10), "--binding and --scale-bits are halo2's"),
    (("tiny.onnx", *SUMCHECK, "--binding", "fixed"), "are halo2's"),
    (("tiny.onnx", "--bits", 8, "--log-columns", 9), "--bits and --log-columns: only for models"),
    (("tiny.onnx", "--backend", "safetynets"), "not available"),
    (("--commit", "tiny.commit", "--bits", 8), "leave them out"),
    (("--commit", "lenet.commit", "--no-zk"), "leave them out"),
    (("--commit", "lenet.commit", "--proofs", 3), "leave them out"),
    (("tiny.onnx", *SUMCHECK, "--no-zk", "--proofs", 3), "leave one of them out"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_refusals(folder: Path, options: tuple[object, ...], words: str) -> None:
    files = ("tiny.onnx", "tiny.npz", "lenet.npz", "tiny.commit", "lenet.commit")
    estimate(*(folder / str(word) if word in files else word for word in options)).refused(4, words)


def test_what_does_not_fit_into_memory_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_MEMORY_LIMIT_MB", "150")
    said = estimate("--commit", folder / "tiny.commit", "--batch", 100)
    assert said.code == 0 and said.document["fits"] is False and said.document["available_memory_mb"] == 150
    assert "this will not fit" in said.err
    assert len(said.document["problems"]) == 1, "of the proof; the set-up is done"
    file = estimate(folder / "tiny.onnx", *SUMCHECK, "--calibrate", folder / "tiny.npz", "--no-zk", "--batch", 100)
    assert len(file.document["problems"]) == 2, "of the proof and of the set-up"
    monkeypatch.setenv("ASSAY_MEMORY_LIMIT_MB", "abc")
    refused = assay("estimate", "--commit", folder / "tiny.commit")
    assert (refused.code, refused.out) == (4, "")


def test_without_calibration_random_inputs_give_nearly_the_same_sizes(folder: Path) -> None:
    model, batch = folder / "lenet.onnx", ("--batch", 256)
    real = estimate(model, *SUMCHECK, "--calibrate", folder / "lenet.npz", *batch).document
    drawn = estimate(model, *SUMCHECK, *batch)
    assert drawn.code == 0 and drawn.document["ranges"] == "random" and "random inputs" in drawn.err
    for name in ("shards", "parameters", "macs", "lookups", "soundness_bits"):
        assert drawn.document[name] == real[name], name
    for name in ("committed", "rows", "proof_bytes", "peak_memory_mb"):
        assert abs(drawn.document[name] - real[name]) < 0.05 * real[name], name


@pytest.mark.parametrize("task", ["inference", "retrieval"])
def test_other_questions(folder: Path, task: str) -> None:
    score = estimate("--commit", folder / "tiny.commit", "--batch", 100).document
    other = estimate("--commit", folder / "tiny.commit", "--batch", 100, "--task", task).document
    assert other["task"] == task and other["lookups"] < score["lookups"] and other["fits"] is True


def test_more_proofs_than_the_commitment_may_make_do_not_fit(folder: Path) -> None:
    few = (folder / "tiny.onnx", *SUMCHECK, "--proofs", 3, "--shard", 1, "--batch")
    assert estimate(*few, 2).document["fits"] is True
    said = estimate(*few, 100)
    allowed = said.document["proof_budget"]
    assert 3 <= allowed < 100 and said.document["proof_budget_left"] == allowed
    model, chunk = said.document["problems"]
    assert f"100 proofs are needed and the commitment may make {allowed}" in model and "about a chunk" in chunk
    assert estimate(*few, 100, "--chunk", 2).document["problems"] == [model]


def test_what_is_left_of_a_budget_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.commands.sumcheck.estimate.model_left", lambda model: 1)
    said = estimate("--commit", folder / "lenet.commit", "--batch", 2, "--shard", 1).document
    assert said["fits"] is False and said["proof_budget_left"] == 1 < said["proof_budget"]


def test_work_that_does_not_fit_is_refused_unless_forced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_MEMORY_LIMIT_MB", "100")
    refused = prove(folder, "tiny", "--shard", 2)
    refused.refused(6, "give --force to try all the same")
    assert refused.document["available"] == 100 < refused.document["needed"]
    commit = ("commit", "model", folder / "tiny.onnx", *SUMCHECK, "--no-zk", "--calibrate", folder / "tiny.npz")
    again = (*commit, "-o", folder / "again.commit", "--json", "-")
    assay(*again).refused(6, "committing this model takes about")
    assert not (folder / "again.commit").exists()
    assert assay(*again, "--force").code == 0
    assert prove(folder, "tiny", "--shard", 2, "--force").code == 0


def test_bundles_nobody_reads_are_refused_before_any_proof(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("work was begun")

    once = prove(folder, "tiny", "--shard", 1).document
    each = once["proof_bytes"] / TOTAL
    with monkeypatch.context() as patch:
        patch.setattr(bundle_size, "MAX_FILE_BYTES", int(7.5 * each))
        patch.setattr(proving, "choose_workers", never)
        refused = prove(folder, "tiny", "--shard", 1)
        refused.refused(6, "7 examples fit at 1 a proof")
        assert refused.document["needed"] > refused.document["available"]
        patch.setattr(bundle_size, "MAX_FILE_BYTES", int(each / 2))
        prove(folder, "tiny", "--shard", 1).refused(6, "not even one proof fits")
    monkeypatch.setattr(bundle_size, "MAX_FILE_BYTES", int(1.03 * once["proof_bytes"]))
    assert prove(folder, "tiny", "--shard", 1).code == 0


def test_estimates_say_so_too(folder: Path) -> None:
    said = estimate("--commit", folder / "tiny.commit", "--batch", 1000, "--shard", 2)
    assert said.document["fits"] is False and said.document["proof_bytes"] > MAX_FILE_BYTES
    assert "no reader takes more than" in said.err


@pytest.mark.parametrize(("shard", "chunk", "words"), [(4, 8, "--shard"), (8, 8, "--chunk"), (100, 100, "")])
def test_advice_for_fewer_proofs_names_what_limits_them(shard: int, chunk: int, words: str) -> None:
    advice = fewer_proofs(cast(DataCommitment, SimpleNamespace(chunk=chunk, total=100)), shard)
    assert words in advice and bool(words) is bool(advice)
