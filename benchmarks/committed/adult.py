"""A small classifier of UCI Adult (who earns more than 50,000), trained here in seconds: 108 inputs, 64, 32, 2."""

from __future__ import annotations

import gzip
import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.committed.float_models import Pair, Writer
from examples.safetynets.data import data_folder

NUMBERS = (0, 2, 4, 10, 11, 12)
"""Columns that hold numbers; the others name one of a few kinds."""
HIDDEN, EPOCHS, BATCH, SEED = (64, 32), 6, 256, 1996
Floats = NDArray[np.float32]
Table = list[list[str]]


def adult() -> tuple[bytes, Floats, Floats, NDArray[np.int64]]:
    """The model's file, training inputs, and the 16,281 test inputs with their labels."""
    train, test = _rows("adult.data.gz"), _rows("adult.test.gz")
    kinds = [sorted({row[column] for row in train}) for column in range(14)]
    numbers = np.array([[float(row[c]) for c in NUMBERS] for row in train])
    x, x_test = (_inputs(rows, kinds, numbers.mean(axis=0), numbers.std(axis=0)) for rows in (train, test))
    y, y_test = (np.array([row[14].startswith(">") for row in rows], dtype=np.int64) for rows in (train, test))
    return _written(_trained(x, y)), x, x_test, y_test


def _rows(name: str) -> Table:
    text = gzip.decompress((data_folder("adult") / name).read_bytes()).decode()
    rows = [[cell.strip() for cell in line.split(",")] for line in text.splitlines()]
    return [row for row in rows if len(row) == 15]


def _inputs(rows: Table, kinds: list[list[str]], mean: NDArray[np.float64], spread: NDArray[np.float64]) -> Floats:
    """Numbers scaled and cut at four deviations, the rest one column a kind."""
    numbers = np.array([[float(row[c]) for c in NUMBERS] for row in rows])
    parts = [np.clip((numbers - mean) / spread, -4, 4)]
    for column in range(14):
        if column not in NUMBERS:
            parts.append(np.array([[row[column] == kind for kind in kinds[column]] for row in rows], dtype=np.float64))
    return np.concatenate(parts, axis=1).astype(np.float32)


def _trained(x: Floats, y: NDArray[np.int64]) -> MLPClassifier:
    model = MLPClassifier(HIDDEN, max_iter=EPOCHS, batch_size=BATCH, random_state=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(x, y)


def _written(model: MLPClassifier) -> bytes:
    """Its one output as two logits, z and -z."""
    layers: list[Pair] = [(w.T, b) for w, b in zip(model.coefs_, model.intercepts_, strict=True)]
    weight, bias = layers.pop()
    writer = Writer((layers[0][0].shape[1],))
    for given in layers:
        writer.dense(len(given[1]), given)
        writer.relu()
    writer.dense(2, (np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2))
    return writer.finished("adult")
