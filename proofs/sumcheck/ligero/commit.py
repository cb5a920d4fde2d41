"""Committing: rows, each encoded with its block or without; the columns of the words hashed into a tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from proofs.sumcheck.circle.code import LOG_BLOWUP, encode_into
from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.fields.field import Base, Field
from proofs.sumcheck.ligero import plain
from proofs.sumcheck.ligero.hashes import Words, salts
from proofs.sumcheck.ligero.merkle import Tree
from proofs.sumcheck.ligero.parameters import SALT_BYTES, columns, positions
from proofs.sumcheck.ligero.randomness import uniform

KEPT = 1 << 22
"""Entries whose words are kept, 64 MB; writing more memory for the first time costs more than encoding twice."""
BAND = 64
"""Rows encoded and hashed at a time: 32 MB of words."""
SALT_ENTRIES = SALT_BYTES // 4
BLOCKS = b"blocks of a matrix"
"""What the blocks of ``commit_hiding`` are drawn for."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some rows of a matrix, secret, not to be changed once they are committed to.

    Args:
        entries: (R, N), canonical.
        block: the random coefficients behind each row (R, B), canonical, never used twice; or none.
    """

    entries: Base
    block: Base | None = None

    def __len__(self) -> int:
        return len(self.entries)


@dataclass(frozen=True, slots=True, eq=False)
class Committed:
    """What a prover keeps of a commitment; only ``root`` is public. It follows from the rows and the seed.

    Args:
        root: 32 bytes, the commitment.
        parts: the matrix' rows, from top to bottom; not copies where none are needed.
        codewords: their words (R, n), if they are few enough to be kept.
        salts: of the leaves, (4, n) words.
    """

    root: bytes
    parts: tuple[Rows, ...]
    codewords: Words | None
    salts: Words
    tree: Tree

    @property
    def rows(self) -> Base:
        """The entries of the first part (R, N): of a vector, all there are, the last row filled up with zeros."""
        return self.parts[0].entries

    @property
    def row_count(self) -> int:
        """The entries of a column."""
        return sum(map(len, self.parts))

    @property
    def hides(self) -> bool:
        """Whether any rows have blocks."""
        return any(part.block is not None for part in self.parts)

    def columns(self, field: Field, asked: Sequence[int]) -> Words:
        """The words' columns at some positions, (R, positions), over all parts; words that were not kept are remade."""
        if self.codewords is not None:
            return self.codewords[:, asked]
        return np.concatenate([words[:, asked] for _, words in _bands(field, self.parts)])


def commit(field: Field, values: Base, seed: bytes, log_columns: int) -> Committed:
    """Commit to a vector, in rows of 2^log_columns, hiding nothing.

    Args:
        values: canonical, one axis, at least one entry; not to be changed afterwards.
        seed: secret, of as many random bytes as one likes; salts are made of it. Never one seed for two vectors.

    Raises:
        ValueError: values are of another kind, or not all below the prime.
    """
    return _committed(field, (Rows(as_rows(values, log_columns, field.scalars.p)),), seed, log_columns)


def commit_hiding(field: Field, values: Base, seed: bytes, log_columns: int, block: int) -> Committed:
    """Commit to a vector, every row with a block of so many random entries that are made of the seed.

    Args:
        seed: secret, 32 random bytes; never one seed for two vectors, or two lengths of blocks.

    Raises:
        ValueError: as ``commit``, or the block is no power of two of at most 2^log_columns.
    """
    entries = as_rows(values, log_columns, field.scalars.p)
    return commit_rows(field, [hiding_rows(field, entries, seed, BLOCKS, block)], seed, log_columns)


def hiding_rows(field: Field, entries: Base, seed: bytes, label: bytes, block: int) -> Rows:
    """Rows (R, N) with blocks of a seed and a label: ``uniform``."""
    return Rows(entries, uniform(seed, label, (len(entries), block), field.scalars.p))


def commit_rows(field: Field, parts: Sequence[Rows], seed: bytes, code_log_columns: int) -> Committed:
    """Commit to rows of 2^code_log_columns entries, one part after the other, whose blocks may differ in length.

    Args:
        parts: at least one; not to be changed afterwards.
        seed: secret, 32 random bytes, of which salts are made (and nothing else that is labelled). Never one seed for
            two matrices.

    Raises:
        ValueError: rows or blocks are of another kind or length, or not all entries are below the prime.
    """
    if not parts:
        raise ValueError("a matrix of no rows is not committed to")
    for part in parts:
        _require_rows(part, columns(code_log_columns), field.scalars.p)
    return _committed(field, tuple(parts), seed, code_log_columns)


def _require_rows(part: Rows, width: int, prime: int) -> None:
    """Raises ValueError."""
    entries, block = part.entries, part.block
    tables = [entries] if block is None else [entries, block]
    for table in tables:
        if table.ndim != 2 or not table.size or table.dtype != np.uint32:
            raise ValueError(f"rows of uint32 are committed to, not {table.dtype} of shape {table.shape}")
        if int(table.max()) >= prime:
            raise ValueError("an entry to be committed to is not below the prime")
    if entries.shape[1] != width:
        raise ValueError(f"rows of this code have {width} entries, not {entries.shape[1]}")
    if block is not None and (len(block) != len(entries) or block.shape[1] & (block.shape[1] - 1)):
        raise ValueError(f"{block.shape} is no block of a power of two of entries behind each of {len(entries)} rows")
    if block is not None and block.shape[1] > width:
        raise ValueError(f"a block of {block.shape[1]} entries is longer than its row")


def _committed(field: Field, parts: tuple[Rows, ...], seed: bytes, log_columns: int) -> Committed:
    """The commitment to rows of the right kind."""
    salt_words, hashing = salts(seed, positions(log_columns)), _hashing(field)
    total, words = sum(map(len, parts)), None
    if field.compiled and total << log_columns > KEPT:
        leaves = _streamed(field, parts, salt_words)
    else:
        words = np.empty((total, positions(log_columns)), dtype=np.uint32)
        _encode_rows(field, parts, 0, words)
        leaves = hashing.leaf_digests(salt_words, words)
    tree = Tree.over(leaves, hashing.parents)
    return Committed(tree.root, parts, words, salt_words, tree)


def _streamed(field: Field, parts: Sequence[Rows], salt_words: Words) -> Words:
    """The leaves, without all words being in memory at once."""
    from proofs.sumcheck.ligero import fast

    states, total = fast.leaf_states(salt_words.shape[1]), sum(map(len, parts))
    for first, words in _bands(field, parts):
        fast.absorb(salt_words, words, states, first, total)
    return states


def _bands(field: Field, parts: Sequence[Rows]) -> Iterator[tuple[int, Words]]:
    """The words of some rows at a time, in one place of memory: the first row, and (some, n)."""
    buffer = np.empty((BAND, parts[0].entries.shape[1] << LOG_BLOWUP), dtype=np.uint32)
    first, total = 0, sum(map(len, parts))
    while first < total:
        count = min(BAND - SALT_ENTRIES if first == 0 else BAND, total - first)
        _encode_rows(field, parts, first, buffer[:count])
        yield first, buffer[:count]
        first += count


def _encode_rows(field: Field, parts: Sequence[Rows], first: int, out: Words) -> None:
    """The words of as many rows from row ``first`` on as there is room for."""
    start, stop = 0, first + len(out)
    for part in parts:
        low, high = max(first, start) - start, min(stop, start + len(part)) - start
        if low < high:
            block = None if part.block is None else part.block[low:high]
            encode_into(field, part.entries[low:high], out[start + low - first : start + high - first], block)
        start += len(part)


def root_of(field: Field, values: Base, seed: bytes, log_columns: int) -> bytes:
    """The root ``commit`` gives, and nothing kept."""
    return commit(field, values, seed, log_columns).root


def as_rows(values: Base, log_columns: int, prime: int = MERSENNE_31) -> Base:
    """A vector as rows of 2^log_columns, zeros at the end of the last."""
    width = columns(log_columns)
    if values.ndim != 1 or not values.size or values.dtype != np.uint32:
        raise ValueError(f"a vector of uint32 is committed to, not {values.dtype} of shape {values.shape}")
    if int(values.max()) >= prime:
        raise ValueError("a value to be committed to is not below the prime")
    rest = -values.size % width
    if rest:
        values = np.concatenate([values, np.zeros(rest, dtype=np.uint32)])
    return np.ascontiguousarray(values).reshape(-1, width)


def _hashing(field: Field) -> ModuleType:
    """The field's kind of kernels."""
    if not field.compiled:
        return plain
    from proofs.sumcheck.ligero import fast

    return fast
