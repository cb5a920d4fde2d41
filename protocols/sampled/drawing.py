"""Which N1 examples the seller's seed draws: the same walk as the contract's ``RetrievalBits.drawSample``."""

from __future__ import annotations

from proofs.encoding import abi_digest, domain
from protocols.sampled.terms import SampledTerms

_SAMPLE = domain("assay/sample/v1")


def drawn(terms: SampledTerms, job_id: bytes, seed: bytes) -> tuple[int, ...]:
    """The examples to be shown beforehand, ascending; ``terms.sample`` of them.

    Args:
        terms: of the job. job_id: 32 bytes. seed: the seller's, 32 bytes, sent once the data root was fixed. Public.
    """
    chosen: set[int] = set()
    attempt = 0
    while len(chosen) < terms.sample:
        digest = abi_digest(["bytes32", "bytes32", "bytes32", "uint256"], [_SAMPLE, job_id, seed, attempt])
        chosen.add(int.from_bytes(digest, "big") % terms.total)
        attempt += 1
    return tuple(sorted(chosen))


def remaining(terms: SampledTerms, sample: tuple[int, ...]) -> tuple[int, ...]:
    """The N2 examples the proofs are about, ascending."""
    taken = frozenset(sample)
    return tuple(index for index in range(terms.total) if index not in taken)
