"""What a party does next: decided by ``requester`` and ``responder``, carried out by drivers with chain and files.

An action whose name is a contract function sends that transaction; the others are off chain.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SendOffer:
    """Requester: put the signed offer on the channel."""


@dataclass(frozen=True, slots=True)
class OpenJob:
    """Requester: ``open`` with its funds."""


@dataclass(frozen=True, slots=True)
class CheckOffer:
    """Responder: rebuild the circuit, compare digests, code hash and corpus, note the problems found."""


@dataclass(frozen=True, slots=True)
class SendDecline:
    """Either: tell the other side no, with a ``reason`` for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class AcceptJob:
    """Responder: ``accept`` with its deposit."""


@dataclass(frozen=True, slots=True)
class SendAcceptance:
    """Responder: put the signed acceptance, with the channel key, on the channel."""


@dataclass(frozen=True, slots=True)
class ProveBatch:
    """Responder: prove batch ``index`` and note the proof."""

    index: int


@dataclass(frozen=True, slots=True)
class SubmitBatch:
    """Responder: ``submitBatch`` with the proof of batch ``index``."""

    index: int


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


@dataclass(frozen=True, slots=True)
class Finalise:
    """Either: ``finalise`` a state whose deadline has passed."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Either: withdraw the ``amount`` wei the escrow owes."""

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
