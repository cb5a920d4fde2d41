"""What client and provider share: one look at the chain, and what of it they remember."""

from __future__ import annotations

from pathlib import Path

from escrow.chain import Chain
from escrow.parties.driver import Job, Say
from escrow.parties.escrow_party import EscrowParty
from escrow.parties.predictions.check import CheckedRounds
from escrow.predictions import PredictionEscrow
from escrow.signers import LocalSigner
from protocols.predictions.actions import Action
from protocols.predictions.events import State
from protocols.predictions.machine import Contested
from protocols.predictions.terms import PredictionTerms
from protocols.predictions.view import ChainView, Limits

ANSWER = 0
"""Number of the provider's answer to the offer among its messages."""
_DELEGATION = bytes.fromhex("ef0100")
RoundJob = Job[PredictionTerms]


class PredictionParty(EscrowParty[PredictionTerms, Action]):
    """Base of both drivers.

    Args:
        checked: the listing, rebuilt and found on chain by this party.
        signer: the party's account, key in this process.
        folder: private working folder (journals), mode 0700.
        channel_root: folder shared with the other party, for the offer and what is said to it.
        limits: the party's prudence. say: told what happens, in words.
    """

    escrow: PredictionEscrow
    other: str

    def __init__(
        self, checked: CheckedRounds, signer: LocalSigner, folder: Path, channel_root: Path, limits: Limits, say: Say
    ) -> None:
        super().__init__(checked.escrow.chain, checked.escrow.address, signer, folder, channel_root, say)
        self.checked, self.escrow, self.limits = checked, checked.escrow, limits
        self._contested: list[int] = []

    def view(self) -> ChainView:
        """One look at the chain for this job, all of it at one block."""
        terms, job_id, block = self.terms, self.job.job_id, self.chain.block_number()
        status = self.escrow.job(job_id, block)
        early = status.state in (State.NONE, State.OPEN)
        return ChainView(
            now=self.chain.now(),
            state=status.state,
            deadline=status.deadline,
            round_end=status.round_end,
            contested=self._contests(status.contested, block) if status.state is State.SERVING else (),
            answered=status.answered,
            owed=self.escrow.owed_in(terms.token, self.address, block),
            balance=self.spendable() if early else 0,
            other_has_code=early and can_disown(self.chain, self.other),
        )

    def _contests(self, count: int, block: int) -> tuple[Contested, ...]:
        """The contested answers as the contract has them at ``block``; events say which they are."""
        if count != len(self._contested):
            self._contested = self._found_contests(count, block)
        known = [(index, self.escrow.contest_of(self.job.job_id, index, block)) for index in self._contested]
        if not all(seen.contested for _, seen in known):  # the chain was reorganised
            self._contested = []
        return tuple(Contested(i, seen.h, seen.outputs_hash, seen.proven) for i, seen in known if seen.contested)

    def _found_contests(self, count: int, block: int) -> list[int]:
        """Looked for from where this journal began, and from the chain's beginning if it began too late."""
        if count == 0:
            return []
        found = self.escrow.contested_indices(self.job.job_id, min(self.began, block), block)
        return found if len(found) >= count else self.escrow.contested_indices(self.job.job_id, 0, block)


def can_disown(chain: Chain, address: str) -> bool:
    """Whether an account is a contract, which may deny tomorrow what it signs today.

    An account that only delegates to code (EIP-7702) is a plain one: the escrow asks for its ECDSA signature first, and
    that stays good whatever the code says.
    """
    code = chain.code(address)
    return bool(code) and not (len(code) == 23 and code.startswith(_DELEGATION))
