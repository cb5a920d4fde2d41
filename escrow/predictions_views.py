"""What a PredictionEscrow contract says about its jobs, typed and checked against the job's id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from web3.types import BlockIdentifier

from escrow.client import PullPaymentsClient
from escrow.logs import ChainEvent
from escrow.rpc import rpc_errors
from proofs.errors import ChainError
from protocols.predictions.events import State
from protocols.predictions.terms import TERMS_FIELDS, PredictionTerms, job_tag
from protocols.predictions.terms import job_id as derived_job_id


@dataclass(frozen=True, slots=True)
class RoundStatus:
    """Progress of a job as the contract keeps it, in its order; all of it is public.

    Attributes:
        state: see ``protocols.predictions.events.State``.
        deadline: Unix time: in ``OPEN`` the end of accepting, then the prove end.
        round_end: Unix time at which contesting ends; 0 before the acceptance.
        contested, proven: numbers of answers. answered: by the highest receipt collected.
        tag: the job tag (32 bytes).
    """

    state: State
    deadline: int
    round_end: int
    contested: int
    proven: int
    answered: int
    tag: bytes


@dataclass(frozen=True, slots=True)
class ContestStatus:
    """What the contract knows of a contest, in its order: the signed input hash and outputs hash, if there is one."""

    contested: bool
    proven: bool
    h: int
    outputs_hash: bytes


@dataclass(frozen=True, slots=True)
class RoundSnapshot:
    """Everything the chain says about a job at one block.

    Attributes:
        job_id: 32 bytes. block, timestamp: the block it was read at. status, terms: see there.
        contests: by contested index, in the order of contest.
        owed: booked and not fetched in the job's currency, by address, for both parties and the fee recipient.
    """

    job_id: bytes
    block: int
    timestamp: int
    status: RoundStatus
    terms: PredictionTerms
    contests: dict[int, ContestStatus]
    owed: dict[str, int]


class PredictionViews(PullPaymentsClient):
    """The reading half of the escrow's client."""

    def min_window(self) -> int:
        """Seconds every window must have at least."""
        return int(self._read("minWindow"))

    def job_id_of(self, terms: PredictionTerms) -> bytes:
        """The id these terms have on this chain and escrow, computed here."""
        return derived_job_id(job_tag(self.chain.chain_id, self.address, terms), terms)

    def job(self, job_id: bytes, block: BlockIdentifier = "latest") -> RoundStatus:
        """The job's progress; ``State.NONE`` for an unknown job."""
        state, *rest = self._read("job", job_id, block=block)
        with rpc_errors(self.chain.url, "reading a job", self.chain.errors):
            return RoundStatus(State(state), *rest)

    def contest_of(self, job_id: bytes, index: int, block: BlockIdentifier = "latest") -> ContestStatus:
        """The contest against answer ``index``."""
        return ContestStatus(*self._read("contestOf", job_id, index, block=block))

    def terms(self, job_id: bytes, block: BlockIdentifier = "latest") -> PredictionTerms:
        """The job's terms, checked against its id, which binds every one of them.

        Raises:
            ChainError: this escrow knows no such job.
        """
        return self._authentic(job_id, self._read("terms", job_id, block=block))

    def snapshot(self, job_id: bytes, since_block: int = 0) -> RoundSnapshot:
        """Everything about a job, read at one and the same block; contests are found by their events.

        Args:
            since_block: a block before the job was accepted.
        """
        block = self.chain.block_number()
        terms, status = self.terms(job_id, block), self.job(job_id, block)
        indices = self.contested_indices(job_id, since_block, block) if status.contested else []
        contests = {index: self.contest_of(job_id, index, block) for index in indices}
        parties = (terms.client, terms.provider, terms.fee_recipient)
        return RoundSnapshot(
            job_id=job_id,
            block=block,
            timestamp=self.chain.block_time(block),
            status=status,
            terms=terms,
            contests=contests,
            owed={who: self.owed_in(terms.token, who, block) for who in parties},
        )

    def job_events(self, job_id: bytes, since_block: int = 0) -> list[ChainEvent]:
        """The events of one job from ``since_block`` on, oldest first."""
        return [event for event in self.events(since_block) if event.arguments.get("jobId") == job_id]

    def contested_indices(self, job_id: bytes, since_block: int, block: int) -> list[int]:
        """The contested answers of a job, in the order of contest, by the events from ``since_block`` to ``block``."""
        events = self.events(since_block, block)
        mine = [event for event in events if event.arguments.get("jobId") == job_id]
        return [int(str(event.arguments["index"])) for event in mine if event.name == "AnswerContested"]

    def _authentic(self, job_id: bytes, words: Sequence[Any]) -> PredictionTerms:
        names = [name for name, _ in TERMS_FIELDS]
        fields = dict(zip(names, words, strict=True))
        if int(fields["client"], 16) == 0:
            raise ChainError(f"escrow {self.address} knows no job 0x{job_id.hex()}; check the id and the chain")
        terms = PredictionTerms(**fields)
        if self.job_id_of(terms) != job_id:
            raise ChainError(f"escrow {self.address} shows terms that are not job 0x{job_id.hex()}'s; do not use it")
        return terms
