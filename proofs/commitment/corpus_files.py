"""A corpus on disk: ``corpus.commit`` for everybody, ``corpus.commit.secret`` (mode 0600) for its owner.

The secret part holds the seed of the salts, the raw views, the payloads end to end with the places where each ends,
and the digests that took long to compute.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.corpus import Corpus
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.corpus_salts import SEED_BYTES, Salts
from proofs.commitment.secret_files import Arrays, read_arrays, secret_path
from proofs.container import read_file
from proofs.errors import InvalidInput
from proofs.files import write_atomic
from proofs.poseidon.constants import FIELD

MAX_SECRET_BYTES = 2 << 30
WHAT = "secret part of the corpus"
NAMES = {"seed", "raw", "payloads", "ends", "hashes", "document_roots"}


def write_corpus(path: Path, corpus: Corpus) -> None:
    """Write ``path`` (public) and ``path.secret``. Raises InvalidInput when the secret part would exceed 2 GiB."""
    if corpus.raw.size * 4 + sum(map(len, corpus.payloads)) > MAX_SECRET_BYTES - (1 << 28):
        raise InvalidInput("the corpus holds more than 1.7 GiB: commit it in parts")
    buffer = io.BytesIO()
    np.savez(
        buffer,
        seed=_bytes(corpus.salts.seed),
        raw=corpus.raw.astype(np.int32),
        payloads=_bytes(b"".join(corpus.payloads)),
        ends=np.cumsum([len(payload) for payload in corpus.payloads], dtype=np.int64),
        hashes=_bytes(b"".join(h.to_bytes(32, "big") for h in corpus.hashes)).reshape(-1, 32),
        document_roots=_bytes(b"".join(corpus.document_roots)).reshape(-1, 32),
    )
    write_atomic(secret_path(path), buffer.getvalue(), secret=True)
    write_atomic(path, corpus.commitment.to_bytes())


def read_commitment(path: Path) -> CorpusCommitment:
    """Read the public part alone. Raises MalformedProof or MissingArtifact."""
    return CorpusCommitment.from_bytes(read_file(path, "corpus commitment"))


def read_corpus(path: Path) -> Corpus:
    """Read a corpus with its secret part, and check that the two belong together.

    Raises:
        MissingArtifact, MalformedProof, InvalidInput: a part is absent, damaged, or of another corpus.
    """
    commitment = read_commitment(path)
    corpus = corpus_from_arrays(commitment, read_arrays(secret_path(path), NAMES, WHAT, MAX_SECRET_BYTES))
    if corpus.commitment != commitment:
        raise InvalidInput(f"{secret_path(path)} does not belong to {path}: the roots differ; commit the corpus again")
    return corpus


def corpus_from_arrays(commitment: CorpusCommitment, arrays: Arrays) -> Corpus:
    """A corpus from its arrays; shapes and ranges checked, hashes and document roots taken as given."""
    padded = commitment.padded
    wanted = {
        "seed": ("u1", (SEED_BYTES,)),
        "raw": ("i4", (padded, commitment.format.features)),
        "payloads": ("u1", (arrays["payloads"].size,)),
        "ends": ("i8", (commitment.total,)),
        "hashes": ("u1", (padded, 32)),
        "document_roots": ("u1", (padded, 32)),
    }
    for name, (dtype, shape) in wanted.items():
        if arrays[name].dtype != np.dtype(dtype) or arrays[name].shape != shape:
            raise InvalidInput(f"{WHAT}: array {name} must have dtype {dtype} and shape {shape}")
    hashes = tuple(int.from_bytes(bytes(row), "big") for row in arrays["hashes"])
    if max(hashes) >= FIELD:
        raise InvalidInput(f"{WHAT}: a hash is no field element")
    return Corpus(
        commitment.format,
        _cut(arrays["payloads"].tobytes(), arrays["ends"].tolist()),
        arrays["raw"].astype(np.int64),
        Salts(arrays["seed"].tobytes()),
        hashes,
        tuple(bytes(row) for row in arrays["document_roots"]),
        commitment.recipe,
    )


def _cut(payloads: bytes, ends: list[int]) -> tuple[bytes, ...]:
    starts = [0, *ends[:-1]]
    if ends[-1] != len(payloads) or any(start > end for start, end in zip(starts, ends, strict=True)):
        raise InvalidInput(f"{WHAT}: the payloads do not end where they should")
    return tuple(payloads[start:end] for start, end in zip(starts, ends, strict=True))


def _bytes(raw: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(raw, dtype=np.uint8)
