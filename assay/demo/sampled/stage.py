"""Setting the stage for audits with a sample: chain, contracts, a committed and listed model."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assay.demo.accuracy.stage import (
    BUYER,
    COOLDOWN_S,
    FEE_RECIPIENT,
    MIN_WINDOW_S,
    NOBODY,
    PROVE_WINDOW_S,
    SELLER,
    commit_material,
)
from assay.demo.material import Material
from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.parties.listing import CheckedSampled, check_sampled_listing, publish
from escrow.parties.sampled_terms import sampled_terms
from escrow.registry import ModelRegistry
from escrow.sampled import SampledEscrow
from escrow.signers import LocalSigner
from proofs.commitment.examples import OpenableTestSet
from proofs.commitment.test_set import commit_test_set
from proofs.fidelity import float_logits
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.runner import Progress
from proofs.halo2.secret_model import SecretModel
from protocols.accuracy.plan import STAKE_FACTOR, Costs
from protocols.sampled.prospects import Caution
from protocols.sampled.terms import SampledTerms

LABELS_SHIFTED = 1
TRIED = 128


@dataclass(frozen=True)
class SampledStage:
    """Everything the games share. ``model`` is secret; ``experience`` is what the seller has tried it on before."""

    chain: Chain
    checked: CheckedSampled
    seller: LocalSigner
    buyer: LocalSigner
    model: SecretModel
    material: Material
    folder: Path
    experience: Caution

    def test_set(self, start: int, total: int, shift: int = 0) -> OpenableTestSet:
        """Commit ``total`` examples from ``start``, their labels shifted by ``shift`` classes."""
        span = slice(start, start + total)
        y = (self.material.y[span].astype(int) + shift) % self.material.classes
        shape = self.model.commitment.format
        return OpenableTestSet.of(commit_test_set(self.material.x[span], y, shape, Halo2Backend().hash_examples))

    @property
    def stake(self) -> int:
        """1000 * N1 * E for the largest sample, wei."""
        return stake_for(self.material)

    def terms(self, test_set: OpenableTestSet, sample: int, target: int) -> SampledTerms:
        """The terms of a fresh job over ``test_set``."""
        return sampled_terms(
            self.checked,
            str(self.buyer.address),
            test_set.commitment,
            sample=sample,
            target=target,
            costs=Costs(),
            window_s=PROVE_WINDOW_S,
            fee_recipient=FEE_RECIPIENT,
            min_stake=self.stake,
            max_aborts=1000,
            nonce=secrets.randbits(64),
        )


def stake_for(material: Material) -> int:
    """1000 * N1 * E, wei, N1 being half of the honest audit's examples at most."""
    return STAKE_FACTOR * (material.total // 2) * Costs().example


def tried(material: Material) -> Caution:
    """The seller's own trial: the model on the last examples of the material, which no game uses.

    It trusts labels: with so few examples a buyer who mislabels some on purpose could gain whatever a sample shows.
    """
    x, y = material.x[-TRIED:], material.y[-TRIED:]
    right = int((float_logits(material.model, x.astype(np.float32)).argmax(axis=1) == y).sum())
    return Caution(tried_right=right, tried=TRIED, trust_labels=True)


@contextmanager
def set_stage(material: Material, proofs: int, progress: Progress) -> Iterator[SampledStage]:
    """Commit, deploy and list; everything but the caches is removed afterwards."""
    with TemporaryDirectory(prefix="assay-demo-") as name, Anvil() as anvil:
        chain = Chain.connect(anvil.url)
        nobody, seller, buyer = (dev_account(chain, number) for number in (NOBODY, SELLER, BUYER))
        progress("contracts")
        registry = ModelRegistry.deploy(chain, nobody, COOLDOWN_S)
        escrow = SampledEscrow.deploy(chain, nobody, registry.address, MIN_WINDOW_S)
        model = commit_material(material, proofs, bytes.fromhex(str(seller.address)[2:]), progress)
        progress("list the model")
        listing = publish(chain, seller, model.commitment, escrow, stake_for(material))
        checked = check_sampled_listing(chain, listing, progress=progress)
        yield SampledStage(chain, checked, seller, buyer, model, material, Path(name), tried(material))
