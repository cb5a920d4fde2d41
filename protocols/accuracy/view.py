"""What a party looks at before it decides: a snapshot of the chain, and its own limits."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.accuracy.events import State


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainView:
    """One consistent look at the chain (one block); public.

    Args:
        now: the block's time, seconds. state, deadline, correct, batches_done, seed, ciphertext_root: of the job.
        owed: wei the escrow owes this party. balance: wei this party can spend on a deposit (gas already set aside).
        eligible: the registry vouches for the model. prior_aborts: the escrow's count for the model.
    """

    now: int
    state: State
    deadline: int = 0
    correct: int = 0
    batches_done: frozenset[int] = frozenset()
    seed: bytes = bytes(32)
    ciphertext_root: bytes = bytes(32)
    owed: int = 0
    balance: int = 0
    eligible: bool = True
    prior_aborts: int = 0

    @property
    def late(self) -> bool:
        """The state's deadline has passed: its mover may not move, anybody may finalise."""
        return self.now >= self.deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A party's own prudence.

    Args:
        margin_s: seconds before a deadline after which it sends no transaction that must be in time.
        prove_s: seconds it expects one batch's proof and its submission to take (seller).
        proofs_left: proofs the commitment's budget still allows, None for no budget (seller).
    """

    margin_s: int = 60
    prove_s: int = 0
    proofs_left: int | None = None
