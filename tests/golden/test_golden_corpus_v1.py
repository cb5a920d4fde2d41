"""The golden corpus of each format version is read, delivered from and opened for ever, from the committed bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proofs.canonical import to_hex
from proofs.commitment.corpus import Corpus
from proofs.commitment.corpus_files import read_corpus
from proofs.commitment.delivery import Delivery, build_delivery
from proofs.commitment.delivery_check import check_delivery
from proofs.commitment.delivery_open import open_delivery
from proofs.commitment.secret_files import secret_path
from proofs.encoding import keccak256

FOLDER = Path(__file__).resolve().parent / "corpus-v1"
FACTS = json.loads((FOLDER / "corpus.json").read_text())
JOB, KEY, RESPONDER = (bytes.fromhex(FACTS[name][2:]) for name in ("job", "key", "responder"))


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    path = tmp_path / "corpus.commit"
    path.write_bytes((FOLDER / "corpus.commit").read_bytes())
    secret_path(path).write_bytes((FOLDER / "secret-part.npz").read_bytes())
    return read_corpus(path)


def test_commitment_is_what_it_was(corpus: Corpus) -> None:
    assert to_hex(corpus.commitment.root) == FACTS["corpus_root"]
    assert corpus.commitment.to_bytes() == (FOLDER / "corpus.commit").read_bytes()
    for index in range(corpus.commitment.batches):
        corpus.commitment.check_opening(corpus.opening(index))


def test_delivers_the_same_bytes(corpus: Corpus) -> None:
    delivery = build_delivery(corpus, FACTS["selected"], JOB, KEY)
    assert delivery.to_bytes() == (FOLDER / "delivery.assay").read_bytes()


def test_delivery_opens(corpus: Corpus) -> None:
    delivery = Delivery.from_bytes((FOLDER / "delivery.assay").read_bytes())
    root = bytes.fromhex(FACTS["ciphertext_root"][2:])
    check_delivery(delivery, corpus.commitment, FACTS["selected"], root, FACTS["chunk_count"])
    key_hash = bytes.fromhex(FACTS["key_hash"][2:])
    opened = open_delivery(delivery, corpus.commitment, JOB, RESPONDER, KEY, key_hash)
    assert not opened.faults
    assert {str(i): to_hex(keccak256(d.payload)) for i, d in opened.documents.items()} == FACTS["payloads"]
    assert {str(i): d.view.tolist() for i, d in opened.documents.items()} == FACTS["views"]
