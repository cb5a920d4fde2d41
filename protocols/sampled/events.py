"""The moves of protocol A' on chain, one frozen class per contract function, and the states they move between.

Some refusals depend on bytes the state machine does not hold (proofs, openings, ciphertexts, keys). Such moves carry
the fact itself; the walker and the drivers know it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class State(IntEnum):
    """States of a job, numbered as the contract's enum."""

    NONE = 0
    OPEN = 1
    ACCEPTED = 2
    SAMPLED = 3
    POSTED = 4
    HANDED_OVER = 5
    REVEALED = 6
    PROVING = 7
    COMPLETED = 8
    REJECTED = 9
    ABORTED = 10
    SPOILED = 11
    EXPIRED = 12

    @property
    def ended(self) -> bool:
        """Whether nothing but withdrawing is left."""
        return self >= State.COMPLETED


class Rule(StrEnum):
    """Names of the rules an action can break; each value is the name of the contract's custom error.

    ``PROOF_REJECTED`` and ``BAD_OPENING`` stand for every error of the root checks, the verifier and the judge.
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
    WRONG_SEED = "WrongSeed"
    BAD_CHUNK_COUNT = "BadChunkCount"
    WRONG_DELIVERY = "WrongDelivery"
    WRONG_CIPHERTEXTS = "WrongCiphertexts"
    WRONG_KEY = "WrongKey"
    EXAMPLE_SPENT = "ExampleSpent"
    NO_SUCH_EXAMPLE = "NoSuchExample"
    WRONG_BATCH_SIZE = "WrongBatchSize"
    COUNT_TOO_HIGH = "CountTooHigh"
    PROOF_REJECTED = "ProofRejected"
    BAD_OPENING = "WrongDocument"
    CHUNK_IS_HONEST = "ChunkIsHonest"
    VIEW_IS_HONEST = "ViewIsHonest"


class Complaint(IntEnum):
    """What a complaint is about, numbered as the contract's enum."""

    DECRYPTION = 0
    VIEW = 1


@dataclass(frozen=True, slots=True)
class Open:
    """The buyer opens the job with its deposit, ``value`` wei; ``eligible`` is the registry's word at that moment."""

    sender: str
    value: int
    eligible: bool = True


@dataclass(frozen=True, slots=True)
class Accept:
    """The seller accepts with its deposit and the seed that draws the sample."""

    sender: str
    value: int
    seed: bytes = bytes(32)
    eligible: bool = True
    prior_aborts: int = 0


@dataclass(frozen=True, slots=True)
class HandOver:
    """The buyer commits to the ciphertexts it has sent (all N examples) and to the keys of sample and rest.

    ``chunks_fit``: ``chunk_count`` is a positive multiple of N. ``seed_fits``: it was made for the seed on chain.
    """

    sender: str
    ciphertext_root: bytes = bytes(32)
    chunk_count: int = 0
    sample_key_hash: bytes = bytes(32)
    rest_key_hash: bytes = bytes(32)
    chunks_fit: bool = True
    seed_fits: bool = True


@dataclass(frozen=True, slots=True)
class PostCiphertext:
    """The buyer puts ciphertexts and the sample's key on chain, after which silence is the seller's fault.

    ``matches``: they lead to the root handed over. ``key_fits``: the key is the one committed to.
    """

    sender: str
    sample_key: bytes = bytes(32)
    matches: bool = True
    key_fits: bool = True


@dataclass(frozen=True, slots=True)
class Proceed:
    """The seller holds every ciphertext, has opened the sample, and promises to prove on the rest."""

    sender: str
    ciphertext_root: bytes = bytes(32)


@dataclass(frozen=True, slots=True)
class Abort:
    """The seller has seen the sample and leaves; the buyer pays N1*P."""

    sender: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """The seller says that the rest opened well ("opened OK"); the proofs' clock starts."""

    sender: str


@dataclass(frozen=True, slots=True)
class RevealKey:
    """The buyer puts the rest's key on chain, because the seller has not confirmed. ``key_fits``: it is that key."""

    sender: str
    key: bytes = bytes(32)
    key_fits: bool = True


@dataclass(frozen=True, slots=True)
class Complain:
    """The seller shows that an example of the rest is not what was committed.

    ``valid``: the openings lead to the roots. ``faulty``: the judge's verdict. ``spent``: the example is one of the
    sample, about which nobody complains.
    """

    sender: str
    kind: Complaint
    valid: bool = True
    faulty: bool = True
    spent: bool = False


@dataclass(frozen=True, slots=True)
class SubmitBatch:
    """Anyone submits a proof that ``count`` of the examples ``indices`` are classified as labelled.

    ``indices`` ascend strictly. ``valid`` is the verdict of the root check and the verifier on the submitted words.
    """

    sender: str
    indices: tuple[int, ...]
    count: int
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Finalise:
    """Anyone ends a state whose deadline has passed."""

    sender: str


Event = (
    Open
    | Accept
    | HandOver
    | PostCiphertext
    | Proceed
    | Abort
    | Confirm
    | RevealKey
    | Complain
    | SubmitBatch
    | Finalise
)
