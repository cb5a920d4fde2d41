"""A prover that hangs, is killed or fails must not keep its party from the moves that the clock asks for.

A job of the prover ends with the deadline it works for. One that fails is begun again, a few times, as each may cost an
opening; then this process proves no more, and does all that needs no proof: aborts, ends a state, fetches what is owed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from escrow.chain import Chain
from escrow.parties.predictions.prover import is_verdict
from proofs.errors import ProverFailed
from proofs.halo2.runner import OutOfMemory, ending_by
from protocols.accuracy.actions import RunModel
from protocols.actions import ProveBatch, Wait
from protocols.predictions.actions import ProveAnswer
from protocols.sampled.actions import RunModel as RunRest
from protocols.sampled.actions import RunSample

PROVING = (ProveBatch, ProveAnswer, RunModel, RunSample, RunRest)
TRIES = 3
UNLOCKED = 1
"""The last state of every protocol, open, in which this party has not paid in yet."""


class ProverPatience:
    """What a party with a prover keeps count of.

    Args:
        chain: its clock decides how long a job may take. say: told what happens.
        decide, carry_out: of the party. instead: what it does where it would have proven.
    """

    def __init__(
        self,
        chain: Chain,
        say: Callable[[str], None],
        decide: Callable[[], Any],
        carry_out: Callable[[Any], None],
        instead: Callable[[Any, str], Any],
    ) -> None:
        self.chain, self.say = chain, say
        self._decide, self._carry_out, self._instead = decide, carry_out, instead
        self.failures, self.why = 0, ""

    def step(self, status: Any, step: Callable[[], Any]) -> Any:
        """One step of the party while its job is in ``status`` (``state``, ``deadline``).

        Raises:
            ProverFailed, ResourceExceeded: no deposit hangs on it yet; whatever ``step`` raises else.
        """
        if self.failures >= TRIES:
            return self._unproven_step(status)
        try:
            with ending_by(lambda: status.deadline - self.chain.now()):
                action = step()
        except (ProverFailed, OutOfMemory) as error:
            if status.state <= UNLOCKED:
                raise
            self.failures = TRIES if isinstance(error, ProverFailed) and is_verdict(error) else self.failures + 1
            self.why = str(error)
            self.say(self.why)
            return Wait(status.deadline, "another try of the prover")
        if isinstance(action, PROVING):
            self.failures = 0
        return action

    def _unproven_step(self, status: Any) -> Any:
        """Decide as ever, but prove nothing; what takes a job of the prover all the same is as good as a proof."""
        action = self._decide()
        if not isinstance(action, PROVING):
            try:
                self._carry_out(action)
                return action
            except (ProverFailed, OutOfMemory) as error:
                self.why = str(error)
        action = self._instead(status, self.why)
        self.say(f"wait: {action.why}" if isinstance(action, Wait) else f"instead: {action}")
        self._carry_out(action)
        return action


def no_more_proofs(status: Any, why: str) -> Wait:
    """What is left where a proof is the only move: the deadline, after which anybody may end the state."""
    return Wait(status.deadline, f"the deadline: the prover has failed, and a restart tries it again ({why[:200]})")
