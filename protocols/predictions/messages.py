"""The five signed messages of protocol B.

    Offer       client   -> provider   the terms and the circuit's digests
    Acceptance  provider -> client     "open it and I accept", and how many answers it gives on credit
    Answer      provider -> client     for one input: its hash and its outputs' hash; read by the escrow in a contest
    Receipt     client   -> provider   how many answers came so far; read by the escrow when the provider collects
    Decline     either way             no, and why

Every message names its job id, which binds chain, escrow, parties and all terms. All fields are public. ``Answer`` and
``Receipt`` are, field for field, the EIP-712 structs the escrow hashes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from protocols.predictions.terms import PredictionTerms
from protocols.signed_messages import DIGEST, TEXT, SignedMessage, terms_field

TERMS_STRUCT = "PredictionTerms"
ANSWER_TYPE = "Answer(bytes32 jobId,uint32 index,uint256 h,bytes32 outputsHash)"
RECEIPT_TYPE = "Receipt(bytes32 jobId,uint32 answered)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(SignedMessage):
    """The client's offer; the provider compares the digests with its own circuit before it accepts.

    Args:
        terms: the job's terms. vk_digest, settings_digest: digests of the verifying key and the circuit settings behind
            ``terms.verifier``. valid_until: chain time in seconds until which the client may open the job.
    """

    SENDER: ClassVar[str] = "client"
    terms: PredictionTerms = field(metadata=terms_field(TERMS_STRUCT, PredictionTerms))
    vk_digest: bytes = field(metadata=DIGEST)
    settings_digest: bytes = field(metadata=DIGEST)
    valid_until: int = field(metadata={"type": "uint64"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance(SignedMessage):
    """The provider will accept the job once it is open; it stops answering when ``credit`` answers lack a receipt."""

    SENDER: ClassVar[str] = "provider"
    credit: int = field(metadata={"type": "uint32"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(SignedMessage):
    """Answer ``index`` of the round: the input with Poseidon hash ``h`` has the outputs with hash ``outputs_hash``."""

    SENDER: ClassVar[str] = "provider"
    index: int = field(metadata={"type": "uint32"})
    h: int = field(metadata={"type": "uint256"})
    outputs_hash: bytes = field(metadata=DIGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(SignedMessage):
    """``answered`` answers of the round have come and are to be paid for: cumulative, so only the highest counts."""

    SENDER: ClassVar[str] = "client"
    answered: int = field(metadata={"type": "uint32"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline(SignedMessage):
    """Either side's refusal with a ``reason`` for people; it moves nothing on chain."""

    reason: str = field(metadata=TEXT)


AnyMessage = Offer | Acceptance | Answer | Receipt | Decline
