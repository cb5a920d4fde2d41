"""Setting the stage: a reference string by a third party, a chain, its contracts, a committed and listed model."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from assay.demo.material import Material
from escrow.accuracy import AccuracyEscrow
from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.parties.listing import Checked, check_listing, publish
from escrow.registry import ModelRegistry
from escrow.signers import LocalSigner
from proofs.commitment.input_format import InputFormat
from proofs.commitment.test_set import TestSet, commit_test_set
from proofs.errors import MissingArtifact
from proofs.halo2 import srs
from proofs.halo2.architecture import split_model
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions, choose_parameters
from proofs.halo2.runner import Progress
from proofs.halo2.secret_model import SecretModel
from protocols.accuracy.plan import STAKE_FACTOR, Costs, minimum_fee
from protocols.accuracy.terms import AccuracyTerms

MIN_WINDOW_S = 3600
PROVE_WINDOW_S = 86_400
COOLDOWN_S = 86_400
FEE_RECIPIENT = "0x000000000000000000000000000000000000dEaD"
NOBODY, SELLER, BUYER = 0, 1, 2


@dataclass(frozen=True)
class Stage:
    """Everything the scenarios share. ``honest`` and ``lazy`` are secret: equal commitment, other weights."""

    chain: Chain
    checked: Checked
    seller: LocalSigner
    buyer: LocalSigner
    honest: SecretModel
    lazy: SecretModel
    material: Material
    folder: Path
    costs: Costs

    def test_set(self, start: int, total: int) -> TestSet:
        """Commit ``total`` examples from ``start`` under fresh salts: no example serves twice."""
        return self.commit(self.material.x[start : start + total], self.material.y[start : start + total])

    def commit(self, x: NDArray[np.generic], y: NDArray[np.generic]) -> TestSet:
        """Commit examples x (N, ...) with labels y (N,)."""
        return commit_test_set(x, y, self.honest.commitment.format, Halo2Backend().hash_examples)

    def terms(self, test_set: TestSet, target: int) -> AccuracyTerms:
        """The terms of a fresh job over ``test_set``."""
        costs, deployment = self.costs, self.checked.deployment
        return AccuracyTerms(
            buyer=str(self.buyer.address),
            seller=str(self.seller.address),
            model_id=self.honest.commitment.model_id,
            nonce=secrets.randbits(64),
            data_root=test_set.commitment.root,
            format_digest=test_set.format.digest,
            total=test_set.total,
            batch=test_set.format.batch,
            target=target,
            verifier=deployment.adapter,
            verifier_codehash=deployment.adapter_codehash,
            srs_digest=self.checked.description.srs_digest,
            example_cost=costs.example,
            proving_cost=costs.proving,
            inference_cost=costs.inference,
            fee=minimum_fee(test_set.total, costs.inference),
            fee_recipient=FEE_RECIPIENT,
            min_stake=self.stake,
            max_aborts=1000,
            accept_window=MIN_WINDOW_S,
            hand_over_window=MIN_WINDOW_S,
            decide_window=MIN_WINDOW_S,
            prove_window=PROVE_WINDOW_S,
        )

    @property
    def stake(self) -> int:
        """1000 * N * E for the honest audit, wei."""
        return STAKE_FACTOR * self.material.total * self.costs.example


@contextmanager
def set_stage(material: Material, proofs: int, progress: Progress) -> Iterator[Stage]:
    """Commit, deploy and list; everything but the caches is removed afterwards."""
    with TemporaryDirectory(prefix="assay-demo-") as name, Anvil() as anvil:
        chain = Chain.connect(anvil.url)
        seller, buyer = dev_account(chain, SELLER), dev_account(chain, BUYER)
        progress("contracts")
        registry = ModelRegistry.deploy(chain, dev_account(chain, NOBODY), COOLDOWN_S)
        escrow = AccuracyEscrow.deploy(chain, dev_account(chain, NOBODY), registry.address, MIN_WINDOW_S)
        honest = commit_material(material, proofs, bytes.fromhex(str(seller.address)[2:]), progress)
        lazy = replace(honest, weights=split_model(material.lazy)[1], onnx=material.lazy)
        costs = Costs()
        progress("list the model")
        stake = STAKE_FACTOR * material.total * costs.example
        listing = publish(chain, seller, honest.commitment, escrow, stake)
        checked = check_listing(chain, listing, progress=progress)
        yield Stage(chain, checked, seller, buyer, honest, lazy, material, Path(name), costs)


def commit_material(material: Material, proofs: int, owner: bytes, progress: Progress) -> SecretModel:
    """The material's model under a budget of ``proofs``, owned by ``owner`` (20 bytes)."""
    shape = InputFormat(tuple(np.shape(material.x)[1:]), material.scale_bits, material.classes, material.batch)
    options = CommitOptions(binding="polycommit", proofs=proofs, owner=owner)
    third_party(choose_parameters(split_model(material.model)[0], shape, options, progress).logrows, progress)
    return Halo2Backend(progress).commit_model(material.model, shape, options)


def third_party(logrows: int, progress: Progress) -> None:
    """A reference string made by neither party, if this machine has none of the size yet. Insecure, and said so."""
    try:
        srs.find(logrows)
    except MissingArtifact:
        progress("reference string, by a third party (insecure)")
        srs.make_insecure(logrows, progress)
