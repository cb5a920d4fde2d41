"""How a document is cut into salted chunks, and the digests that bind them to its leaf.

A document's chunks are V view steps, then P payload chunks:

    view step      16 salt | 32 state 0 | 32 state 1 | 4 for each of its 1..32 elements, int32
    payload chunk  16 salt | 1..1008 payload bytes; all but the last are full

Integers are big-endian. The states are the sponge's before the step's elements, so one step and the state in front of
the next decide on chain whether a view hashes to h. The salts keep chunk digests from being guessed before payment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.merkle import Tree, node_digest
from proofs.commitment.view_format import STEP
from proofs.encoding import domain, keccak256
from proofs.poseidon.sponge import State

CHUNK_DOMAIN = domain("assay/chunk/v1")
DOCUMENT_DOMAIN = domain("assay/document/v1")
SALT_BYTES = 16
STATE_BYTES = 32
ELEMENT_BYTES = 4
STEP_HEAD = SALT_BYTES + 2 * STATE_BYTES
PAYLOAD_BYTES = 1008
MAX_PAYLOAD_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Layout:
    """How many chunks a document has and how long each is. Public.

    Args:
        width: elements of the hashed tensor.
        payload_bytes: length of the payload, 0 allowed.
    """

    width: int
    payload_bytes: int

    @property
    def view_steps(self) -> int:
        """V = ceil(width / 32)."""
        return -(-self.width // STEP)

    @property
    def payload_chunks(self) -> int:
        """P = ceil(payload bytes / 1008)."""
        return -(-self.payload_bytes // PAYLOAD_BYTES)

    @property
    def chunks(self) -> int:
        """V + P."""
        return self.view_steps + self.payload_chunks

    def length(self, chunk: int) -> int:
        """Bytes of chunk number ``chunk``."""
        if chunk < self.view_steps:
            return STEP_HEAD + ELEMENT_BYTES * min(STEP, self.width - STEP * chunk)
        return SALT_BYTES + min(PAYLOAD_BYTES, self.payload_bytes - PAYLOAD_BYTES * (chunk - self.view_steps))


@dataclass(frozen=True, slots=True)
class ViewStep:
    """One parsed view step. The states are as written and may lie outside the field."""

    state: State
    elements: tuple[int, ...]


def chunks_of(
    row: NDArray[np.int64], states: Sequence[State], payload: bytes, salts: Sequence[bytes]
) -> tuple[bytes, ...]:
    """The chunks of one document. Secret.

    Args:
        row: the hashed tensor (width,).
        states: the sponge state before each view step.
        payload: the document's bytes.
        salts: 16 random bytes for each chunk.
    """
    elements = row.astype(">i4").tobytes()
    span = STEP * ELEMENT_BYTES
    contents = [
        left.to_bytes(STATE_BYTES, "big") + right.to_bytes(STATE_BYTES, "big") + elements[span * c : span * (c + 1)]
        for c, (left, right) in enumerate(states)
    ]
    contents += [payload[start : start + PAYLOAD_BYTES] for start in range(0, len(payload), PAYLOAD_BYTES)]
    return tuple(salt + content for salt, content in zip(salts, contents, strict=True))


def parse_step(chunk: bytes) -> ViewStep:
    """The state and elements in a view step whose length has been checked."""
    left = int.from_bytes(chunk[SALT_BYTES : SALT_BYTES + STATE_BYTES], "big")
    right = int.from_bytes(chunk[SALT_BYTES + STATE_BYTES : STEP_HEAD], "big")
    elements = np.frombuffer(chunk, dtype=">i4", offset=STEP_HEAD)
    return ViewStep((left, right), tuple(elements.tolist()))


def payload_of(payload_chunks: Sequence[bytes]) -> bytes:
    """The payload in a document's payload chunks."""
    return b"".join(chunk[SALT_BYTES:] for chunk in payload_chunks)


def chunk_digest(chunk: bytes) -> bytes:
    """What binds one chunk, salt included."""
    return keccak256(CHUNK_DOMAIN + chunk)


def chunk_tree(digests: Sequence[bytes]) -> Tree:
    """The tree over a document's chunk digests: perfect, depth ceil(log2(V + P))."""
    return Tree.over(digests, 1)


def document_root(payload_bytes: int, view_steps: int, payload_chunks: int, chunks_root: bytes) -> bytes:
    """What a leaf binds beside h: payload length, chunk counts and the root over the chunks."""
    numbers = (payload_bytes, view_steps, payload_chunks)
    return keccak256(DOCUMENT_DOMAIN + b"".join(number.to_bytes(32, "big") for number in numbers) + chunks_root)


def climb(leaf: bytes, position: int, path: Sequence[bytes]) -> bytes:
    """The root reached from one leaf and its siblings, lowest first."""
    node = leaf
    for sibling in path:
        node = node_digest(sibling, node) if position & 1 else node_digest(node, sibling)
        position >>= 1
    return node
