"""What a party does next: decided by ``requester`` and ``responder``, carried out by drivers with chain and files.

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
    "AcceptJob",
    "Acknowledge",
    "Action",
    "CheckOffer",
    "Complain",
    "DecryptDocuments",
    "Deliver",
    "Done",
    "Draw",
    "FetchDocuments",
    "Finalise",
    "OpenJob",
    "ProveBatch",
    "RequesterAction",
    "ResponderAction",
    "Reveal",
    "SealDocuments",
    "SendAcceptance",
    "SendDecline",
    "SendDocuments",
    "SendOffer",
    "SendProblem",
    "SubmitBatch",
    "TopUp",
    "Wait",
    "Withdraw",
]


@dataclass(frozen=True, slots=True)
class Draw:
    """Either: ``draw`` the sample."""


@dataclass(frozen=True, slots=True)
class TopUp:
    """Requester: ``topUp`` with ``amount`` wei."""

    amount: int


@dataclass(frozen=True, slots=True)
class SealDocuments:
    """Responder: make a fresh key (noted before use), encrypt the selected documents, note root and chunk count."""


@dataclass(frozen=True, slots=True)
class SendDocuments:
    """Responder: put notice and ciphertexts on the channel."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """Responder: ``deliver`` key hash, root and chunk count as noted."""


@dataclass(frozen=True, slots=True)
class FetchDocuments:
    """Requester: read notice and ciphertexts as far as they have come; once complete, check them against the root."""

    until: int


@dataclass(frozen=True, slots=True)
class SendProblem:
    """Requester: tell the responder what is wrong with the delivery."""

    reason: str


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Requester: ``acknowledge`` the ciphertexts under ``ciphertext_root``."""

    ciphertext_root: bytes


@dataclass(frozen=True, slots=True)
class Reveal:
    """Responder: ``reveal`` the key as noted."""


@dataclass(frozen=True, slots=True)
class DecryptDocuments:
    """Requester: decrypt with the revealed key, check every chunk and view, note the first fault found, if any."""


@dataclass(frozen=True, slots=True)
class Complain:
    """Requester: ``complainDecryption`` or ``complainView`` with the fault as noted."""


RequesterAction = SendOffer | OpenJob | TopUp | FetchDocuments | SendProblem | Acknowledge | DecryptDocuments | Complain
ResponderAction = (
    CheckOffer
    | SendDecline
    | AcceptJob
    | SendAcceptance
    | ProveBatch
    | SubmitBatch
    | SealDocuments
    | SendDocuments
    | Deliver
    | Reveal
)
Action = RequesterAction | ResponderAction | Draw | Finalise | Withdraw | Wait | Done
