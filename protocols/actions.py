"""What a party of any protocol may do next: the moves all protocols share.

Each protocol's ``actions`` adds its own. Pure deciders choose them; drivers, which own chain and files, carry them out.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SendOffer:
    """Who opens: put the signed offer on the channel."""


@dataclass(frozen=True, slots=True)
class OpenJob:
    """Who opens: ``open`` with its funds (a token is approved before)."""


@dataclass(frozen=True, slots=True)
class CheckOffer:
    """Who accepts: compare the offer with its own circuit, commitments and costs, and note the problems found."""


@dataclass(frozen=True, slots=True)
class SendDecline:
    """Who accepts: tell the other side no, with a ``reason`` for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class SendAcceptance:
    """Who accepts: put the signed acceptance on the channel."""


@dataclass(frozen=True, slots=True)
class AcceptJob:
    """Who accepts: ``accept`` with its deposit (a token is approved before)."""


@dataclass(frozen=True, slots=True)
class ProveBatch:
    """Who proves: prove batch ``index`` and note the proof."""

    index: int


@dataclass(frozen=True, slots=True)
class SubmitBatch:
    """Who proves: ``submitBatch`` with the proof of batch ``index``."""

    index: int


@dataclass(frozen=True, slots=True)
class Finalise:
    """Either: ``finalise`` a state whose deadline has passed."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Either: withdraw the ``amount`` the escrow owes, wei or units of the token."""

    amount: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before chain time ``until`` (seconds) unless chain, channel or the other side moves; ``why``."""

    until: int
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do; ``why`` for people."""

    why: str
