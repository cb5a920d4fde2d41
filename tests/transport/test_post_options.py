"""``--channel``, ``--listen`` and ``--peer``: what is refused before anything is done, and what is warned of."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from two_sides import ACCEPTED, BACK, BUYER, DOMAIN, FORTH, JOB, QUOTA, SELLER, STRANGER, maker, offer

from assay.cli import run
from assay.postbox import post as post_module
from assay.postbox.meter import Meter
from assay.postbox.post import Post, open_post, own_post, transport_key, where
from assay.postbox.way import Way, way_of
from assay.service.host import listen
from escrow.signers import LocalSigner
from proofs.errors import InvalidInput
from protocols.channel import DirectoryChannel
from protocols.post.desk import Standing
from protocols.post.jobs import GuestJobs
from protocols.post.refusal import PostRefused

COMMANDS = {
    "seller": ("seller", "run", "--listing", "l", "--model", "m", "--commit", "c"),
    "buyer": ("buyer", "audit", "--listing", "l", "--data-commit", "d", "--target", "1"),
    "responder": ("responder", "run", "--listing", "l", "--model", "m", "--commit", "c", "--corpus", "c"),
    "requester": ("requester", "buy", "--listing", "l", "--cap", "1"),
    "auditor": ("requester", "audit", "--listing", "l", "-n", "1"),
}
ELSEWHERE = ("--state", "s", "--rpc", "http://127.0.0.1:9", "--dev-account", "1")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_how_to_reach_the_other(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run([*COMMANDS[name], *ELSEWHERE]) == 4
    assert "--channel DIR, --listen HOST:PORT or --peer URL" in capsys.readouterr().err
    assert run([*COMMANDS[name], *ELSEWHERE, "--channel", "x", "--peer", "http://127.0.0.1:1"]) == 4
    assert "not both" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken() -> None:
    with closing(listen("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidInput, match=f"cannot listen on 127.0.0.1 port {port}.*in use"):
            way_of(None, f"127.0.0.1:{port}", None, print)


@pytest.mark.parametrize("listen_at", ["9101", ":9101", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1"])
def test_places_to_listen_that_are_none(listen_at: str) -> None:
    with pytest.raises(InvalidInput, match="give an address and a port"):
        way_of(None, listen_at, None, print)


def test_plain_http_that_leaves_this_machine_is_warned_of() -> None:
    said: list[str] = []
    way_of(None, None, "http://203.0.113.7:9101", said.append)
    way = way_of(None, "0.0.0.0:0", None, said.append)
    assert len(said) == 2 and all("can be seen on the way" in words for words in said)
    assert way.listener is not None
    way.listener.close()
    quiet = way_of(None, "127.0.0.1:0", "https://seller.example", said.append)
    way_of(Path("x"), None, None, said.append)
    for peer in ("http://127.0.0.2:1", "http://localhost:1", "http://[::1]:1"):
        way_of(None, None, peer, said.append)
    assert len(said) == 2 and quiet.listener is not None
    quiet.listener.close()


def test_folders_of_each_way(tmp_path: Path) -> None:
    account = str(SELLER.address)
    assert Way(Path("x")).offers_root(tmp_path) == Way(Path("x")).root_with(tmp_path, account) == Path("x")
    far = Way(peer="http://127.0.0.1:1")
    assert far.offers_root(tmp_path) == tmp_path / "post" / "offers"
    assert far.root_with(tmp_path, account) == tmp_path / "post" / account.lower()


def test_the_transport_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    key = transport_key(tmp_path)
    path = tmp_path / "post" / "transport.key"
    assert transport_key(tmp_path) == key and path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"short")
    with pytest.raises(InvalidInput, match="32 secret bytes"):
        transport_key(tmp_path)


def seller_jobs(root: Path) -> GuestJobs:
    return GuestJobs(root, BACK, maker, lambda _: False, QUOTA)


def test_a_shared_folder_stays_what_it_was(tmp_path: Path) -> None:
    way = way_of(tmp_path / "x", None, None, print)
    with open_post(way, seller_jobs(tmp_path / "x"), LocalSigner(SELLER), DOMAIN, tmp_path, print) as opened:
        assert opened == Post(tmp_path / "x")
        opened.follow(JOB)
    assert list(tmp_path.iterdir()) == []


def test_two_parties_by_their_options(tmp_path: Path) -> None:
    """The offer goes, the answer comes, and the seller does not leave before it is fetched."""
    said: list[str] = []
    way = way_of(None, "127.0.0.2:0", None, said.append)
    assert way.listener is not None
    url = where(way.listener)
    jobs = seller_jobs(way.offers_root(tmp_path / "s"))
    far = way_of(None, None, url, said.append)
    buying = own_post(far, SELLER.address, LocalSigner(BUYER), DOMAIN, tmp_path / "b", said.append)
    with ExitStack() as buyers:
        with open_post(way, jobs, LocalSigner(SELLER), DOMAIN, tmp_path / "s", said.append) as selling:
            bought = buyers.enter_context(buying)
            buyer, seller = (
                DirectoryChannel(bought.root / JOB.hex(), FORTH),
                DirectoryChannel(jobs.root / JOB.hex(), BACK),
            )
            buyer.send(0, offer(BUYER))
            bought.follow(JOB)
            selling.follow(JOB)
            while seller.receive(0) is None:
                time.sleep(0.01)
            seller.send(0, ACCEPTED)
        assert buyer.receive(0) == ACCEPTED
    assert "waiting up to 30 s until the other side has fetched the last messages" in said


def test_a_party_does_not_wait_for_ever_for_who_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post_module, "LINGER_S", 0.3)
    said: list[str] = []
    far = Way(peer="http://127.0.0.1:9")
    with own_post(far, SELLER.address, LocalSigner(BUYER), DOMAIN, tmp_path, said.append) as buying:
        buying.follow(JOB)
        DirectoryChannel(buying.root / JOB.hex(), FORTH).send(0, offer(BUYER))
    assert said[0].startswith("http://127.0.0.1:9 cannot be reached") and "1 message not fetched" in said[-1]
    said.clear()
    with own_post(far, SELLER.address, LocalSigner(BUYER), DOMAIN, tmp_path, said.append) as buying:
        buying.follow(JOB)  # nothing is sent by this process: it does not wait
    assert len(said) == 1


def test_somebody_elses_office_ends_it_only_while_no_job_has_begun(tmp_path: Path) -> None:
    said: list[str] = []
    way = way_of(None, "127.0.0.2:0", None, said.append)
    assert way.listener is not None
    far = way_of(None, None, where(way.listener), said.append)
    with open_post(way, seller_jobs(tmp_path / "o"), LocalSigner(STRANGER), DOMAIN, tmp_path / "s", said.append):
        wanted = own_post(far, SELLER.address, LocalSigner(BUYER), DOMAIN, tmp_path / "b", said.append)
        with pytest.raises(PostRefused, match="belongs to"), wanted:
            pass
        root = far.root_with(tmp_path / "b", SELLER.address)
        DirectoryChannel(root / JOB.hex(), FORTH).send(0, offer(BUYER))
        with own_post(far, SELLER.address, LocalSigner(BUYER), DOMAIN, tmp_path / "b", said.append):
            pass
    assert any("jobs that have begun go on without it" in words for words in said)
    assert not (tmp_path / "o" / JOB.hex()).exists()


def test_large_transfers_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []
    meter = Meter(said.append)
    meter(Standing(JOB, 3, 0, 0, 0))
    assert said == [], "a few messages are there in a moment"
    for arrived in (5, 50, 100):
        meter(Standing(JOB, 100, arrived, 0, 0, out_bytes=1_000_000 * arrived))
    meter(Standing(JOB, 100, 100, 20, 40))
    meter(Standing(JOB, 100, 100, 40, 40, in_bytes=5))
    meter.close()
    assert said[0] == "sending 100 messages from message 5 on" and said[1].startswith(
        "sending: all 100 messages there;"
    )
    assert "95.0 MB" in said[1] and said[2].startswith("receiving 40 messages") and len(said) == 4


def test_a_bar_on_a_terminal() -> None:
    from rich.console import Console

    shown = Console(force_terminal=True, width=100, file=open("/dev/null", "w"))
    said: list[str] = []
    meter = Meter(said.append, shown)
    meter(Standing(JOB, 100, 5, 0, 0))
    (transfer,) = meter._running.values()
    assert transfer.bar is not None and transfer.bar.tasks[0].completed == 5
    meter(Standing(JOB, 100, 100, 0, 0))
    assert len(said) == 1 and not meter._running
    meter(Standing(JOB, 200, 100, 0, 0))
    meter.close()
    shown.file.close()


def test_an_address_to_give_away() -> None:
    with closing(socket.socket(socket.AF_INET6)) as six:
        try:
            six.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 here")
        assert where(six) == f"http://[::1]:{six.getsockname()[1]}"
