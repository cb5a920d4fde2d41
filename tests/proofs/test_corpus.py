"""Corpora: what their commitments bind, hide and give back; files; what is refused."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.dishonest_corpus import FORMAT, SEED, SIZES, documents, honest_corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs.commitment.chunks import Layout, chunk_digest, chunk_tree, document_root
from proofs.commitment.corpus import Corpus, Document, commit_corpus, corpus_of_arrays
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.corpus_files import corpus_from_arrays, read_corpus, write_corpus
from proofs.commitment.corpus_salts import Salts
from proofs.commitment.recipe import Recipe
from proofs.commitment.secret_files import secret_path
from proofs.commitment.view_format import ViewFormat
from proofs.errors import InvalidInput, MalformedProof, MissingArtifact, RejectedProof
from proofs.intervals import bad_share_at_most
from proofs.poseidon import hash_elements


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 9), st.sampled_from([1, 2, 4, 8]), st.integers(1, 40), st.data())
def test_every_batch_opens_to_the_root(total: int, batch: int, features: int, data: st.DataObject) -> None:
    payloads = data.draw(st.lists(st.binary(max_size=2100), min_size=total, max_size=total))
    shape = ViewFormat((features,), "int16", 8, 10, batch)
    view = np.arange(features, dtype=np.int16)
    corpus = commit_corpus([Document(payload, view - i) for i, payload in enumerate(payloads)], shape)
    commitment = corpus.commitment
    assert commitment.padded == len(corpus.rows) == -(-total // batch) * batch
    assert commitment.batches * batch == commitment.padded and commitment.total == total == corpus.total
    for index in range(commitment.batches):
        opening = corpus.opening(index)
        commitment.check_opening(opening)
        for other in {index - 1, index + 1, commitment.batches} - {index}:
            with pytest.raises(RejectedProof):
                commitment.check_opening(replace(opening, index=other))
    for index, payload in enumerate(payloads):
        document = corpus.document(index)
        assert document.payload == payload and (document.view == view - index).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 70), st.binary(max_size=3100), st.binary(min_size=32, max_size=32))
def test_chunks_have_the_layout_and_hold_everything(features: int, payload: bytes, seed: bytes) -> None:
    shape = ViewFormat((features,), "uint8", 8, 8, 1)
    view = np.arange(features, dtype=np.uint8)
    corpus = commit_corpus([Document(payload, view)], shape, Salts(seed))
    (chunks,) = corpus.chunks([0])
    layout = Layout(shape.width, len(payload))
    assert [len(chunk) for chunk in chunks] == [layout.length(number) for number in range(layout.chunks)]
    assert b"".join(chunk[16:] for chunk in chunks[layout.view_steps :]) == payload
    elements = b"".join(chunk[80:] for chunk in chunks[: layout.view_steps])
    assert np.frombuffer(elements, ">i4").tolist() == corpus.rows[0].tolist()
    root = chunk_tree([chunk_digest(chunk) for chunk in chunks]).root
    assert corpus.document_roots[0] == document_root(len(payload), layout.view_steps, layout.payload_chunks, root)
    assert corpus.hashes[0] == hash_elements(corpus.rows[0].tolist())
    assert len({chunk[:16] for chunk in chunks}) == len(chunks)


def test_blank_documents_fill_the_last_batch() -> None:
    corpus = honest_corpus()
    assert corpus.total == 6 and len(corpus.raw) == 8
    assert not corpus.raw[6:].any() and corpus.raw[:6].any(axis=1).all()
    assert len({tuple(row) for row in corpus.rows[:, FORMAT.features :].tolist()}) == 8
    assert len(set(corpus.hashes)) == 8
    assert (corpus.x[:6] * 256 == np.stack([document.view for document in documents()])).all()


def test_secret_corpora_are_salted() -> None:
    first, second = (commit_corpus(documents(), FORMAT) for _ in range(2))
    assert (first.raw == second.raw).all() and first.payloads == second.payloads
    assert not set(first.hashes) & set(second.hashes)
    assert not set(first.document_roots) & set(second.document_roots)
    salts = first.salts.limbs(8, 8)
    assert 0 <= salts.min() and salts.max() <= 0xFFFF and len(np.unique(salts)) > 60
    assert SEED.hex() not in repr(honest_corpus()) and str(list(SEED)) not in repr(honest_corpus().salts)


def test_salts_of_a_document_are_parts_of_one_stream() -> None:
    salts = Salts(SEED)
    assert salts.of_chunks(2, 8, 5)[:3] == salts.of_chunks(2, 8, 3)
    assert salts.limbs(3, 8)[2].astype(">u2").tobytes() not in salts.of_chunks(2, 8, 5)
    assert not set(salts.of_chunks(2, 8, 5)) & set(salts.of_chunks(1, 8, 5))
    with pytest.raises(InvalidInput):
        Salts(bytes(31))


def test_public_corpora_are_recomputable_and_depend_on_everything() -> None:
    shape = ViewFormat((4,), "fixed", 7, 7, 2)
    x = np.linspace(-1, 1, 20).reshape(5, 4)
    corpus = corpus_of_arrays(x, shape, public=True)
    assert corpus.commitment == corpus_of_arrays(x, shape, public=True).commitment
    moved = x.copy()
    moved[4, 3] += 0.5
    others = [
        corpus_of_arrays(moved, shape, public=True),
        corpus_of_arrays(x[::-1], shape, public=True),
        corpus_of_arrays(x[:4], shape, public=True),
        corpus_of_arrays(x, replace(shape, batch=1), public=True),
        corpus_of_arrays(x, shape, public=False),
    ]
    assert len({corpus.commitment.root, *(other.commitment.root for other in others)}) == 6
    assert corpus.payloads[2] == corpus.raw[2].astype(">i4").tobytes()
    assert not set(others[4].hashes) & set(corpus.hashes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: [], "0 documents"),
        (lambda d: [*d[:2], Document(b"", np.zeros((6, 5), np.uint8))], "document 2 has a view of shape"),
        (lambda d: [*d[:3], Document(b"", np.full((6, 6), 300))], "document 3: its view lies outside"),
    ],
)
def test_documents_that_cannot_be_committed(change: object, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        commit_corpus(change(documents()), FORMAT)  # type: ignore[operator]


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proofs.commitment.corpus.MAX_PAYLOAD_BYTES", 1008)
    with pytest.raises(InvalidInput, match="document 3 has 1009 bytes"):
        honest_corpus()
    monkeypatch.setattr("proofs.commitment.corpus.MAX_DOCUMENTS", 5)
    with pytest.raises(InvalidInput, match="6 documents"):
        honest_corpus()
    with pytest.raises(InvalidInput, match="6 documents"):
        corpus_of_arrays(np.zeros((6, 6, 6), np.uint8), FORMAT, public=False)
    with pytest.raises(InvalidInput, match="0 documents"):
        corpus_of_arrays(np.zeros((0, 6, 6), np.uint8), FORMAT, public=True)


def test_repeats() -> None:
    assert honest_corpus().repeats() is None
    own = documents()
    repeated = [*own, own[2], Document(own[0].payload, own[1].view), own[2], own[4]]
    found = commit_corpus(repeated, FORMAT).repeats()
    assert found is not None and found.number == 3 and found.first == (2, 6)


def test_progress_reaches_the_end() -> None:
    seen: list[tuple[int, int]] = []
    commit_corpus(documents(), FORMAT, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (8, 8) and seen == sorted(seen)


def test_files_round_trip_and_secrets_are_private(tmp_path: Path) -> None:
    corpus, path = honest_corpus(), tmp_path / "corpus.commit"
    write_corpus(path, replace(corpus, recipe=Recipe("csv", (1, 4))))
    assert stat.S_IMODE(secret_path(path).stat().st_mode) == 0o600
    again = read_corpus(path)
    assert again.commitment == replace(corpus.commitment, recipe=Recipe("csv", (1, 4)))
    assert again.payloads == corpus.payloads and (again.rows == corpus.rows).all() and again.hashes == corpus.hashes
    assert again.chunks([0, 3, 7]) == corpus.chunks([0, 3, 7])
    public = path.read_bytes()
    assert not any(payload in public for payload in corpus.payloads if len(payload) > 2)
    assert SEED not in public


def test_parts_that_do_not_belong_together(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    write_corpus(one, commit_corpus(documents(), FORMAT))
    write_corpus(two, commit_corpus(documents(), FORMAT))
    secret_path(one).write_bytes(secret_path(two).read_bytes())
    with pytest.raises(InvalidInput, match="does not belong"):
        read_corpus(one)
    secret_path(one).unlink()
    with pytest.raises(MissingArtifact):
        read_corpus(one)
    one.unlink()
    with pytest.raises(MissingArtifact):
        read_corpus(one)


@pytest.mark.parametrize("name", ["seed", "raw", "payloads", "ends", "hashes", "document_roots"])
@pytest.mark.parametrize(
    "value",
    [
        np.array(1),
        np.zeros((8, 32)),
        np.zeros(0, np.uint8),
        np.full((8, 32), 255, np.uint8),
        np.array([5, 4, 3, 2, 1, sum(SIZES)]),
        np.array([-1, 0, 0, 0, 0, sum(SIZES)]),
        np.array([0, 0, 0, 0, 0, 9999]),
    ],
)
def test_hostile_secret_arrays(name: str, value: np.ndarray, tmp_path: Path) -> None:
    write_corpus(tmp_path / "c", honest_corpus())
    with np.load(secret_path(tmp_path / "c")) as archive:
        good = {key: archive[key] for key in archive.files}
    if name == "document_roots" and value.shape == (8, 32) and value.dtype == np.uint8:
        return  # any 32 bytes may be a root: the tree's own root decides
    with pytest.raises(InvalidInput):
        corpus_from_arrays(honest_corpus().commitment, {**good, name: value})


def test_commitment_bytes() -> None:
    commitment = honest_corpus().commitment
    raw = commitment.to_bytes()
    assert CorpusCommitment.from_bytes(raw) == commitment
    for length in range(len(raw)):
        with pytest.raises(MalformedProof):
            CorpusCommitment.from_bytes(raw[:length])
    with pytest.raises(MalformedProof):
        CorpusCommitment.from_bytes(raw + b"\0")


@pytest.mark.parametrize("sampled", [1, 10, 59, 183, 1_000_000])
@pytest.mark.parametrize("delta", [0.5, 0.05, 1e-9])
def test_clean_sample_bound_is_where_a_clean_sample_becomes_unlikely(sampled: int, delta: float) -> None:
    share = bad_share_at_most(sampled, delta)
    assert 0 < share < 1
    assert (1 - share) ** sampled == pytest.approx(delta, rel=1e-6)


def test_clean_sample_bound_of_the_paper() -> None:
    """Its table needs 59 samples for 5%; the printed formula would exceed 1."""
    assert bad_share_at_most(59) <= 0.05 < bad_share_at_most(58)
    for broken in ((0, 0.05), (5, 0.0), (5, 1.0), (-3, 0.5)):
        with pytest.raises(InvalidInput):
            bad_share_at_most(*broken)


def test_corpus_is_a_record_of_its_parts() -> None:
    corpus = honest_corpus()
    assert isinstance(corpus, Corpus) and corpus.commitment.recipe == Recipe("array")
