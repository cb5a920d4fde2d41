"""A chain, its contracts, and a tiny model committed once; every test gets them as new, with folders of its own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from e2e_processes import end_all
from e2e_world import MIN_WINDOW_S, NOBODY, PROOFS, SELLER, SHAPE, TOTAL, World
from helpers.chains import put_back
from helpers.market_fixtures import market, shared_market  # noqa: F401
from helpers.tiny_models import examples, mlp

from escrow.accuracy import AccuracyEscrow
from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.registry import ModelRegistry
from proofs.budget import Budget
from proofs.errors import MissingArtifact
from proofs.halo2 import srs
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions
from proofs.halo2.secret_model import SecretModel, write_secret_model


@pytest.fixture(scope="session")
def tiny(assay_home: Path) -> SecretModel:
    """The tiny model, committed for the seller's development account."""
    for logrows in (11, 12, 13):
        try:
            srs.find(logrows)
        except MissingArtifact:
            srs.make_insecure(logrows)
    with Anvil() as anvil:
        owner = bytes.fromhex(dev_account(Chain.connect(anvil.url), SELLER).address[2:])
    return Halo2Backend().commit_model(mlp(), SHAPE, CommitOptions(proofs=PROOFS, owner=owner))


@pytest.fixture(scope="session")
def contracts() -> Iterator[tuple[Chain, AccuracyEscrow, ModelRegistry]]:
    with Anvil() as anvil:
        chain = Chain.connect(anvil.url)
        registry = ModelRegistry.deploy(chain, dev_account(chain, NOBODY), 86_400)
        yield chain, AccuracyEscrow.deploy(chain, dev_account(chain, NOBODY), registry.address, MIN_WINDOW_S), registry


@pytest.fixture
def world(
    contracts: tuple[Chain, AccuracyEscrow, ModelRegistry],
    tiny: SecretModel,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[World]:
    chain, escrow, registry = contracts
    x, y = _labelled(tiny, sum(map(ord, request.node.name)))
    root = tmp_path
    for name in ("channel", "seller", "buyer"):
        (root / name).mkdir(mode=0o700)
    (root / "model.onnx").write_bytes(tiny.onnx)
    write_secret_model(root / "seller" / "model.commit", tiny)
    np.savez(root / "data.npz", x=x, y=y)
    contracts_file = {"escrow": escrow.address, "registry": registry.address, "chain_id": chain.chain_id}
    (root / "channel" / "contracts.json").write_text(json.dumps(contracts_file))
    spent = Budget(tiny.commitment.weights_commitment, PROOFS).spent
    with put_back(chain):
        yield World(chain, escrow, registry, root, tiny, spent)
        end_all()
    if not os.environ.get("ASSAY_TEST_HOME"):
        shutil.rmtree(root, ignore_errors=True)


def _labelled(model: SecretModel, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Fresh examples with the float model's labels, the first of them wrong."""
    import onnxruntime

    x = examples(TOTAL, seed=seed)[0].astype(np.float32)
    session = onnxruntime.InferenceSession(model.onnx)
    y = session.run(None, {session.get_inputs()[0].name: x})[0].argmax(1).astype(np.int64)
    y[0] = (y[0] + 1) % SHAPE.classes
    return x, y
