"""A round whose answers are the tiny integer network's, without a circuit: the service, its record, its proofs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from helpers.proven_rounds import integers, write_network
from helpers.tiny_sumcheck import network
from numpy.typing import NDArray
from service_kit import CLIENT, PROVIDER, TERMS, Client, headers

from assay.service.app import application
from assay.service.client_record import ClientRecord
from assay.service.engine import Engine, Hosted
from assay.service.questions import Question
from assay.service.round import Round
from assay.service.round_proof.workshop import Workshop
from assay.service.store import AnswerStore
from proofs.commitment.view_format import ViewFormat
from proofs.halo2.integer_network import words_of
from proofs.halo2.integer_network_size import SCALE_BITS
from proofs.integer import IntegerOutputs
from proofs.networks.execution import logits
from protocols.eip712 import Domain
from protocols.predictions.answers import SignedAnswer
from protocols.predictions.signing import RoundSigner

COUNT = 5
VIEW = ViewFormat(network().commitment.network.tensors[0].shape, "fixed", SCALE_BITS, SCALE_BITS, 1)
ROUND = Round(
    Domain(31337, "0x" + "77" * 20),
    dataclasses.replace(TERMS, format_digest=VIEW.digest, round=COUNT, contests=2),
    VIEW,
)
RAW = VIEW.quantise(integers(COUNT))
INPUTS = dict(enumerate(RAW))
PATH = f"/v1/jobs/0x{ROUND.job_id.hex()}/proof"


@dataclass(frozen=True)
class NetworkModel:
    """The network in the place of a compiled circuit."""

    scale_bits: int = SCALE_BITS
    added: int = 0

    def run_provable(self, raw: NDArray[np.int64]) -> IntegerOutputs:
        secret = network()
        x = (raw >> SCALE_BITS).reshape(-1, *VIEW.shape).astype(np.int32).transpose(1, 2, 3, 0)
        found = logits(secret.commitment.network, secret.weights, np.ascontiguousarray(x))
        words = words_of(secret.commitment.network, found)
        return IntegerOutputs(np.array(words, dtype=np.int64) + self.added, self.scale_bits)


def outputs() -> dict[int, tuple[int, ...]]:
    """The right answers."""
    found = NetworkModel().run_provable(RAW)
    return {index: tuple(found.integers(index)) for index in range(COUNT)}


def hosted(added: int = 0) -> Hosted:
    return Hosted(ROUND, NetworkModel(added=added), RoundSigner(PROVIDER, ROUND.domain), COUNT)  # type: ignore[arg-type]


@contextmanager
def answered(folder: Path, count: int = COUNT, added: int = 0) -> Iterator[tuple[Engine, dict[int, SignedAnswer]]]:
    """An engine that has answered some questions, whose salts are zero."""
    engine = Engine({ROUND.job_id: hosted(added)}, AnswerStore(folder))
    engine.start()
    salt = np.zeros(VIEW.salt_limbs, np.int64)
    try:
        tasks = [engine.submit(Question(ROUND.job_id, index, RAW[index], salt)) for index in range(count)]
        found = [task.result(20) for task in tasks]
        yield engine, {signed.answer.index: signed for signed in found if signed is not None}
    finally:
        Engine.stop(engine)


@contextmanager
def workshop(folder: Path, limit_s: float = 120.0) -> Iterator[Workshop]:
    """Over the tiny network, in files beside the record."""
    made = Workshop(folder, write_network(folder, network()), network().commitment, limit_s)
    try:
        yield made
    finally:
        made.close()


def get(engine: Engine, made: Workshop | None, **more: object) -> httpx.Response:
    """One request for the proof."""
    client = Client(application(engine, None, None, made))
    return client.send("GET", PATH, **({"headers": headers(CLIENT, of=ROUND)} | more))


def record(folder: Path, answers: dict[int, SignedAnswer]) -> ClientRecord:
    """The client's record of questions and answers."""
    kept = ClientRecord(folder, ROUND)
    kept.put_questions(RAW)
    kept.put_answers(answers.values())
    return kept
