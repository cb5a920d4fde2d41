"""What a party does next: decided by ``client`` and ``provider``, carried out by drivers, which own chain and files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SendOffer:
    """Client: send the signed offer."""


@dataclass(frozen=True, slots=True)
class OpenJob:
    """Client: ``open`` with its funds (a token is approved before)."""


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
class CheckOffer:
    """Provider: compare the offer with its own circuit and costs, note the problems found."""


@dataclass(frozen=True, slots=True)
class SendAcceptance:
    """Provider: promise to accept once the job is open."""


@dataclass(frozen=True, slots=True)
class SendDecline:
    """Provider: tell the client no, with a ``reason`` for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class AcceptJob:
    """Provider: ``accept`` with its deposit (a token is approved before)."""


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


@dataclass(frozen=True, slots=True)
class Finalise:
    """Either: ``finalise``."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Either: withdraw the ``amount`` the escrow owes, wei or units of the token."""

    amount: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before chain time ``until`` (seconds) unless the chain or the other side moves."""

    until: int
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do; ``why`` for people."""

    why: str


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
