"""Writes golden_corpus.json: a small corpus, a delivery from it and two well-founded complaints, digest by digest.

Solidity tests recompute every digest from the bytes; ``test_golden_corpus.py`` recomputes the whole file. Run
``python tests/escrow/make_golden_corpus.py`` when an encoding changes on purpose.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from helpers.dishonest_corpus import (  # noqa: E402
    JOB,
    KEY,
    KEY_HASH,
    RESPONDER,
    SEED,
    delivery_of,
    honest_corpus,
    with_chunks,
    with_element,
)

from proofs.canonical import to_hex  # noqa: E402
from proofs.commitment.chunks import chunk_digest, chunk_tree  # noqa: E402
from proofs.commitment.cipher import cipher_leaf  # noqa: E402
from proofs.commitment.corpus import Corpus  # noqa: E402
from proofs.commitment.delivery import Delivery, build_delivery  # noqa: E402
from proofs.commitment.delivery_open import open_delivery  # noqa: E402
from proofs.commitment.merkle import leaf_digest  # noqa: E402

FILE = Path(__file__).with_name("golden_corpus.json")
SELECTED = [1, 3, 5]
SWAPPED = 3  # the document one of whose ciphertexts is not its chunk
FALSE_VIEW = 1  # the document whose committed view was changed after hashing


def golden() -> dict[str, Any]:
    """The whole file."""
    corpus = honest_corpus()
    delivery = build_delivery(corpus, SELECTED, JOB, KEY)
    return hexed(
        {
            "corpus": _corpus(corpus),
            "delivery": _delivery(delivery),
            "complainDecryption": _decryption(corpus, delivery),
            "complainView": _view(corpus),
        }
    )


def _corpus(corpus: Corpus) -> dict[str, Any]:
    commitment = corpus.commitment
    every = corpus.chunks(range(commitment.padded))
    return {
        "format": commitment.format.to_json(),
        "formatDigest": commitment.format.digest,
        "seed": SEED,
        "total": commitment.total,
        "padded": commitment.padded,
        "treeRoot": commitment.tree_root,
        "corpusRoot": commitment.root,
        "documents": [_document(corpus, index, chunks) for index, chunks in enumerate(every)],
        "batches": [asdict(corpus.opening(index)) for index in range(commitment.batches)],
    }


def _document(corpus: Corpus, index: int, chunks: tuple[bytes, ...]) -> dict[str, Any]:
    digests = [chunk_digest(chunk) for chunk in chunks]
    payload = corpus.payloads[index] if index < corpus.total else b""
    return {
        "index": index,
        "h": corpus.hashes[index].to_bytes(32, "big"),
        "elements": corpus.rows[index].tolist(),
        "payload": payload,
        "payloadBytes": len(payload),
        "viewSteps": corpus.format.steps,
        "payloadChunks": len(chunks) - corpus.format.steps,
        "chunks": list(chunks),
        "chunkDigests": digests,
        "chunksRoot": chunk_tree(digests).root,
        "documentRoot": corpus.document_roots[index],
        "leaf": leaf_digest(index, corpus.hashes[index], corpus.document_roots[index]),
        "path": list(corpus.tree.batch_path(index, 1)),
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    texts = [
        (parcel.index, chunk, text) for parcel in delivery.parcels for chunk, text in enumerate(parcel.ciphertexts)
    ]
    return {
        "jobId": JOB,
        "responder": RESPONDER,
        "key": KEY,
        "keyHash": KEY_HASH,
        "selected": SELECTED,
        "chunkCount": delivery.chunk_count,
        "ciphertextRoot": delivery.ciphertext_root,
        "documents": [document for document, _, _ in texts],
        "chunks": [chunk for _, chunk, _ in texts],
        "ciphertexts": [text for _, _, text in texts],
        "leaves": [cipher_leaf(*text) for text in texts],
    }


def _decryption(corpus: Corpus, honest: Delivery) -> dict[str, Any]:
    """The openings against a delivery one of whose ciphertexts holds a bit too many."""
    parcel = next(parcel for parcel in honest.parcels if parcel.index == SWAPPED)
    first, *rest = parcel.ciphertexts
    texts = (bytes([first[0] ^ 1]) + first[1:], *rest)
    parcels = [replace(p, ciphertexts=texts) if p is parcel else p for p in honest.parcels]
    return _complaint(corpus, Delivery(tuple(parcels)))


def _view(corpus: Corpus) -> dict[str, Any]:
    """The openings against a corpus that commits to another view than was hashed."""
    (own,) = corpus.chunks([FALSE_VIEW])
    chunks = {FALSE_VIEW: (with_element(own[0], 7, 4), *own[1:])}
    dishonest = with_chunks(corpus, chunks)
    return _complaint(dishonest, delivery_of(dishonest, SELECTED, chunks))


def _complaint(corpus: Corpus, delivery: Delivery) -> dict[str, Any]:
    fault = open_delivery(delivery, corpus.commitment, JOB, RESPONDER, KEY, KEY_HASH).complaint
    return {
        "corpusRoot": corpus.commitment.root,
        "ciphertextRoot": delivery.ciphertext_root,
        "chunkCount": delivery.chunk_count,
        "openings": {} if fault is None else asdict(fault),
    }


def hexed(value: object) -> Any:
    """Bytes as 0x hex, integers too large for a double too, field names as in Solidity."""
    if isinstance(value, bytes):
        return to_hex(value)
    if isinstance(value, dict):
        return {_camel(key): hexed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [hexed(item) for item in value]
    if isinstance(value, int) and abs(value) >= 1 << 53:
        return to_hex(value.to_bytes(32, "big"))
    return value


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


if __name__ == "__main__":
    FILE.write_text(json.dumps(golden(), indent=1) + "\n")
