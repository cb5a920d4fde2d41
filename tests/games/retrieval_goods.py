"""The documents behind a game of retrieval on chain: what is delivered, and the openings each complaint shows."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

from golden_search import golden_corpus
from helpers.dishonest_corpus import with_chunks, with_element

from proofs.commitment import cipher
from proofs.commitment.chunks import chunk_digest
from proofs.commitment.corpus import Corpus
from proofs.commitment.delivery import Delivery, Parcel, build_delivery
from proofs.commitment.openings import NO_STEP, ChunkOpening, CipherOpening, StepOpening
from protocols.retrieval.events import ComplainDecryption, Complaint
from protocols.retrieval.paths import Words

KEY, OLD_KEY, WRONG_KEY = (bytes([number]) * 32 for number in (7, 8, 9))
FALSE_DOCUMENT = 0


@dataclass(frozen=True)
class Goods:
    """One job's corpus and everything its responder may deliver from it.

    Args:
        corpus: as committed. chunks: of every document, as committed (one of them may be false).
    """

    corpus: Corpus
    chunks: dict[int, tuple[bytes, ...]]
    job_id: bytes
    selected: tuple[int, ...]

    def delivery(self, key: bytes = KEY) -> Delivery:
        """What was sold, encrypted under ``key``."""
        honest = build_delivery(self.corpus, self.selected, self.job_id, key).parcels
        return Delivery(tuple(self._own(parcel, key) for parcel in honest))

    def swapped(self) -> Delivery:
        """The delivery with one byte of the first document's first ciphertext changed."""
        first, *others = self.delivery().parcels
        text = first.ciphertexts[0]
        changed = (text[:-1] + bytes([text[-1] ^ 1]), *first.ciphertexts[1:])
        return Delivery((replace(first, ciphertexts=changed), *others))

    def by_root(self, root: bytes) -> Delivery:
        """The delivery a job was given, the honest one if none was."""
        known = {d.ciphertext_root: d for d in (self.swapped(), self.delivery(OLD_KEY))}
        return known.get(root) or self.delivery()

    def words(self, responder: str, used_key_hash: bytes) -> Words:
        """What the parties post."""
        who = bytes.fromhex(responder[2:])
        honest = self.delivery() if self.selected else None
        return Words(
            key=KEY,
            key_hash=cipher.key_hash(self.job_id, who, KEY),
            honest=honest.ciphertext_root if honest else bytes(32),
            swapped=self.swapped().ciphertext_root if honest else bytes(32),
            old_key=OLD_KEY,
            old_key_hash=cipher.key_hash(self.job_id, who, OLD_KEY),
            old_root=self.delivery(OLD_KEY).ciphertext_root if honest else bytes(32),
            wrong_key=WRONG_KEY,
            used_key_hash=used_key_hash,
            chunks=honest.chunk_count if honest else 1,
        )

    def arguments(self, event: Complaint, root: bytes) -> tuple[object, ...]:
        """What the complaint shows, as the contract's structs."""
        delivery = self.by_root(root)
        sold = {parcel.index: parcel for parcel in delivery.parcels}
        parcel = sold.get(event.document, delivery.parcels[0])
        document = replace(parcel.opening, index=event.document)
        if not event.opens:
            document = replace(document, payload_bytes=document.payload_bytes + 1)
        if not isinstance(event, ComplainDecryption):
            path = parcel.tree.batch_path(event.chunk, 1)
            step = StepOpening(event.chunk, self.chunks[parcel.index][event.chunk], path)
            return astuple(document), astuple(step), astuple(NO_STEP)
        chunk = ChunkOpening(event.chunk, parcel.digests[event.chunk], parcel.tree.batch_path(event.chunk, 1))
        before = sum(len(other.ciphertexts) for other in delivery.parcels if other.index < parcel.index)
        position = before + event.chunk
        text = parcel.ciphertexts[event.chunk]
        shown = CipherOpening(position, text, delivery.tree.batch_path(position, 1))
        return astuple(document), astuple(chunk), astuple(shown)

    def _own(self, parcel: Parcel, key: bytes) -> Parcel:
        own = self.chunks[parcel.index]
        texts = tuple(cipher.crypt(key, self.job_id, parcel.index, number, chunk) for number, chunk in enumerate(own))
        return replace(parcel, digests=tuple(chunk_digest(chunk) for chunk in own), ciphertexts=texts)


def committed(false_view: bool) -> tuple[Corpus, dict[int, tuple[bytes, ...]]]:
    """The golden corpus and its chunks; on request with a document whose view was changed after it was hashed."""
    corpus = golden_corpus()
    chunks = dict(enumerate(corpus.chunks(range(corpus.total))))
    if not false_view:
        return corpus, chunks
    step, *payload = chunks[FALSE_DOCUMENT]
    chunks[FALSE_DOCUMENT] = (with_element(step, 0, 1), *payload)
    return with_chunks(corpus, {FALSE_DOCUMENT: chunks[FALSE_DOCUMENT]}), chunks
