"""Prediction rounds whose circuit computes an integer network, and sum-check proofs about whole rounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assay.service.asking import KeptAnswers
from assay.service.client_record import ClientRecord
from assay.service.host import integer_model
from assay.service.round import Round
from assay.service.round_proof.examples import round_examples
from assay.service.round_proof.workshop import Source, Workshop
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.parties.predictions.check import check_rounds, publish_rounds
from escrow.parties.predictions.client import Client
from escrow.parties.predictions.listing import RoundListing
from escrow.predictions import PredictionEscrow
from helpers.rounds import COUNT, DEPLOYER, MIN_WINDOW_S, PRICES, PROVIDER, Booth, Game, put_questions
from helpers.tiny_audit import BACKEND, reference_string
from helpers.tiny_models import mlp
from helpers.tiny_sumcheck import network
from proofs.halo2.commit import CommitOptions
from proofs.halo2.integer_network import commit_options, input_format, same_function_onnx
from proofs.halo2.secret_model import SecretModel
from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.questions import AskLogits
from proofs.sumcheck_backend.secret_network import SecretNetwork, write_secret_network
from protocols.predictions.round_proof import RoundProof, round_context
from protocols.predictions.view import Limits


def integers(count: int = COUNT, seed: int = 3) -> NDArray[np.int64]:
    """Inputs the tiny network reads, (count, 8, 1, 1)."""
    first = network().commitment.network.tensors[0]
    return np.random.default_rng(seed).integers(first.low, first.high + 1, (count, *first.shape))


def same_function_model(owner: bytes = bytes(20), binding: str = "polycommit") -> tuple[SecretModel, bytes]:
    """The tiny network's graph as a model of the halo2 backend, and the graph."""
    secret = network()
    shape = secret.commitment.network
    for logrows in (11, 12, 13):
        reference_string(logrows)
    onnx = same_function_onnx(shape, secret.weights)
    options = commit_options(shape, CommitOptions(binding=binding, proofs=32, owner=owner))
    return BACKEND.commit_model(onnx, input_format(shape, 1), options), onnx


def open_proven_booth(url: str) -> Booth:
    """Everything that stands before the first round, on a fresh anvil."""
    chain = Chain.connect(url)
    escrow = PredictionEscrow.deploy(chain, dev_account(chain, DEPLOYER), MIN_WINDOW_S)
    provider = dev_account(chain, PROVIDER)
    model, _ = same_function_model(bytes.fromhex(str(provider.address)[2:]))
    listing = publish_rounds(chain, provider, model.commitment, escrow, PRICES)
    checked = check_rounds(chain, RoundListing.from_bytes(listing.to_bytes()))
    return Booth(chain, escrow, model, checked, integer_model(model))


def write_network(folder: Path, secret: SecretNetwork, seed: int = 0) -> Source:
    """A committed network in files, as a provider has it."""
    onnx = folder / "network.onnx"
    onnx.write_bytes(mlp(seed))
    write_secret_network(folder / "network.commit", secret)
    return Source(folder / "network.commit", onnx)


def proof_of(
    secret: SecretNetwork, of: Round, inputs: Mapping[int, NDArray[np.int64]], context: bytes | None = None
) -> RoundProof:
    """A round proof by whoever likes: nothing is compared with what was signed."""
    indices = tuple(sorted(inputs))
    examples = round_examples(secret.commitment, of.view, inputs, indices)
    bound = context or round_context(of.job_id, indices)
    outcome = prove(secret, examples, examples.commitment(), AskLogits(), context=bound)
    return RoundProof(of.job_id, secret.commitment.model_id, indices, outcome.bundle.to_bytes())


@dataclass
class ProvenGame(Game):
    """A round whose client asks integers; ``contested`` after the answers came."""

    named: tuple[int, ...] = ()

    @cached_property
    def record(self) -> ClientRecord:
        put_questions(self.root / "asked", self.round, integers())
        return ClientRecord(self.root / "asked", self.round)

    @property
    def inputs(self) -> dict[int, NDArray[np.int64]]:
        return {asked.index: asked.raw for asked in self.record.questions()}

    def ask(self) -> tuple[Client, object]:
        """Until every question is answered and signed for."""
        client = self.client()
        client.step()
        provider = self.provider()
        while len(self.record.answered()) < COUNT or client.facts.receipt_sent < COUNT:
            provider.step()
            client.step()
        return client, provider

    def settle(self, client: Client, provider: object, contests: tuple[int, ...]) -> None:
        """As `assay client contest` and `settle` do, and the provider beside them."""
        client.questions = KeptAnswers(self.record, named=contests)
        client.limits = replace(client.limits, audit=0)
        client._judged = frozenset()
        self.alternate(client, provider)  # type: ignore[arg-type]
        self.record.close()


LIMITS = Limits(margin_s=60, contest_s=300, audit=0, credit=COUNT)


@contextmanager
def workshop_of(folder: Path, source: Source, limit_s: float = 120.0) -> Iterator[Workshop]:
    """A workshop, closed at the end."""
    made = Workshop(folder, source, network().commitment, limit_s)
    try:
        yield made
    finally:
        made.close()
