"""The interactive proof, as in the paper: the client draws the challenges and sends each when it has the message.

It convinces this client only: whoever drew the challenges can write such a conversation without the prover, so it
cannot be handed on to anybody else. In return its error is statistical, with no hash and no assumption.

A message of the prover is its elements (all branches' in a row), the client's answer the challenges after it, each a
field element; a message that no challenge follows is not answered. Lengths, labels and number of messages are the
client's own: the connection carries nothing else.

*Source*: Ghodsi, Gu, Garg 2017, section 3; challenges from an extension field, and the bytes, are ours.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from proofs.errors import MalformedProof
from proofs.sumcheck.challenges import draw
from proofs.sumcheck.exchange import Prover, Received, Verifier
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.lockstep import (
    Lockstep,
    challenge_field,
    read_elements,
    read_message,
    write_elements,
    write_message,
)

T = TypeVar("T")
ChallengeSource = Callable[[int], tuple[Scalar, ...]]
"""Returns as many fresh challenges as asked for."""


class Connection(Protocol):
    """Messages to and from the other party, in order, each as it was sent."""

    def send(self, message: bytes) -> None:
        """Send a message."""

    def receive(self) -> bytes:
        """Wait for the next message."""


@dataclass(slots=True)
class Counted:
    """A connection that counts the bytes and messages it carries, either way."""

    connection: Connection
    bytes_sent: int = 0
    bytes_received: int = 0
    messages_sent: int = 0
    messages_received: int = 0

    def send(self, message: bytes) -> None:
        """Send a message and count it."""
        self.connection.send(message)
        self.bytes_sent += len(message)
        self.messages_sent += 1

    def receive(self) -> bytes:
        """Wait for the next message and count it."""
        message = self.connection.receive()
        self.bytes_received += len(message)
        self.messages_received += 1
        return message


def secret_challenges(extension: Extension) -> ChallengeSource:
    """Challenges nobody can predict: non-zero elements of ``extension`` from the operating system's randomness."""
    return lambda count: tuple(draw(extension, secrets.token_bytes) for _ in range(count))


def prepared_challenges(rounds: Iterable[tuple[Scalar, ...]]) -> ChallengeSource:
    """The challenges of a rehearsal, one message's at a time."""
    rest = iter(rounds)

    def take(count: int) -> tuple[Scalar, ...]:
        challenges = next(rest, ())
        if len(challenges) != count:
            raise ValueError("the conversation differs from its rehearsal")
        return challenges

    return take


def serve_prover(branches: Sequence[tuple[Prover[T], Extension]], connection: Connection) -> list[T]:
    """Run provers in step against the client at the other end; returns what each returned.

    Raises:
        MalformedProof: the client's answer is not so many non-zero field elements.
        ProverFailed: a prover sent something that is not an element of its field.
    """
    extensions = [extension for _, extension in branches]
    field = challenge_field(extensions)
    steps = Lockstep([prover for prover, _ in branches])
    while steps.requests:
        connection.send(write_message(steps.requests, extensions))
        challenges = _read_challenges(field, steps.challenges, connection) if steps.challenges else ()
        steps.answer([challenges] * len(branches))
    return steps.results


def ask_verifier(
    branches: Sequence[tuple[Verifier[T], Extension]], connection: Connection, source: ChallengeSource | None = None
) -> list[T]:
    """Run verifiers in step against the server at the other end; returns what each returned, to be discharged.

    Args:
        source: where challenges come from; ``secret_challenges`` unless given. Whoever can foresee them can cheat.

    Raises:
        MalformedProof: a message of the server has another length, or an element that is not canonical.
        RejectedProof: raised by a verifier.
    """
    extensions = [extension for _, extension in branches]
    field = challenge_field(extensions)
    source = secret_challenges(field) if source is None else source
    steps = Lockstep([verifier for verifier, _ in branches])
    while steps.requests:
        branches_said = read_message(steps.requests, extensions, connection.receive())
        challenges = source(steps.challenges) if steps.challenges else ()
        if challenges:
            connection.send(write_elements(challenges, field))
        steps.answer([said.answered(challenges) for said in branches_said])
    return steps.results


def rehearse(
    branches: Sequence[tuple[Verifier[T], Extension]], source: ChallengeSource | None = None
) -> tuple[list[tuple[Scalar, ...]], list[T]]:
    """Run verifiers against messages of zeros, before there is a prover, to learn where their claims will be.

    What a verifier checks may depend on messages, but the points of its claims on challenges only: a client can draw
    them beforehand, evaluate weights and inputs there, and hand them out one by one (``prepared_challenges``). For one
    conversation: challenges used twice are challenges foreseen.

    Returns:
        The challenges after each message, and what each verifier returned; its values mean nothing, its points do.
    """
    extensions = [extension for _, extension in branches]
    source = secret_challenges(challenge_field(extensions)) if source is None else source
    steps = Lockstep([verifier for verifier, _ in branches])
    rounds = []
    while steps.requests:
        challenges = source(steps.challenges) if steps.challenges else ()
        if challenges:
            rounds.append(challenges)
        zeros = [
            Received((e.zero,) * request.elements, challenges, bytes(request.raw_bytes))
            for request, e in zip(steps.requests, extensions, strict=True)
        ]
        steps.answer(zeros)
    return rounds, steps.results


def _read_challenges(field: Extension, count: int, connection: Connection) -> tuple[Scalar, ...]:
    """The client's answer, from whom anything may come."""
    raw = connection.receive()
    if len(raw) != count * field.scalar_bytes:
        raise MalformedProof(
            f"the client's answer has {len(raw)} bytes, {count} challenges take {count * field.scalar_bytes}"
        )
    challenges = read_elements(raw, field)
    if not all(any(challenge) for challenge in challenges):
        raise MalformedProof("the client's answer holds a challenge of zero, which the protocol leaves out")
    return challenges
