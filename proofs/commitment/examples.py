"""Test sets whose every example can be shown to a contract: each leaf binds the view steps its hash was made from.

An example is then a document without payload. Needed for protocol A', where a seller who has promised to prove may
complain that an example does not decrypt, or does not hash, to what was committed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from proofs.commitment import cipher
from proofs.commitment.chunks import Layout, chunk_digest, chunk_tree, chunks_of, document_root
from proofs.commitment.corpus_salts import Salts
from proofs.commitment.delivery import Delivery, Parcel
from proofs.commitment.input_format import InputFormat
from proofs.commitment.test_set import TestSet
from proofs.poseidon import states_of_rows


@dataclass(frozen=True)
class OpenableTestSet(TestSet):
    """A test set whose leaves bind view steps. Secret.

    Args:
        chunk_salts: the salts of all view steps, drawn from one seed.
    """

    chunk_salts: Salts = field(kw_only=True)

    @classmethod
    def of(cls, test_set: TestSet, chunk_salts: Salts | None = None) -> OpenableTestSet:
        """The same examples, bound by their view steps; fresh salts by default. The root is another one."""
        parts = (test_set.format, test_set.raw, test_set.labels, test_set.salts, test_set.hashes)
        return cls(*parts, chunk_salts=chunk_salts or Salts.fresh())

    @cached_property
    def chunks(self) -> tuple[tuple[bytes, ...], ...]:
        """The view steps of every example. Secret."""
        steps = Layout(self.format.width, 0).view_steps
        rows = self.rows
        return tuple(
            chunks_of(row, states, b"", self.chunk_salts.of_chunks(index, 0, steps))
            for index, (row, (_, states)) in enumerate(zip(rows, states_of_rows(rows), strict=True))
        )

    @cached_property
    def payload_roots(self) -> tuple[bytes, ...]:
        """The document root of each example."""
        roots = (chunk_tree([chunk_digest(chunk) for chunk in chunks]).root for chunks in self.chunks)
        return tuple(document_root(0, len(chunks), 0, root) for chunks, root in zip(self.chunks, roots, strict=True))


def encrypted(
    test_set: OpenableTestSet, sample: Collection[int], job_id: bytes, sample_key: bytes, rest_key: bytes
) -> Delivery:
    """Every example of the test set in order, the drawn ones under one key, the others under another.

    Paths are left out: whoever holds all leaves makes the tree.

    Args:
        sample: numbers of the drawn examples. job_id: 32 bytes. sample_key, rest_key: 32 bytes each, secret, fresh.
    """
    drawn = frozenset(sample)
    parcels = []
    for index, chunks in enumerate(test_set.chunks):
        key = sample_key if index in drawn else rest_key
        texts = tuple(cipher.crypt(key, job_id, index, number, chunk) for number, chunk in enumerate(chunks))
        digests = tuple(chunk_digest(chunk) for chunk in chunks)
        parcels.append(Parcel(index, test_set.hashes[index], 0, len(chunks), 0, digests, (), texts))
    return Delivery(tuple(parcels))


def openings_of(delivery: Delivery) -> bytes:
    """What binds a delivery of a whole test set to its root: of each example h, then its chunk digests."""
    words = [parcel.hash.to_bytes(32, "big") + b"".join(parcel.digests) for parcel in delivery.parcels]
    return b"".join(words)


def encrypted_bytes(shape: InputFormat, total: int) -> int:
    """Exact length of the bytes of ``encrypted`` examples of a format, N = ``total`` of them at least one."""
    layout = Layout(shape.width, 0)
    texts = tuple(bytes(layout.length(chunk)) for chunk in range(layout.chunks))
    parcel = Parcel(0, 0, 0, layout.view_steps, 0, (bytes(32),) * layout.chunks, (), texts)
    one, two = (len(Delivery((parcel,) * count).to_bytes()) for count in (1, 2))
    return one + (total - 1) * (two - one)
