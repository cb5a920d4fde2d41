"""What a party does next: decided by ``seller`` and ``buyer``, carried out by drivers, which own chain and files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SendOffer:
    """Buyer: put the signed offer on the channel."""


@dataclass(frozen=True, slots=True)
class OpenJob:
    """Buyer: ``open`` with the deposit."""


@dataclass(frozen=True, slots=True)
class CheckOffer:
    """Seller: rebuild the circuit, compare digests and code hash, note the problems found."""


@dataclass(frozen=True, slots=True)
class SendDecline:
    """Either: tell the other side no, with a ``reason`` for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class AcceptJob:
    """Seller: ``accept`` with the deposit and a fresh seed (noted before it is sent)."""


@dataclass(frozen=True, slots=True)
class SendAcceptance:
    """Seller: put the signed acceptance, with the channel key, on the channel."""


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


@dataclass(frozen=True, slots=True)
class ProveBatch:
    """Seller: prove batch ``index`` and note the proof."""

    index: int


@dataclass(frozen=True, slots=True)
class SubmitBatch:
    """Seller: ``submitBatch`` with the proof of batch ``index``."""

    index: int


@dataclass(frozen=True, slots=True)
class Finalise:
    """Either: ``finalise`` a state whose deadline has passed."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Either: ``withdraw`` the ``amount`` wei the escrow owes."""

    amount: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before chain time ``until`` (seconds) unless the chain or the channel moves; ``why`` for people."""

    until: int
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do; ``why`` for people."""

    why: str


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
