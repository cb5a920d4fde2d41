"""What an office takes, from whom, and how much of it: each rule broken by somebody who knows the protocol."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import pytest
from two_sides import (
    ACCEPTED,
    BACK,
    BUYER,
    DECLINED,
    DOMAIN,
    FORTH,
    JOB,
    OTHER_JOB,
    QUOTA,
    SELLER,
    STRANGER,
    Sides,
    offer,
    statement_of,
)

from protocols.channel import DirectoryChannel
from protocols.errors import MessageRejected
from protocols.post.desk import Desk
from protocols.post.jobs import OwnJobs
from protocols.post.letters import seal_hello
from protocols.post.quota import FILE_BYTES
from protocols.post.refusal import Kind, PostRefused
from protocols.post.statement import KeyStatement, sign_statement
from protocols.post.wire import LIST, Frame, decode_frame
from protocols.sealing import ChannelKey

THIRD_KEY = ChannelKey(b"\x23" * 32)


def refused(kind: Kind, desk: Desk, frame: Frame, who: KeyStatement) -> None:
    with pytest.raises(PostRefused) as found:
        desk.take(frame, who)
    assert found.value.kind is kind


def frame(first: int, *messages: bytes, job_id: bytes = JOB) -> Frame:
    return Frame(job_id, first, first + len(messages), 0, messages)


@pytest.fixture
def buyer(sides: Sides) -> KeyStatement:
    return statement_of(BUYER, sides.buyer_key)


@pytest.fixture
def stranger() -> KeyStatement:
    return statement_of(STRANGER, THIRD_KEY)


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_messages_in_order_once(sides: Sides, buyer: KeyStatement) -> None:
    sides.begin()
    sides.guests.take(frame(1, b"one", b"two"), buyer)
    sides.guests.take(frame(0, offer(BUYER), b"one", b"two", b"three"), buyer)  # all again, and one more
    assert [sides.seller().receive(number) for number in (1, 2, 3, 4)] == [b"one", b"two", b"three", None]
    refused(Kind.CONFLICT, sides.guests, frame(2, b"other"), buyer)
    refused(Kind.CONFLICT, sides.guests, frame(0, offer(BUYER, words=b"cheaper")), buyer)
    refused(Kind.OUT_OF_ORDER, sides.guests, frame(5, b"five"), buyer)
    assert sides.seller().receive(2) == b"two" and sides.seller().receive(5) is None


def test_a_job_is_its_makers_alone(sides: Sides, buyer: KeyStatement, stranger: KeyStatement) -> None:
    sides.begin()
    before = files(sides.root)
    for who in (stranger, statement_of(BUYER, THIRD_KEY), statement_of(STRANGER, sides.buyer_key)):
        refused(Kind.REFUSED, sides.guests, frame(1, b"mine"), who)
        refused(Kind.REFUSED, sides.guests, frame(0, offer(BUYER)), who)
        assert not sides.guests.take(Frame(JOB), who)  # asks: answered as for a job there is not
        assert not sides.guests.take(Frame(OTHER_JOB), who)
    assert files(sides.root) == before


def test_only_sound_offers_of_ones_own_begin_a_job(sides: Sides, buyer: KeyStatement, stranger: KeyStatement) -> None:
    for message in (b"no offer", offer(STRANGER), offer(BUYER, OTHER_JOB), offer(BUYER, words=bytes(1 << 16))):
        refused(Kind.REFUSED, sides.guests, frame(0, message), buyer)
    refused(Kind.REFUSED, sides.guests, frame(1, b"late"), buyer)
    refused(Kind.REFUSED, sides.guests, frame(0, offer(BUYER)), stranger)
    assert files(sides.root) == []


def test_little_is_taken_before_the_answer_and_after_a_refusal(sides: Sides, buyer: KeyStatement) -> None:
    sides.guests.take(frame(0, offer(BUYER)), buyer)
    refused(Kind.TOO_EARLY, sides.guests, frame(1, bytes(QUOTA.early_bytes)), buyer)
    sides.guests.take(frame(1, b"a few more words"), buyer)
    sides.seller().send(0, DECLINED)
    refused(Kind.TOO_EARLY, sides.guests, frame(2, bytes(QUOTA.early_bytes)), buyer)
    shutil.rmtree(sides.root / "seller" / JOB.hex() / BACK)
    sides.seller().send(0, ACCEPTED)
    sides.guests.take(frame(2, bytes(QUOTA.early_bytes)), buyer)


def test_messages_without_bytes_are_none(sides: Sides, buyer: KeyStatement) -> None:
    sides.guests.take(frame(0, offer(BUYER)), buyer)
    refused(Kind.MALFORMED, sides.guests, frame(1, b""), buyer)
    sides.seller().send(0, ACCEPTED)
    refused(Kind.MALFORMED, sides.guests, frame(1, b"x", b""), buyer)
    assert sides.seller().receive(1) == b"x" and sides.seller().receive(2) is None


def test_few_messages_are_taken_before_the_answer(tmp_path: Path, buyer: KeyStatement) -> None:
    sides = Sides(tmp_path, replace(QUOTA, early_bytes=1 << 20))
    sides.guests.take(frame(0, offer(BUYER)), buyer)
    sides.guests.take(frame(1, *[b"x"] * (QUOTA.early_messages - 1)), buyer)
    refused(Kind.TOO_EARLY, sides.guests, frame(QUOTA.early_messages, b"x"), buyer)
    sides.seller().send(0, ACCEPTED)
    sides.guests.take(frame(QUOTA.early_messages, b"x"), buyer)


def test_small_messages_cost_what_a_file_costs(tmp_path: Path, buyer: KeyStatement) -> None:
    sides = Sides(tmp_path, replace(QUOTA, early_messages=1 << 20))
    sides.guests.take(frame(0, offer(BUYER)), buyer)
    refused(Kind.TOO_EARLY, sides.guests, frame(1, *[b"x"] * 200), buyer)
    assert 1 < sides.guests.shelves(JOB)[1].count() <= QUOTA.early_bytes // FILE_BYTES
    sides.open_office()
    refused(Kind.TOO_EARLY, sides.guests, frame(sides.guests.shelves(JOB)[1].count(), b"x"), buyer)


def test_a_job_has_its_quota(tmp_path: Path, buyer: KeyStatement) -> None:
    sides = Sides(tmp_path, replace(QUOTA, early_bytes=500 + FILE_BYTES, job_bytes=1000 + 2 * FILE_BYTES))
    sides.begin()
    refused(Kind.FULL, sides.guests, frame(1, bytes(500), bytes(500)), buyer)
    assert sides.seller().receive(1) == bytes(500) and sides.seller().receive(2) is None
    sides.open_office()
    refused(Kind.FULL, sides.guests, frame(2, bytes(500)), buyer)  # counted anew after a restart
    sides.guests.take(frame(1, bytes(500)), buyer)  # what lies there already costs nothing


def test_all_jobs_together_have_theirs(tmp_path: Path, buyer: KeyStatement) -> None:
    sides = Sides(tmp_path, replace(QUOTA, all_bytes=1000 + 2 * FILE_BYTES))
    sides.begin()
    sides.guests.take(frame(1, bytes(700)), buyer)
    refused(Kind.FULL, sides.guests, frame(0, offer(BUYER, OTHER_JOB, bytes(200)), job_id=OTHER_JOB), buyer)
    sides.open_office()
    refused(Kind.FULL, sides.guests, frame(2, bytes(300)), buyer)


def test_the_disk_is_never_filled(tmp_path: Path, buyer: KeyStatement, monkeypatch: pytest.MonkeyPatch) -> None:
    sides = Sides(tmp_path, replace(QUOTA, free_bytes=1 << 20))
    sides.begin()
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, (1 << 20) + 10 + FILE_BYTES))
    sides.guests.take(frame(1, bytes(10)), buyer)
    refused(Kind.FULL, sides.guests, frame(2, bytes(11)), buyer)


def job(number: int) -> bytes:
    return number.to_bytes(32, "big")


def bring(sides: Sides, who: KeyStatement, number: int) -> None:
    content = b"offer " + who.account.encode() + job(number)
    sides.guests.take(frame(0, content, job_id=job(number)), who)


def test_few_offers_of_one_account_wait(sides: Sides, buyer: KeyStatement) -> None:
    for number in range(1, 5):
        bring(sides, buyer, number)
    with pytest.raises(PostRefused, match="4 offers of this account"):
        bring(sides, buyer, 5)
    sides.begun.add(job(2))
    bring(sides, buyer, 5)


def test_few_offers_wait_at_all(tmp_path: Path, buyer: KeyStatement, stranger: KeyStatement) -> None:
    sides = Sides(tmp_path, replace(QUOTA, open_offers=3))
    for number in range(1, 4):
        bring(sides, buyer, number)
    with pytest.raises(PostRefused, match="3 offers wait already"):
        bring(sides, stranger, 9)
    assert len(files(tmp_path)) == 6


def test_old_offers_make_room_but_no_job_that_was_begun(sides: Sides, buyer: KeyStatement) -> None:
    for number in range(1, 5):
        bring(sides, buyer, number)
    sides.begun.add(job(1))
    long_ago = os.stat(sides.root / "seller" / job(1).hex()).st_mtime - QUOTA.offer_stands_s - 1
    for number in (1, 2):
        os.utime(sides.root / "seller" / job(number).hex(), (long_ago, long_ago))
    bring(sides, buyer, 5)
    assert {path.name for path in (sides.root / "seller").iterdir()} == {job(n).hex() for n in (1, 3, 4, 5)}


def test_claims_to_have_more_than_was_sent(sides: Sides, buyer: KeyStatement) -> None:
    sides.begin()
    with pytest.raises(MessageRejected, match="never sent"):
        sides.guests.take(Frame(JOB, received=2), buyer)


def test_links_and_foreign_files_are_no_messages(sides: Sides, buyer: KeyStatement) -> None:
    sides.begin()
    folder = sides.root / "seller" / JOB.hex() / FORTH
    (folder / "00000001.msg").symlink_to("/etc/hostname")
    (folder / "x.msg").write_bytes(b"x")
    sides.guests.take(frame(1, b"one"), buyer)
    assert sides.seller().receive(1) == b"one" and not (folder / "00000001.msg").is_symlink()


def test_a_disk_that_fails_keeps_the_message_out(
    sides: Sides, buyer: KeyStatement, monkeypatch: pytest.MonkeyPatch
) -> None:
    sides.begin()
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(Exception, match="No space left"):
        sides.guests.take(frame(1, b"one"), buyer)
    monkeypatch.undo()
    sides.guests.take(frame(1, b"one"), buyer)
    assert sides.seller().receive(1) == b"one"


# ---- the side that makes the offers


@pytest.fixture
def own(tmp_path: Path) -> Desk:
    (tmp_path / "own").mkdir()
    return Desk(OwnJobs(tmp_path / "own", FORTH, str(SELLER.address)), QUOTA)


def test_only_the_one_account_under_its_first_key_is_welcome(own: Desk, buyer: KeyStatement) -> None:
    seller = statement_of(SELLER, THIRD_KEY)
    with pytest.raises(PostRefused, match="belongs to"):
        own.jobs.welcome(buyer)
    own.jobs.welcome(seller)
    own.jobs.welcome(seller)
    with pytest.raises(PostRefused, match="another transport key than before"):
        own.jobs.welcome(statement_of(SELLER, ChannelKey(b"\x24" * 32)))


def test_only_jobs_it_has_sent_offers_for(own: Desk) -> None:
    seller = statement_of(SELLER, THIRD_KEY)
    own.jobs.welcome(seller)
    refused(Kind.REFUSED, own, frame(0, b"unasked"), seller)
    assert files(own.jobs.root) == ["peer.json"]
    DirectoryChannel(own.jobs.root / JOB.hex(), FORTH).send(0, offer(BUYER))
    own.take(frame(0, ACCEPTED), seller)
    refused(Kind.REFUSED, own, frame(1, b"x"), statement_of(SELLER, ChannelKey(b"\x24" * 32)))
    assert own.jobs.listed_for(seller) == [JOB] and own.jobs.listed_for(statement_of(BUYER, THIRD_KEY)) == []


# ---- the office around it


def test_introductions(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    key = sides.office
    for raw in (b"", bytes(100), seal_hello(b"no statement", sides.seller_key.public, FORTH)):
        with pytest.raises(PostRefused) as found:
            key.hello(raw)
        assert found.value.kind is Kind.MALFORMED
    forged = sign_statement(THIRD_KEY, STRANGER, DOMAIN).replace(
        str(STRANGER.address).encode(), str(BUYER.address).encode()
    )
    with pytest.raises(PostRefused):
        key.hello(seal_hello(forged, sides.seller_key.public, FORTH))
    assert len(key.visits) == 0


def test_replayed_letters_and_introductions(sides: Sides) -> None:
    sides.begin()
    before = files(sides.root)
    for kind, body, _ in list(sides.line.sent):
        if kind == "letter":
            with pytest.raises(PostRefused) as found:
                sides.office.post(body)
            assert found.value.kind is Kind.REPLAYED
    assert files(sides.root) == before
    first = sides.line.letters()[0]
    sides.open_office()
    with pytest.raises(PostRefused) as found:
        sides.office.post(first)
    assert found.value.kind is Kind.NO_VISIT
    with pytest.raises(PostRefused):
        sides.office.require_visit(first[:41])


def test_a_recorded_introduction_opens_nothing_to_whoever_plays_it(sides: Sides) -> None:
    sides.begin()
    hello = next(body for kind, body, _ in sides.line.sent if kind == "hello")
    answer = sides.office.hello(hello)
    for letter in sides.line.letters():
        assert letter[1:33] not in answer
    sides.caller.exchange(JOB)


def test_an_offices_list_is_for_those_it_makes_offers_to(sides: Sides, tmp_path: Path) -> None:
    sides.begin()
    assert sides.caller.jobs() == []
    assert decode_frame(Frame(LIST).encode()).job_id == LIST


def test_strangers_learn_the_statement_and_nothing_else(sides: Sides) -> None:
    sides.begin()
    line = type(sides.line)(sides.office)
    caller = sides.call_as(STRANGER, THIRD_KEY, sides.root / "stranger", line)
    DirectoryChannel(sides.root / "stranger" / JOB.hex(), FORTH).send(0, b"what is in there?")
    with pytest.raises(PostRefused, match="nothing is taken from you"):
        try:
            caller.exchange(JOB)
        except PostRefused as error:
            raise PostRefused(error.kind) from None
    assert DirectoryChannel(sides.root / "stranger" / JOB.hex(), FORTH).receive(0) is None
