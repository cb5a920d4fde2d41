"""The examples behind a game of protocol A' on chain: what is handed over, openings of complaints and proofs."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from functools import cached_property

from sampled_golden import REST, SAMPLE, GoldenSampled

from proofs.commitment import cipher
from proofs.commitment.chunks import chunk_digest
from proofs.commitment.delivery import Delivery, Parcel
from proofs.commitment.merkle import Tree
from proofs.commitment.openings import NO_STEP, ChunkOpening, CipherOpening, StepOpening
from protocols.sampled.events import Complain, Complaint
from protocols.sampled.paths import Words

SAMPLE_KEY, REST_KEY, WRONG_KEY = (bytes([number]) * 32 for number in (5, 7, 9))
SPOILED_SAMPLE, SPOILED_REST, SOUND = SAMPLE[0], REST[-1], REST[0]


@dataclass(frozen=True)
class SampledGoods:
    """One job's test set and everything its buyer may hand over.

    Args:
        golden: as committed, but for the false view on request. buyer: its address, 20 bytes.
    """

    golden: GoldenSampled
    false_view: bool
    job_id: bytes
    buyer: bytes

    @cached_property
    def tree(self) -> Tree:
        """The committed tree."""
        return self.golden.tree(self.false_view)

    @cached_property
    def honest(self) -> Delivery:
        """Every example as committed, the drawn ones under the sample's key, the others under the rest's."""
        return Delivery(tuple(map(self._parcel, range(len(self.golden.right)))))

    def spoiled(self, index: int) -> Delivery:
        """The same with one byte of one example's ciphertext changed."""
        parcels = list(self.honest.parcels)
        text = parcels[index].ciphertexts[0]
        changed = (text[:-1] + bytes([text[-1] ^ 1]), *parcels[index].ciphertexts[1:])
        parcels[index] = replace(parcels[index], ciphertexts=changed)
        return Delivery(tuple(parcels))

    @cached_property
    def by_root(self) -> dict[bytes, Delivery]:
        """Whatever may be handed over."""
        every = (self.honest, self.spoiled(SPOILED_SAMPLE), self.spoiled(SPOILED_REST))
        return {delivery.ciphertext_root: delivery for delivery in every}

    def words(self) -> Words:
        """What the parties post."""
        honest, sample, rest = self.by_root
        return Words(
            sample_key=SAMPLE_KEY,
            rest_key=REST_KEY,
            sample_key_hash=cipher.key_hash(self.job_id, self.buyer, SAMPLE_KEY),
            rest_key_hash=cipher.key_hash(self.job_id, self.buyer, REST_KEY),
            wrong_key=WRONG_KEY,
            honest=honest,
            spoiled_sample=sample,
            spoiled_rest=rest,
            chunks=self.honest.chunk_count,
        )

    def texts(self, root: bytes, matches: bool) -> list[bytes]:
        """All ciphertexts under the root handed over, or the same with two exchanged."""
        delivery = self.by_root.get(root, self.honest)
        first, second, *others = [text for parcel in delivery.parcels for text in parcel.ciphertexts]
        return [first, second, *others] if matches else [second, first, *others]

    def complaint(self, event: Complain, root: bytes) -> tuple[object, ...]:
        """What the complaint shows, as the contract's structs: an example of the sample, the spoiled or a sound one."""
        index = SAMPLE[-1] if event.spent else SPOILED_REST if event.faulty else SOUND
        delivery = self.by_root.get(root, self.honest)
        parcel = delivery.parcels[index]
        document = parcel.opening if event.valid else replace(parcel.opening, payload_bytes=1)
        path = parcel.tree.batch_path(0, 1)
        if event.kind is Complaint.VIEW:
            step = StepOpening(0, self.golden.chunks(self.false_view)[index][0], path)
            return astuple(document), astuple(step), astuple(NO_STEP)
        chunk = ChunkOpening(0, parcel.digests[0], path)
        position = index * len(parcel.ciphertexts)
        shown = CipherOpening(position, parcel.ciphertexts[0], delivery.tree.batch_path(position, 1))
        return astuple(document), astuple(chunk), astuple(shown)

    def openings(self, indices: tuple[int, ...]) -> tuple[list[object], ...]:
        """Hashes, document roots and paths of examples; unknown ones borrow another's."""
        known = [index % len(self.golden.right) for index in indices]
        roots = self.golden.roots(self.false_view)
        hashes = self.golden.test_set.hashes
        paths = [list(self.tree.batch_path(index, 1)) for index in known]
        return [hashes[index] for index in known], [roots[index] for index in known], list(paths)

    def _parcel(self, index: int) -> Parcel:
        own = self.golden.chunks(self.false_view)[index]
        key = SAMPLE_KEY if index in SAMPLE else REST_KEY
        texts = tuple(cipher.crypt(key, self.job_id, index, number, chunk) for number, chunk in enumerate(own))
        digests = tuple(chunk_digest(chunk) for chunk in own)
        path = self.tree.batch_path(index, 1)
        return Parcel(index, self.golden.test_set.hashes[index], 0, len(own), 0, digests, path, texts)
