"""One chain, one committed tiny model and one checked listing for all; every test gets the chain as new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.chains import put_back
from helpers.tiny_models import mlp
from sampled_table import NOBODY, SELLER, SHAPE, TOTAL, Table

from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.parties.listing import CheckedSampled, check_sampled_listing, publish
from escrow.registry import ModelRegistry
from escrow.sampled import SampledEscrow
from proofs.errors import MissingArtifact
from proofs.halo2 import srs
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions
from proofs.halo2.secret_model import SecretModel
from protocols.accuracy.plan import STAKE_FACTOR, Costs


@pytest.fixture(scope="session")
def listed(assay_home: Path) -> Iterator[tuple[Chain, CheckedSampled, SecretModel]]:
    for logrows in (11, 12, 13):
        try:
            srs.find(logrows)
        except MissingArtifact:
            srs.make_insecure(logrows)
    with Anvil() as anvil:
        chain = Chain.connect(anvil.url)
        nobody, seller = dev_account(chain, NOBODY), dev_account(chain, SELLER)
        owner = bytes.fromhex(seller.address[2:])
        model = Halo2Backend().commit_model(mlp(), SHAPE, CommitOptions(proofs=32, owner=owner))
        registry = ModelRegistry.deploy(chain, nobody, 86_400)
        escrow = SampledEscrow.deploy(chain, nobody, registry.address, 3_600)
        stake = STAKE_FACTOR * TOTAL * Costs().example
        listing = publish(chain, seller, model.commitment, escrow, stake)
        yield chain, check_sampled_listing(chain, listing), model


@pytest.fixture
def table(listed: tuple[Chain, CheckedSampled, SecretModel], tmp_path: Path) -> Iterator[Table]:
    chain, checked, model = listed
    with put_back(chain):
        yield Table(chain, checked, model, tmp_path)
