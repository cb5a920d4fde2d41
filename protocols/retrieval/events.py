"""The moves of a retrieval job on chain, one frozen class per contract function, and the states they move between.

Some refusals depend on bytes the state machine does not hold (proofs, openings, keys seen before, block hashes). Such
moves carry the fact itself; the walker and the drivers know it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class State(IntEnum):
    """States of a job, numbered as the contract's enum."""

    NONE = 0
    OPEN = 1
    PROVING = 2
    OVER_CAP = 3
    PROVEN = 4
    DELIVERED = 5
    LOCKED = 6
    REVEALED = 7
    COMPLETED = 8
    REJECTED = 9
    UNDELIVERED = 10
    EXPIRED = 11

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
    NO_SUCH_BATCH = "NoSuchBatch"
    BATCH_DONE = "BatchAlreadyVerified"
    BITS_TOO_WIDE = "BitsTooWide"
    PROOF_REJECTED = "ProofRejected"
    WRONG_PREDICATE = "WrongPredicate"
    DRAW_TOO_EARLY = "DrawTooEarly"
    TOO_FEW_CHUNKS = "TooFewChunks"
    WRONG_DELIVERY = "WrongDelivery"
    KEY_HASH_USED = "KeyHashUsed"
    WRONG_KEY = "WrongKey"
    NOT_SELECTED = "NotSelected"
    BAD_OPENING = "WrongDocument"
    CHUNK_IS_HONEST = "ChunkIsHonest"
    VIEW_IS_HONEST = "ViewIsHonest"


@dataclass(frozen=True, slots=True)
class Open:
    """The requester opens the job and pays ``value`` wei in (ether or token alike)."""

    sender: str
    value: int


@dataclass(frozen=True, slots=True)
class Accept:
    """The responder accepts with its deposit; ``block`` is the height this is mined at (a sample counts from it)."""

    sender: str
    value: int
    block: int = 0


@dataclass(frozen=True, slots=True)
class SubmitBatch:
    """Anyone submits the proof of batch ``index``: bit j of ``bits`` says whether document index*b+j is selected.

    ``valid`` is the verdict of the root check and the verifier on the submitted words.
    """

    sender: str
    index: int
    bits: int
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Draw:
    """Anyone draws the sample at height ``block``; ``documents`` are the indices the draw block's hash gives.

    ``gone``: the chain no longer answers for that hash, so the move only names a new draw block.
    """

    sender: str
    block: int
    documents: tuple[int, ...] = ()
    gone: bool = False


@dataclass(frozen=True, slots=True)
class TopUp:
    """The requester pays for the matches above the cap, ``value`` wei."""

    sender: str
    value: int


@dataclass(frozen=True, slots=True)
class Deliver:
    """The responder posts key hash and ciphertext root; ``seen``: it has posted this key hash before."""

    sender: str
    key_hash: bytes = bytes(32)
    ciphertext_root: bytes = bytes(32)
    chunk_count: int = 1
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The requester's receipt: it holds all ciphertexts under ``ciphertext_root``."""

    sender: str
    ciphertext_root: bytes = bytes(32)


@dataclass(frozen=True, slots=True)
class Reveal:
    """The responder reveals the key; ``matches``: it hashes to the posted key hash.

    A key revealed in another job counts: if it did not, whoever sees this move coming could reveal the key first in a
    job of its own and make the responder lose its deposit.
    """

    sender: str
    key: bytes = bytes(32)
    matches: bool = True


@dataclass(frozen=True, slots=True)
class ComplainDecryption:
    """Anyone shows that a ciphertext chunk of ``document`` decrypts to something else than what was committed.

    ``opens``: the openings lead to the roots. ``valid``: the complaint is true.
    """

    sender: str
    document: int
    valid: bool
    chunk: int = 0
    opens: bool = True


@dataclass(frozen=True, slots=True)
class ComplainView:
    """Anyone shows that a committed view step of ``document`` is malformed or does not lead to the next, or to h."""

    sender: str
    document: int
    valid: bool
    chunk: int = 0
    opens: bool = True


@dataclass(frozen=True, slots=True)
class Finalise:
    """Anyone ends a state whose deadline has passed."""

    sender: str


Complaint = ComplainDecryption | ComplainView
Event = Open | Accept | SubmitBatch | Draw | TopUp | Deliver | Acknowledge | Reveal | Complaint | Finalise
