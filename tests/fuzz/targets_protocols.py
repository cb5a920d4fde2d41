"""What one party's process reads from the other: offers, messages, answers, envelopes, journals."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from eth_account import Account

from fuzz.target import Target, as_file, scratch

for _folder in ("protocols", "protocols/predictions", "protocols/retrieval", "protocols/sampled"):
    sys.path.append(str(Path(__file__).resolve().parents[1] / _folder))

import prediction_samples  # noqa: E402
import protocol_samples  # noqa: E402
import retrieval_samples  # noqa: E402
import sampled_samples  # noqa: E402

import protocols.accuracy.messages as accuracy_messages  # noqa: E402
import protocols.accuracy.signing as accuracy_signing  # noqa: E402
import protocols.accuracy.terms as accuracy_terms  # noqa: E402
import protocols.predictions.envelopes as prediction_signing  # noqa: E402
import protocols.predictions.messages as prediction_messages  # noqa: E402
import protocols.predictions.terms as prediction_terms  # noqa: E402
import protocols.retrieval.messages as retrieval_messages  # noqa: E402
import protocols.retrieval.signing as retrieval_signing  # noqa: E402
import protocols.retrieval.terms as retrieval_terms  # noqa: E402
import protocols.sampled.messages as sampled_messages  # noqa: E402
import protocols.sampled.signing as sampled_signing  # noqa: E402
import protocols.sampled.terms as sampled_terms  # noqa: E402
from protocols import journal_fields  # noqa: E402
from protocols.canonical import decode_canonical, encode_canonical  # noqa: E402
from protocols.channel import DirectoryChannel  # noqa: E402
from protocols.eip712 import Domain, decode_signed  # noqa: E402
from protocols.hand_over import ciphertext_root, seal_test_set, unseal_test_set  # noqa: E402
from protocols.journal import Journal, parse_journal, read_journal  # noqa: E402
from protocols.predictions.answers import (  # noqa: E402
    AnswerDesk,
    ReceiptDesk,
    parse_answer,
    parse_receipt,
    sign_answer,
    sign_receipt,
)
from protocols.predictions.round_proof import RoundProof  # noqa: E402
from protocols.predictions.signing import RoundSigner  # noqa: E402
from protocols.sealed_channel import SealedChannel, usable_key  # noqa: E402
from protocols.sealing import ChannelKey, Direction, Slot, seal, unseal  # noqa: E402
from protocols.signed_messages import sign_message as sign_any  # noqa: E402

DOMAIN = Domain(31_337, "0x00000000000000000000000000000000000e5c09")
FIRST, SECOND = Account.from_key("0x" + "11" * 32), Account.from_key("0x" + "22" * 32)
MINE, THEIRS = ChannelKey(b"\x01" * 32), ChannelKey(b"\x02" * 32)
JOB = b"\x0a" * 32
BACK = Direction.SELLER_TO_BUYER
PLAIN: dict[str, object] = {"bytes32": b"\x07" * 32, "string": "too dear", "address": FIRST.address}
PROTOCOLS: dict[str, tuple[Any, Any, Any, Any]] = {
    "accuracy": (accuracy_messages, accuracy_signing, accuracy_terms, protocol_samples.TERMS),
    "retrieval": (retrieval_messages, retrieval_signing, retrieval_terms, retrieval_samples.TERMS),
    "predictions": (prediction_messages, prediction_signing, prediction_terms, prediction_samples.TERMS),
    "sampled": (sampled_messages, sampled_signing, sampled_terms, sampled_samples.SAMPLED),
}
"""Of each protocol: its messages, how they are opened, its terms, and a sample of them. FIRST opens, SECOND accepts."""


def job_of(name: str) -> bytes:
    """The job id of the sample terms."""
    _, _, terms, sample = PROTOCOLS[name]
    found: bytes = terms.job_id(terms.job_tag(DOMAIN.chain_id, DOMAIN.escrow, sample), sample)
    return found


def message(name: str, kind: Any) -> bytes:
    """A signed message of any kind, its fields filled with whatever has their type."""
    messages, _, _, sample = PROTOCOLS[name]
    values: dict[str, Any] = {}
    for item in fields(kind):
        solidity = item.metadata["type"]
        values[item.name] = sample if solidity == messages.TERMS_STRUCT else PLAIN.get(solidity, 3)
    values["job_id"] = job_of(name)
    if "data_root" in values:
        values["data_root"] = sample.data_root
    opener = {"accuracy": "buyer", "sampled": "buyer", "retrieval": "requester", "predictions": "client"}[name]
    account = FIRST if kind.SENDER in (opener, "either") else SECOND
    sign = accuracy_signing.sign_message if name == "accuracy" else sign_any
    signed: bytes = sign(kind(**values), account, DOMAIN)
    return signed


def kinds_of(name: str) -> list[Any]:
    """The protocol's message classes but its offer."""
    messages = PROTOCOLS[name][0]
    every = [value for value in vars(messages).values() if isinstance(value, type) and hasattr(value, "SENDER")]
    return [kind for kind in every if kind.__name__ not in ("SignedMessage", "Offer")]


def opened(name: str) -> Callable[[bytes], object]:
    """Open as what it says it is, or else as the protocol's first message."""
    _, signing, _, sample = PROTOCOLS[name]
    kinds = {kind.__name__: kind for kind in kinds_of(name)}

    def run(raw: bytes) -> object:
        kind = kinds.get(decode_signed(raw, "message").kind, next(iter(kinds.values())))
        try:
            return signing.open_message(raw, kind, DOMAIN, sample, FIRST.address)
        except signing.MessageRejected as error:
            if error.check not in ("role", "signer"):
                raise
        return signing.open_message(raw, kind, DOMAIN, sample, SECOND.address)

    return run


def offered(name: str) -> Callable[[bytes], object]:
    """Open an offer."""
    return lambda raw: PROTOCOLS[name][1].open_offer(raw, DOMAIN, SECOND.address)


def offer(name: str) -> bytes:
    """A signed offer."""
    return message(name, PROTOCOLS[name][0].Offer)


@cache
def journal_bytes() -> bytes:
    """A journal of three lines, with bodies that exercise every reader of fields."""
    path = scratch() / "journal.jsonl"
    path.unlink(missing_ok=True)
    with Journal(path, b"fuzz") as journal:
        for _ in range(3):
            journal.append(
                "sent", {"count": "12", "word": "0x" + "0a" * 32, "flag": True, "texts": ["a", "b"], "text": "x"}
            )
    return path.read_bytes()


def journal_read(raw: bytes) -> object:
    """Every field of every line of a journal."""
    entries = parse_journal(raw, b"fuzz", "journal")[0]
    readers = (
        journal_fields.count,
        journal_fields.word,
        journal_fields.flag,
        journal_fields.texts,
        journal_fields.text,
    )
    return [[reader(entry, reader.__name__) for reader in readers] for entry in entries]


def unsigned_journal(raw: bytes) -> object:
    """The fields of a line whose digest is right whatever it says, as an owner's other version might write it."""
    content = decode_canonical(raw, "body", 1 << 20)
    path = scratch() / "own.jsonl"
    path.unlink(missing_ok=True)
    with Journal(path, b"fuzz") as journal:
        journal.append("sent", content)
    return [journal_read(path.read_bytes()), read_journal(path, b"fuzz")]


def unsealed(raw: bytes) -> object:
    """An envelope in its slot."""
    return unseal(raw, MINE, THEIRS.public, Slot("message", JOB, BACK, (0,)))


def received(raw: bytes) -> object:
    """A message file in a shared folder, through the sealed channel."""
    root = scratch() / "channel"
    folder = root / BACK
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "00000000.msg").write_bytes(raw)
    channel = SealedChannel(DirectoryChannel(root, BACK.opposite), MINE, THEIRS.public, JOB, BACK.opposite)
    return channel.receive(0)


def handed_over(raw: bytes) -> object:
    """Sealed chunks under their own root."""
    chunks = [raw[start : start + 200] for start in range(0, len(raw), 200)]
    return unseal_test_set(chunks, ciphertext_root(chunks), MINE, THEIRS.public, JOB)


def sealed_chunk() -> bytes:
    """One chunk."""
    return seal_test_set(b"examples" * 15, THEIRS, MINE.public, JOB)[0]


def envelope() -> bytes:
    """A sealed message."""
    return seal(b"hello", THEIRS, MINE.public, Slot("message", JOB, BACK, (0,)))


def answer() -> bytes:
    """A signed answer to question 1."""
    return sign_answer(RoundSigner(SECOND, DOMAIN), job_of("predictions"), 1, 12, (2, -2)).to_json()


def receipt() -> bytes:
    """A signed receipt over two answers."""
    return sign_receipt(RoundSigner(FIRST, DOMAIN), job_of("predictions"), 2).to_json()


def round_proof() -> bytes:
    """A message that carries a proof."""
    return RoundProof(JOB, b"\x01" * 32, (0, 1, 7), b"bundle").to_bytes()


def answered(raw: bytes) -> object:
    """The client's desk."""
    return AnswerDesk(prediction_samples.TERMS, job_of("predictions"), DOMAIN).open(raw, 1, 12)


def receipted(raw: bytes) -> object:
    """The provider's desk."""
    return ReceiptDesk(prediction_samples.TERMS, job_of("predictions"), DOMAIN).open(raw)


def _messages(name: str) -> Callable[[], list[bytes]]:
    return lambda: [message(name, kind) for kind in kinds_of(name)]


def _offers(name: str) -> Callable[[], list[bytes]]:
    return lambda: [offer(name)]


def _signing(name: str) -> str:
    return PROTOCOLS[name][1].__name__


def _terms_seed(name: str) -> Callable[[], list[bytes]]:
    return lambda: [PROTOCOLS[name][3].to_json()]


OFFERS = tuple(Target(f"{n} offer", offered(n), _offers(n), (f"{_signing(n)}.open_offer",)) for n in PROTOCOLS)
MESSAGES = tuple(Target(f"{n} messages", opened(n), _messages(n), (f"{_signing(n)}.open_message",)) for n in PROTOCOLS)
TERMS = tuple(
    Target(f"{n} terms", PROTOCOLS[n][2].terms_from_json, _terms_seed(n), (f"protocols.{n}.terms.terms_from_json",))
    for n in PROTOCOLS
)
TARGETS = (
    *OFFERS,
    *MESSAGES,
    *TERMS,
    Target(
        "signed envelope",
        lambda raw: decode_signed(raw, "message").encode(),
        lambda: [offer("accuracy")],
        (
            "protocols.eip712.decode_signed",
            "protocols.canonical.decode_canonical",
        ),
    ),
    Target("answer", answered, lambda: [answer()], ("protocols.predictions.answers.parse_answer",)),
    Target("answer unchecked", parse_answer, lambda: [answer()], ()),
    Target("receipt", receipted, lambda: [receipt()], ("protocols.predictions.answers.parse_receipt",)),
    Target("receipt unchecked", parse_receipt, lambda: [receipt()], ()),
    Target(
        "round proof message",
        lambda raw: RoundProof.from_bytes(raw).context,
        lambda: [round_proof()],
        ("protocols.predictions.round_proof.RoundProof.from_bytes",),
    ),
    Target("journal", journal_read, lambda: [journal_bytes()], ("protocols.journal.parse_journal",)),
    Target(
        "journal fields",
        unsigned_journal,
        lambda: [encode_canonical({"count": "1", "word": "0x" + "0a" * 32, "flag": True, "texts": ["a"], "text": "x"})],
        (),
        slow=True,
    ),
    Target(
        "journal file",
        as_file("read.jsonl", lambda path: read_journal(path, b"fuzz")),
        lambda: [journal_bytes()],
        ("protocols.journal.read_journal",),
    ),
    Target("sealed envelope", unsealed, lambda: [envelope()], ("protocols.sealing.unseal",)),
    Target("sealed channel", received, lambda: [envelope()], ()),
    Target("hand-over", handed_over, lambda: [sealed_chunk()], ("protocols.hand_over.unseal_test_set",)),
    Target("channel key", usable_key, lambda: [MINE.public], ()),
)
