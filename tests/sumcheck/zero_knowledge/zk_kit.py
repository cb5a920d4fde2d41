"""Hidden proofs of a tiny network modulo 127: so small that thousands can be made and looked at, entry by entry."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from proofs.errors import MalformedProof, RejectedProof
from proofs.networks.network import Clamp, Network, Tensor
from proofs.networks.weights import NodeWeights, Weights
from proofs.sumcheck.circle import plain
from proofs.sumcheck.circle.code import encode
from proofs.sumcheck.committed import prove as proving
from proofs.sumcheck.committed import verify as verifying
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.outline import outline
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.fields.extension import Extension, Scalar
from proofs.sumcheck.fields.field import Ext, Field
from proofs.sumcheck.fields.plain import PlainField
from proofs.sumcheck.fields.primes import SmallPrime
from proofs.sumcheck.interactive import prepared_challenges
from proofs.sumcheck.ligero import randomness
from proofs.sumcheck.ligero.commit import commit_hiding
from proofs.sumcheck.ligero.parameters import Code

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "committed"))
from committed_kit import Builder, Case

P = 127
QUERIES = 3
LOG_COLUMNS, BLOCK = 4, 16
Challenges = list[tuple[Scalar, ...]]


class Quick(PlainField):
    """The plain kernels, but for products, whose 16 parts fit one small matrix."""

    def mul(self, a: Ext, b: Ext) -> Ext:
        """Product of two extension arrays of one shape (or broadcast)."""
        parts = a[:, None].astype(np.int64) * b[None, :]
        shape = parts.shape[2:]
        return (_STRUCTURE @ parts.reshape(16, -1) % P).astype(np.uint32).reshape(4, *shape)

    def eq_table(self, point: Sequence[Scalar], n: int) -> Ext:
        """eq(point, i) for i < n; many transcripts have one point."""
        return _eq_table(tuple(point), n).copy()


@cache
def _eq_table(point: tuple[Scalar, ...], n: int) -> Ext:
    return SLOW.eq_table(point, n)


def _structure() -> NDArray[np.int64]:
    """(4, 16): how much of coordinate i times coordinate j enters each coordinate of a product."""
    units = [tuple(row) for row in np.eye(4, dtype=int).tolist()]
    return np.array([SLOW.scalars.mul(x, y) for x in units for y in units]).T


SLOW = PlainField("m7", SmallPrime(P), 4)
_STRUCTURE = _structure()
TINY = Quick("m7", SmallPrime(P), 4)
UNITS = np.eye(2 << LOG_COLUMNS, dtype=np.uint32)
WORDS = encode(SLOW, UNITS[:, : 1 << LOG_COLUMNS].copy(), UNITS[:, 1 << LOG_COLUMNS :].copy()).astype(np.int64)
"""The word of each coefficient, (32, 64)."""


def encode_by_table(rows: Ext, blocks: Ext, out: Ext, p: int) -> None:
    """circle/plain.py's, as one product."""
    out[:] = (rows @ WORDS[: rows.shape[1]] + blocks @ WORDS[rows.shape[1] :][: blocks.shape[1]]) % p


@contextmanager
def tiny_sizes() -> Iterator[None]:
    """Three columns a proof: words modulo 127 have no more than 64 places."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Code, "queries", property(lambda self: QUERIES))
        patch.setattr(plain, "encode", encode_by_table)
        patch.setattr(randomness, "_ZEROS", bytes(4 << 10))  # the same arrays, from shorter pieces of key stream
        yield


def _network() -> Network:
    """Two inputs, one dense layer, two outputs: q from -2 to 2, clamped below at -1."""
    builder = Builder((2, 1, 1), -1, 1)
    builder.dense(np.ones((2, 2)), np.zeros(2), 1)
    network, _ = builder.build()
    out = Tensor((2, 1, 1), -1, 2)
    return replace(network, tables=(Clamp(-2, 2, -1, 2),), tensors=(network.tensors[0], out))


NETWORK = _network()
WITNESSES: dict[str, tuple[list[list[int]], list[int], list[int]]] = {
    "A": ([[1, 1], [0, -1]], [0, 1], [1, 1]),
    "B": ([[-2, 1], [1, 1]], [-1, -1], [-1, 1]),
}
"""Weights, biases and an example: the logits are (1, 0) both times."""


def tiny_case(witness: str) -> Case:
    """One of the witnesses, as it is proven."""
    weight, bias, x = WITNESSES[witness]
    hidden = NodeWeights(np.array(weight, dtype=np.int32).reshape(2, 2, 1, 1), np.array(bias, dtype=np.int32))
    weights: Weights = {0: hidden}
    return Case(TINY, NETWORK, weights, np.array(x, dtype=np.int32).reshape(2, 1, 1, 1), None, LOG_COLUMNS, BLOCK)


def committed_anew(case: Case, seed: bytes) -> Case:
    """The same with other blocks: views are compared over all that is random."""
    found = copy(case)
    for name in ("model", "chunk"):
        values = np.ascontiguousarray(getattr(case, name).rows.reshape(-1))
        setattr(found, name, commit_hiding(case.field, values, name.encode() + seed, case.log_columns, case.block))
    return found


def drawn_challenges(field: Field, plan: Plan, seed: int, asked: Sequence[int] | None = None) -> Challenges:
    """The challenges after each message that has any, none of them zero.

    Args:
        asked: the positions that the last of them ask for.
    """
    rng, scalars = np.random.default_rng(seed), field.scalars
    counts = [message.challenges for message in outline(plan, scalars) if message.challenges]
    found = [tuple(tuple(r) for r in rng.integers(1, scalars.p, (count, 4)).tolist()) for count in counts]
    if asked is not None:
        places = np.resize(np.array(asked, dtype=int), 4 * counts[-1])
        places[places == 0] += plan.instance.code(scalars.p).positions
        found[-1] = tuple(tuple(row) for row in places.reshape(-1, 4).tolist())
    return found


class Programmed:
    """A transcript that answers with given challenges instead of hashes, and remembers the messages."""

    state = bytes(32)

    def __init__(self, challenges: Challenges) -> None:
        self.source = prepared_challenges(challenges)
        self.messages: list[bytes] = []

    def exchange(self, label: str, payload: bytes, challenges: int, extension: Extension) -> tuple[Scalar, ...]:
        """The next challenges."""
        if label != "fields":
            self.messages.append(payload)
        return self.source(challenges) if challenges else ()


def prove_under(case: Case, instance: Instance, challenges: Challenges, seed: bytes) -> list[bytes]:
    """The messages of the product's own prover, where these are the challenges."""
    return prove_to(Programmed(challenges), case, instance, seed)


def prove_to(client: Programmed, case: Case, instance: Instance, seed: bytes) -> list[bytes]:
    """The same, to somebody who chooses them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proving, "transcript", lambda *_: client)
        proving.prove(case.field, instance, b"", replace(case.secret(instance), seed=seed))
    return client.messages


def accepts(field: Field, instance: Instance, messages: Sequence[bytes], challenges: Challenges) -> bool:
    """Whether the product's own verifier accepts messages, where these are the challenges."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verifying, "transcript", lambda *_: Programmed(challenges))
        try:
            verifying.verify(field, instance, b"", b"".join(messages))
        except (MalformedProof, RejectedProof):
            return False
    return True
