"""What costs seconds and leaves nothing behind, done once for many simulated processes: compiling, running a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any

import pytest
from web3.eth import Eth

from escrow.anvil import CHAIN_ID
from escrow.parties import sampled_proofs as sampled_module
from escrow.parties import search as search_module
from escrow.parties import seller as seller_module
from escrow.parties.predictions import prover as prover_module


@contextmanager
def kept_sessions() -> Iterator[None]:
    """Inside, a compiled circuit is shared by all parties that ask for the same one."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (search_module, "proving_task"),
            (prover_module, "proving_task"),
            (seller_module, "proving"),
            (sampled_module, "proving"),
        ):
            patch.setattr(module, name, _opened_once(getattr(module, name), stack))
        for module, name in (
            (seller_module, "integer_logits"),
            (sampled_module, "integer_logits"),
            (search_module, "require_provable"),
        ):
            patch.setattr(module, name, _once(getattr(module, name)))
        patch.setattr(Eth, "chain_id", property(lambda _: CHAIN_ID))  # half of all requests, and never another answer
        yield


def _once(function: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[str, Any] = {}

    def asked(*arguments: Any) -> Any:
        key = repr([_key(argument) for argument in arguments])
        if key not in known:
            known[key] = function(*arguments)
        return known[key]

    return asked


def _opened_once(function: Callable[..., Any], stack: ExitStack) -> Callable[..., AbstractContextManager[Any]]:
    opened = _once(lambda *arguments: stack.enter_context(function(*arguments)))
    return lambda *arguments: nullcontext(opened(*arguments))


def _key(argument: Any) -> object:
    """What tells one argument from another: a commitment where there is one."""
    commitment = getattr(argument, "commitment", None)
    return argument if commitment is None else (type(argument).__name__, commitment)
