"""Committing examples: what their owner keeps, and what anybody can recompute of data that are public."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from proofs.encoding import domain
from proofs.errors import InvalidInput
from proofs.sumcheck_backend.blocks import DEFAULT_PROOFS, block_for_examples, check_block
from proofs.sumcheck_backend.chunks import MAX_EXAMPLES, check_chunk, default_chunk, spans
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.input_format import IntegerFormat
from proofs.sumcheck_backend.matrices import commit_examples

if TYPE_CHECKING:
    from proofs.sumcheck.ligero.commit import Committed

SEED_BYTES = 32
PUBLIC_SEED_DOMAIN = domain("assay/sumcheck-public-seed/v1")
CHUNK_SEED_DOMAIN = domain("assay/sumcheck-chunk-seed/v1")
OnChunk = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Integer examples in chunks, with the seed of their salts and blocks. Secret, unless the data are public.

    Args:
        x: int16 (N, channels, height, width). labels: int64 (N,), or None.
        chunk: examples a chunk. log_columns, block: of the chunks' matrices.
    """

    format: IntegerFormat
    x: NDArray[np.int16] = field(repr=False)
    labels: NDArray[np.int64] | None = field(repr=False)
    seed: bytes = field(repr=False)
    chunk: int
    log_columns: int
    block: int = 0

    @property
    def public(self) -> bool:
        """Whether the seed follows from the examples: anybody who holds them can recompute every matrix."""
        return self.seed == public_seed(self.format, self.x, self.labels)

    @property
    def total(self) -> int:
        """N."""
        return len(self.x)

    def arrays(self, span: slice) -> tuple[NDArray[np.int32], NDArray[np.int64] | None]:
        """Some examples as the network takes them, (C, H, W, count), and their labels."""
        x = np.ascontiguousarray(self.x[span].astype(np.int32).transpose(1, 2, 3, 0))
        return x, None if self.labels is None else self.labels[span]

    def matrix(self, index: int) -> Committed:
        """The committed matrix of a chunk, computed anew."""
        x, labels = self.arrays(spans(self.total, self.chunk)[index].slice)
        return commit_examples(x, labels, self.chunk_seed(index), self.log_columns, self.block)

    def chunk_seed(self, index: int) -> bytes:
        """The seed of a chunk's salts and blocks."""
        return hashlib.sha256(CHUNK_SEED_DOMAIN + self.seed + index.to_bytes(8, "big")).digest()

    def commitment(self, on_chunk: OnChunk | None = None) -> DataCommitment:
        """The public commitment; ``on_chunk`` is called with (chunks done, chunks in all)."""
        number = len(spans(self.total, self.chunk))
        roots = []
        for index in range(number):
            roots.append(self.matrix(index).root)
            if on_chunk is not None:
                on_chunk(index + 1, number)
        labelled = self.labels is not None
        return DataCommitment(self.format, self.total, self.chunk, labelled, self.log_columns, tuple(roots), self.block)


def examples_of(
    x: NDArray[np.generic],
    y: NDArray[np.generic] | None,
    shape: IntegerFormat,
    log_columns: int,
    *,
    public: bool,
    chunk: int | None = None,
    allow_duplicates: bool = False,
    proofs: int = DEFAULT_PROOFS,
    block: int | None = None,
) -> tuple[Examples, int]:
    """Examples as integers, salted, and how many values were clamped to the format's range.

    Args:
        x: (N, *shape) real numbers, y: (N,) integer labels or None. Secret unless ``public``.
        public: derive the salts from the data, so that anyone holding them can recompute the commitment.
        chunk: examples a chunk, by default ``default_chunk``.
        allow_duplicates: accept examples that occur more than once.
        proofs: how many each chunk of secret examples is to be hidden in; 0 for integrity proofs, which hide nothing.
        block: random entries behind each row, instead of what ``proofs`` chooses: best a model's own, since a proof
            about a matrix of another block may cost two openings. Public examples have no others, 0 unless it is said.

    Raises:
        InvalidInput: bad shapes, labels out of range, NaN, too many examples, or repeated ones; no such block.
    """
    if block is None:
        block = 0 if public else block_for_examples(proofs, log_columns)
    check_block(block, log_columns)
    total = len(x) if x.ndim else 0
    if not 1 <= total <= MAX_EXAMPLES:
        raise InvalidInput(f"{total} examples: 1 to {MAX_EXAMPLES} can be committed together")
    labels = None if y is None else _labels(y, total, shape.classes)
    size = check_chunk(default_chunk(shape.values, total) if chunk is None else chunk, shape.values, total)
    integers, clamped = shape.quantise(x)
    if not allow_duplicates:
        _refuse_duplicates(integers)
    seed = public_seed(shape, integers, labels) if public else secrets.token_bytes(SEED_BYTES)
    return Examples(shape, integers, labels, seed, size, log_columns, block), clamped


def public_seed(shape: IntegerFormat, x: NDArray[np.int16], labels: NDArray[np.int64] | None) -> bytes:
    """The seed of public data's salts: a digest of all integers."""
    hasher = hashlib.sha256(PUBLIC_SEED_DOMAIN + shape.digest + len(x).to_bytes(8, "big"))
    for example in x:
        hasher.update(example.astype("<i2").tobytes())
    hasher.update(b"\0" if labels is None else b"\1" + labels.astype("<i8").tobytes())
    return hasher.digest()


def _labels(y: NDArray[np.generic], total: int, classes: int) -> NDArray[np.int64]:
    if y.shape != (total,):
        raise InvalidInput(f"y has shape {y.shape}; one label for each example is needed, shape ({total},)")
    if y.dtype.kind not in "iub":
        raise InvalidInput(f"y has dtype {y.dtype}; labels must be integers 0..{classes - 1}")
    labels = cast(NDArray[np.int64], y)  # any integer dtype: compared before it is converted, as uint64 wraps
    bad = np.flatnonzero((labels < 0) | (labels >= classes))
    if len(bad):
        place = int(bad[0])
        raise InvalidInput(
            f"label {int(labels[place])} of example {place} is out of range 0..{classes - 1} ({len(bad)} such labels)"
        )
    return y.astype(np.int64)


def _refuse_duplicates(x: NDArray[np.int16]) -> None:
    seen: dict[bytes, int] = {}
    for index, example in enumerate(x):
        first = seen.setdefault(hashlib.sha256(example.tobytes()).digest(), index)
        if first != index:
            raise InvalidInput(
                f"example {index} repeats example {first}: a repeated example counts twice in the score;"
                " remove it, or say --allow-duplicates"
            )
