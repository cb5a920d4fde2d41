"""Where the prediction games play: a chain, an escrow, a committed model with its listing, and the service."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import uvicorn

from assay.demo.accuracy.stage import third_party
from assay.demo.material import Material
from assay.service.app import application
from assay.service.engine import Engine
from assay.service.host import integer_model, listen, rehearse
from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.parties.corpus_listing import Prices
from escrow.parties.predictions.check import CheckedRounds, check_rounds, publish_rounds
from escrow.predictions import PredictionEscrow
from escrow.signers import LocalSigner
from proofs.commitment.input_format import InputFormat
from proofs.halo2.architecture import split_model
from proofs.halo2.backend import Halo2Backend
from proofs.halo2.commit import CommitOptions, choose_parameters
from proofs.halo2.runner import Progress
from proofs.halo2.secret_model import SecretModel
from proofs.integer import IntegerModel

NOBODY, PROVIDER, CLIENT = 0, 1, 2
MIN_WINDOW_S = 600
PRICES = Prices(proving_cost=10**13, price=10**14, max_deposit=10**18)
START_S = 20


@dataclass(frozen=True)
class Booth:
    """Everything the games share. ``model`` is secret; ``honest`` and ``lazy`` are two models as exact integers."""

    chain: Chain
    checked: CheckedRounds
    model: SecretModel
    honest: IntegerModel
    lazy: IntegerModel
    material: Material

    def account(self, index: int) -> LocalSigner:
        """A development account."""
        return dev_account(self.chain, index)


@contextmanager
def open_booth(material: Material, proofs: int, progress: Progress) -> Iterator[Booth]:
    """Commit the model for one answer a proof, deploy, list and check."""
    with Anvil() as anvil:
        chain = Chain.connect(anvil.url)
        provider = dev_account(chain, PROVIDER)
        escrow = PredictionEscrow.deploy(chain, dev_account(chain, NOBODY), MIN_WINDOW_S)
        model = _commit(material, proofs, bytes.fromhex(str(provider.address)[2:]), progress)
        lazy = replace(model, weights=split_model(material.lazy)[1], onnx=material.lazy)
        listing = publish_rounds(chain, provider, model.commitment, escrow, PRICES, progress=progress)
        checked = check_rounds(chain, listing, progress=progress)
        honest = integer_model(model)
        rehearse(model, honest)
        yield Booth(chain, checked, model, honest, integer_model(lazy), material)


@contextmanager
def serving(engine: Engine) -> Iterator[str]:
    """The prediction service on a free port of this machine while the block runs; yields its address."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(application(engine, None), log_config=None, access_log=False))
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]), daemon=True)
    thread.start()
    give_up = time.monotonic() + START_S
    while not server.started and time.monotonic() < give_up:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START_S)


def _commit(material: Material, proofs: int, owner: bytes, progress: Progress) -> SecretModel:
    shape = InputFormat(tuple(np.shape(material.x)[1:]), material.scale_bits, material.classes, batch=1)
    options = CommitOptions(binding="polycommit", proofs=proofs, owner=owner)
    third_party(choose_parameters(split_model(material.model)[0], shape, options, progress).logrows, progress)
    return Halo2Backend(progress).commit_model(material.model, shape, options)
