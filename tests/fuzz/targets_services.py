"""What comes over a wire from strangers: HTTP bodies, websocket frames, letters; files of rounds and their records."""

from __future__ import annotations

import asyncio
import io
import json
import sys
import time
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import numpy as np
from eth_account import Account
from helpers.tiny_safetynets import square_cnn

from fuzz.mutate import as_json
from fuzz.target import Target, as_file, scratch

sys.path.append(str(Path(__file__).resolve().parents[1] / "service"))

import service_kit as kit

from assay.postbox.line import _kind
from assay.report.timings import read_timings
from assay.scales import parse_scales
from assay.service import client as round_client
from assay.service.client_record import Asked
from assay.service.contests import Evidence
from assay.service.delegation.wire import Hello, input_bytes, output_bytes, read_inputs, read_outputs
from assay.service.provider_record import ServiceRecord
from assay.service.questions import parse_question
from assay.service.round import Round
from assay.service.round_proof.notes import CheckNote
from assay.service.selection import parse_indices
from assay.service.session import Doorkeeper, make_token
from assay.service.store import FILE, AnswerStore
from assay.words import parse_word
from proofs.budget import Budget
from proofs.errors import InvalidInput
from proofs.halo2.reusable import parse_words
from proofs.sumcheck.safetynets.interactive import Client
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.onnx_import import import_network
from proofs.sumcheck_backend.workers.frames import BrokenFrame, read_frame, write_frame
from protocols.eip712 import Domain
from protocols.post.jobs import read_pin
from protocols.post.letters import (
    letter_head,
    open_admission,
    open_hello,
    open_letter,
    seal_admission,
    seal_hello,
    seal_letter,
)
from protocols.post.statement import open_statement, sign_statement
from protocols.post.wire import Frame, decode_frame
from protocols.predictions.answers import sign_answer
from protocols.predictions.signing import RoundSigner
from protocols.sealing import ChannelKey, Direction

DOMAIN = Domain(31_337, "0x00000000000000000000000000000000000e5c09")
ACCOUNT = Account.from_key("0x" + "11" * 32)
MINE, THEIRS = ChannelKey(b"\x01" * 32), ChannelKey(b"\x02" * 32)
FORTH, JOB = Direction.BUYER_TO_SELLER, b"\x0a" * 32
TOTAL = 2


@cache
def network() -> Network:
    """A small network to delegate."""
    return import_network(square_cnn())


def question(raw: bytes) -> object:
    """The body of a question."""
    return parse_question(raw, kit.ROUND.job_id, kit.VIEW, kit.COUNT)


def admitted(raw: bytes) -> object:
    """An Authorization header."""
    return Doorkeeper(kit.ROUND).admit(raw.decode("latin1"))


def evidence() -> bytes:
    """A file of contests."""
    signed = sign_answer(RoundSigner(kit.PROVIDER, kit.ROUND.domain), kit.ROUND.job_id, 1, 12, (2, -2, 1))
    return Evidence(kit.ROUND.job_id, (signed,)).to_bytes()


def note(raw: bytes) -> object:
    """What a client noted about a round's proof."""
    folder = scratch() / "note"
    folder.mkdir(exist_ok=True)
    (folder / "round-check.json").write_bytes(raw)
    return CheckNote.load(folder, kit.ROUND.job_id)


def made_note() -> bytes:
    """Such a note."""
    folder = scratch() / "made-note"
    folder.mkdir(exist_ok=True)
    CheckNote(kit.ROUND.job_id, (1, 5), (5,)).save(folder)
    return (folder / "round-check.json").read_bytes()


def outputs_frame(raw: bytes) -> object:
    """A server's outputs, as the client that delegated reads them."""
    return read_outputs(network(), TOTAL, raw)


def soon() -> int:
    """A time in ten minutes."""
    return int(time.time()) + 600


class Played:
    """A connection whose server said everything beforehand: messages, each behind its length."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def send(self, message: bytes) -> None:
        """Challenges do not change what it says."""

    def receive(self) -> bytes:
        """The next message; nothing where it has said all."""
        size = int.from_bytes(self._raw[:4], "big")
        message, self._raw = self._raw[4 : 4 + size], self._raw[4 + size :]
        return message


def rounds(raw: bytes) -> object:
    """The rounds of a delegation with a server that says these messages: never proven, never a crash."""
    shape = (int(np.prod(network().input_shape)), TOTAL)
    client = Client.prepare(network(), np.zeros(shape, dtype=np.int64))
    return client.check(np.zeros((TOTAL, network().classes), dtype=object), Played(raw))


def messages() -> bytes:
    """Messages of about the right sizes."""
    return b"".join(size.to_bytes(4, "big") + bytes(size) for size in (32, 48, 48, 64, 96, 128, 16, 16))


def service_says(raw: bytes) -> object:
    """The body of a response to a question: good, and as a refusal."""
    status = raw[0] % 2 * 300 + 200 if raw else 200

    async def bounded(*_: object) -> tuple[int, bytes]:
        return status, raw[1:]

    record = scratch() / "none"
    client = round_client.RoundClient("http://127.0.0.1:9", kit.ROUND, kit.CLIENT, record, None)  # type: ignore[arg-type]
    asked = Asked(1, np.zeros(6, dtype=np.int64), np.zeros(8, dtype=np.int64), 12)
    with patch.object(round_client, "_bounded", bounded), patch.object(round_client, "ATTEMPTS", 1):
        return asyncio.run(client._ask(None, asked))  # type: ignore[arg-type]


def response() -> bytes:
    """A good response."""
    signed = sign_answer(RoundSigner(kit.PROVIDER, kit.ROUND.domain), kit.ROUND.job_id, 1, 12, (2, -2, 1))
    return b"\0" + as_json({"signed": json.loads(signed.to_json()), "class": 0})


def record(raw: bytes) -> object:
    """A service's database beside its owner."""
    folder = scratch() / "record"
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_bytes(raw)
    return ServiceRecord(folder).answer(kit.ROUND.job_id, 0), ServiceRecord(folder).receipt(kit.ROUND.job_id)


@cache
def database() -> bytes:
    """An empty record."""
    folder = scratch() / "made-record"
    AnswerStore(folder).close()
    return (folder / FILE).read_bytes()


def budget(raw: bytes) -> object:
    """A budget's journal, and what is reserved."""
    found = Budget(b"\x07" * 32, 5)
    for path in (found.path, found.reservations):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    return found.spent, found.left, found.left_for(JOB)


def pipe(raw: bytes) -> object:
    """Messages of a proving process, which may die in the middle of one."""
    stream = io.BytesIO(raw)
    try:
        while (content := read_frame(stream, 1 << 20)) is not None:
            len(content)
    except BrokenFrame as error:
        raise InvalidInput("broken") from error
    return None


def frames() -> bytes:
    """Two of them."""
    stream = io.BytesIO()
    write_frame(stream, b"one")
    write_frame(stream, b"two" * 9)
    return stream.getvalue()


def letter(raw: bytes) -> object:
    """A letter that came to the office."""
    return open_letter(letter_head(raw), MINE, THEIRS.public, FORTH)


def typed(raw: bytes) -> object:
    """Options as a user types them."""
    text = raw.decode("latin1")
    for parse in (lambda: parse_indices(text), lambda: parse_word(text, "--x"), lambda: parse_scales(text, text, text)):
        with suppress(InvalidInput):
            parse()
    return _kind(raw)


def admission() -> bytes:
    """The answer to an introduction."""
    return seal_admission(b"\x03" * 32, b"hello", THEIRS, MINE.public, FORTH)


FRAME = Frame(JOB, 0, 2, 1, (b"first", b"second"))
DELEGATION = "assay.service.delegation.wire"
POST = "protocols.post"
TARGETS = (
    Target(
        "document of assay prove --json",
        as_file("prove.json", lambda path: read_timings(path, stamped=True)),
        lambda: [as_json({"verdict": "proved", "prove_s": 1.5, "verify_s": 2, "peak_memory_mb": 100, "setup_s": 1.0})],
        ("assay.report.timings.read_timings",),
    ),
    Target(
        "verifying key's words",
        parse_words,
        lambda: [(2).to_bytes(8, "little") + bytes(64)],
        ("proofs.halo2.reusable.parse_words",),
    ),
    Target(
        "post: whose key is whose",
        as_file("peer.json", read_pin),
        lambda: [as_json({"account": ACCOUNT.address, "key": "0x" + THEIRS.public.hex()})],
        ("protocols.post.jobs.read_pin",),
    ),
    Target(
        "question to the service",
        question,
        lambda: [as_json(kit.question(1))],
        (
            "assay.service.questions.parse_question",
            "assay.service.questions.parse_salt",
            "assay.service.questions.read_object",
        ),
    ),
    Target("session token", admitted, lambda: [f"Bearer {make_token(kit.CLIENT, kit.ROUND, soon())}".encode()], ()),
    Target(
        "round file",
        lambda raw: Round.from_bytes(raw).job_id,
        lambda: [kit.ROUND.to_bytes()],
        ("assay.service.round.Round.from_bytes",),
    ),
    Target("evidence", Evidence.from_bytes, lambda: [evidence()], ("assay.service.contests.Evidence.from_bytes",)),
    Target("note of a round's proof", note, lambda: [made_note()], ("assay.service.round_proof.notes.CheckNote.load",)),
    Target("response of the service", service_says, lambda: [response(), b'\1{"detail":"no","type":"x"}'], ()),
    Target(
        "record of the service",
        record,
        lambda: [database()],
        ("assay.service.store.read_only", "assay.service.store.read_answer", "assay.service.store.read_receipt"),
        slow=True,
    ),
    Target(
        "delegation: hello",
        lambda raw: Hello.from_bytes(raw, 1 << 31),
        lambda: [Hello(sha256(b"x").digest(), 5).to_bytes()],
        (f"{DELEGATION}.Hello.from_bytes",),
    ),
    Target(
        "delegation: inputs",
        lambda raw: read_inputs(network(), TOTAL, raw),
        lambda: [bytes(input_bytes(network(), TOTAL))],
        (f"{DELEGATION}.read_inputs",),
    ),
    Target(
        "delegation: outputs",
        outputs_frame,
        lambda: [bytes(output_bytes(network(), TOTAL))],
        (f"{DELEGATION}.read_outputs",),
    ),
    Target("delegation: rounds", rounds, lambda: [messages()], (), slow=True),
    Target("budget", budget, lambda: [b'{"at":1,"purpose":"x"}\n' * 2, b'{"' + b"0a" * 32 + b'":3}'], ()),
    Target(
        "pipe of a proving process", pipe, lambda: [frames()], ("proofs.sumcheck_backend.workers.frames.read_frame",)
    ),
    Target(
        "post: frame", lambda raw: decode_frame(raw).encode(), lambda: [FRAME.encode()], (f"{POST}.wire.decode_frame",)
    ),
    Target(
        "post: key statement",
        lambda raw: open_statement(raw, DOMAIN),
        lambda: [sign_statement(MINE, ACCOUNT, DOMAIN)],
        (f"{POST}.statement.open_statement",),
    ),
    Target(
        "post: introduction",
        lambda raw: open_hello(raw, MINE, FORTH),
        lambda: [seal_hello(b"statement", MINE.public, FORTH)],
        (f"{POST}.letters.open_hello",),
    ),
    Target(
        "post: letter",
        letter,
        lambda: [seal_letter(FRAME, b"\x03" * 32, 1, THEIRS, MINE.public, FORTH)],
        (f"{POST}.letters.open_letter",),
    ),
    Target(
        "post: admission",
        lambda raw: open_admission(raw, b"hello", MINE, THEIRS.public, FORTH),
        lambda: [admission()],
        (f"{POST}.letters.open_admission",),
    ),
    Target(
        "options and problems",
        typed,
        lambda: [b"3,5", b"0x" + b"0a" * 32, b"7/2,8", b'{"type":"x"}'],
        ("assay.words.parse_word", "assay.scales.parse_scales", "assay.service.selection.parse_indices"),
    ),
)
