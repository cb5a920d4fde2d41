"""Renewals of a model commitment: other matrices of the same weights, each proven equal to the one before.

A matrix may be opened so often and no more; a renewal goes on with new random blocks under a new root. The model id is
that of the first root for ever, so whoever trusts the id may trust every root of the chain, once each link is verified
(``proofs.sumcheck.renewal``). In the file a renewal is a section RENW behind the others: the new root (32 bytes), the
length of its blocks (4 bytes, big-endian), and the proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck.soundness import proof_bits
from proofs.sumcheck_backend.blocks import is_block
from proofs.sumcheck_backend.matrices import proof_field

RENEWAL = b"RENW"
MAX_RENEWALS = 64
"""With the product's blocks of half a row, about 5,000 proofs about one model."""
MAX_PROOF_BYTES = 64 << 20
"""Of one renewal; MobileNetV2's has about one MB."""
SOUNDNESS_BITS = 100
"""Bits of the worst round, as of every proof about the model (``subjects.SOUNDNESS_BITS``)."""
_ROOT, _BLOCK = 32, 4


@dataclass(frozen=True, slots=True)
class Root:
    """A matrix of weights: its 32-byte root, and the random entries behind each of its rows."""

    root: bytes
    block: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """A matrix that was renewed.

    Args:
        proof: that the matrix after it holds the same entries. Public, and shows nothing of them.
    """

    matrix: Root
    proof: bytes = field(repr=False)


def pack_renewals(earlier: Sequence[Earlier], current: Root) -> list[tuple[bytes, bytes]]:
    """The sections of a chain; none where nothing was renewed."""
    later = [*(link.matrix for link in earlier[1:]), *([current] if earlier else [])]
    return [
        (RENEWAL, to.root + to.block.to_bytes(_BLOCK, "big") + link.proof)
        for link, to in zip(earlier, later, strict=True)
    ]


def parse_renewals(sections: Sequence[tuple[bytes, bytes]], what: str) -> list[tuple[Root, bytes]]:
    """New roots and proofs from untrusted sections, none of them verified. Raises MalformedProof."""
    if len(sections) > MAX_RENEWALS:
        raise MalformedProof(f"{what} has {len(sections)} renewals; no more than {MAX_RENEWALS} are read")
    found = []
    for index, (name, payload) in enumerate(sections):
        if name != RENEWAL:
            raise MalformedProof(f"{what}: section {name!r} stands where only renewals (RENW) may")
        head = _ROOT + _BLOCK
        if not head < len(payload) <= head + MAX_PROOF_BYTES:
            raise MalformedProof(f"{what}: renewal {index} has {len(payload)} bytes")
        block = int.from_bytes(payload[_ROOT:head], "big")
        found.append((Root(payload[:_ROOT], block), payload[head:]))
    return found


def verify_renewal(index: int, log_columns: int, rows: int, chain: Sequence[Root], new: Root, proof: bytes) -> None:
    """Verify that the matrix under ``new`` holds the same entries as the last of a chain, whose own links hold.

    Raises:
        RejectedProof: by the check "renewal-blocks", "renewal-root", "soundness", or those of the opening; the renewal
            is named.
        MalformedProof: the proof is no message of the protocol.
    """
    from proofs.sumcheck.renewal.pair import Side, make_pair
    from proofs.sumcheck.renewal.verifier import verify_equal

    old = chain[-1]
    for matrix in (old, new):
        if matrix.block == 0 or not is_block(matrix.block, log_columns):
            raise _rejected("renewal-blocks", f"a matrix with blocks of {matrix.block} is not renewed", index)
    if new.root in {matrix.root for matrix in chain}:
        raise _rejected("renewal-root", "its root is one of those before it", index)
    pair = make_pair(log_columns, rows, Side(old.root, old.block), Side(new.root, new.block))
    try:
        rounds = verify_equal(proof_field(), pair, proof)
    except RejectedProof as rejection:
        raise _rejected(rejection.check, rejection.detail, index) from None
    except MalformedProof as error:
        raise MalformedProof(f"renewal {index}: {error}") from None
    worst = proof_bits(rounds, proof_field().scalars)[1]
    if worst < SOUNDNESS_BITS:
        raise _rejected("soundness", f"{worst:g} bits, {SOUNDNESS_BITS} are required", index)


def _rejected(check: str, detail: str, index: int) -> RejectedProof:
    return RejectedProof(check, detail, index, "renewal")
