"""Inputs and documents as the commands are given them: a committed corpus, or an array that is public."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.corpus import Corpus, corpus_of_arrays
from proofs.commitment.corpus_commitment import CorpusCommitment
from proofs.commitment.corpus_files import read_commitment, read_corpus
from proofs.commitment.input_format import InputFormat
from proofs.commitment.secret_files import read_arrays
from proofs.commitment.view_format import ViewFormat
from proofs.errors import InvalidInput


def load_inputs(path: Path) -> NDArray[np.generic]:
    """The array x (N, ...) of a NumPy archive. Raises InvalidInput or MissingArtifact naming the file."""
    x = read_arrays(path, {"x"}, "data")["x"]
    if x.ndim < 2:
        raise InvalidInput(f"data: x in {path} has shape {x.shape}; it must be (inputs, features...)")
    return x


def load_corpus(data: Path | None, data_commit: Path | None, shape: InputFormat) -> Corpus:
    """What to prove on: the committed corpus, compared with DATA where both are given, or DATA as public data.

    Args:
        shape: the model's input format, which public data take over.

    Raises:
        InvalidInput: neither is given, or DATA is not what was committed.
    """
    if data_commit is None:
        if data is None:
            raise InvalidInput("give the inputs: --data-commit with its secret part beside it, or public --data")
        return public_corpus(load_inputs(data), shape)
    corpus = read_corpus(data_commit)
    if data is not None and not _same(load_inputs(data), corpus):
        raise InvalidInput(
            f"{data} is not what was committed as {data_commit}: rows are missing, added, changed or in another order"
        )
    return corpus


def load_commitment(data: Path | None, data_commit: Path | None, shape: InputFormat) -> CorpusCommitment:
    """What to verify against; exactly one of the two files is given. Raises InvalidInput otherwise."""
    if (data is None) == (data_commit is None):
        raise InvalidInput("give the inputs, either as --data-commit or as public --data")
    if data_commit is not None:
        return read_commitment(data_commit)
    return load_corpus(data, None, shape).commitment


def public_corpus(x: NDArray[np.generic], shape: InputFormat) -> Corpus:
    """Public inputs under a model's scale and batch; anybody holding them gets the same commitment."""
    view = ViewFormat(shape.shape, "fixed", shape.scale_bits, shape.scale_bits, shape.batch, shape.salt_limbs)
    return corpus_of_arrays(x, view, public=True)


def _same(x: NDArray[np.generic], corpus: Corpus) -> bool:
    if x.shape != (corpus.total, *corpus.format.shape):
        return False
    return bool((corpus.format.quantise(x) == corpus.raw[: corpus.total]).all())
