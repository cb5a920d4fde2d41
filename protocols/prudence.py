"""What the side that accepts an offer puts up with, whatever the offer says it may earn.

A fee is lost the moment it is paid, while income may depend on what the other side does later: receipts it can refuse,
questions it need not ask. So the fee is capped on its own, and goes only where the other side cannot fetch it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from protocols.solidity import address

BURN = "0x000000000000000000000000000000000000dEaD"
"""Nobody has the key of this address: the one fee recipient that is certainly not the other side's own account."""
FEE_FACTOR = 10
"""Multiple of the fee our own costs call for (NP/99) up to which an offer's fee is taken without being asked."""
MAX_STEP_S = 7 * 86_400
"""Longest step, seconds, for which a party locks its money without being asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prudence:
    """A party's own bounds on an offer's fee and clocks; the defaults are safe against a stranger.

    Args:
        fee_recipients: addresses that may get the fee beside ``BURN``. max_fee: most it pays as the fee, wei or token
            units (None: ``FEE_FACTOR`` times the protocol's own fee).
        max_window_s: longest it waits at any step with its money locked, seconds.

    Raises:
        InvalidInput: a fee recipient that is no address.
    """

    fee_recipients: frozenset[str] = frozenset()
    max_fee: int | None = None
    max_window_s: int = MAX_STEP_S

    def __post_init__(self) -> None:
        listed = frozenset(address(who, "fee recipient") for who in self.fee_recipients)
        object.__setattr__(self, "fee_recipients", listed)

    @property
    def recipients(self) -> frozenset[str]:
        """Everybody who may get the fee."""
        return self.fee_recipients | {BURN}

    def fee_cap(self, own_fee: int) -> int:
        """Most it pays as the fee, where the protocol's formula with its own costs gives ``own_fee``."""
        return FEE_FACTOR * own_fee if self.max_fee is None else self.max_fee


CAUTIOUS = Prudence()
"""For dealing with a stranger."""


def fee_problems(fee: int, recipient: str, recipients: frozenset[str], max_fee: int) -> list[str]:
    """Why a fee is not paid, in words."""
    problems = []
    if recipient not in recipients:
        problems.append(f"fee recipient {recipient} is not on our allow-list")
    if fee > max_fee:
        problems.append(f"fee {fee} wei is above our limit, {max_fee}")
    return problems


def window_problems(terms: object, names: Iterable[str], max_window_s: int) -> list[str]:
    """The windows ``names`` of ``terms`` that would lock our money for longer than we put up with, in words."""
    found = ((name, getattr(terms, name)) for name in names)
    return [
        f"{name} is {seconds} s, we lock our money for {max_window_s} s a step at most"
        for name, seconds in found
        if seconds > max_window_s
    ]
