"""Before the receipt: everything about a delivery that can be known without its key.

After this check, a later key opens the documents, or shows one chunk that lets a complaint succeed. Nothing of it can
be made up for later: a receipt for ciphertexts one does not hold, or for a document of other sizes, cannot be taken
back.
"""

from __future__ import annotations

from collections.abc import Sequence

from proofs.commitment.chunks import MAX_PAYLOAD_BYTES, Layout, climb
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.delivery import Delivery, Parcel
from proofs.errors import RejectedProof
from proofs.poseidon.constants import FIELD


def check_delivery(
    delivery: Delivery,
    commitment: CorpusCommitment,
    selected: Sequence[int],
    ciphertext_root: bytes,
    chunk_count: int,
) -> None:
    """Check a delivery against what is public. Sign a receipt only when this returns.

    Args:
        delivery: as received.
        commitment: the corpus.
        selected: the numbers of all documents sold, ascending, e.g. from the contract's bitmap.
        ciphertext_root: as the responder committed to it on chain.
        chunk_count: the number of ciphertexts, likewise.

    Raises:
        RejectedProof: 'delivery-documents' (others than those sold, or in another order), 'document-shape' (sizes that
            do not fit together or the view format), 'corpus-root' (a document that was not committed),
            'ciphertext-length', 'ciphertext-count', 'ciphertext-root'.
    """
    found = [parcel.index for parcel in delivery.parcels]
    if found != list(selected) or not all(0 <= index < commitment.total for index in found):
        raise RejectedProof("delivery-documents", f"delivered are {_some(found)}, sold were {_some(selected)}")
    for parcel in delivery.parcels:
        _check_shape(parcel, commitment)
        _check_leaf(parcel, commitment)
        _check_lengths(parcel, commitment.format.width)
    if delivery.chunk_count != chunk_count:
        raise RejectedProof(
            "ciphertext-count", f"{delivery.chunk_count} ciphertexts are delivered, {chunk_count} were committed to"
        )
    if delivery.ciphertext_root != ciphertext_root:
        raise RejectedProof("ciphertext-root", "the ciphertexts do not lead to the root committed to")


def _check_shape(parcel: Parcel, commitment: CorpusCommitment) -> None:
    """The bound sizes are those of a document of this view format; each chunk has one digest and one ciphertext."""
    name = f"document {parcel.index}"
    if not 0 <= parcel.payload_bytes <= MAX_PAYLOAD_BYTES:
        raise RejectedProof("document-shape", f"{name} has {parcel.payload_bytes} payload bytes")
    layout = Layout(commitment.format.width, parcel.payload_bytes)
    sizes = (parcel.view_steps, parcel.payload_chunks)
    if sizes != (layout.view_steps, layout.payload_chunks):
        wanted = (layout.view_steps, layout.payload_chunks)
        raise RejectedProof("document-shape", f"{name} has (view steps, payload chunks) {sizes}, not {wanted}")
    if not len(parcel.digests) == len(parcel.ciphertexts) == layout.chunks:
        raise RejectedProof(
            "document-shape",
            f"{name} has {len(parcel.digests)} digests and {len(parcel.ciphertexts)} ciphertexts, not {layout.chunks}",
        )


def _check_leaf(parcel: Parcel, commitment: CorpusCommitment) -> None:
    name = f"document {parcel.index}"
    words = (*parcel.digests, *parcel.path)
    if not 0 <= parcel.hash < FIELD or len(parcel.path) != commitment.depth or any(len(word) != 32 for word in words):
        raise RejectedProof("corpus-root", f"{name} has no path of {commitment.depth} siblings from a canonical hash")
    if climb(parcel.leaf, parcel.index, parcel.path) != commitment.tree_root:
        raise RejectedProof("corpus-root", f"{name} does not lead to the committed corpus")


def _check_lengths(parcel: Parcel, width: int) -> None:
    odd = parcel.odd_chunk(width)
    if odd is not None:
        found, wanted = len(parcel.ciphertexts[odd]), Layout(width, parcel.payload_bytes).length(odd)
        raise RejectedProof(
            "ciphertext-length", f"chunk {odd} of document {parcel.index} has {found} bytes, not {wanted}"
        )


def _some(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:8])
    return f"[{shown}{', ...' if len(numbers) > 8 else ''}] ({len(numbers)})"
