"""The moves of protocol A on chain, one frozen class per contract function, and the states they move between."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class State(IntEnum):
    """States of a job, numbered as the contract's enum."""

    NONE = 0
    OPEN = 1
    ACCEPTED = 2
    HANDED_OVER = 3
    PROVING = 4
    COMPLETED = 5
    REJECTED = 6
    ABORTED = 7
    EXPIRED = 8

    @property
    def ended(self) -> bool:
        """Whether nothing but withdrawing is left."""
        return self >= State.COMPLETED


class Rule(StrEnum):
    """Names of the rules an action can break; each value is the name of the contract's custom error.

    ``PROOF_REJECTED`` stands for every error of the root check, the verifier adapter and the verifier behind it.
    """

    WRONG_STATE = "WrongState"
    NOTHING_TO_FINALISE = "NothingToFinalise"
    NOT_YOUR_MOVE = "NotYourMove"
    TOO_LATE = "TooLate"
    TOO_EARLY = "TooEarly"
    WRONG_VALUE = "WrongValue"
    BAD_TERMS = "BadTerms"
    TAG_USED = "TagUsed"
    NOT_ELIGIBLE = "NotEligible"
    TOO_MANY_ABORTS = "TooManyAborts"
    NO_SUCH_BATCH = "NoSuchBatch"
    BATCH_DONE = "BatchAlreadyVerified"
    COUNT_TOO_HIGH = "CountTooHigh"
    PROOF_REJECTED = "ProofRejected"


@dataclass(frozen=True, slots=True)
class Open:
    """The buyer opens the job with its deposit, ``value`` wei; ``eligible`` is the registry's word at that moment."""

    sender: str
    value: int
    eligible: bool = True


@dataclass(frozen=True, slots=True)
class Accept:
    """The seller accepts with its deposit and a seed; ``prior_aborts`` is the escrow's count for the model."""

    sender: str
    value: int
    seed: bytes = bytes(32)
    eligible: bool = True
    prior_aborts: int = 0


@dataclass(frozen=True, slots=True)
class HandOver:
    """The buyer posts the root of the ciphertext chunks it has sent to the seller."""

    sender: str
    ciphertext_root: bytes = bytes(32)


@dataclass(frozen=True, slots=True)
class Proceed:
    """The seller has seen the test set and promises to prove."""

    sender: str


@dataclass(frozen=True, slots=True)
class Abort:
    """The seller has seen the test set and leaves; the buyer pays N*P."""

    sender: str


@dataclass(frozen=True, slots=True)
class SubmitBatch:
    """Anyone submits the proof of batch ``index``: ``count`` right answers.

    ``valid`` is the verdict of the root check and the verifier on the submitted words; the state machine takes it as
    given, as it must: whether a proof verifies is not a matter of the protocol.
    """

    sender: str
    index: int
    count: int
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Finalise:
    """Anyone ends a state whose deadline has passed."""

    sender: str


Event = Open | Accept | HandOver | Proceed | Abort | SubmitBatch | Finalise
