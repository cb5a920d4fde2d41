"""What a party does next: decided by ``client`` and ``provider``, carried out by drivers, which own chain and files."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.actions import (
    AcceptJob,
    CheckOffer,
    Done,
    Finalise,
    OpenJob,
    SendAcceptance,
    SendDecline,
    SendOffer,
    Wait,
    Withdraw,
)

__all__ = [
    "AcceptJob",
    "Action",
    "Ask",
    "CheckOffer",
    "Collect",
    "Contest",
    "Done",
    "DrawContests",
    "Finalise",
    "OpenJob",
    "ProveAnswer",
    "SendAcceptance",
    "SendDecline",
    "SendOffer",
    "SendReceipt",
    "SubmitProof",
    "Wait",
    "Withdraw",
]


@dataclass(frozen=True, slots=True)
class Ask:
    """Client: send question ``index``; check the answer, note it or its absence, and sign for it."""

    index: int


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """Client: sign for ``answered`` answers in all and send it."""

    answered: int


@dataclass(frozen=True, slots=True)
class DrawContests:
    """Client: draw ``count`` answers to contest from its own secret randomness, and note them."""

    count: int


@dataclass(frozen=True, slots=True)
class Contest:
    """Client: ``contest`` answer ``index`` with the provider's signature."""

    index: int


@dataclass(frozen=True, slots=True)
class ProveAnswer:
    """Provider: prove answer ``index`` for this job and note the proof."""

    index: int


@dataclass(frozen=True, slots=True)
class SubmitProof:
    """Provider: ``proveAnswer`` with the proof of answer ``index``."""

    index: int


@dataclass(frozen=True, slots=True)
class Collect:
    """Provider: ``collect`` with the client's receipt over ``answered`` answers."""

    answered: int


Action = (
    SendOffer
    | OpenJob
    | Ask
    | SendReceipt
    | DrawContests
    | Contest
    | CheckOffer
    | SendAcceptance
    | SendDecline
    | AcceptJob
    | ProveAnswer
    | SubmitProof
    | Collect
    | Finalise
    | Withdraw
    | Wait
    | Done
)
