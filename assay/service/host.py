"""From files to a running service: the model compiled to integers, checked against its circuit, and served."""

from __future__ import annotations

import math
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path

import numpy as np
import uvicorn
from eth_account.signers.local import LocalAccount
from numpy.typing import NDArray
from starlette.applications import Starlette

from assay.service.app import Gate, application
from assay.service.delegation.hosted import HostedNetworks
from assay.service.delegation.wire import PIECE_BYTES
from assay.service.engine import Engine, Hosted, hash_questions
from assay.service.patience import PatientProtocol, PatientSocket
from assay.service.questions import Question
from assay.service.round import Round
from assay.service.round_proof.workshop import Workshop
from assay.service.store import AnswerStore
from proofs.commitment.input_format import MAX_RAW, InputFormat
from proofs.errors import InvalidInput, ProverFailed
from proofs.halo2.prover import raw_logits
from proofs.halo2.secret_model import SecretModel
from proofs.integer import IntegerModel, IntegerOutputs, OutOfRange
from protocols.predictions.signing import RoundSigner

Row = NDArray[np.int64]
REHEARSALS = 4
CORNERS = 64
"""Largest inputs looked at for those nearest to where proofs end."""
CONNECTIONS = 256
SHUTDOWN_S = 20
SWITCH_S = 0.0005
"""Longest the answering thread keeps the interpreter while requests wait for it; a tenth of Python's default."""


def integer_model(secret: SecretModel) -> IntegerModel:
    """The committed model as integers. Secret."""
    parameters, shape = secret.description.parameters, secret.description.format
    limit = parameters.base**parameters.legs
    return IntegerModel.compile(secret.description.architecture, secret.weights, shape.shape, shape.scale_bits, limit)


def rehearse(secret: SecretModel, model: IntegerModel) -> None:
    """Compare the integer model with the circuit itself before anything is signed.

    On a few random inputs, and on the largest an input can be, nearest to where there is no answer to prove any more.

    Raises:
        ProverFailed: they differ, so that answers given would lose every contest.
    """
    shape, rng = secret.description.format, np.random.default_rng(0)
    reach = min(2 << shape.scale_bits, MAX_RAW)
    usual = rng.integers(1 - reach, reach, (REHEARSALS, shape.features))
    signs = rng.choice((-1, 1), (CORNERS, shape.features))
    signs[0], signs[1] = 1, -1
    inside, beyond = _sorted_corners(model, ((MAX_RAW - 1) * signs).astype(np.int64))
    agreed = _agree(secret, model, np.vstack([usual, *inside[-REHEARSALS:]]))
    if not agreed or (beyond and not _is_refused(secret, beyond[0])):
        raise ProverFailed(
            "rehearsal", "the integer model and the circuit disagree; answers could not be proven: report this model"
        )


def _sorted_corners(model: IntegerModel, raw: NDArray[np.int64]) -> tuple[list[Row], list[Row]]:
    """Inputs with an answer that can be proven, and those without, each by its largest logit."""
    inside: list[tuple[int, Row]] = []
    beyond: list[tuple[float, Row]] = []
    for row in raw:
        try:
            inside.append((_largest(model.run_provable(row[np.newaxis])), row))
        except OutOfRange:
            beyond.append((_beyond(model, row), row))
    return [row for _, row in sorted(inside, key=itemgetter(0))], [row for _, row in sorted(beyond, key=itemgetter(0))]


def _beyond(model: IntegerModel, row: Row) -> float:
    try:
        return _largest(model.run(row[np.newaxis]))
    except OutOfRange:  # inside the model already
        return math.inf


def _largest(outputs: IntegerOutputs) -> int:
    return max(abs(value) for value in outputs.integers(0))


def _agree(secret: SecretModel, model: IntegerModel, raw: NDArray[np.int64]) -> bool:
    """Whether both give the same for inputs the integer model answers."""
    circuit, ours = raw_logits(secret, raw, _one_by_one(secret)), model.run(raw)
    return bool(circuit.scale_bits == ours.scale_bits and (circuit.values == ours.values).all())


def _is_refused(secret: SecretModel, row: Row) -> bool:
    """Whether the circuit, too, has no witness for an input."""
    try:
        raw_logits(secret, row[np.newaxis], _one_by_one(secret))
    except ProverFailed as error:
        return error.stage == "infer (infer)"
    return False


def _one_by_one(secret: SecretModel) -> InputFormat:
    return replace(secret.description.format, batch=1)


def hosted_round(of: Round, secret: SecretModel, model: IntegerModel, account: LocalAccount, credit: int) -> Hosted:
    """A round ready to be answered.

    Raises:
        InvalidInput: the round is for another model, format, provider or number of outputs.
    """
    commitment, shape, terms = secret.commitment, secret.description.format, of.terms
    if (terms.model_id, terms.weights_commitment) != (commitment.model_id, commitment.weights_commitment):
        raise InvalidInput("the round is for another model than the one committed; give the right commitment or round")
    if terms.provider != account.address:
        raise InvalidInput(f"the round's provider is {terms.provider}, your account is {account.address}")
    found, wanted = ((f.shape, f.scale_bits, f.salt_limbs) for f in (of.view, shape))
    if found != wanted or terms.outputs != shape.classes:
        raise InvalidInput("the round's input format or number of outputs is not the model's; agree on another round")
    if not 1 <= credit <= terms.round:
        raise InvalidInput(f"credit {credit} must lie between 1 and the round's {terms.round} questions")
    return Hosted(of, model, RoundSigner(account, of.domain), credit)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises InvalidInput.

    Its protocol is stated, as asyncio switches Nagle's algorithm off only where it can see TCP; an answer leaves in two
    pieces, and the second would wait for an acknowledgement the other side delays by 40 ms.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise InvalidInput(f"cannot listen on {host}: {error.strerror or error}; choose another address") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(CONNECTIONS)
    except OSError as error:
        listener.close()
        raise InvalidInput(f"cannot listen on {host} port {port}: {error.strerror}; choose another") from None
    return listener


def serve(
    rounds: Sequence[Hosted],
    folder: Path,
    listener: socket.socket,
    gate: Gate | None,
    ready: Callable[[], None],
    networks: HostedNetworks | None = None,
    workshop: Workshop | None = None,
) -> None:
    """Answer until told to stop by SIGINT or SIGTERM; what came in is answered and stored first.

    Args:
        networks: hosted for delegation beside the rounds. workshop: makes proofs of whole rounds.
    """
    engine = Engine({item.round.job_id: item for item in rounds}, AnswerStore(folder))
    warm_up(rounds)
    run(application(engine, gate, networks, workshop), listener, ready)


def run(app: Starlette, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve an application until SIGINT or SIGTERM."""
    sys.setswitchinterval(SWITCH_S)
    ready()
    uvicorn.Server(configuration(app)).run(sockets=[listener])


def configuration(app: Starlette) -> uvicorn.Config:
    """How an application is served: nothing logged, and limits on connections that bring nothing."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        http=PatientProtocol,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=SHUTDOWN_S,
        h11_max_incomplete_event_size=16_384,
        ws=PatientSocket,
        ws_max_size=PIECE_BYTES,
        ws_per_message_deflate=False,
    )


def warm_up(rounds: Sequence[Hosted]) -> None:
    """Load the compiled hash before the first question waits for it."""
    view = rounds[0].round.view
    empty = Question(b"", 0, np.zeros(view.features, np.int64), np.zeros(view.salt_limbs, np.int64))
    hash_questions([empty])
