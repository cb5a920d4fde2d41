"""The audit's stage: chain, contracts, committed and listed model, committed test set; found again if interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.job.cases import Case
from escrow.accuracy import AccuracyEscrow
from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.parties.listing import Checked, Listing, check_listing, publish
from escrow.registry import ModelRegistry
from escrow.signers import LocalSigner
from proofs.commitment.input_format import InputFormat
from proofs.commitment.secret_files import read_test_set, write_test_set
from proofs.commitment.test_set import TestSet, commit_test_set
from proofs.errors import MissingArtifact
from proofs.files import write_atomic
from proofs.halo2 import srs
from proofs.halo2.architecture import split_model
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions, choose_parameters
from proofs.halo2.secret_model import SecretModel, read_secret_model, write_secret_model
from protocols.accuracy.plan import STAKE_FACTOR, Costs

WINDOW_S, COOLDOWN_S = 7 * 86_400, 7 * 86_400
NOBODY, SELLER, BUYER = 0, 1, 2
# The chain is written to disk so often, and once more at a clean end: what a killed run loses of it is done again.
SAVE_EVERY_S = 5
Say = Callable[[str], None]


@dataclass(frozen=True)
class Stage:
    """Everything the job needs. ``model`` and ``test_set`` are secret. setup_s: of this run, cold or not."""

    chain: Chain
    checked: Checked
    seller: LocalSigner
    buyer: LocalSigner
    model: SecretModel
    test_set: TestSet
    folder: Path
    setup_s: float


@contextmanager
def set_stage(case: Case, total: int, batch: int, folder: Path, say: Say) -> Iterator[Stage]:
    """Commit, deploy and list, or take up what an interrupted run left in ``folder``."""
    began = time.monotonic()
    options = ("--state-interval", str(SAVE_EVERY_S))
    with Anvil(state=folder / "chain.json", extra_args=options) as anvil:
        chain = Chain.connect(anvil.url)
        seller, buyer = dev_account(chain, SELLER), dev_account(chain, BUYER)
        model = _model(case, -(-total // batch), batch, bytes.fromhex(str(seller.address)[2:]), folder, say)
        test_set = _test_set(case, total, model, folder)
        escrow = _escrow(chain, folder)
        say("list the model")
        known = folder / "model.listing"
        listing = publish(
            chain,
            seller,
            model.commitment,
            escrow,
            STAKE_FACTOR * test_set.total * Costs().example,
            known=Listing.from_bytes(known.read_bytes()) if known.exists() else None,
        )
        write_atomic(known, listing.to_bytes())
        checked = check_listing(chain, listing)
        yield Stage(chain, checked, seller, buyer, model, test_set, folder, time.monotonic() - began)


def _model(case: Case, proofs: int, batch: int, owner: bytes, folder: Path, say: Say) -> SecretModel:
    path, onnx = folder / "model.commit", case.onnx
    if path.exists():
        return read_secret_model(path, onnx)
    x, y = case.examples()
    shape = InputFormat(tuple(x.shape[1:]), case.scale_bits, int(y.max()) + 1, batch)
    options = CommitOptions(binding="polycommit", proofs=proofs, owner=owner)
    logrows = choose_parameters(split_model(onnx)[0], shape, options).logrows
    try:
        srs.find(logrows)
    except MissingArtifact:
        say(f"reference string for 2^{logrows} rows (insecure, for this measurement)")
        srs.make_insecure(logrows)
    say("commit the model")
    model = Halo2Backend().commit_model(onnx, shape, options)
    write_secret_model(path, model)
    return model


def _test_set(case: Case, total: int, model: SecretModel, folder: Path) -> TestSet:
    path = folder / "data.commit"
    if not path.exists():
        x, y = case.take(total)
        hashes = Halo2Backend().hash_examples
        write_test_set(path, commit_test_set(x.astype(np.float64), y, model.commitment.format, hashes))
    return read_test_set(path)


def _escrow(chain: Chain, folder: Path) -> AccuracyEscrow:
    """The escrow at the address an earlier run noted, if the chain still knows it; else a new one."""
    noted = folder / "escrow"
    if noted.exists() and chain.code(noted.read_text()):
        return AccuracyEscrow(chain, noted.read_text())
    deployer = dev_account(chain, NOBODY)
    registry = ModelRegistry.deploy(chain, deployer, COOLDOWN_S)
    escrow = AccuracyEscrow.deploy(chain, deployer, registry.address, 3600)
    write_atomic(noted, str(escrow.address).encode())
    return escrow
