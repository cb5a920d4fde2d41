"""``assay demo imagenet``: what it says without its files, what refuses forgeries, and all of it where files are."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cli_kit import assay
from helpers.tiny_models import mlp
from helpers.tiny_sumcheck import network, proven, subject

from assay.commands import demo
from assay.demo.imagenet import forgeries
from assay.demo.imagenet.forgeries import NOT_REFUSED, Public, refusal, refusals
from assay.demo.imagenet.sizes import sizes
from assay.demo.imagenet.sources import IMAGE_FILES, MODEL_FILES
from proofs.networks.onnx_import import check_integer

ROOT = Path(__file__).resolve().parents[2]
COST = {"setup_s", "prove_s", "verify_s", "proof_bytes", "peak_memory_mb", "soundness_bits", "worst_round_bits"}


def place(folder: Path, names: tuple[str, ...], content: str = "") -> None:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)


@pytest.mark.parametrize("words", [("imagenet",), ("--imagenet",), ("imagenet", "--imagenet")], ids=" ".join)
def test_missing_files_are_named_with_their_origin(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSAY_DATA", str(tmp_path))
    done = assay("demo", *words, "--json", "-")
    done.refused(8, str(tmp_path))
    for said in (*MODEL_FILES, *IMAGE_FILES, "google-coral/test_data", "imagenet-sample-images", "--data-folder"):
        assert said in done.document["message"]


def test_only_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSAY_DATA", raising=False)
    working = tmp_path / "working"
    working.mkdir()
    monkeypatch.chdir(working)
    assay("demo", "imagenet", "--json", "-").refused(8, f"lacks files in {Path('..') / 'shared' / 'data'}: ")
    place(tmp_path, MODEL_FILES)
    done = assay("demo", "imagenet", "--data-folder", tmp_path, "--json", "-")
    done.refused(8, IMAGE_FILES[0])
    assert "google-coral" not in done.document["message"]


def test_unusable_options(tmp_path: Path) -> None:
    place(tmp_path, (*MODEL_FILES, *IMAGE_FILES), "index,wnid,name,file\n0,n0,tench,a.jpg\n")
    assay("demo", "accuracy", "--imagenet", "--json", "-").refused(4, "goes without 'accuracy'")
    assay("demo", "accuracy", "--no-zk", "--json", "-").refused(4, "--no-zk: only for imagenet")
    assay("demo", "imagenet", "--data-folder", tmp_path / "no", "--json", "-").refused(4, "is not a folder")
    assay("demo", "imagenet", "--data-folder", tmp_path, "--image", 1, "--json", "-").refused(4, "1 images, 0 to 0")


@pytest.mark.parametrize("content", ["", "{}", "[1]", "index,wnid,name,file\n0,n0,tench,a.jpg\n", "index\nx\n"])
def test_files_that_are_something_else(content: str, tmp_path: Path) -> None:
    place(tmp_path, (*MODEL_FILES, *IMAGE_FILES), content)
    assay("demo", "imagenet", "--data-folder", tmp_path, "--image", 0, "--json", "-").refused(4, "")


def test_it_is_not_played_with_the_exchanges() -> None:
    assert demo.IMAGENET not in demo.PROTOCOLS


@pytest.fixture(scope="module")
def honest() -> Public:
    own = subject()
    return Public(proven("logits"), own.model.commitment, own.data)


def test_the_honest_proof_is_accepted(honest: Public) -> None:
    assert refusal("nothing", lambda: honest).refused_by == NOT_REFUSED


def test_every_forgery_is_refused_by_the_proof_itself(honest: Public) -> None:
    """Not by a comparison of digests: statements are made to fit."""
    found = refusals(honest, subject().model)
    assert len(found) == 3 and all(one.refused for one in found)
    assert not [one for one in found if one.refused_by.startswith("statement")]


def test_a_forgery_that_passes_is_a_mismatch(honest: Public, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgeries, "verify", lambda *_: None)
    assert not any(one.refused for one in refusals(honest, subject().model))


def test_forgeries_are_what_they_say(honest: Public) -> None:
    forged = forgeries.changed_logit(honest).bundle
    before, after = honest.bundle.logits, forged.logits
    assert before[0].argmax() != after[0].argmax() and (before[1:] == after[1:]).all()
    other = forgeries.another_model(honest, subject().model)
    assert other.model.weights_commitment != honest.model.weights_commitment
    assert other.bundle.statement.weights == other.model.weights_commitment
    assert other.bundle.statement.model == other.model.model_id
    flipped = forgeries.flipped_byte(honest).bundle.proofs[0]
    assert sum(a != b for a, b in zip(flipped, honest.bundle.proofs[0], strict=True)) == 1


def test_sizes_are_the_checks() -> None:
    report, found = check_integer(mlp(0)), sizes(network().commitment.network, network().weights)
    assert (found.parameters, found.macs) == (report.parameters, report.macs)


@pytest.mark.slow
def test_one_photograph(tmp_path: Path) -> None:
    folder = Path(os.environ.get("ASSAY_DATA") or ROOT.parent / "shared" / "data")
    if not all((folder / name).is_file() for name in (*MODEL_FILES, *IMAGE_FILES)):
        pytest.skip("no mobilenet-quant and imagenet-sample-1000 in ASSAY_DATA: set it to the folder that holds them")
    out = tmp_path / "demo.json"
    done = assay("demo", "imagenet", "--data-folder", folder, "--quiet", "--json", out)
    assert done.code == 0, done.err
    found = json.loads(out.read_text())
    assert (found["verdict"], found["classes"]) == ("ok", [389])
    assert found["predicted"] == found["shown"] and found["predicted"].startswith("giant panda")
    assert (found["parameters"], found["macs"]) == (3_489_097, 300_775_552)
    assert found["weights_bound"] and found["zero_knowledge"] and found["hides"].startswith("weights, image and")
    assert found["proof_budget_left"] >= 80 and found["data_budget_left"] >= 80
    assert all(one["refused_by"] != NOT_REFUSED for one in found["forgeries"]) and len(found["forgeries"]) == 3
    assert all(found[name] > 0 for name in COST) and found["worst_round_bits"] >= 100
