"""The non-interactive proof: challenges are SHA-256 of everything said before them (Fiat and Shamir).

    state_0     = H(0, protocol, version, parameters, statement)
    state_{n+1} = H(1, state_n, label, field of the challenges, their number, message)
    bytes       = H(2, state_{n+1}, 0), H(2, state_{n+1}, 1), ...

with every variable-length part preceded by its length. A proof is the messages in order and nothing else: their
lengths, labels and number are the verifier's. The first message states the fields of all branches and is not sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

from proofs.canonical import canonical_bytes
from proofs.errors import MalformedProof
from proofs.sumcheck.challenges import draw
from proofs.sumcheck.exchange import Prover, Verifier
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.lockstep import Lockstep, challenge_field, message_bytes, read_message, write_message

T = TypeVar("T")
_START, _ABSORB, _SQUEEZE = b"\x00", b"\x01", b"\x02"


class Transcript:
    """What both sides have said, as one hash; the only way to use it is to say something and get the answer.

    Args:
        protocol: name of the protocol, unique to it. version: of that protocol.
        statement: everything that is proven, public inputs and outputs included (or their digests).
        parameters: what else the two sides must agree on, as canonical JSON can hold it.
    """

    def __init__(self, protocol: str, version: int, statement: bytes, parameters: Mapping[str, object]) -> None:
        head = (protocol.encode(), _integer(version), canonical_bytes(dict(parameters)), statement)
        self._state = _hash(_START, *map(_prefixed, head))

    @property
    def state(self) -> bytes:
        """32 bytes that stand for everything said so far."""
        return self._state

    def exchange(self, label: str, payload: bytes, challenges: int, extension: Extension) -> tuple[Scalar, ...]:
        """Absorb a message and draw the challenges after it: non-zero elements of ``extension``."""
        field = _prefixed(_integer(extension.p)) + _integer(extension.degree)
        message = (_prefixed(label.encode()), field, _integer(challenges), _prefixed(payload))
        self._state = _hash(_ABSORB, self._state, *message)
        stream = _Stream(self._state)
        return tuple(draw(extension, stream.read) for _ in range(challenges))


class _Stream:
    """The bytes a state stands for, without end."""

    def __init__(self, state: bytes) -> None:
        self._state = state
        self._blocks = 0
        self._left = b""

    def read(self, count: int) -> bytes:
        while len(self._left) < count:
            self._left += _hash(_SQUEEZE, self._state, _integer(self._blocks))
            self._blocks += 1
        taken, self._left = self._left[:count], self._left[count:]
        return taken


def run_prover(branches: Sequence[tuple[Prover[T], Extension]], transcript: Transcript) -> tuple[bytes, list[T]]:
    """Run provers in step; returns the proof and what each prover returned.

    Raises:
        ProverFailed: a prover sent something that is not an element of its field.
    """
    extensions = [extension for _, extension in branches]
    field = _begin(transcript, extensions)
    steps = Lockstep([prover for prover, _ in branches])
    proof = bytearray()
    while steps.requests:
        message = write_message(steps.requests, extensions)
        proof += message
        challenges = transcript.exchange(steps.label, message, steps.challenges, field)
        steps.answer([challenges] * len(branches))
    return bytes(proof), steps.results


def run_verifier(branches: Sequence[tuple[Verifier[T], Extension]], proof: bytes, transcript: Transcript) -> list[T]:
    """Run verifiers in step over a proof; returns what each returned, which the caller must discharge.

    Raises:
        MalformedProof: the proof is not exactly as long as its messages, or holds an element that is not canonical.
        RejectedProof: raised by a verifier.
    """
    extensions = [extension for _, extension in branches]
    field = _begin(transcript, extensions)
    steps = Lockstep([verifier for verifier, _ in branches])
    start = 0
    while steps.requests:
        end = start + message_bytes(steps.requests, extensions)
        if end > len(proof):
            raise MalformedProof(f"proof ends at byte {len(proof)}, inside message {steps.label!r}")
        message = proof[start:end]
        branches_said = read_message(steps.requests, extensions, message)
        challenges = transcript.exchange(steps.label, message, steps.challenges, field)
        steps.answer([said.answered(challenges) for said in branches_said])
        start = end
    if start != len(proof):
        raise MalformedProof(f"proof has {len(proof) - start} bytes after its last message")
    return steps.results


def _begin(transcript: Transcript, extensions: Sequence[Extension]) -> Extension:
    """Bind the fields of all branches; returns the one challenges come from."""
    field = challenge_field(extensions)
    fields = canonical_bytes([[extension.p, extension.degree] for extension in extensions])
    transcript.exchange("fields", fields, 0, field)
    return field


def _hash(*parts: bytes) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def _integer(value: int) -> bytes:
    return value.to_bytes(8, "big")


def _prefixed(part: bytes) -> bytes:
    return _integer(len(part)) + part
