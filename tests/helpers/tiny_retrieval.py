"""Corpora for sale on the tiny circuit: classes under ``mlp(0)`` known, and their owner's model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helpers.tiny_audit import BACKEND, SHAPE, reference_string
from helpers.tiny_models import mlp
from proofs.commitment.corpus import Corpus, Document, commit_corpus
from proofs.commitment.corpus_salts import Salts
from proofs.commitment.view_format import ViewFormat
from proofs.halo2.commit import CommitOptions
from proofs.halo2.secret_model import SecretModel, read_secret_model, write_secret_model
from proofs.paths import data_dir

FORMAT = ViewFormat((8,), "fixed", unit_bits=7, scale_bits=7, batch=2)
ROWS = {"first": 4, "other": 0, "second": 6, "third": 1}
MIXED, UNIFORM = ("first", "other", "second"), ("first", "second")
"""Classes 0, 2, 0 in two batches, the last one blank (the blank is of class 0 too, if it counted); and 0, 0 in one."""
SEED = bytes(range(32))
PROOFS = 32


def tiny_corpus(names: Sequence[str] = MIXED) -> Corpus:
    """The named documents; a payload is its view's integers, as recipe ``array`` says, so each has two chunks."""
    x = np.random.default_rng(1).normal(0, 2, (8, 8)).astype("f4")[[ROWS[name] for name in names]]
    views = np.round(x * 128) / 128
    payloads = [np.round(row * 128).astype(">i4").tobytes() for row in views]
    documents = [Document(payload, view) for payload, view in zip(payloads, views, strict=True)]
    return commit_corpus(documents, FORMAT, Salts(SEED))


def tiny_model(owner: str) -> SecretModel:
    """``mlp(0)``, committed for an account once a session: proofs are found again under one commitment only."""
    path = data_dir() / "tiny-market" / "model.commit"
    if path.exists():
        return read_secret_model(path, mlp(0))
    for logrows in (11, 12, 13):
        reference_string(logrows)
    model = BACKEND.commit_model(mlp(0), SHAPE, CommitOptions(proofs=PROOFS, owner=bytes.fromhex(owner[2:])))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_secret_model(path, model)
    return model
