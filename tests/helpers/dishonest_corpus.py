"""Corpora and deliveries by responders who cheat: something replaced, and every digest above it computed again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from proofs.commitment import cipher
from proofs.commitment.chunks import STEP_HEAD, chunk_digest, chunk_tree, document_root
from proofs.commitment.corpus import Corpus, Document, commit_corpus
from proofs.commitment.corpus_salts import Salts
from proofs.commitment.delivery import Delivery, Parcel, build_delivery
from proofs.commitment.view_format import ViewFormat
from proofs.poseidon.constants import FIELD

FORMAT = ViewFormat((6, 6), "uint8", 8, 10, 4)
SEED = bytes(range(32))
JOB = bytes(range(32, 64))
KEY = bytes(range(64, 96))
RESPONDER = bytes(range(96, 116))
KEY_HASH = cipher.key_hash(JOB, RESPONDER, KEY)
StepChange = Callable[[bytes], bytes]
SIZES = (0, 1, 1008, 1009, 2500, 40)


def documents(seed: int = 3) -> list[Document]:
    """Six documents with payloads of ``SIZES`` bytes."""
    rng = np.random.default_rng(seed)
    return [Document(rng.bytes(size), rng.integers(0, 256, FORMAT.shape, dtype=np.uint8)) for size in SIZES]


def honest_corpus(view_format: ViewFormat = FORMAT) -> Corpus:
    """Six documents in two batches of four, under fixed salts."""
    return commit_corpus(documents(), view_format, Salts(SEED))


def with_chunks(
    corpus: Corpus, chunks: Mapping[int, tuple[bytes, ...]], hashes: Mapping[int, int] | None = None
) -> Corpus:
    """The corpus committed with other chunks, and other hashes, for some documents; sizes stay as they were."""
    roots = list(corpus.document_roots)
    steps = corpus.format.steps
    for index, own in chunks.items():
        tree = chunk_tree([chunk_digest(chunk) for chunk in own])
        roots[index] = document_root(len(corpus.payloads[index]), steps, len(own) - steps, tree.root)
    changed = [(hashes or {}).get(index, value) for index, value in enumerate(corpus.hashes)]
    return replace(corpus, document_roots=tuple(roots), hashes=tuple(changed))


def delivery_of(corpus: Corpus, selected: list[int], chunks: Mapping[int, tuple[bytes, ...]]) -> Delivery:
    """A delivery from ``corpus`` in which some documents' chunks are as given, digests and all."""
    honest = build_delivery(corpus, selected, JOB, KEY).parcels
    return Delivery(tuple(_with_own(p, chunks[p.index]) if p.index in chunks else p for p in honest))


def _with_own(parcel: Parcel, own: tuple[bytes, ...]) -> Parcel:
    texts = tuple(cipher.crypt(KEY, JOB, parcel.index, number, chunk) for number, chunk in enumerate(own))
    return replace(parcel, digests=tuple(chunk_digest(chunk) for chunk in own), ciphertexts=texts)


def with_element(step: bytes, place: int, change: int) -> bytes:
    """A view step with ``change`` added to one of its elements."""
    start = STEP_HEAD + 4 * place
    value = int.from_bytes(step[start : start + 4], "big", signed=True) + change
    return step[:start] + value.to_bytes(4, "big", signed=True) + step[start + 4 :]


def with_state(step: bytes, lane: int, value: int) -> bytes:
    """A view step that says another sponge state."""
    start = 16 + 32 * lane
    return step[:start] + value.to_bytes(32, "big") + step[start + 32 :]


def state_of(step: bytes) -> tuple[int, int]:
    """The sponge state a view step says."""
    return int.from_bytes(step[16:48], "big"), int.from_bytes(step[48:80], "big")


def forged(
    index: int, number: int, change: StepChange, selected: tuple[int, ...] = (1, 3, 5)
) -> tuple[Corpus, Delivery]:
    """A corpus that committed to a changed view step of one document, and an honest delivery of that."""
    honest = honest_corpus()
    (own,) = honest.chunks([index])
    chunks = {index: (*own[:number], change(own[number]), *own[number + 1 :])}
    corpus = with_chunks(honest, chunks)
    return corpus, delivery_of(corpus, list(selected), chunks)


VIEW_CHEATS: list[tuple[int, StepChange, str, int]] = [
    (0, lambda s: with_element(s, 0, 4), "next-state", 0),
    (0, lambda s: with_element(s, 31, -4), "next-state", 0),
    (1, lambda s: with_element(s, 3, 4), "hash", 1),
    (1, lambda s: with_element(s, 11, 1), "hash", 1),
    (0, lambda s: with_state(s, 0, 1), "first-state", 0),
    (0, lambda s: with_state(s, 1, 0), "first-state", 0),
    (0, lambda s: with_state(s, 0, FIELD), "field", 0),
    (0, lambda s: with_state(s, 1, (1 << 64) + FIELD), "field", 0),
    (1, lambda s: with_state(s, 0, 7), "next-state", 0),
    (1, lambda s: with_state(s, 1, (1 << 256) - 1), "next-state", 0),
    (1, lambda s: with_state(s, 0, state_of(s)[0] + FIELD), "next-state", 0),
]
"""Steps of a two-step view: which is changed, how, and the fault this must lead to in which step."""
