"""What a party looks at before it decides: a snapshot of the chain, and its own limits."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.retrieval.events import State


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainView:
    """One consistent look at the chain (one block); public.

    Args:
        now: the block's time, seconds. block: its height. state, deadline, matches, batches_done, draw_block, key_hash,
            ciphertext_root, chunk_count, key: of the job.
        owed: wei the escrow owes this party in the terms' token. balance: what it can pay in (gas already set aside).
    """

    now: int
    state: State
    block: int = 0
    deadline: int = 0
    matches: int = 0
    batches_done: frozenset[int] = frozenset()
    draw_block: int = 0
    key_hash: bytes = bytes(32)
    ciphertext_root: bytes = bytes(32)
    chunk_count: int = 0
    key: bytes = bytes(32)
    owed: int = 0
    balance: int = 0

    @property
    def late(self) -> bool:
        """The state's deadline has passed: its mover may not move, anybody may finalise."""
        return self.now >= self.deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A party's own prudence.

    Args:
        margin_s: seconds before a deadline after which it sends no transaction that must be in time.
        prove_s: seconds it expects one batch's proof and its submission to take (responder).
        proofs_left: proofs the commitment's budget still allows, None for no budget (responder).
        top_up_wei: most it pays for matches above the cap (requester).
    """

    margin_s: int = 60
    prove_s: int = 0
    proofs_left: int | None = None
    top_up_wei: int = 0
