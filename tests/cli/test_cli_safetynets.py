"""Proofs in the open as a user makes and checks them: two files in, no commitment, exit codes as everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cli_kit import Result, assay
from helpers.tiny_models import mlp
from helpers.tiny_safetynets import CONTEXT, images, proven_cnn, square_cnn, square_mlp

from assay.scales import parse_scales
from proofs.errors import InvalidInput

PROVE_FIELDS = {"prove_s", "peak_memory_mb", "stages", "proof_bytes", "message_bytes", "classes", "logits", "clipped"}
ALWAYS = {"verdict", "statement", "zero_knowledge", "backend", "soundness_bits", "worst_round_bits", "rounds", "srs"}
BACKEND = ("--backend", "safetynets")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models and inputs as files."""
    folder = tmp_path_factory.mktemp("open")
    (folder / "model.onnx").write_bytes(square_cnn())
    (folder / "other.onnx").write_bytes(square_cnn(1))
    (folder / "relu.onnx").write_bytes(mlp(0))
    (folder / "dense.onnx").write_bytes(square_mlp())
    np.savez(folder / "data.npz", x=images(), y=np.zeros(3, int))
    np.savez(folder / "other.npz", x=images(seed=2))
    np.savez(folder / "bytes.npz", x=(255 * images()).astype(np.uint8))
    np.savez(folder / "beyond.npz", x=2 * images())
    return folder


def prove(folder: Path, *options: object, model: str = "model.onnx", data: str = "data.npz") -> Result:
    files = ("--model", folder / model, "--data", folder / data, "-o", folder / "proof.assay")
    return assay("prove", "inference", *BACKEND, *files, "--json", "-", *options)


def verify(folder: Path, *options: object, model: str = "model.onnx", data: str = "data.npz") -> Result:
    files = ("--model", folder / model, "--data", folder / data)
    return assay("verify", folder / "proof.assay", *files, "--json", "-", *options)


@pytest.fixture(scope="module")
def proof(folder: Path) -> Result:
    return prove(folder, "--context", CONTEXT.hex())


def test_prove_verify_explain(folder: Path, proof: Result) -> None:
    assert proof.code == 0, proof.err
    assert PROVE_FIELDS | ALWAYS <= set(proof.document)
    assert (folder / "proof.assay").read_bytes() == proven_cnn().bundle.to_bytes()
    verified = verify(folder, "--context", CONTEXT.hex())
    assert verified.code == 0, verified.err
    assert ALWAYS | {"verify_s", "classes", "logits", "logit_scale", "total"} <= set(verified.document)
    for document, verdict in ((proof.document, "proved"), (verified.document, "accepted")):
        assert (document["verdict"], document["backend"], document["srs"]) == (verdict, "safetynets", "none")
        assert (document["zero_knowledge"], document["total"], document["clipped"]) == (False, 3, 0)
        assert 110 < document["soundness_bits"] < document["worst_round_bits"] < 122
    assert verified.document["logits"] == proof.document["logits"] == proven_cnn().bundle.integers.tolist()
    assert "ACCEPTED" in verified.err and "nothing is hidden" in proof.err


def test_explain_computes_the_bits(folder: Path, proof: Result) -> None:
    explained = assay("explain", folder / "proof.assay", "--json", "-")
    assert explained.code == 0
    assert (explained.document["verified"], explained.document["rounds"]) == (False, proof.document["rounds"])
    assert f"{proof.document['soundness_bits']:g} bits of soundness" in explained.err
    assert "Not verified by this command" in explained.err


def test_json_may_go_to_a_file(folder: Path, proof: Result, tmp_path: Path) -> None:
    files = ("--model", folder / "model.onnx", "--data", folder / "data.npz")
    done = assay("verify", folder / "proof.assay", *files, "--json", tmp_path / "verdict.json")
    assert done.code == 0 and "ACCEPTED" in done.out
    assert '"accepted"' in (tmp_path / "verdict.json").read_text()


@pytest.mark.parametrize(
    ("options", "files", "check"),
    [
        (("--context", "ab" * 32), {}, "context"),
        ((), {"model": "other.onnx"}, "statement-network"),
        ((), {"data": "other.npz"}, "statement-inputs"),
        (("--alpha", "14/4"), {}, "statement-alpha"),
        (("--betas", "8,8,8,16"), {}, "statement-betas"),
        (("--input-range=-1,1",), {}, "statement-input_box"),
    ],
    ids=["context", "model", "inputs", "alpha", "betas", "range"],
)
def test_proofs_of_something_else_are_rejected(
    folder: Path, proof: Result, options: tuple[str, ...], files: dict[str, str], check: str
) -> None:
    refused = verify(folder, *options, **files)
    refused.refused(2, f"check '{check}'")
    assert (refused.document["verdict"], refused.document["check"]) == ("rejected", check)


def test_scales_named_on_both_sides_are_accepted(folder: Path) -> None:
    scales = ("--alpha", "3.5", "--betas", "16, 8,8,17/2", "--input-range", "0,1")
    assert prove(folder, *scales).code == 0
    assert verify(folder, *scales).code == 0
    named = verify(folder)
    named.refused(2, "--alpha 7/2 --betas 16,8,8,17/2 --input-range=0,8/7")
    assert prove(folder, "--context", CONTEXT.hex()).code == 0


def test_inputs_beyond_the_range_are_clipped_aloud_or_refused(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "clipped.assay"
    files = ("--model", folder / "model.onnx", "-o", out, "--json", "-")
    clipped = assay("prove", "inference", *BACKEND, *files, "--data", folder / "beyond.npz")
    assert clipped.code == 0
    assert f"{clipped.document['clipped']} input values lie outside" in clipped.err and clipped.document["clipped"] > 0
    refused = assay("prove", "inference", *BACKEND, *files, "--data", folder / "bytes.npz")
    refused.refused(4, "divided by 255")


def test_two_primes_from_the_command_line(folder: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "rows.npz", x=np.linspace(0, 1, 16).reshape(2, 8))
    files = ("--model", folder / "dense.onnx", "--data", tmp_path / "rows.npz")
    made = assay("prove", "inference", *BACKEND, *files, "-o", tmp_path / "two.assay", "--json", "-")
    assert made.code == 0, made.err
    assert made.document["statement"]["fields"] == ["m61", "m61b"]
    checked = assay("verify", tmp_path / "two.assay", *files, "--json", "-")
    assert checked.code == 0
    assert checked.document["logits"] == made.document["logits"]
    assert max(abs(logit) for row in made.document["logits"] for logit in row) > 1 << 64


def test_models_and_files_it_does_not_take(folder: Path, tmp_path: Path) -> None:
    prove(folder, model="relu.onnx").refused(5, "Relu")
    prove(folder, "--betas", "1048576,1048576,1048576,1048576").refused(5, "bits")
    prove(folder, model="data.npz").refused(4, "ONNX")
    prove(folder, model="none.onnx").refused(4, "is not a file")
    prove(folder, data="none.npz").refused(8, "does not exist")
    out = folder / "data.npz"
    files = ("--model", folder / "model.onnx", "--data", out, "-o", out)
    assay("prove", "inference", *BACKEND, *files, "--json", "-").refused(4, "written over")
    assay("prove", "inference", *BACKEND, *files[:2], "-o", tmp_path / "p", "--json", "-").refused(4, "--data DATA.npz")


def test_check_names_what_cannot_be_proven(folder: Path, tmp_path: Path) -> None:
    checked = assay("check", folder / "model.onnx", *BACKEND, "--json", "-")
    assert (checked.code, checked.document["verdict"], checked.document["problems"]) == (0, "supported", [])
    assert (checked.document["input_shape"], checked.document["classes"]) == ([1, 4, 4], 3)
    assert checked.document["parameters"] == 20 + 57 + 9 + 39
    refused = assay("check", folder / "relu.onnx", *BACKEND, "--json", "-")
    assert (refused.code, refused.document["verdict"]) == (5, "unsupported")
    assert [problem["op"] for problem in refused.document["problems"]] == ["Relu"]
    (tmp_path / "large.onnx").write_bytes(square_cnn(betas="[1048576, 1048576, 1048576, 1048576]"))
    large = assay("check", tmp_path / "large.onnx", *BACKEND, "--json", "-")
    assert large.code == 5 and "bits" in large.document["problems"][0]["reason"]


def test_more_inputs_than_fit_are_refused_before_any_work(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proofs.safetynets_memory.WORKING_SPACE", 1 << 40)
    refused = prove(folder)
    refused.refused(6, "prove them in parts of at most")
    assert refused.document["needed"] > refused.document["available"] > 0


def test_commitments_have_no_place_here(folder: Path, proof: Result, tmp_path: Path) -> None:
    for option in ("--commit", "--data-commit"):
        prove(folder, option, tmp_path / "c").refused(4, "leave out --commit and --data-commit")
    verify(folder, "--commit", tmp_path / "c").refused(4, "leave out --commit and --data-commit")
    only_data = assay("verify", folder / "proof.assay", "--data", folder / "data.npz", "--json", "-")
    only_data.refused(64, "--model for a proof of the safetynets backend")
    files = ("--model", folder / "model.onnx", "-o", tmp_path / "p", "--json", "-")
    assay("prove", "inference", *files, "--data", folder / "data.npz").refused(64, "--commit")
    assay("prove", "inference", *files, "--commit", tmp_path / "c", "--alpha", "7").refused(4, "fixes its own scale")


@pytest.mark.parametrize(
    "words",
    [
        ("prove", "accuracy", "--model", "m", "--data", "d", "-o", "p"),
        ("prove", "retrieval", "--model", "m", "--data", "d", "-o", "p", "--class", "1"),
        ("commit", "model", "m", "-o", "c"),
        ("commit", "data", "d", "-o", "c"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_what_needs_a_commitment_names_the_backend_that_makes_one(words: tuple[str, ...]) -> None:
    assay(*words, *BACKEND, "--json", "-").refused(4, "use --backend halo2")


@pytest.mark.parametrize(
    ("alpha", "betas", "input_range", "words"),
    [
        ("0", None, None, "--alpha: '0' is no positive number"),
        ("-7", None, None, "--alpha"),
        ("7e3", None, None, "--alpha"),
        ("1/0", None, None, "--alpha"),
        ("9" * 19, None, None, "--alpha"),
        (None, "8,,8", None, "--betas: ''"),
        (None, "8;8", None, "--betas"),
        (None, None, "1", "no pair of numbers"),
        (None, None, "0,1,2", "no pair of numbers"),
        (None, None, "1,-1", "the least input comes first"),
        (None, None, "0,inf", "no pair of numbers"),
    ],
)
def test_scales_are_plain_numbers(alpha: str | None, betas: str | None, input_range: str | None, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        parse_scales(alpha, betas, input_range)
