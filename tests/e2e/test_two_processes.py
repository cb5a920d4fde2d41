"""Seller and buyer as two processes that share the chain and a channel folder, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from e2e_processes import example, logs, tiny_pair, wait_for
from e2e_settled import check_settled
from e2e_world import STAKE, TOTAL, World

from assay.demo.accuracy.stage import third_party
from proofs.paths import cache_dir
from protocols.accuracy.events import State


def test_tiny_audit_by_two_processes(world: World) -> None:
    """Each process with a cache of its own: both rebuild the circuit, and only the ceremony's file is common."""
    seller, buyer = tiny_pair(world.root, world.chain.url, TOTAL, TOTAL - 1, STAKE)
    for actor in (seller, buyer):
        actor.environment = {"ASSAY_HOME": str(_home(world.root / f"{actor.name}-home"))}
        actor.start()
    wait_for(seller, buyer)
    check_settled(world, State.COMPLETED)
    assert "rebuilt here, is the one on chain" in buyer.said
    assert "5 of 6 proven right" in buyer.said, logs(seller, buyer)


def _home(home: Path) -> Path:
    shutil.copytree(cache_dir() / "srs", home / "cache" / "srs")
    return home


@pytest.mark.slow
def test_full_size_digits_audit_by_two_processes(world: World) -> None:
    """The scripts as the README runs them: digits, 16 images, defaults throughout."""
    for logrows in (14, 15, 16):
        third_party(logrows, lambda stage: None)
    (world.root / "seller" / "model.commit").unlink()
    stake = 10 * 10**18
    seller, buyer = (example(name, world.root, world.chain.url) for name in ("seller", "buyer"))
    for actor in (seller, buyer):
        actor.start()
    wait_for(seller, buyer, deadline_s=900)
    check_settled(world, State.COMPLETED, stake)
    assert "of 16 proven right, 14 asked for" in buyer.said
