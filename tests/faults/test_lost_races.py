"""A move that the contract refuses because the job has moved on is no failure; any other refusal is one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from web3.exceptions import BadFunctionCallOutput, BadResponseFormat, TimeExhausted, Web3RPCError

from escrow.parties.buyer import Buyer
from escrow.reverts import Reverted, RevertReason
from escrow.rpc import passing
from proofs.errors import ChainError
from protocols.accuracy.actions import Wait


def refused(name: str, *looks: str) -> Buyer:
    """A buyer whose move is refused so, and who sees these jobs one after the other."""
    buyer, seen = object.__new__(Buyer), iter(looks)
    jobs = {state: SimpleNamespace(state=state, deadline=7) for state in looks}
    escrow = SimpleNamespace(job=lambda _: jobs[next(seen)])

    def step(*_: Any) -> None:
        raise Reverted("accuracy.finalise", RevertReason(name, {}, b""))

    buyer.checked, buyer.job = SimpleNamespace(escrow=escrow), SimpleNamespace(job_id=bytes(32))  # type: ignore[assignment]
    buyer.patience, buyer.say_once = SimpleNamespace(step=step), lambda _: None  # type: ignore[assignment,method-assign]
    return buyer


def test_job_has_moved_on() -> None:
    assert refused("NothingToFinalise", "proving", "completed").step() == Wait(7, "another look at the chain")
    assert refused("NothingOwed", "completed").step() == Wait(7, "another look at the chain")


def test_job_has_not_moved() -> None:
    with pytest.raises(Reverted, match="NothingToFinalise"):
        refused("NothingToFinalise", "proving", "proving").step()


def caused(cause: Exception) -> ChainError:
    error = ChainError("what happened")
    error.__cause__ = cause
    return error


def answered(**error: object) -> Web3RPCError:
    return Web3RPCError("refused", rpc_response={"jsonrpc": "2.0", "id": 1, "error": error})  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    "cause",
    [
        answered(code=-32603, message="Internal error"),
        answered(code=-32005, message="limit exceeded"),
        answered(code=-32000, message="header not found"),
        answered(code=429, message="Too Many Requests"),
        BadResponseFormat("nothing in it"),
        BadFunctionCallOutput("no data: a node that is behind"),
        TimeExhausted("not mined"),
        ValueError("no JSON"),
    ],
    ids=repr,
)
def test_asked_again(cause: Exception) -> None:
    assert passing(caused(cause))


@pytest.mark.parametrize(
    "cause",
    [
        answered(code=-32000, message="insufficient funds for gas * price + value"),
        answered(code=-32000, message="nonce too low"),
        answered(code=-32601, message="the method does not exist"),
    ],
    ids=repr,
)
def test_not_asked_again(cause: Exception) -> None:
    assert not passing(caused(cause))
