"""Keys and caches: a function of the public description alone, rebuilt when damaged, refused for another release."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from circuits import with_constants
from helpers.tiny_audit import Proven
from helpers.tiny_models import classifier, mlp
from onnx import helper

from proofs.errors import InvalidInput, MissingArtifact, RejectedProof, UnsupportedModel
from proofs.halo2 import artefacts
from proofs.halo2.artefacts import build
from proofs.halo2.circuits import accuracy, model_part
from proofs.halo2.commit import CommitOptions, commit_model
from proofs.halo2.runner import run_job

FILES = ("settings.json", "vk", "verifier.sol")


def keys_of(onnx: bytes, settings: Path, reference: Path, folder: Path) -> tuple[bytes, bytes]:
    folder.mkdir()
    (folder / "model.onnx").write_bytes(onnx)
    request = {"model": "model.onnx", "settings": str(settings), "srs": str(reference)}
    run_job("setup", request, folder=folder)
    return (folder / "vk").read_bytes(), (folder / "verifier.sol").read_bytes()


def test_keys_do_not_depend_on_weights_or_mask(proven: Proven, tmp_path: Path) -> None:
    """Real weights, zeros, another model, and a committer who fills the dead columns: one verifying key."""
    built = build(proven.model.description)
    honest = proven.model.circuit
    other = replace(proven.model, weights={name: values * 0 for name, values in proven.model.weights.items()}).circuit
    filled = with_constants(honest, mask_outer=1 / 128, blind_outer=2 / 128)
    assert len({honest, other, filled}) == 3
    for place, onnx in enumerate((honest, other, filled)):
        keys = keys_of(onnx, built.settings, built.srs, tmp_path / str(place))
        assert keys == (built.vk.read_bytes(), built.verifier_source.encode())


def test_binding_and_activation_change_the_key(proven: Proven, proven_hashed: Proven, proven_fixed: Proven) -> None:
    fixed = build(proven_fixed.model.description, proven_fixed.model.weights)
    keys = {build(proven.model.description).vk_sha256, build(proven_hashed.model.description).vk_sha256}
    assert len(keys | {fixed.vk_sha256}) == 3


@pytest.mark.parametrize("name", [*FILES, "note.json"])
def test_damaged_cache_is_rebuilt_alike(name: str, proven: Proven) -> None:
    before = build(proven.model.description)
    contents = {file: (before.folder / file).read_bytes() for file in FILES}
    (before.folder / name).write_bytes(b"damaged")
    after = build(proven.model.description)
    assert {file: (after.folder / file).read_bytes() for file in FILES} == contents
    assert json.loads((after.folder / "note.json").read_text())["proof_bytes"] == before.proof_bytes


def test_proving_key_is_checked_by_the_prover_and_not_wanted_by_the_verifier(proven: Proven) -> None:
    built = build(proven.model.description)
    whole = built.pk.read_bytes()
    built.pk.write_bytes(whole[:-1])
    assert proven.verify() == proven.bundle.correct  # the verifier never reads it
    assert built.pk.stat().st_size == len(whole) - 1
    assert build(proven.model.description, proving=True).pk.read_bytes() == whole


def test_builders_side_by_side(proven: Proven) -> None:
    built = build(proven.model.description)
    (built.folder / "note.json").unlink()
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(build(proven.model.description).vk_sha256)) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [built.vk_sha256] * 2
    assert not list(built.folder.parent.glob(".building-*"))


def test_other_release_and_missing_string(proven: Proven) -> None:
    with pytest.raises(InvalidInput, match=r"23\.0\.6"):
        build(replace(proven.model.description, ezkl_version="23.0.6"))
    with pytest.raises(MissingArtifact):
        build(replace(proven.model.description, srs_digest=b"\1" * 32))
    with pytest.raises(InvalidInput, match="public weights"):
        build(proven.model.description, proven.model.weights)


def test_a_constant_of_the_wrapper_is_noticed(proven: Proven, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = accuracy.first_maximum_at

    def with_threshold(graph, logits, y, classes):
        import numpy as np

        threshold = graph.constant("wrap_threshold", np.array([[0.5]], dtype=np.float32))
        return honest(graph, graph.node("Add", [logits, threshold]), y, classes)

    monkeypatch.setattr(accuracy, "first_maximum_at", with_threshold)
    with pytest.raises(RejectedProof) as rejection:
        build(replace(proven.model.description, budget=33))  # a circuit no other test leaves in the cache
    assert rejection.value.check == "wrapper-constants"
    assert not list((artefacts.cache_dir() / "circuits").glob(".building-*"))


def test_weights_that_look_like_no_operation_are_still_weights(proven: Proven) -> None:
    """Adding 0 and multiplying by 1 would be optimised away, and the proof would hang."""
    import numpy as np

    nodes = [
        helper.make_node("Mul", ["x", "one"], ["a"]),
        helper.make_node("MatMul", ["a", "w"], ["b"]),
        helper.make_node("Add", ["b", "zero"], ["y"]),
    ]
    constants = {"one": np.ones(1, "f4"), "zero": np.zeros(3, "f4"), "w": np.zeros((8, 3), "f4")}
    shape = proven.commitment.format
    plain = commit_model(classifier(nodes, constants), shape, CommitOptions(proofs=1))
    constants["w"][0, 1] = 1
    assert commit_model(classifier(nodes, constants), shape, CommitOptions(proofs=1)).description == plain.description


def test_a_graph_that_changes_with_its_weights_is_refused_at_once(
    proven: Proven, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a compiler find another simplification: said when committing, not by a proof that hangs."""
    import numpy as np

    nodes = [helper.make_node("MatMul", ["x", "w"], ["a"]), helper.make_node("Add", ["a", "b"], ["y"])]
    model = classifier(nodes, {"w": np.ones((8, 3), "f4"), "b": np.zeros(3, "f4")})
    monkeypatch.setattr(model_part, "kept", lambda values: values)
    with pytest.raises(UnsupportedModel, match="simplifies this model"):
        commit_model(model, proven.commitment.format, CommitOptions(proofs=1))


def test_normalisation_to_be_folded_is_refused(proven: Proven) -> None:
    import numpy as np

    nodes = [
        helper.make_node("BatchNormalization", ["x", "s", "o", "m", "v"], ["a"]),
        helper.make_node("MatMul", ["a", "w"], ["y"]),
    ]
    constants = {name: np.random.default_rng(1).uniform(0.5, 1, 8).astype("f4") for name in "somv"}
    with pytest.raises(UnsupportedModel, match="BatchNormalization"):
        model = classifier(nodes, {**constants, "w": np.ones((8, 3), "f4")})
        commit_model(model, proven.commitment.format, CommitOptions(proofs=1))


def test_format_and_model_must_fit(proven: Proven) -> None:
    for change in ({"shape": (9,)}, {"classes": 4}, {"shape": (2, 4)}):
        with pytest.raises(UnsupportedModel, match="input format"):
            commit_model(mlp(), replace(proven.commitment.format, **change), CommitOptions())
