"""The moves of protocol B on chain, one frozen class per contract function, and the states they move between."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class State(IntEnum):
    """States of a job, numbered as the contract's enum."""

    NONE = 0
    OPEN = 1
    SERVING = 2
    COMPLETED = 3
    REJECTED = 4
    EXPIRED = 5

    @property
    def ended(self) -> bool:
        """Whether nothing but withdrawing is left."""
        return self >= State.COMPLETED


class Rule(StrEnum):
    """Names of the rules an action can break; each value is the name of the contract's custom error.

    ``PROOF_REJECTED`` stands for every error of the outputs' form (``WrongOutputCount``, ``NotCanonical``), of the
    verifier adapter and of the verifier behind it.
    """

    WRONG_STATE = "WrongState"
    NOTHING_TO_FINALISE = "NothingToFinalise"
    NOT_YOUR_MOVE = "NotYourMove"
    TOO_LATE = "TooLate"
    TOO_EARLY = "TooEarly"
    WRONG_VALUE = "WrongValue"
    BAD_TERMS = "BadTerms"
    TAG_USED = "TagUsed"
    NO_SUCH_ANSWER = "NoSuchAnswer"
    ALREADY_CONTESTED = "AlreadyContested"
    TOO_MANY_CONTESTS = "TooManyContests"
    BAD_SIGNATURE = "BadSignature"
    NOT_CONTESTED = "NotContested"
    ALREADY_PROVEN = "AlreadyProven"
    WRONG_OUTPUTS = "WrongOutputs"
    PROOF_REJECTED = "ProofRejected"
    NOTHING_NEW = "NothingNew"


@dataclass(frozen=True, slots=True)
class Open:
    """The client opens the job and pays ``value`` in (ether or token alike)."""

    sender: str
    value: int


@dataclass(frozen=True, slots=True)
class Accept:
    """The provider accepts, pays ``value`` in (ether or token alike), and the round begins."""

    sender: str
    value: int


@dataclass(frozen=True, slots=True)
class Contest:
    """The client asks for the proof of answer ``index`` and shows the answer the provider signed.

    Args:
        h: hash of the input in the answer. outputs_hash: of its outputs, 32 bytes.
        signed: the signature shown is the provider's over (job, index, h, outputs_hash); taken as given here.
    """

    sender: str
    index: int
    h: int = 0
    outputs_hash: bytes = bytes(32)
    signed: bool = True


@dataclass(frozen=True, slots=True)
class ProveAnswer:
    """Anyone submits outputs (by their hash here) and the proof of contested answer ``index``.

    ``valid`` is the verdict of the verifier on weights, tag, input hash and outputs; the state machine takes it as
    given, as it must: whether a proof verifies is not a matter of the protocol.
    """

    sender: str
    index: int
    outputs_hash: bytes = bytes(32)
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Collect:
    """The provider shows the client's receipt over ``answered`` answers; ``signed``: it is the client's signature."""

    sender: str
    answered: int
    signed: bool = True


@dataclass(frozen=True, slots=True)
class Finalise:
    """The provider ends a served round, or anyone a state whose deadline has passed."""

    sender: str


Event = Open | Accept | Contest | ProveAnswer | Collect | Finalise
