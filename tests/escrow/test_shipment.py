"""Deliveries on the channel: cut up, sealed, sent again, interrupted, and by somebody who wants to do harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from escrow.parties.shipment import PIECE_BYTES, Found, next_notice, pieces_of, receive_shipment, send_shipment
from proofs.errors import InvalidInput
from protocols.channel import DirectoryChannel
from protocols.errors import MessageRejected
from protocols.retrieval.messages import DeliveryNotice
from protocols.sealed_channel import SealedChannel
from protocols.sealing import ChannelKey, Direction

JOB = bytes(range(32))
MINE, THEIRS = ChannelKey(bytes([1]) * 32), ChannelKey(bytes([2]) * 32)
CONTENT = bytes(range(256)) * (2 * PIECE_BYTES // 256) + b"the rest"
NOTICE = b"notice:"


@pytest.fixture
def ends(tmp_path: Path) -> tuple[SealedChannel, SealedChannel]:
    """The responder's end, with its answer sent, and the requester's."""
    out, back = Direction.SELLER_TO_BUYER, Direction.BUYER_TO_SELLER
    sender = SealedChannel(DirectoryChannel(tmp_path, out), MINE, THEIRS.public, JOB, out)
    sender.transport.send(0, b"answer")
    return sender, SealedChannel(DirectoryChannel(tmp_path, back), THEIRS, MINE.public, JOB, back)


def signed(total: int = len(CONTENT)) -> bytes:
    return NOTICE + str(total).encode()


def opened(raw: bytes) -> DeliveryNotice:
    if not raw.startswith(NOTICE):
        raise MessageRejected("kind", "no notice")
    return DeliveryNotice(
        job_id=JOB, ciphertext_root=bytes(32), chunk_count=1, byte_count=int(raw.removeprefix(NOTICE))
    )


def found_from(channel: SealedChannel, start: int = 1) -> Found:
    found = next_notice(channel, start, opened)
    assert found is not None
    return found


def test_arrives_whole(ends: tuple[SealedChannel, SealedChannel]) -> None:
    sender, receiver = ends
    assert next_notice(receiver, 1, opened) is None
    send_shipment(sender, signed(), CONTENT, 0)
    found = found_from(receiver)
    assert (found.sequence, found.after, pieces_of(len(CONTENT))) == (1, 5, 3)
    assert receive_shipment(receiver, found, len(CONTENT)) == CONTENT


def test_interrupted_and_resumed(ends: tuple[SealedChannel, SealedChannel]) -> None:
    sender, receiver = ends
    sender.send(1, signed())
    sender.send(2, CONTENT[:PIECE_BYTES])
    assert receive_shipment(receiver, found_from(receiver), len(CONTENT)) is None
    send_shipment(sender, signed(), CONTENT, 0)
    assert receive_shipment(receiver, found_from(receiver), len(CONTENT)) == CONTENT
    send_shipment(sender, signed(), CONTENT, 0)
    assert sender.transport.sent() == 5


def test_sent_again_is_found_behind_the_first(ends: tuple[SealedChannel, SealedChannel]) -> None:
    sender, receiver = ends
    send_shipment(sender, signed(), bytes(len(CONTENT)), 0)
    first = found_from(receiver)
    assert next_notice(receiver, first.after, opened) is None
    send_shipment(sender, signed(), CONTENT, 1)
    assert receive_shipment(receiver, found_from(receiver, first.after), len(CONTENT)) == CONTENT


@pytest.mark.parametrize("total", [0, len(CONTENT) + 1, 1 << 60])
def test_more_than_expected_is_not_read(ends: tuple[SealedChannel, SealedChannel], total: int) -> None:
    sender, receiver = ends
    send_shipment(sender, signed(total), CONTENT, 0)
    with pytest.raises(MessageRejected, match="bytes"):
        receive_shipment(receiver, found_from(receiver), len(CONTENT))


@pytest.mark.parametrize("total", [len(CONTENT) - 1, len(CONTENT) - PIECE_BYTES, PIECE_BYTES - 1])
def test_pieces_of_other_lengths_than_announced(ends: tuple[SealedChannel, SealedChannel], total: int) -> None:
    sender, receiver = ends
    send_shipment(sender, signed(total), CONTENT, 0)
    with pytest.raises(MessageRejected, match="piece"):
        receive_shipment(receiver, found_from(receiver), len(CONTENT))


def test_noise_before_the_notice_is_passed_over(ends: tuple[SealedChannel, SealedChannel]) -> None:
    """Unsealed bytes, and sealed ones that are no notice."""
    sender, receiver = ends
    sender.transport.send(1, b"noise")
    sender.send(2, b"no notice either")
    for place, message in enumerate([signed(4), b"four"]):
        sender.send(3 + place, message)
    found = found_from(receiver)
    assert found.sequence == 3 and receive_shipment(receiver, found, 4) == b"four"


def test_stranger_cannot_put_in_pieces(ends: tuple[SealedChannel, SealedChannel]) -> None:
    sender, receiver = ends
    stranger = SealedChannel(sender.transport, ChannelKey(bytes([3]) * 32), THEIRS.public, JOB, sender.outgoing)
    sender.send(1, signed(4))
    stranger.send(2, b"four")
    with pytest.raises(MessageRejected, match="does not open"):
        receive_shipment(receiver, found_from(receiver), 4)


def test_more_than_a_channel_takes(ends: tuple[SealedChannel, SealedChannel]) -> None:
    with pytest.raises(InvalidInput, match="does not fit"):
        send_shipment(ends[0], signed(), CONTENT, 1 << 20)
