"""What a party does next: decided by ``seller`` and ``buyer``, carried out by drivers, which own chain and files."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.actions import (
    AcceptJob,
    CheckOffer,
    Done,
    Finalise,
    OpenJob,
    ProveBatch,
    SendAcceptance,
    SendDecline,
    SendOffer,
    SubmitBatch,
    Wait,
    Withdraw,
)

__all__ = [
    "Abort",
    "AcceptJob",
    "Action",
    "CheckOffer",
    "Done",
    "FetchTestSet",
    "Finalise",
    "HandOver",
    "OpenJob",
    "Proceed",
    "ProveBatch",
    "RunModel",
    "SendAcceptance",
    "SendDecline",
    "SendOffer",
    "SendReceipt",
    "SendTestSet",
    "SubmitBatch",
    "Wait",
    "Withdraw",
]


@dataclass(frozen=True, slots=True)
class SendTestSet:
    """Buyer: seal the test set, note its ciphertext root, put notice and chunks on the channel."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Buyer: ``handOver`` with the root of the chunks sent."""

    ciphertext_root: bytes


@dataclass(frozen=True, slots=True)
class FetchTestSet:
    """Seller: read notice and chunks as far as they have come; once complete, open them and check the data root."""

    until: int


@dataclass(frozen=True, slots=True)
class RunModel:
    """Seller: run the quantised model on the opened test set and note the right answers of each batch."""


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """Seller: put the signed "opened OK" on the channel."""


@dataclass(frozen=True, slots=True)
class Proceed:
    """Seller: ``proceed``, promising to prove."""


@dataclass(frozen=True, slots=True)
class Abort:
    """Seller: ``abort``, because of ``reason``."""

    reason: str


Action = (
    SendOffer
    | OpenJob
    | CheckOffer
    | SendDecline
    | AcceptJob
    | SendAcceptance
    | SendTestSet
    | HandOver
    | FetchTestSet
    | RunModel
    | SendReceipt
    | Proceed
    | Abort
    | ProveBatch
    | SubmitBatch
    | Finalise
    | Withdraw
    | Wait
    | Done
)
