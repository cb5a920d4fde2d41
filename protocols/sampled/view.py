"""What a party of protocol A' looks at before it decides: a snapshot of the chain, and its own limits."""

from __future__ import annotations

from dataclasses import dataclass, field

from protocols.sampled.events import State
from protocols.sampled.prospects import PLAIN, Caution

NO_WORD = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainView:
    """One consistent look at the chain (one block); public.

    Args:
        now: the block's time, seconds. state, deadline, correct, seed: of the job. ciphertext_root, chunk_count,
            sample_key_hash, rest_key_hash: as handed over. sample_key: as posted, rest_key: as revealed, else zero.
        batches_done: of the seller's own batches, those proven on chain.
        owed: wei the escrow owes this party. balance: wei this party can spend on a deposit (gas already set aside).
        eligible: the registry vouches for the model. prior_aborts: the escrow's count for the model.
    """

    now: int
    state: State
    deadline: int = 0
    correct: int = 0
    seed: bytes = NO_WORD
    ciphertext_root: bytes = NO_WORD
    chunk_count: int = 0
    sample_key_hash: bytes = NO_WORD
    rest_key_hash: bytes = NO_WORD
    sample_key: bytes = field(default=NO_WORD, repr=False)
    rest_key: bytes = field(default=NO_WORD, repr=False)
    batches_done: frozenset[int] = frozenset()
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
        margin_s: seconds before a deadline after which it sends no transaction that must be in time. What it can still
            do on chain when the other side stays silent, it does twice as early.
        prove_s: seconds it expects one batch's proof and its submission to take (seller).
        proofs_left: proofs the commitment's budget still allows, None for no budget (seller).
        caution: how it weighs its prospects after the sample (seller).
        post: whether to put ciphertexts on chain when the seller stays silent (buyer); costs gas, shows the sample.
    """

    margin_s: int = 60
    prove_s: int = 0
    proofs_left: int | None = None
    caution: Caution = PLAIN
    post: bool = False

    def pressing(self, chain: ChainView) -> bool:
        """Whether a move that forces the other side's hand is due now."""
        return chain.now >= chain.deadline - 2 * self.margin_s
