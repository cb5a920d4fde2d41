"""Cutting examples up: into chunks when they are committed, chunks into shards when they are proven.

A chunk is one committed matrix; a shard is one proof, about examples of one chunk.
"""

from __future__ import annotations

from dataclasses import dataclass

from proofs.errors import InvalidInput

MAX_EXAMPLES = 1 << 20
MAX_CHUNKS = 1 << 15
MAX_SHARDS = 1 << 14
LARGE_EXAMPLE = 1 << 12
SMALL_CHUNK_VALUES, LARGE_CHUNK_VALUES = 1 << 23, 1 << 20
"""Integers of a chunk: every proof opens one, so chunks of large examples, few of which a proof is about, are small."""
MAX_CHUNK_VALUES = 1 << 28
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive things: ``count`` from ``first`` on."""

    first: int
    count: int

    @property
    def end(self) -> int:
        """The first that is not among them."""
        return self.first + self.count

    @property
    def slice(self) -> slice:
        """For arrays."""
        return slice(self.first, self.end)


@dataclass(frozen=True, slots=True)
class Shard:
    """What one proof is about.

    Args:
        index: of the proof. chunk: index of the chunk.
        within: the examples' places in the chunk. overall: their places among all N.
    """

    index: int
    chunk: int
    within: Span
    overall: Span


def default_chunk(values: int, total: int) -> int:
    """Examples a chunk, for examples of ``values`` integers; no more than there are."""
    budget = LARGE_CHUNK_VALUES if values > LARGE_EXAMPLE else SMALL_CHUNK_VALUES
    most = max(1, budget // values)
    if most >= _BATCH:
        most -= most % _BATCH
    return min(most, total)


def check_chunk(chunk: int, values: int, total: int) -> int:
    """The chunk size itself. Raises InvalidInput: out of range, or too many chunks."""
    if not 1 <= chunk <= total:
        raise InvalidInput(f"{chunk} examples a chunk: between 1 and {total}, the number of examples, are possible")
    if chunk * values > MAX_CHUNK_VALUES:
        raise InvalidInput(f"a chunk of {chunk} examples holds {chunk * values} values; at most {MAX_CHUNK_VALUES}")
    if -(-total // chunk) > MAX_CHUNKS:
        raise InvalidInput(f"{total} examples in chunks of {chunk} are more than {MAX_CHUNKS} chunks: a larger --chunk")
    return chunk


def spans(total: int, size: int) -> list[Span]:
    """``total`` things cut into spans of ``size``, the last one perhaps shorter."""
    return [Span(first, min(size, total - first)) for first in range(0, total, size)]


def number_of_shards(total: int, chunk: int, shard: int) -> int:
    """How many shards ``shards`` would give."""
    whole, rest = divmod(total, chunk)
    return whole * -(-chunk // shard) + -(-rest // shard)


def shards(total: int, chunk: int, shard: int) -> list[Shard]:
    """Every example exactly once: chunk by chunk, each cut into shards of at most ``shard`` examples."""
    found: list[Shard] = []
    for index, span in enumerate(spans(total, chunk)):
        for within in spans(span.count, shard):
            overall = Span(span.first + within.first, within.count)
            found.append(Shard(len(found), index, within, overall))
    return found
