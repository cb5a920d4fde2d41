"""A channel whose messages are sealed: plain bytes in and out, the transport sees envelopes only."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.errors import InvalidInput
from protocols.channel import Channel
from protocols.sealing import ChannelKey, Direction, Slot, seal, unseal


def usable_key(public: bytes) -> bool:
    """Whether messages can be sealed to an untrusted channel key: 32 bytes, and no point of low order.

    Tried with a key nobody keeps, so that it is known before anything is paid and not when the documents are due.
    """
    try:
        seal(b"", ChannelKey.generate(), public, Slot("message", bytes(32), Direction.BUYER_TO_SELLER, (0,)))
    except (InvalidInput, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class SealedChannel:
    """Seals to the other party and opens what it sealed, number by number.

    Args:
        transport: delivers the envelopes. mine: own key pair (secret). their_public: the other party's channel key,
            from its signed Offer or Acceptance. job_id: 32 bytes. outgoing: the direction this side sends in.
    """

    transport: Channel
    mine: ChannelKey
    their_public: bytes
    job_id: bytes
    outgoing: Direction

    def send(self, sequence: int, plaintext: bytes) -> None:
        """Seal and deliver message ``sequence``; one that was delivered before a crash is left as it is.

        Raises:
            InvalidInput: out of order, too long, or an unusable key.
        """
        if not 0 <= sequence < self.transport.sent():
            slot = Slot("message", self.job_id, self.outgoing, (max(0, sequence),))
            self.transport.send(sequence, seal(plaintext, self.mine, self.their_public, slot))

    def receive(self, sequence: int) -> bytes | None:
        """Message ``sequence`` of the other party, decrypted; None until it is there.

        Raises:
            MessageRejected: the file or envelope is not the other party's message with this number.
        """
        envelope = self.transport.receive(sequence)
        if envelope is None:
            return None
        slot = Slot("message", self.job_id, self.outgoing.opposite, (sequence,))
        return unseal(envelope, self.mine, self.their_public, slot)
