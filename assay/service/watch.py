"""The service's eye on the chain: questions are taken while their round is served, and no longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from assay.service.app import Gate
from assay.service.round import Round
from escrow.chain import Chain
from escrow.predictions import PredictionEscrow, check_prediction_escrow
from proofs.errors import ChainError
from protocols.predictions.events import State

POLL_S = 1.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """A job as last seen on chain: its state, the round's end and the chain's time (Unix s), and our clock then."""

    state: State
    round_end: int
    now: int
    at: float


class ChainGate(Gate):
    """Looks at the rounds' jobs every ``poll_s`` seconds, in a thread of its own, so that no question waits for it.

    While the chain cannot be reached, the last look counts and time goes on.

    Args:
        rounds: those served. margin_s: seconds before a round's end from which on nothing is answered, so that every
            answer can still be contested.

    Raises:
        CodeMismatch: a round's escrow is not this project's. ChainError: none there, or unreachable.
    """

    def __init__(self, chain: Chain, rounds: Iterable[Round], margin_s: int, poll_s: float = POLL_S) -> None:
        self._chain, self._margin_s, self._poll_s = chain, margin_s, poll_s
        self._escrows = {of.job_id: PredictionEscrow(chain, of.domain.escrow) for of in rounds}
        for escrow in {escrow.address: escrow for escrow in self._escrows.values()}.values():
            check_prediction_escrow(chain, escrow)
        self._seen: dict[bytes, _Seen] = {}
        self._stop = threading.Event()
        self.look()
        threading.Thread(target=self._watch, name="assay-gate", daemon=True).start()

    def refusal(self, job_id: bytes) -> str | None:
        """Why the round takes no questions now, or None."""
        seen = self._seen.get(job_id)
        if seen is None:
            return "the round has not been seen on the chain yet"
        if seen.state is not State.SERVING:
            return f"the job is {seen.state.name.lower()}, no round is running"
        if seen.now + (time.monotonic() - seen.at) >= seen.round_end - self._margin_s:
            return "the round is over, or too nearly so to contest an answer"
        return None

    def look(self) -> None:
        """One look at every job. Raises ChainError."""
        now, at = self._chain.now(), time.monotonic()
        for job_id, escrow in self._escrows.items():
            status = escrow.job(job_id)
            self._seen[job_id] = _Seen(status.state, status.round_end, now, at)

    def close(self) -> None:
        """Stop looking."""
        self._stop.set()

    def _watch(self) -> None:
        while not self._stop.wait(self._poll_s):
            try:
                self.look()
            except ChainError:
                continue
