"""Wrong answers, no answers and lost answers of the node: a job goes on to the same end, and nothing is sent twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fault_campaign import Tally
from fault_gateway import KINDS, SLOW, Mischief, gateway
from fault_plays import Play
from fault_points import SENDING
from fault_protocols import PROTOCOLS, RETRIEVAL, Protocol, place_of
from helpers.chains import put_back
from web3 import HTTPProvider

from escrow.anvil import Anvil
from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.parties import driver as driver_module
from proofs.errors import ChainError

TIMEOUT_S, HANGING_TIMEOUT_S, SEED, SHARE = 10.0, 1.0, 4_711, 0.03
PATIENCE_S = 60.0
QUICK = tuple(kind for kind in KINDS if kind not in SLOW)


@contextmanager
def behind_a_gateway(chain: Chain, mischief: Mischief, timeout_s: float = TIMEOUT_S) -> Iterator[None]:
    """All that ``chain`` asks goes through a gateway."""
    provider = chain.w3.provider
    assert isinstance(provider, HTTPProvider)
    straight, chain.receipt_timeout_s = chain.w3.provider, 60.0
    with gateway(str(provider.endpoint_uri), mischief) as url:
        chain.w3.provider = HTTPProvider(url, request_kwargs={"timeout": timeout_s}, exception_retry_configuration=None)
        try:
            yield
        finally:
            chain.w3.provider, chain.receipt_timeout_s = straight, 180.0


def timeout_of(kind: str) -> float:
    """Seconds to wait for an answer: short where none comes, long enough for a busy machine elsewhere."""
    return HANGING_TIMEOUT_S if kind in SLOW else TIMEOUT_S


@pytest.fixture
def lonely() -> Iterator[Chain]:
    """A chain with nothing on it."""
    with Anvil() as anvil:
        yield Chain.connect(anvil.url, receipt_timeout_s=20.0)


def some(*often: str) -> list[Any]:
    """All kinds of wrong answer, those not named in long runs only."""
    return [pytest.param(kind, marks=() if kind in often else pytest.mark.slow) for kind in KINDS]


@pytest.mark.parametrize("kind", some("lost", "closed", "garbage", "500"))
def test_transaction_whose_answer_is_lost_is_mined_once(kind: str, lonely: Chain) -> None:
    """Whether it went through or not: waited for, sent again as it was, never signed anew."""
    sender, other = dev_account(lonely, 1), dev_account(lonely, 2)
    before = lonely.balance(other.address)
    sent: list[str] = []
    refused = kind == "internal error"  # the node's word that it has not taken it: said at once, the party looks again

    def wrong(_: int, method: str) -> str | None:
        sent.append(method)
        return kind if method in SENDING and sent.count(method) == 1 else None

    with behind_a_gateway(lonely, Mischief(wrong), timeout_of(kind)):
        if refused:
            with pytest.raises(ChainError, match="Internal error"):
                lonely.send_ether(sender, str(other.address), 5)
        receipt = lonely.send_ether(sender, str(other.address), 5)
    assert lonely.balance(other.address) == before + 5
    assert lonely.w3.eth.get_transaction_count(sender.address) == 1
    assert bytes(lonely.w3.eth.get_block(receipt.block)["transactions"][0]) == receipt.transaction


@pytest.mark.parametrize("kind", some("internal error", "429"))
def test_wrong_answers_while_waiting_for_a_receipt_are_passed_over(kind: str, lonely: Chain) -> None:
    looks = Counter[str]()

    def wrong(_: int, method: str) -> str | None:
        looks[method] += 1
        return kind if method == "eth_getTransactionReceipt" and looks[method] <= 2 else None

    with behind_a_gateway(lonely, Mischief(wrong), timeout_of(kind)):
        lonely.send_ether(dev_account(lonely, 1), str(dev_account(lonely, 2).address), 5)
    assert looks["eth_getTransactionReceipt"] >= 3
    assert lonely.w3.eth.get_transaction_count(dev_account(lonely, 1).address) == 1


def disturbed(
    protocol: Protocol,
    place: Any,
    root: Path,
    mischief: Mischief,
    patch: pytest.MonkeyPatch,
    timeout_s: float = TIMEOUT_S,
) -> Play:
    """One job through a gateway; the test's own questions are answered well."""
    patch.setattr(driver_module, "PATIENCE_S", PATIENCE_S)
    with put_back(place.chain):
        play = protocol.play(place, root)
        play.endings, play.poll_s, play.under = (ChainError,), 0.01, mischief.awake
        mischief.asleep = True
        with behind_a_gateway(place.chain, mischief, timeout_s):
            play.run({})
        play.check()
    return play


def at_random(chosen: random.Random, kinds: tuple[str, ...], share: float) -> Mischief:
    """A share of all requests answered badly."""
    return Mischief(lambda _, __: chosen.choice(kinds) if chosen.random() < share else None)


def test_job_through_a_bad_gateway(
    request: pytest.FixtureRequest, tmp_path: Path, sessions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    mischief = at_random(random.Random(SEED), QUICK, SHARE)
    disturbed(RETRIEVAL, place_of(RETRIEVAL, request), tmp_path, mischief, monkeypatch)
    assert len(mischief.done) >= 3


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kinds", [QUICK[::2], QUICK[1::2], SLOW], ids="-".join)
@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda p: p.name)
def test_job_whose_transactions_all_fail_at_first(
    protocol: Protocol,
    kinds: tuple[str, ...],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    sessions: None,
    tally: Tally,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every second request with a transaction, and a share of all others."""
    chosen, sent = random.Random(SEED), Counter[str]()

    def wrong(_: int, method: str) -> str | None:
        sent[method] += 1
        often = method in SENDING and sent[method] % 2
        return chosen.choice(kinds) if often or chosen.random() < SHARE else None

    mischief, patience_s = Mischief(wrong), timeout_of(kinds[0])
    disturbed(protocol, place_of(protocol, request), tmp_path, mischief, monkeypatch, patience_s)
    assert sum(method in SENDING for method, _ in mischief.done) >= 4
    for method, _ in mischief.done:
        tally.count(protocol.name, "both", f"wrong answer to {'a transaction' if method in SENDING else 'a question'}")
