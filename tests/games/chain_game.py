"""One game of protocol A on a real chain: each event as the transaction that is it, with the golden proofs."""

from __future__ import annotations

from functools import cached_property

from golden_stage import Stage
from raw_chain import Mined, RawChain, transaction

from protocols.accuracy.events import Abort, Accept, Event, Finalise, HandOver, Open, Proceed, SubmitBatch
from protocols.accuracy.machine import JobState
from protocols.accuracy.paths import Role, Scenario, Step

FUNCTIONS = {HandOver: "handOver", Proceed: "proceed", Abort: "abort", Finalise: "finalise"}


class ChainGame:
    """The job of one scenario on a prepared chain."""

    def __init__(self, table: Stage, scenario: Scenario) -> None:
        self.table = table
        self.scenario = scenario
        self.raw = RawChain(table.chain)
        self.addresses = {role: scenario.address(role) for role in Role}
        self._encoded: dict[Event, str] = {}

    @cached_property
    def job_id(self) -> bytes:
        """The job's id, 32 bytes."""
        return self.table.escrow.job_id_of(self.scenario.terms)

    def unopened(self) -> JobState:
        """The pure machine before the opening."""
        return JobState(terms=self.scenario.terms, min_window=self.scenario.min_window)

    def play(self, step: Step) -> Mined:
        """Mine the step in a block of its own at exactly ``step.time``."""
        return self.raw.mine(self._call(step), step.time)

    def refusal(self, step: Step) -> str | None:
        """Name of the error that refuses the step at its time, without mining it; None if it would count."""
        return self.raw.refusal(self._call(step), step.time)

    def data(self, function: str, *args: object) -> str:
        """Call data of an escrow function."""
        return str(self.table.escrow.contract.encode_abi(function, list(args)))

    def _call(self, step: Step) -> dict[str, str]:
        event = step.event
        if event not in self._encoded:
            self._encoded[event] = self._encode(event)
        value = event.value if isinstance(event, Open | Accept) else 0
        return transaction(event.sender, self.table.escrow.address, self._encoded[event], value)

    def _encode(self, event: Event) -> str:
        match event:
            case Open():
                return self.data("open", self.scenario.terms.as_abi_tuple())
            case Accept():
                return self.data("accept", self.job_id, event.seed)
            case HandOver():
                return self.data("handOver", self.job_id, event.ciphertext_root)
            case SubmitBatch():
                return self.data("submitBatch", self.job_id, self._batch(event))
            case _:
                return self.data(FUNCTIONS[type(event)], self.job_id)

    def _batch(self, event: SubmitBatch) -> tuple[object, ...]:
        """The golden proof the event speaks of, or that proof tampered with.

        An invalid event with the golden count gets a proof with its last byte changed; with another count it gets the
        golden proof itself, which does not show that count. There is no golden batch behind an unknown index.
        """
        golden, batches = self.table.golden, self.table.golden.batches
        batch = batches[event.index % len(batches)]
        if event.valid and event.index < len(batches) and event.count != batch.count:
            raise ValueError(f"no golden proof shows {event}")
        tampered = not event.valid and event.count == batch.count
        proof = batch.proof[:-1] + bytes([batch.proof[-1] ^ 1]) if tampered else batch.proof
        proven = (list(batch.h), list(batch.payload_roots), list(batch.path), golden.note, batch.tag_hash)
        return (event.index, *proven, event.count, proof)
