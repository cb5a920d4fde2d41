"""Committing a corpus: what the responder keeps, and the one root everybody else sees.

Leaf i binds h_i, the in-circuit hash of [view, salt], and the document root over the same integers and the payload,
cut into salted chunks. Blank documents fill the last batch; they never count as matches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.chunks import MAX_PAYLOAD_BYTES, Layout, chunk_digest, chunk_tree, chunks_of, document_root
from proofs.commitment.corpus_commitment import ARRAY, MAX_DOCUMENTS, CorpusCommitment, padded_total
from proofs.commitment.corpus_salts import Salts
from proofs.commitment.merkle import Tree, leaf_digest
from proofs.commitment.recipe import Recipe
from proofs.commitment.test_set import BatchOpening
from proofs.commitment.view_format import ViewFormat
from proofs.errors import InvalidInput
from proofs.poseidon import State, states_of_rows
from proofs.poseidon.rows import Progress


@dataclass(frozen=True)
class Document:
    """One document as its owner has it. Secret.

    Args:
        payload: what is sold, any bytes.
        view: array of the format's shape: canonical integers, or real numbers for ``fixed``.
    """

    payload: bytes
    view: NDArray[np.generic]


class Repeats(NamedTuple):
    """Documents whose payload and view both occurred before: how many, and the first such pair of indices."""

    number: int
    first: tuple[int, int]


@dataclass(frozen=True)
class Corpus:
    """A corpus with everything needed to prove on it and to deliver from it. Secret.

    Args:
        format: the view format.
        payloads: the N payloads.
        raw: (padded, features) integers at the format's scale; zero for blank documents.
        salts: all salts.
        hashes: the in-circuit hashes h_i, blank documents included.
        document_roots: the document roots, blank documents included.
        recipe: how views follow from payloads.
    """

    format: ViewFormat
    payloads: tuple[bytes, ...] = field(repr=False)
    raw: NDArray[np.int64] = field(repr=False)
    salts: Salts = field(repr=False)
    hashes: tuple[int, ...] = field(repr=False)
    document_roots: tuple[bytes, ...] = field(repr=False)
    recipe: Recipe = ARRAY

    @property
    def total(self) -> int:
        """Number of real documents N."""
        return len(self.payloads)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """The hashed tensors (padded, width)."""
        return self.format.rows(self.raw, self.salts.limbs(len(self.raw), self.format.salt_limbs))

    @property
    def x(self) -> NDArray[np.float32]:
        """The views as the model sees them, (padded, *shape)."""
        return self.format.x_of(self.raw)

    @cached_property
    def tree(self) -> Tree:
        """The Merkle tree over the leaves."""
        leaves = [leaf_digest(i, *pair) for i, pair in enumerate(zip(self.hashes, self.document_roots, strict=True))]
        return Tree.over(leaves, self.format.batch)

    @property
    def commitment(self) -> CorpusCommitment:
        """The public commitment."""
        return CorpusCommitment(self.format, self.total, self.tree.root, self.recipe)

    def opening(self, index: int) -> BatchOpening:
        """The public opening of batch ``index``."""
        batch = self.format.batch
        span = slice(index * batch, (index + 1) * batch)
        return BatchOpening(index, self.hashes[span], self.document_roots[span], self.tree.batch_path(index, batch))

    def document(self, index: int) -> Document:
        """Document ``index`` as it was committed."""
        return Document(self.payloads[index], self.format.view_of(self.raw[index : index + 1])[0])

    def chunks(self, indices: Sequence[int]) -> list[tuple[bytes, ...]]:
        """The chunks of the documents ``indices``; hashes their views again for the states inside."""
        rows = self.rows[list(indices)]
        states = [states for _, states in states_of_rows(rows)]
        return [
            _chunks(self.format, self.salts, index, row, state, self.payloads[index] if index < self.total else b"")
            for index, row, state in zip(indices, rows, states, strict=True)
        ]

    def repeats(self) -> Repeats | None:
        """Documents that occur more than once, if any."""
        seen: dict[tuple[bytes, bytes], int] = {}
        pairs = []
        for index, payload in enumerate(self.payloads):
            first = seen.setdefault((payload, self.raw[index].tobytes()), index)
            if first != index:
                pairs.append((first, index))
        return Repeats(len(pairs), pairs[0]) if pairs else None


def commit_corpus(
    documents: Sequence[Document],
    view_format: ViewFormat,
    salts: Salts | None = None,
    *,
    recipe: Recipe = ARRAY,
    progress: Progress | None = None,
) -> Corpus:
    """Quantise, salt, hash and cut up documents.

    Args:
        documents: at least one, at most 2^20. Secret.
        view_format: the agreed view format.
        salts: fresh random ones by default.
        progress: called with (documents hashed, documents in all).

    Raises:
        InvalidInput: no documents or too many; a view the format cannot hold or a payload over 64 MiB, named.
    """
    if not 1 <= len(documents) <= MAX_DOCUMENTS:
        raise InvalidInput(f"{len(documents)} documents: a corpus holds 1 to {MAX_DOCUMENTS}")
    for index, document in enumerate(documents):
        if document.view.shape != view_format.shape:
            raise InvalidInput(
                f"document {index} has a view of shape {document.view.shape}, the format says {view_format.shape}"
            )
        if len(document.payload) > MAX_PAYLOAD_BYTES:
            raise InvalidInput(f"document {index} has {len(document.payload)} bytes, the limit is {MAX_PAYLOAD_BYTES}")
    raw = view_format.quantise(np.stack([document.view for document in documents]))
    return _committed(view_format, tuple(d.payload for d in documents), raw, salts or Salts.fresh(), recipe, progress)


def corpus_of_arrays(
    x: NDArray[np.generic], view_format: ViewFormat, public: bool, *, progress: Progress | None = None
) -> Corpus:
    """Commit to the rows of an array; a payload is its view's raw integers as big-endian int32.

    Args:
        x: (N, *shape), see ``ViewFormat.quantise``. Secret unless ``public``.
        public: derive the salts from the rows, so that anyone holding them can recompute the commitment.
    """
    raw = view_format.quantise(x)
    if not 1 <= len(raw) <= MAX_DOCUMENTS:
        raise InvalidInput(f"{len(raw)} documents: a corpus holds 1 to {MAX_DOCUMENTS}")
    salts = Salts.public(view_format.digest, raw) if public else Salts.fresh()
    return _committed(view_format, tuple(row.astype(">i4").tobytes() for row in raw), raw, salts, ARRAY, progress)


def _committed(
    view_format: ViewFormat,
    payloads: tuple[bytes, ...],
    raw: NDArray[np.int64],
    salts: Salts,
    recipe: Recipe,
    progress: Progress | None,
) -> Corpus:
    padded = padded_total(len(raw), view_format.batch)
    blank = np.zeros((padded - len(raw), view_format.features), dtype=np.int64)
    raw = np.concatenate([raw, blank])
    rows = view_format.rows(raw, salts.limbs(padded, view_format.salt_limbs))
    hashes, roots = [], []
    for index, (digest, states) in enumerate(states_of_rows(rows, progress)):
        payload = payloads[index] if index < len(payloads) else b""
        chunks = _chunks(view_format, salts, index, rows[index], states, payload)
        tree = chunk_tree([chunk_digest(chunk) for chunk in chunks])
        hashes.append(digest)
        layout = Layout(view_format.width, len(payload))
        roots.append(document_root(len(payload), layout.view_steps, layout.payload_chunks, tree.root))
    return Corpus(view_format, payloads, raw, salts, tuple(hashes), tuple(roots), recipe)


def _chunks(
    view_format: ViewFormat,
    salts: Salts,
    index: int,
    row: NDArray[np.int64],
    states: Sequence[State],
    payload: bytes,
) -> tuple[bytes, ...]:
    count = Layout(view_format.width, len(payload)).chunks
    return chunks_of(row, states, payload, salts.of_chunks(index, view_format.salt_limbs, count))
