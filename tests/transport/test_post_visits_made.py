"""The caller against cut lines, forgetful offices, wrong ones and lying ones: it goes on where things stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from two_sides import (
    ACCEPTED,
    BACK,
    BUYER,
    DOMAIN,
    FORTH,
    JOB,
    QUOTA,
    SELLER,
    STRANGER,
    OfficeLine,
    Sides,
    maker,
    offer,
)

from protocols.channel import DirectoryChannel
from protocols.errors import MessageRejected
from protocols.post.caller import LEAST_BYTES, Caller
from protocols.post.desk import Desk, Standing
from protocols.post.jobs import GuestJobs, OwnJobs
from protocols.post.letters import letter_head, seal_reply
from protocols.post.office import PostOffice
from protocols.post.refusal import Kind, PostRefused
from protocols.post.statement import sign_statement
from protocols.post.wire import MAX_CARRIED_BYTES, Frame
from protocols.sealing import ChannelKey


def test_both_ways_until_all_is_there(sides: Sides) -> None:
    sides.begin()
    for number in range(1, 30):
        sides.buyer().send(number, bytes([number]) * 100_000)
        sides.seller().send(number, bytes([number]) * 3)
    at = sides.caller.exchange(JOB)
    assert at is not None and (at.sent, at.arrived, at.received, at.of) == (30, 30, 30, 30)
    assert sides.seller().receive(29) == bytes([29]) * 100_000 and sides.buyer().receive(29) == bytes([29]) * 3
    assert at.outstanding == 0 and at.out_bytes > 2_900_000


def test_goes_on_where_the_line_broke(sides: Sides) -> None:
    sides.begin()
    for number in range(1, 41):
        sides.buyer().send(number, bytes([number]) * LEAST_BYTES)
    sides.line.letters_left = 3
    with pytest.raises(ConnectionError):
        sides.caller.exchange(JOB)
    sides.caller.forget()
    came = sum(1 for number in range(1, 41) if sides.seller().receive(number))
    assert 0 < came < 40
    sides.line.letters_left, before = None, len(sides.line.letters())
    sides.caller.exchange(JOB)
    assert sides.seller().receive(40) == bytes([40]) * LEAST_BYTES
    carried = sum(len(letter) for letter in sides.line.letters()[before:])
    assert carried < (40 - came) * (LEAST_BYTES + 100) + 10_000, "nothing that arrived is sent again"


def test_replies_lost_change_nothing(sides: Sides) -> None:
    sides.begin()
    sides.buyer().send(1, b"one")
    sides.caller.exchange(JOB)
    sides.buyer().send(2, b"two")
    sides.line.lose_replies = True
    for _ in range(3):
        with pytest.raises(ConnectionError):
            sides.caller.exchange(JOB)
        sides.caller.forget()
    sides.line.lose_replies = False
    sides.caller.exchange(JOB)
    assert [sides.seller().receive(number) for number in (1, 2, 3)] == [b"one", b"two", None]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["buyer", "seller", "office", "caller", "cut"]), st.integers(0, 3)), max_size=12)
)
def test_any_order_of_sending_crashing_and_calling(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    """Whoever is started anew and whenever, in the end both have all, in order, once."""
    sides = Sides(tmp_path_factory.mktemp("steps"))
    sides.begin()
    sent = {"buyer": 1, "seller": 1}
    for what, count in steps:
        if what in sent:
            for _ in range(count):
                getattr(sides, what)().send(sent[what], f"{what} {sent[what]}".encode())
                sent[what] += 1
        elif what == "office":
            sides.open_office()
            sides.line.office = sides.office
        elif what == "caller":
            sides.caller = sides.call_as(BUYER, sides.buyer_key, sides.root / "buyer")
        sides.line.letters_left = count if what == "cut" else None
        try:
            sides.caller.exchange(JOB)
        except (ConnectionError, PostRefused):
            sides.caller.forget()
    sides.line.letters_left = None
    sides.caller.exchange(JOB)
    for number in range(1, sent["buyer"]):
        assert sides.seller().receive(number) == f"buyer {number}".encode()
    for number in range(1, sent["seller"]):
        assert sides.buyer().receive(number) == f"seller {number}".encode()


def test_an_office_that_was_started_anew_asks_for_an_introduction(sides: Sides) -> None:
    sides.begin()
    sides.open_office()
    sides.line.office = sides.office
    with pytest.raises(PostRefused) as refused:
        sides.caller.exchange(JOB)
    assert refused.value.kind is Kind.NO_VISIT
    sides.caller.forget()
    sides.caller.exchange(JOB)


def test_somebody_elses_office(sides: Sides) -> None:
    sides.office.statement = sign_statement(sides.seller_key, STRANGER, DOMAIN)
    with pytest.raises(PostRefused, match="belongs to"):
        sides.caller.introduce()
    assert sides.line.sent == [] and not (sides.root / "buyer" / "peer.json").exists()


def test_an_office_under_another_key_than_before(sides: Sides) -> None:
    sides.begin()
    sides.seller_key = ChannelKey(b"\x77" * 32)
    sides.open_office()
    sides.line.office = sides.office
    sides.caller.forget()
    with pytest.raises(PostRefused, match="another transport key"):
        sides.caller.exchange(JOB)


def test_a_man_in_the_middle_who_answers_with_a_key_of_his(sides: Sides) -> None:
    """He cannot sign the seller's account under his key; with the seller's own statement he opens nothing."""
    his = ChannelKey(b"\x66" * 32)
    forged = sign_statement(his, STRANGER, DOMAIN).replace(str(STRANGER.address).encode(), str(SELLER.address).encode())
    sides.office.statement = forged
    with pytest.raises(MessageRejected, match="signer"):
        sides.caller.introduce()
    desk = Desk(GuestJobs(sides.root / "middle", BACK, maker, lambda _: False, QUOTA), QUOTA)
    statement = sign_statement(sides.seller_key, SELLER, DOMAIN)
    sides.line.office = PostOffice(desk, his, statement, DOMAIN)
    with pytest.raises(PostRefused) as refused:
        sides.caller.introduce()
    assert refused.value.kind is Kind.MALFORMED


class Lying(OfficeLine):
    """An office that answers every letter with frames of its choosing."""

    frames: list[Frame]
    key: ChannelKey

    def post(self, body: bytes) -> bytes:
        at = letter_head(body)
        visit = self.office.visits.expecting(at.visit, at.serial)
        frame = self.frames.pop(0) if len(self.frames) > 1 else self.frames[0]
        return seal_reply(frame, at, self.key, visit.caller.key, BACK)


@pytest.mark.parametrize(
    ("frames", "says"),
    [
        ([Frame(JOB, received=9)], "never sent"),
        ([Frame(bytes([9]) * 32)], "another job"),
        ([Frame(JOB, of=5)], "took nothing and gave nothing"),
        ([Frame(JOB, of=5, received=0)], "took nothing and gave nothing"),
        ([Frame(JOB, 3, 5, 1, (b"x",))], "messages before this one"),
        ([Frame(JOB, 0, 1, 1, (b"another answer",))], "another message"),
    ],
)
def test_an_office_that_lies(sides: Sides, frames: list[Frame], says: str) -> None:
    sides.begin()
    line = Lying(sides.office)
    line.frames, line.key = frames, sides.seller_key
    caller = sides.call_as(BUYER, sides.buyer_key, sides.root / "buyer", line)
    with pytest.raises((MessageRejected, PostRefused), match=says):
        caller.exchange(JOB)
    assert sides.buyer().receive(0) == ACCEPTED and sides.buyer().receive(1) is None


def test_an_office_that_takes_messages_back_and_forth_does_not_hold_the_caller(sides: Sides) -> None:
    sides.begin()
    sides.buyer().send(1, b"one")
    line = Lying(sides.office)
    line.frames, line.key = [Frame(JOB, received=n % 2) for n in range(100)], sides.seller_key
    caller = sides.call_as(BUYER, sides.buyer_key, sides.root / "buyer", line)
    with pytest.raises(MessageRejected, match="backwards"):
        caller.exchange(JOB)


def test_few_chunks_are_held_at_once(sides: Sides) -> None:
    """However much there is to bring, a letter carries 2 MiB at most, and the next is made when it has arrived."""
    sides.begin()
    for number in range(1, 30):
        sides.buyer().send(number, bytes(1 << 18))
    sides.caller.exchange(JOB)
    sizes = [len(letter) for letter in sides.line.letters()]
    assert max(sizes) < MAX_CARRIED_BYTES + 4096 and sides.caller.carry_bytes == MAX_CARRIED_BYTES


def test_carries_less_on_a_slow_line(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    from protocols.post import caller as module

    sides.begin()
    sides.caller.carry_bytes = MAX_CARRIED_BYTES
    clock = iter(range(0, 10_000, 20))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    for _ in range(8):
        sides.caller.exchange(JOB)
    assert sides.caller.carry_bytes == LEAST_BYTES


def test_stops_when_told_to(sides: Sides) -> None:
    sides.begin()
    sides.buyer().send(1, b"one")
    sides.caller.exchange(JOB, more=lambda: False)
    assert sides.seller().receive(1) is None


def test_the_side_that_sells_may_be_the_one_who_calls(tmp_path: Path) -> None:
    """A buyer with an office, a seller behind a router: it asks for offers, and takes them by the same rules."""
    buyer_key, seller_key = ChannelKey(b"\x22" * 32), ChannelKey(b"\x21" * 32)
    (tmp_path / "b").mkdir()
    (tmp_path / "s").mkdir()
    own = Desk(OwnJobs(tmp_path / "b", FORTH, str(SELLER.address)), QUOTA)
    office = PostOffice(own, buyer_key, sign_statement(buyer_key, BUYER, DOMAIN), DOMAIN)
    seen: list[Standing] = []
    guests = Desk(GuestJobs(tmp_path / "s", BACK, maker, lambda _: False, QUOTA), QUOTA, seen.append)
    seller = Caller(guests, seller_key, sign_statement(seller_key, SELLER, DOMAIN), DOMAIN, OfficeLine(office))
    assert seller.jobs() == []
    DirectoryChannel(tmp_path / "b" / JOB.hex(), FORTH).send(0, offer(BUYER))
    other = bytes([12]) * 32
    DirectoryChannel(tmp_path / "b" / other.hex(), FORTH).send(0, offer(STRANGER, other))
    assert sorted(seller.jobs()) == [JOB, other]
    seller.exchange(JOB)
    with pytest.raises(PostRefused, match="no sound offer"):
        seller.exchange(other)
    assert DirectoryChannel(tmp_path / "s" / JOB.hex(), BACK).receive(0) == offer(BUYER)
    DirectoryChannel(tmp_path / "s" / JOB.hex(), BACK).send(0, ACCEPTED)
    seller.exchange(JOB)
    assert DirectoryChannel(tmp_path / "b" / JOB.hex(), FORTH).receive(0) == ACCEPTED
    assert seen[-1].arrived == 1
    stranger = Caller(
        guests,
        ChannelKey(b"\x23" * 32),
        sign_statement(ChannelKey(b"\x23" * 32), STRANGER, DOMAIN),
        DOMAIN,
        OfficeLine(office),
    )
    with pytest.raises(PostRefused, match="belongs to"):
        stranger.introduce()
