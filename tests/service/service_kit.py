"""A round over a random 6-5-3 model, both keys, and the service in this process or in a child of its own."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from eth_account import Account
from eth_account.signers.local import LocalAccount

from assay.service.app import Gate, application
from assay.service.engine import Engine, Hosted
from assay.service.questions import salt_text
from assay.service.round import Round
from assay.service.session import make_token
from assay.service.store import AnswerStore
from proofs.commitment.view_format import ViewFormat
from proofs.halo2.architecture import Architecture, Node
from proofs.integer import IntegerModel
from proofs.poseidon import hash_elements
from protocols.eip712 import Domain
from protocols.predictions.signing import RoundSigner
from protocols.predictions.terms import PredictionTerms

PROVIDER: LocalAccount = Account.from_key(b"\x01" * 32)
CLIENT: LocalAccount = Account.from_key(b"\x02" * 32)
VIEW = ViewFormat((6,), "fixed", 8, 8, 1)
COUNT = 600
TERMS = PredictionTerms(
    client=CLIENT.address,
    provider=PROVIDER.address,
    model_id=b"\x11" * 32,
    weights_commitment=b"\x22" * 32,
    nonce=1,
    format_digest=VIEW.digest,
    round=COUNT,
    contests=4,
    outputs=3,
    verifier="0x" + "33" * 20,
    verifier_codehash=b"\x44" * 32,
    srs_digest=b"\x55" * 32,
    token="0x" + "00" * 20,
    proving_cost=100,
    answer_price=10,
    beta=2,
    fee=5,
    fee_recipient="0x" + "66" * 20,
    accept_window=3600,
    round_window=3600,
    prove_window=3600,
)
ROUND = Round(Domain(31337, "0x" + "77" * 20), TERMS, VIEW)
JOB = "/v1/jobs/0x" + ROUND.job_id.hex()


def model(limit: int = 1024**6) -> IntegerModel:
    rng = np.random.default_rng(5)
    shapes = {"w0": (6, 5), "w1": (5,), "w2": (5, 3)}
    weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    nodes = (
        Node("Gemm", ("x", "w0", "w1"), ("t0",), ()),
        Node("Relu", ("t0",), ("t1",), ()),
        Node("MatMul", ("t1", "w2"), ("t2",), ()),
    )
    architecture = Architecture(17, nodes, tuple(shapes.items()), (), "t2")
    return IntegerModel.compile(architecture, weights, (6,), 8, limit)


def hosted(credit: int = COUNT, limit: int = 1024**6, of: Round = ROUND) -> Hosted:
    return Hosted(of, model(limit), RoundSigner(PROVIDER, of.domain), credit)


def inputs(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(-512, 512, (count, 6)) / 256


def question(place: int, seed: int = 0, **changes: Any) -> dict[str, Any]:
    salt = np.random.default_rng(place + 1).integers(0, 1 << 16, 8)
    return {"index": place, "salt": salt_text(salt), "x": inputs(place + 1, seed)[place].tolist()} | changes


def hash_of(asked: dict[str, Any]) -> int:
    raw = [round(value * 256) for value in asked["x"]]
    salt = bytes.fromhex(asked["salt"][2:])
    return hash_elements([*raw, *(int.from_bytes(salt[i : i + 2], "big") for i in range(0, len(salt), 2))])


def headers(account: LocalAccount = CLIENT, until: int | None = None, of: Round = ROUND) -> dict[str, str]:
    token = make_token(account, of, int(time.time()) + 600 if until is None else until)
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


@dataclass
class Client:
    """Requests to an application in this process, one after another."""

    app: Any

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
                return await http.request(method, path, **options)

        return asyncio.run(once())

    def ask(self, content: Any, **more: Any) -> httpx.Response:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.send("POST", f"{JOB}/answers", content=body, headers=headers() | more)


@contextmanager
def service(folder: Path, gate: Gate | None = None, **options: Any) -> Iterator[tuple[Client, Engine]]:
    engine = Engine({ROUND.job_id: hosted(**options)}, AnswerStore(folder))
    engine.start()
    try:
        yield Client(application(engine, gate)), engine
    finally:
        engine.stop()


@contextmanager
def child(folder: Path, credit: int = COUNT) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The service in a process of its own: its address, and the process to kill."""
    command = [sys.executable, str(Path(__file__).with_name("serve_child.py")), str(folder), str(credit)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], 60)
        assert readable, "the service did not start"
        yield process.stdout.readline().decode().strip(), process
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGTERM)
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()
