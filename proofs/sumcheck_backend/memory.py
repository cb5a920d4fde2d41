"""How many examples one proof can be about in the memory there is; work that does not fit is refused beforehand."""

from __future__ import annotations

import psutil

from proofs.errors import InvalidInput, ResourceExceeded
from proofs.networks.network import Network
from proofs.sumcheck.committed.estimate import proof_memory_bytes
from proofs.sumcheck_backend.chunks import MAX_SHARDS, number_of_shards
from proofs.sumcheck_backend.data_commitment import DataCommitment

MIB = 1 << 20
USABLE = 0.8
"""Share of the free memory a proof may plan to take; the rest is for the estimate's error and everybody else."""
ENTRY_BYTES = 4 * (2 + 4 + 1)
"""Bytes of a committed entry: as an integer, as a row's, four times encoded, and being hashed."""
_BATCH = 256


def memory_bytes(network: Network, data: DataCommitment, shard: int) -> int:
    """About what proving ``shard`` examples takes, the opened chunk included."""
    return proof_memory_bytes(network, shard) + (data.rows(0) << data.log_columns) * ENTRY_BYTES


def choose_shard(network: Network, data: DataCommitment, wanted: int | None = None) -> int:
    """Examples a proof: those asked for, or as many as fit, evenly spread over a chunk.

    Raises:
        ResourceExceeded: it does not fit. InvalidInput: no such number, or too many proofs.
    """
    available = psutil.virtual_memory().available * USABLE
    most = min(data.chunk, data.total)
    if wanted is not None and not 1 <= wanted:
        raise InvalidInput(f"--shard {wanted}: one proof is about 1 or more examples")
    shard = _largest(network, data, most, available) if wanted is None else min(wanted, most)
    needed = memory_bytes(network, data, shard)
    if needed > available:
        way = "a smaller --shard" if shard > 1 else "a smaller model, a smaller --chunk or a larger machine"
        raise ResourceExceeded(
            f"proving {shard} examples at once takes about {needed / MIB:.0f} MB, {available / MIB:.0f} MB are free "
            f"for it: {way}",
            needed / MIB,
            available / MIB,
        )
    if number_of_shards(data.total, data.chunk, shard) > MAX_SHARDS:
        raise InvalidInput(f"{data.total} examples, {shard} a proof, are more than {MAX_SHARDS} proofs: prove in parts")
    return shard


def _largest(network: Network, data: DataCommitment, most: int, available: float) -> int:
    """The most examples that fit, at least one; then evened out, since the last proof of a chunk costs nearly as much.

    A batch's low part is a power of two up to 256, so whole multiples of it waste nothing.
    """
    low, high = 1, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if memory_bytes(network, data, middle) <= available else (low, middle - 1)
    if low == most:
        return most
    even = -(-most // -(-most // low))
    step = _BATCH if even >= 4 * _BATCH else 1
    return min(low, -(-even // step) * step)
