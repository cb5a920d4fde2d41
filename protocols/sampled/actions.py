"""What a party of protocol A' does next: decided by ``seller`` and ``buyer``, carried out by drivers.

An action whose name is a contract function sends that transaction; the others are off chain.
"""

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
    "BuyerAction",
    "CheckOffer",
    "Complain",
    "Confirm",
    "Done",
    "FetchKey",
    "FetchSample",
    "Finalise",
    "HandOver",
    "OpenJob",
    "OpenRest",
    "PostCiphertext",
    "Proceed",
    "ProveBatch",
    "RevealKey",
    "RunModel",
    "RunSample",
    "SealExamples",
    "SellerAction",
    "SendAcceptance",
    "SendDecline",
    "SendExamples",
    "SendKey",
    "SendOffer",
    "SubmitBatch",
    "Wait",
    "Withdraw",
]


@dataclass(frozen=True, slots=True)
class SealExamples:
    """Buyer: draw both keys, note them with the ciphertexts' root, before anything under them leaves."""


@dataclass(frozen=True, slots=True)
class SendExamples:
    """Buyer: put notice (with the sample's key) and ciphertexts on the channel."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Buyer: ``handOver`` with the root of the ciphertexts sent and both key hashes."""


@dataclass(frozen=True, slots=True)
class PostCiphertext:
    """Buyer: ``postCiphertext``, so that silence becomes the seller's fault."""


@dataclass(frozen=True, slots=True)
class SendKey:
    """Buyer: put the key of the rest on the channel."""


@dataclass(frozen=True, slots=True)
class RevealKey:
    """Buyer: ``revealKey``, because the seller has not confirmed."""


@dataclass(frozen=True, slots=True)
class FetchSample:
    """Seller: read ciphertexts and the sample's key as far as they have come; once complete, open the sample."""

    until: int


@dataclass(frozen=True, slots=True)
class RunSample:
    """Seller: run the quantised model on the sample and note the right answers."""


@dataclass(frozen=True, slots=True)
class Proceed:
    """Seller: ``proceed``, which is the receipt for all ciphertexts and the promise to prove."""


@dataclass(frozen=True, slots=True)
class Abort:
    """Seller: ``abort``, because of ``reason``."""

    reason: str


@dataclass(frozen=True, slots=True)
class FetchKey:
    """Seller: read the rest's key off the channel, as far as it has come, and open the rest with it."""

    until: int


@dataclass(frozen=True, slots=True)
class OpenRest:
    """Seller: open the rest with the key on chain."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Seller: ``confirm``, the rest opened well."""


@dataclass(frozen=True, slots=True)
class Complain:
    """Seller: ``complainDecryption`` or ``complainView`` with the openings of the first fault found."""


@dataclass(frozen=True, slots=True)
class RunModel:
    """Seller: run the quantised model on the rest and note the right answers of each batch."""


SellerAction = (
    CheckOffer
    | SendDecline
    | AcceptJob
    | SendAcceptance
    | FetchSample
    | RunSample
    | Proceed
    | Abort
    | FetchKey
    | OpenRest
    | Confirm
    | Complain
    | RunModel
    | ProveBatch
    | SubmitBatch
    | Finalise
    | Withdraw
    | Wait
    | Done
)
BuyerAction = (
    SendOffer
    | OpenJob
    | SealExamples
    | SendExamples
    | HandOver
    | PostCiphertext
    | SendKey
    | RevealKey
    | Finalise
    | Withdraw
    | Wait
    | Done
)
