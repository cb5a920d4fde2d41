"""What is public says nothing about a document that is not sold, beyond that it exists.

Two corpora that differ in one unselected document only, committed under the *same* seed, the worst case: every public
field is equal except the digests that contain that document's salt, field by field. Under fresh seeds those digests are
unrelated even for equal documents.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from helpers.dishonest_corpus import FORMAT, JOB, KEY, SEED, documents

from proofs.commitment.chunks import chunk_digest
from proofs.commitment.corpus import Corpus, Document, commit_corpus
from proofs.commitment.corpus_salts import Salts
from proofs.commitment.delivery import build_delivery
from proofs.poseidon import hash_elements

UNSOLD = 2
SELECTED = [1, 3, 5]
OTHERS = {
    "another view": Document(documents()[UNSOLD].payload, 255 - documents()[UNSOLD].view),
    "another payload": Document(b"\xff" * 1008, documents()[UNSOLD].view),
    "another length": Document(b"\xff" * 5000, documents()[UNSOLD].view),
    "no payload": Document(b"", documents()[UNSOLD].view),
    "everything": Document(b"secret", np.zeros(FORMAT.shape, np.uint8)),
}


def pair(other: Document) -> tuple[Corpus, Corpus]:
    changed = [other if index == UNSOLD else document for index, document in enumerate(documents())]
    return commit_corpus(documents(), FORMAT, Salts(SEED)), commit_corpus(changed, FORMAT, Salts(SEED))


def covers(level: int, index: int, place: int) -> bool:
    """Whether sibling ``level`` on the path of leaf ``index`` is an ancestor of leaf ``place``."""
    return (index >> level) ^ 1 == place >> level


def differing(one: object, two: object) -> set[str]:
    return {field.name for field in fields(one) if getattr(one, field.name) != getattr(two, field.name)}  # type: ignore[arg-type]


@pytest.mark.parametrize("name", OTHERS)
def test_commitments_differ_in_the_tree_root_only(name: str) -> None:
    one, two = (corpus.commitment for corpus in pair(OTHERS[name]))
    assert differing(one, two) == {"tree_root"}
    assert len(one.to_bytes()) == len(two.to_bytes())


@pytest.mark.parametrize("name", OTHERS)
def test_openings_differ_in_the_documents_own_digests_and_those_above(name: str) -> None:
    one, two = pair(OTHERS[name])
    for index in range(one.commitment.batches):
        first, second = one.opening(index), two.opening(index)
        assert differing(first, second) <= {"hashes", "payload_roots", "path"}
        changed = {i for i, (a, b) in enumerate(zip(first.hashes, second.hashes, strict=True)) if a != b}
        roots = {i for i, (a, b) in enumerate(zip(first.payload_roots, second.payload_roots, strict=True)) if a != b}
        own = {UNSOLD} if index == 0 else set()
        assert changed == (own if (one.raw[UNSOLD] != two.raw[UNSOLD]).any() else set()) and roots == own
        batches = range(len(first.path))
        siblings = {level for level in batches if first.path[level] != second.path[level]}
        assert siblings == {level for level in batches if covers(level, index, UNSOLD // FORMAT.batch)}


@pytest.mark.parametrize("name", OTHERS)
def test_deliveries_differ_in_path_digests_above_the_document_only(name: str) -> None:
    one, two = (build_delivery(corpus, SELECTED, JOB, KEY) for corpus in pair(OTHERS[name]))
    assert one.ciphertext_root == two.ciphertext_root and one.chunk_count == two.chunk_count
    assert len(one.to_bytes()) == len(two.to_bytes())
    for first, second in zip(one.parcels, two.parcels, strict=True):
        assert differing(first, second) == {"path"}
        changed = {level for level in range(len(first.path)) if first.path[level] != second.path[level]}
        assert changed == {level for level in range(len(first.path)) if covers(level, first.index, UNSOLD)}


def test_equal_documents_have_unrelated_digests() -> None:
    """Inside a corpus, and between corpora under fresh seeds: a repeat cannot be seen, a guess not be confirmed."""
    same = [documents()[3]] * 6
    one, two = (commit_corpus(same, FORMAT) for _ in range(2))
    assert len({*one.hashes, *two.hashes}) == 16
    assert len({*one.document_roots, *two.document_roots}) == 16
    digests = [chunk_digest(chunk) for corpus in (one, two) for own in corpus.chunks(range(6)) for chunk in own]
    assert len(set(digests)) == len(digests)


def test_a_guessed_document_cannot_be_confirmed_without_its_salt() -> None:
    """What a guesser can compute about the right document is in no public field."""
    corpus = commit_corpus(documents(), FORMAT)
    guess = documents()[UNSOLD]
    raw = FORMAT.quantise(guess.view[None])[0].tolist()
    computable = {hash_elements(raw), hash_elements([*raw, *[0] * 8])}
    assert not computable & set(corpus.hashes)
    (chunks,) = corpus.chunks([UNSOLD])
    public = {chunk_digest(chunk) for chunk in chunks}
    assert not public & {chunk_digest(bytes(16) + chunk[16:]) for chunk in chunks}
