"""The facts a retrieval game is played in, what a path did off chain, and what all that is worth to each party."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from proofs.errors import InvalidInput
from protocols.games.game import Credit, Outcome
from protocols.games.game import Step as AnyStep
from protocols.games.paths import Node as AnyNode
from protocols.games.paths import Path as AnyPath
from protocols.retrieval import machine
from protocols.retrieval.events import Event, State
from protocols.retrieval.machine import JobState
from protocols.retrieval.terms import WINDOW_FIELDS, RetrievalTerms


class Role(StrEnum):
    """Who moves. A stranger is any third account (a watchtower, say); the fee recipient never moves."""

    REQUESTER = "requester"
    RESPONDER = "responder"
    STRANGER = "stranger"
    FEE_RECIPIENT = "fee recipient"


class Delivery(StrEnum):
    """What the responder encrypted and sent behind a delivery."""

    NONE = "nothing"
    HONEST = "the selected documents"
    SWAPPED = "one document exchanged for another content"
    GARBAGE = "ciphertexts that are not those under the root"
    OLD_KEY = "the selected documents under a key revealed in another job"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Values and costs outside the escrow, wei.

    Args:
        document: v, what a readable matching document is worth to the requester. bits: u, what knowing which documents
            match is worth to it. disclosure: w, what a document that becomes readable costs the responder.
        inference: P, one plain run of the model on a document. delivery: c, encrypting and sending one document.
    """

    document: int = 0
    bits: int = 0
    disclosure: int = 0
    inference: int = 0
    delivery: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The 32-byte words a game posts; made up, or those of real documents for a replay on a chain.

    Args:
        key, key_hash: of this job. honest, swapped: ciphertext roots of what was sold and of a swapped content.
        old_key: a key revealed in another job; old_key_hash, old_root: what it commits to in this one. wrong_key: none
            of them.
        used_key_hash: one the responder has posted in another job. chunks: ciphertexts of all documents sold.
    """

    key: bytes = b"\x4e" * 32
    key_hash: bytes = b"\x7a" * 32
    honest: bytes = b"\xc1" * 32
    swapped: bytes = b"\xc5" * 32
    old_key: bytes = b"\x01" * 32
    old_key_hash: bytes = b"\x0a" * 32
    old_root: bytes = b"\xca" * 32
    wrong_key: bytes = b"\x99" * 32
    used_key_hash: bytes = b"\xbb" * 32
    chunks: int = 64


@dataclass(frozen=True, slots=True)
class OffChain:
    """What a path did outside the escrow: batches proven, whether the model was run without proof, what was sent."""

    batches_proven: int = 0
    model_run: bool = False
    delivery: Delivery = Delivery.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The facts a game is played in.

    Args:
        name: for people. terms: of the job. stranger: address of a third account. start: chain time of the opening.
        bits: per batch the true bits (bit j: document index*b+j is selected); empty for a sample.
        drawn: the documents the chain draws; empty unless the job is a sample.
        wrong_view: a document whose committed view does not hash to what the circuit ate, None if all do.
        worth: values and costs outside the escrow. words: what is posted. min_window: the escrow's, seconds.
        kept_blocks: blocks for which the chain answers for a hash.

    Raises:
        InvalidInput: bits, draw or windows that do not fit the terms.
    """

    name: str
    terms: RetrievalTerms
    stranger: str
    bits: tuple[int, ...] = ()
    drawn: tuple[int, ...] = ()
    wrong_view: int | None = None
    worth: Worth = field(default_factory=Worth)
    words: Words = field(default_factory=Words)
    start: int = 0
    min_window: int = 1
    kept_blocks: int = machine.HASHES_KEPT_BLOCKS

    def __post_init__(self) -> None:
        terms = self.terms
        bits_fit = len(self.bits) == (0 if terms.sampled else terms.batches)
        if not bits_fit or not all(0 <= bits < 1 << terms.batch for bits in self.bits):
            raise InvalidInput(f"scenario {self.name}: bits {self.bits} do not fit {terms.batches} batches")
        drawn_fit = len(set(self.drawn)) == (terms.cap if terms.sampled else 0)
        if not drawn_fit or not all(0 <= index < terms.total for index in self.drawn):
            raise InvalidInput(f"scenario {self.name}: draw {self.drawn} does not fit cap {terms.cap}")
        if self.wrong_view is not None and self.wrong_view not in self.selected:
            raise InvalidInput(f"scenario {self.name}: document {self.wrong_view} is not selected")
        shortest = min(getattr(terms, name) for name in WINDOW_FIELDS)
        if shortest < terms.batches + 8:
            raise InvalidInput(f"scenario {self.name}: the windows need {terms.batches + 8} s to play every clock in")

    @property
    def selected(self) -> tuple[int, ...]:
        """Indices of the documents that match or are drawn, ascending."""
        terms = self.terms
        if terms.sampled:
            return tuple(sorted(self.drawn))
        return tuple(i for i in range(terms.total) if self.bits[i // terms.batch] >> (i % terms.batch) & 1)

    @property
    def unselected(self) -> int:
        """The first index that is no part of the sale (the number of documents, if all are)."""
        return next(index for index in range(self.terms.total + 1) if index not in self.selected)

    @property
    def sound(self) -> int | None:
        """The last document sold whose view is true, None when there is none."""
        return next((index for index in reversed(self.selected) if index != self.wrong_view), None)

    @property
    def roles(self) -> tuple[str, ...]:
        """Everybody with an account in the game."""
        return tuple(Role)

    def address(self, role: str) -> str:
        """The account of a role."""
        return {
            Role.REQUESTER: self.terms.requester,
            Role.RESPONDER: self.terms.responder,
            Role.STRANGER: self.stranger,
            Role.FEE_RECIPIENT: self.terms.fee_recipient,
        }[Role(role)]

    def unopened(self) -> JobState:
        """The job before the opening."""
        return JobState(terms=self.terms, min_window=self.min_window)

    def apply(self, job: JobState, event: Event, now: int) -> tuple[JobState, tuple[Credit, ...]]:
        """Play one move on the pure state machine."""
        return machine.apply(job, event, now)

    def pay_offs(self, outcome: Outcome[JobState], off_chain: OffChain) -> dict[str, int]:
        """Wei by role: on-chain net, less Z per document proven, P per document run, c per document sent; v per
        document the requester can read, w that each of them costs the responder, u once it knows what matches."""
        terms, worth, job = self.terms, self.worth, outcome.job
        payoff = dict(outcome.net)
        readable = self.readable(job, off_chain)
        payoff[Role.REQUESTER] += readable * worth.document
        if not terms.sampled and len(job.batches_done) == terms.batches:
            payoff[Role.REQUESTER] += worth.bits
        payoff[Role.RESPONDER] -= readable * worth.disclosure
        payoff[Role.RESPONDER] -= off_chain.batches_proven * terms.batch * terms.proving_cost
        payoff[Role.RESPONDER] -= worth.inference * terms.total if off_chain.model_run else 0
        if off_chain.delivery in (Delivery.HONEST, Delivery.SWAPPED, Delivery.OLD_KEY):
            payoff[Role.RESPONDER] -= job.matches * worth.delivery
        return payoff

    def readable(self, job: JobState, off_chain: OffChain) -> int:
        """Documents the requester can read and use in the end.

        Ciphertexts under a key revealed in another job are readable at once; a document with a wrong view is no use.
        """
        good = job.matches - (self.wrong_view is not None and job.matches > 0)
        if off_chain.delivery is Delivery.OLD_KEY:
            return good
        if job.key == bytes(32) or off_chain.delivery not in (Delivery.HONEST, Delivery.SWAPPED):
            return 0
        swapped = off_chain.delivery is Delivery.SWAPPED and self.wrong_view is None
        return good - swapped


Step = AnyStep[Event]
Node = AnyNode[JobState, Event, OffChain]
Path = AnyPath[JobState, Event, OffChain]
ENDINGS = (State.COMPLETED, State.REJECTED, State.UNDELIVERED, State.EXPIRED)
