"""How much a disk is given to others: per job, in all, and to strangers."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from proofs.wording import counted
from protocols.hand_over import CHUNK_BYTES, MAX_CHUNKS
from protocols.post.refusal import Kind, PostRefused

GIB = 1 << 30
FILE_BYTES = 4096
"""What a message takes on a disk beyond its own bytes, at most about."""


@dataclass(frozen=True, slots=True)
class Quota:
    """Bytes others may make this side keep.

    Args:
        early_bytes: of a job whose offer this side has not answered, or has declined; early_messages: messages of
            such a job. Every message counts ``FILE_BYTES`` more than it has. job_bytes: of any other job; the
            default holds the largest hand-over there is, sent again once. all_bytes: of all jobs. free_bytes: what is
            left free on the disk whatever the others say. open_offers: unanswered offers kept; open_each: of one
            account. offer_stands_s: after so long an unanswered offer makes room for another.
    """

    early_bytes: int = 1 << 16
    early_messages: int = 16
    job_bytes: int = 2 * (MAX_CHUNKS * CHUNK_BYTES + GIB)
    all_bytes: int = 64 * GIB
    free_bytes: int = GIB // 2
    open_offers: int = 64
    open_each: int = 4
    offer_stands_s: float = 86_400.0

    def require_room(self, root: Path, in_all: int, more: int) -> None:
        """Refuse ``more`` bytes that the disk of ``root`` shall not hold. Raises PostRefused."""
        if in_all + more > self.all_bytes:
            raise PostRefused(Kind.FULL, f"all jobs in {root} together hold {in_all} bytes; remove old ones")
        try:
            free = shutil.disk_usage(root).free
        except OSError as error:
            raise PostRefused(Kind.FULL, f"{root} cannot be looked at: {error.strerror}") from error
        if free - more < self.free_bytes:
            raise PostRefused(Kind.FULL, f"the disk of {root} has {free} bytes left; make room")

    def require_offer(self, standing: int, of_theirs: int) -> None:
        """Refuse one more unanswered offer. Raises PostRefused."""
        if of_theirs >= self.open_each:
            raise PostRefused(Kind.FULL, f"{counted(of_theirs, 'offer')} of this account wait already")
        if standing >= self.open_offers:
            raise PostRefused(Kind.FULL, f"{counted(standing, 'offer')} wait already")
