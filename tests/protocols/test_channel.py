"""The folder transport and the sealed channel over it: resuming, hostile files, replay, reorder, reflection."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from proofs.errors import InvalidInput
from protocols.channel import MAX_MESSAGES, DirectoryChannel
from protocols.errors import MessageRejected
from protocols.sealed_channel import SealedChannel, usable_key
from protocols.sealing import ChannelKey, Direction

FORTH, BACK = Direction.BUYER_TO_SELLER, Direction.SELLER_TO_BUYER
BUYER, SELLER = ChannelKey(b"\x01" * 32), ChannelKey(b"\x02" * 32)
JOB = b"\x0a" * 32


@pytest.fixture
def pair(tmp_path: Path) -> tuple[DirectoryChannel, DirectoryChannel]:
    return DirectoryChannel(tmp_path / "job", FORTH), DirectoryChannel(tmp_path / "job", BACK)


@pytest.fixture
def sealed(pair: tuple[DirectoryChannel, DirectoryChannel]) -> tuple[SealedChannel, SealedChannel]:
    buyer, seller = pair
    return SealedChannel(buyer, BUYER, SELLER.public, JOB, FORTH), SealedChannel(
        seller, SELLER, BUYER.public, JOB, BACK
    )


def test_messages_in_order_both_ways(pair: tuple[DirectoryChannel, DirectoryChannel]) -> None:
    buyer, seller = pair
    assert seller.receive(0) is None
    for sequence in range(3):
        buyer.send(sequence, b"to seller %d" % sequence)
        seller.send(sequence, b"to buyer %d" % sequence)
    assert [seller.receive(i) for i in range(4)] == [b"to seller 0", b"to seller 1", b"to seller 2", None]
    assert [buyer.receive(i) for i in range(4)] == [b"to buyer 0", b"to buyer 1", b"to buyer 2", None]
    assert (buyer.sent(), seller.sent(), buyer.sent_payload(1)) == (3, 3, b"to seller 1")


def test_resuming_after_a_crash(pair: tuple[DirectoryChannel, DirectoryChannel], tmp_path: Path) -> None:
    pair[0].send(0, b"first")
    (tmp_path / "job" / FORTH / ".0123.tmp").write_bytes(b"half a mess")  # killed while writing number 1
    again = DirectoryChannel(tmp_path / "job", FORTH)
    assert again.sent() == 1
    again.send(0, b"first")
    with pytest.raises(InvalidInput, match="other content"):
        again.send(0, b"changed")
    again.send(1, b"second")
    assert [pair[1].receive(i) for i in range(3)] == [b"first", b"second", None]


def test_out_of_order_and_oversize(pair: tuple[DirectoryChannel, DirectoryChannel], tmp_path: Path) -> None:
    for sequence in (1, -1):
        with pytest.raises(InvalidInput, match="out of order"):
            pair[0].send(sequence, b"x")
    with pytest.raises(InvalidInput, match="bytes"):
        DirectoryChannel(tmp_path / "small", FORTH, max_bytes=3).send(0, b"long")
    for sequence in (-1, MAX_MESSAGES):
        with pytest.raises(InvalidInput, match="out of range"):
            pair[0].receive(sequence)


def test_hostile_names_are_ignored(pair: tuple[DirectoryChannel, DirectoryChannel], tmp_path: Path) -> None:
    folder = tmp_path / "job" / FORTH
    pair[0].open()
    names = ("0.msg", "00000000.msg ", "00000000.MSG", "-0000001.msg", "٠٠٠٠٠٠٠٠.msg", "00000000.msg\n", "..msg", "x")
    for name in (*names, "000000000.msg"):
        (folder / name).write_bytes(b"trap")
    assert pair[0].sent() == 0 and pair[1].receive(0) is None
    pair[0].send(0, b"real")
    assert pair[1].receive(0) == b"real"


def test_what_is_not_a_plain_file_is_refused(pair: tuple[DirectoryChannel, DirectoryChannel], tmp_path: Path) -> None:
    folder = tmp_path / "job" / FORTH
    pair[0].open()
    secret = tmp_path / "secret"
    secret.write_bytes(b"private")
    (folder / "00000000.msg").symlink_to(secret)
    (folder / "00000001.msg").mkdir()
    os.mkfifo(folder / "00000002.msg")
    (folder / "00000003.msg").symlink_to(tmp_path / "nowhere")
    for sequence in range(4):
        with pytest.raises(MessageRejected, match="file"):
            pair[1].receive(sequence)


def test_oversize_files_are_not_read(pair: tuple[DirectoryChannel, DirectoryChannel], tmp_path: Path) -> None:
    pair[0].open()
    with (tmp_path / "job" / FORTH / "00000000.msg").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(MessageRejected, match="size"):
        pair[1].receive(0)


def test_unusable_folders(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match="cannot use"):
        DirectoryChannel(tmp_path / "file", FORTH).open()
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / FORTH).symlink_to(tmp_path)
    with pytest.raises(InvalidInput, match="is a link"):
        DirectoryChannel(tmp_path / "job", FORTH).open()
    with pytest.raises(MessageRejected, match="is a link"):
        DirectoryChannel(tmp_path / "job", BACK).receive(0)


def test_folders_replaced_by_files(pair: tuple[DirectoryChannel, DirectoryChannel], tmp_path: Path) -> None:
    """Whoever can write to the shared folder gets refusals in the project's words, and nothing else."""
    pair[0].send(0, b"x")
    for folder in (FORTH, BACK):
        shutil.rmtree(tmp_path / "job" / folder)
        (tmp_path / "job" / folder).touch()
    again = DirectoryChannel(tmp_path / "job", FORTH)
    for attempt in (again.open, again.sent, lambda: again.send(0, b"x")):
        with pytest.raises(InvalidInput, match="channel"):
            attempt()
    for read in (again.receive, again.sent_payload):
        with pytest.raises(MessageRejected) as refused:
            read(0)
        assert refused.value.check == "channel"


def test_folders_taken_away(pair: tuple[DirectoryChannel, DirectoryChannel], tmp_path: Path) -> None:
    pair[0].send(0, b"x")
    shutil.rmtree(tmp_path / "job")
    assert (pair[0].sent(), pair[1].receive(0)) == (0, None)
    pair[0].send(0, b"x")
    assert pair[1].receive(0) == b"x"


def test_disk_that_refuses_leaves_nothing(
    pair: tuple[DirectoryChannel, DirectoryChannel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InvalidInput, match="No space left"):
        pair[0].send(0, b"x")
    assert list((tmp_path / "job" / FORTH).iterdir()) == []


def test_sealed_round_trip_and_resume(sealed: tuple[SealedChannel, SealedChannel]) -> None:
    buyer, seller = sealed
    assert seller.receive(0) is None
    buyer.send(0, b"one")
    before = buyer.transport.sent_payload(0)
    buyer.send(0, b"one")  # repeated after a crash: what was delivered stays
    assert buyer.transport.sent_payload(0) == before
    seller.send(0, b"answer")
    assert (seller.receive(0), buyer.receive(0)) == (b"one", b"answer")
    for sequence in (-1, 5):
        with pytest.raises(InvalidInput, match="out of order"):
            buyer.send(sequence, b"x")


@pytest.mark.parametrize("point", [0, 1, (1 << 255) - 20, (1 << 255) - 19, (1 << 255) - 18])
def test_low_order_keys_are_unusable(point: int) -> None:
    assert not usable_key(point.to_bytes(32, "little"))
    assert usable_key(SELLER.public)


def test_transport_sees_no_plaintext(sealed: tuple[SealedChannel, SealedChannel]) -> None:
    sealed[0].send(0, b"the labels of the test set")
    assert b"labels" not in sealed[1].transport.receive(0)


def _place(folder: Path, sequence: int, payload: bytes) -> None:
    (folder / f"{sequence:08d}.msg").write_bytes(payload)


def test_replay_reorder_and_reflection_are_refused(sealed: tuple[SealedChannel, SealedChannel], tmp_path: Path) -> None:
    buyer, seller = sealed
    buyer.send(0, b"one")
    buyer.send(1, b"two")
    first, second = (buyer.transport.sent_payload(i) for i in range(2))
    folder = tmp_path / "job"
    _place(folder / FORTH, 2, first)  # replayed under a new number
    _place(folder / FORTH, 0, second)  # reordered
    _place(folder / FORTH, 1, first)
    for sequence in range(3):
        with pytest.raises(MessageRejected, match="seal"):
            seller.receive(sequence)
    _place(folder / BACK, 0, first)  # reflected to its sender
    with pytest.raises(MessageRejected, match="seal"):
        buyer.receive(0)


def test_other_job_or_altered_or_short(sealed: tuple[SealedChannel, SealedChannel], tmp_path: Path) -> None:
    buyer, seller = sealed
    buyer.send(0, b"one")
    other = SealedChannel(seller.transport, SELLER, BUYER.public, b"\x0b" * 32, BACK)
    with pytest.raises(MessageRejected, match="seal"):
        other.receive(0)
    payload = buyer.transport.sent_payload(0)
    _place(tmp_path / "job" / FORTH, 0, payload[:-1])
    with pytest.raises(MessageRejected, match="seal"):
        seller.receive(0)
    _place(tmp_path / "job" / FORTH, 0, b"")
    with pytest.raises(MessageRejected, match="envelope"):
        seller.receive(0)
