"""A test set on its way to the seller: fixed-width integers, nothing else, so that its length says whether it fits.

    N x features  int32 big-endian   raw inputs
    N             uint16             labels
    N x limbs     uint16             salts

The hashes are not sent: the receiver computes them, and the committed root says whether they are the right ones.
"""

from __future__ import annotations

import numpy as np

from proofs.commitment.input_format import InputFormat
from proofs.commitment.test_set import Hasher, TestSet
from proofs.errors import MalformedProof


def encode_test_set(test_set: TestSet) -> bytes:
    """The bytes to hand over. Secret."""
    parts = (test_set.raw.astype(">i4"), test_set.labels.astype(">u2"), test_set.salts.astype(">u2"))
    return b"".join(part.tobytes() for part in parts)


def encoded_bytes(shape: InputFormat, total: int) -> int:
    """Exact length of a test set of ``total`` examples."""
    return total * (4 * shape.features + 2 + 2 * shape.salt_limbs)


def decode_test_set(raw: bytes, shape: InputFormat, total: int, hasher: Hasher) -> TestSet:
    """Parse untrusted bytes and hash every example. Raises MalformedProof; compare the root afterwards."""
    if len(raw) != encoded_bytes(shape, total):
        raise MalformedProof(
            f"the test set has {len(raw)} bytes; {total} examples of this input format have "
            f"{encoded_bytes(shape, total)}"
        )
    inputs, rest = raw[: 4 * total * shape.features], raw[4 * total * shape.features :]
    values = np.frombuffer(inputs, dtype=">i4").astype(np.int64).reshape(total, shape.features)
    labels = np.frombuffer(rest[: 2 * total], dtype=">u2").astype(np.int64)
    salts = np.frombuffer(rest[2 * total :], dtype=">u2").astype(np.int64).reshape(total, shape.salt_limbs)
    if labels.max() >= shape.classes:
        raise MalformedProof(f"the test set holds label {labels.max()}, the input format has {shape.classes} classes")
    if np.abs(values).max() >= 1 << 24:
        raise MalformedProof("the test set holds an input beyond 2^24 after scaling")
    return TestSet(shape, values, labels, salts, tuple(hasher(shape.rows(values, labels, salts))))
