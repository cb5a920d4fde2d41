"""The same on a real Ray cluster of this machine: the same bytes, dead workers' shards proven again, lies rejected."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from helpers.tiny_hiding import hidden, replenish
from helpers.tiny_sumcheck import SHARD, proven, question
from worker_kit import attempts, forget_shards, misbehaving, proven_by, python_path, source
from worker_tasks import OnceBad, pieces

from proofs.errors import InvalidInput, MissingArtifact, ProverFailed, ResourceExceeded
from proofs.sumcheck_backend import resume
from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.workers.choosing import Wanted
from proofs.sumcheck_backend.workers.ray_cluster import RayCluster

HERE = RayCluster("local", threads=1, proof_bytes=1 << 28, cores=2)


def test_without_ray_its_option_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingArtifact, match=r"assay-protocols\[ray\]"):
        proven_by(Wanted(ray="local"))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two cores."""
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install -e '.[ray]'")
    with pytest.MonkeyPatch.context() as patch:  # a function's own variables come after this
        patch.setenv("PYTHONPATH", python_path())
        ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield ray
    ray.shutdown()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["", "die", "flip"])
def test_the_bundle_is_the_same_by_a_cluster(
    how: str, cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how:
        misbehaving(monkeypatch, tmp_path, how)
    outcome = proven_by(Wanted(ray="local"))
    assert outcome.bundle.to_bytes() == proven("score").to_bytes()
    assert attempts(tmp_path) == ([1, 2, 1, 1] if how else [0, 0, 0, 0])
    assert outcome.workers.startswith("the Ray cluster local")


@pytest.mark.slow
def test_a_hidden_bundle_is_the_same_by_a_cluster(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = hidden()
    replenish(own)
    misbehaving(monkeypatch, tmp_path, "die")
    found = []
    for wanted in (Wanted(ray="local"), Wanted(1)):
        outcome = prove(own.model, own.examples, own.data, question("score"), shard=SHARD, wanted=wanted)
        found.append(outcome.bundle)
        forget_shards(outcome.bundle.statement)
    resume.forget(found[0].statement)
    assert found[0] == found[1] and attempts(tmp_path) == [2, 3, 2, 2]


@pytest.mark.slow
def test_a_task_that_hangs_or_refuses_or_always_dies_on_a_cluster(cluster: Any, tmp_path: Path) -> None:
    with HERE.open(source()) as crew:
        bad = [OnceBad(0, folder=str(tmp_path), how="hang", limit_s=4.0), OnceBad(1, folder=str(tmp_path), how="raise")]
        found = {done.index: pieces(done.answer) for done in crew.run(bad, lambda index, answer: None)}
        assert found[0][:2] == [0, 5] and found[1][3] == 1
        with pytest.raises(InvalidInput, match="nobody can"):
            list(crew.run([OnceBad(2, folder=str(tmp_path), how="invalid")], lambda index, answer: None))
        with pytest.raises(ProverFailed, match="echo 3 failed 3 times: Ray says"):
            list(crew.run([OnceBad(3, folder=str(tmp_path), how="die", always=True)], lambda index, answer: None))


@pytest.mark.slow
def test_a_proof_no_node_has_room_for_is_refused(cluster: Any) -> None:
    with pytest.raises(ResourceExceeded, match="no node"), replace(HERE, proof_bytes=1 << 50).open(source()):
        pass


@pytest.mark.slow
def test_a_local_cluster_is_started_and_stopped_and_one_that_is_not_there_is_named() -> None:
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install -e '.[ray]'")
    ray.shutdown()
    with pytest.raises(InvalidInput, match="no Ray cluster can be joined there"):
        proven_by(Wanted(ray="127.0.0.1:9"))
    assert proven_by(Wanted(ray="local")).bundle.to_bytes() == proven("score").to_bytes()
    assert not ray.is_initialized()
    names = [child.name() for child in psutil.Process().children(recursive=True)]
    assert not [name for name in names if "ray" in name or "gcs" in name]
