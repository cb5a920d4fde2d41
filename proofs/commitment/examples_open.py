"""The receiving side of encrypted examples: check all that can be checked without a key, then open them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.chunks import Layout, parse_step
from proofs.commitment.delivery import Delivery, Parcel
from proofs.commitment.faults import ChunkFault, Place, ViewFault, chunk_fault, decrypted, sound_views, view_fault
from proofs.commitment.input_format import MAX_RAW, InputFormat
from proofs.commitment.merkle import Tree
from proofs.commitment.test_set import TestSet, data_root
from proofs.errors import RejectedProof
from proofs.poseidon.constants import FIELD
from proofs.wording import counted

MAX_SALT = 0xFFFF
WORD = 32
Row = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Example:
    """One opened example: raw integers (features,), label, salt limbs. Secret."""

    raw: Row = field(repr=False)
    label: int
    salts: Row = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenedExamples:
    """What a key opened.

    Args:
        examples: by number, those a proof can be about. Secret.
        faults: of others, what a contract decides upon.
        malformed: numbers of those committed in a form no proof accepts; they count as wrong, like a wrong label.
        format: of the test set. hashes: h of every example of the test set.
    """

    examples: dict[int, Example] = field(repr=False)
    faults: tuple[ChunkFault | ViewFault, ...]
    malformed: tuple[int, ...]
    format: InputFormat
    hashes: tuple[int, ...] = field(repr=False)

    def without(self, indices: Collection[int]) -> OpenedExamples:
        """The same with some examples counted as malformed."""
        left = {index: example for index, example in self.examples.items() if index not in indices}
        return replace(self, examples=left, malformed=tuple(sorted({*self.malformed, *indices})))

    def subset(self, indices: Sequence[int]) -> TestSet:
        """The opened examples ``indices`` as a test set to prove on, in that order; at least one. Secret."""
        chosen = [self.examples[index] for index in indices]
        return TestSet(
            self.format,
            np.stack([example.raw for example in chosen]),
            np.array([example.label for example in chosen], dtype=np.int64),
            np.stack([example.salts for example in chosen]),
            tuple(self.hashes[index] for index in indices),
        )


def with_paths(delivery: Delivery, shape: InputFormat, total: int, root: bytes) -> Delivery:
    """Check a delivery of a whole test set against its data root, and put each example's path into it.

    Args:
        delivery: untrusted. shape: the agreed input format. total: N. root: the committed data root, 32 bytes.

    Raises:
        RejectedProof: 'examples' (not all of them in order, or two with one hash), 'document-shape', or 'data-root'.
    """
    if [parcel.index for parcel in delivery.parcels] != list(range(total)):
        found = counted(len(delivery.parcels), "example")
        raise RejectedProof("examples", f"{found} came, not the {total} of the test set in order")
    if len({parcel.hash for parcel in delivery.parcels}) != total:
        raise RejectedProof(
            "examples", "two examples have one hash, so that a proof of one could be spent on the other"
        )
    for parcel in delivery.parcels:
        _check_shape(parcel, shape)
    tree = Tree.over([parcel.leaf for parcel in delivery.parcels], shape.batch)
    if data_root(total, shape.digest, tree.root) != root:
        raise RejectedProof("data-root", "the examples do not lead to the committed test set")
    return Delivery(tuple(replace(parcel, path=tree.batch_path(parcel.index, 1)) for parcel in delivery.parcels))


def from_chain(ciphertexts: Sequence[bytes], openings: bytes, shape: InputFormat, total: int) -> Delivery:
    """The delivery of a whole test set from what its owner put on chain; untrusted, ``with_paths`` afterwards.

    Args:
        ciphertexts: of every example, every chunk, in order. openings: as ``openings_of`` makes them.
        shape: the agreed input format. total: N.

    Raises:
        RejectedProof: 'examples' (other numbers of them than the format asks for) or 'document-shape'.
    """
    steps = Layout(shape.width, 0).view_steps
    size = WORD * (1 + steps)
    if len(ciphertexts) != total * steps or len(openings) != total * size:
        raise RejectedProof("examples", f"what is on chain is not {total} examples of {counted(steps, 'chunk')} each")
    parcels = []
    for index in range(total):
        words = [openings[start : start + WORD] for start in range(index * size, (index + 1) * size, WORD)]
        texts = tuple(ciphertexts[index * steps : (index + 1) * steps])
        value = int.from_bytes(words[0], "big")
        if value >= FIELD:
            raise RejectedProof("document-shape", f"the hash of example {index} is no canonical field element")
        parcels.append(Parcel(index, value, 0, steps, 0, tuple(words[1:]), (), texts))
    return Delivery(tuple(parcels))


def open_examples(
    delivery: Delivery,
    shape: InputFormat,
    indices: Collection[int],
    job_id: bytes,
    key: bytes,
) -> OpenedExamples:
    """Decrypt some examples of a delivery that has passed ``with_paths``, and look at every byte of them.

    Args:
        indices: those encrypted under ``key``. job_id: 32 bytes. key: 32 bytes, whose hash the caller has compared.
    """
    wanted = frozenset(indices)
    places = decrypted(delivery, job_id, lambda index: key if index in wanted else None)
    damaged: list[ChunkFault | ViewFault] = [fault for place in places if (fault := chunk_fault(delivery, place))]
    hidden = {fault.document.index for fault in damaged}
    whole = [place for place in places if place.parcel.index not in hidden]
    layout = Layout(shape.width, 0)
    sound = sound_views(whole, shape.width, layout.view_steps)
    wrong = [view_fault(place, layout.view_steps) for place, fine in zip(whole, sound, strict=True) if not fine]
    examples, malformed = _sorted_out([p for p, fine in zip(whole, sound, strict=True) if fine], shape)
    hashes = tuple(parcel.hash for parcel in delivery.parcels)
    faults = (*damaged, *(fault for fault in wrong if fault is not None))
    return OpenedExamples(examples, faults, malformed, shape, hashes)


def _check_shape(parcel: Parcel, shape: InputFormat) -> None:
    """A document without payload whose ciphertexts and digests are as many and as long as the format says."""
    steps = Layout(shape.width, 0).view_steps
    sizes = (parcel.payload_bytes, parcel.view_steps, parcel.payload_chunks)
    if sizes != (0, steps, 0):
        raise RejectedProof("document-shape", f"example {parcel.index} has sizes {sizes}, not {(0, steps, 0)}")
    if not 0 <= parcel.hash < FIELD or parcel.odd_chunk(shape.width) is not None:
        raise RejectedProof("document-shape", f"example {parcel.index} has chunks or a hash of an impossible size")


def _sorted_out(places: Sequence[Place], shape: InputFormat) -> tuple[dict[int, Example], tuple[int, ...]]:
    """Examples a proof can be about, and the numbers of the others."""
    examples: dict[int, Example] = {}
    malformed = []
    for place in places:
        row = np.array([e for chunk in place.chunks for e in parse_step(chunk).elements], dtype=np.int64)
        example = _example(row, shape)
        if example is None:
            malformed.append(place.parcel.index)
        else:
            examples[place.parcel.index] = example
    return examples, tuple(malformed)


def _example(row: Row, shape: InputFormat) -> Example | None:
    """The example a hashed tensor is made of; None if no labelled example gives these integers."""
    raw, one_hot, salts = np.split(row, [shape.features, shape.features + shape.classes])
    label = int(one_hot.argmax())
    expected = np.zeros_like(one_hot)
    expected[label] = 1 << shape.scale_bits
    labelled = np.array_equal(one_hot, expected)
    in_range = np.abs(raw).max() < MAX_RAW and 0 <= salts.min() and salts.max() <= MAX_SALT
    return Example(raw, label, salts) if labelled and in_range else None
