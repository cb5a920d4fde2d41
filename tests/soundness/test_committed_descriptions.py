"""Descriptions chosen by an attacker: what anybody reads in a network is what a proof is about, or it has none."""

from __future__ import annotations

import time
from dataclasses import replace

import committed_cheats  # noqa: F401  puts the kits' folders on the path
import numpy as np
import pytest
from network_builder import Builder

from proofs.errors import InvalidInput
from proofs.networks.network import Clamp, Combination, Listed, Network, Reading, Tensor, Term
from proofs.networks.public_bounds import check_public_bounds
from proofs.sumcheck.committed.instance import Chunk, Instance, Matrix, Outputs
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.segments import chunk_segments, model_size
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.input_format import IntegerFormat

P = 2**31 - 1
WHOLE = Reading.whole(1)


def public(multipliers: tuple[int, ...], table: Clamp | Listed, low: int, high: int) -> Network:
    """One sum of multiples of its input, no weights."""
    terms = tuple(Term(0, multiplier, WHOLE, WHOLE) for multiplier in multipliers)
    tensors = (Tensor((2, 1, 1), -30, 30), Tensor((2, 1, 1), low, high))
    return Network(tensors, (Combination(terms, 2, 0, 0),), (table,), "1", "1")


def instance_of(network: Network, count: int = 1, log_columns: int = 8) -> Instance:
    rows = -(-chunk_segments(network.tensors[0].shape, count, False).end // (1 << log_columns))
    model = Matrix(bytes(32), -(-model_size(network) // (1 << log_columns)))
    outputs = Outputs(np.zeros((count, network.classes), np.int64))
    return Instance(network, log_columns, model, Chunk(Matrix(bytes(32), rows), count, False), 0, count, outputs)


@pytest.mark.parametrize(
    ("multipliers", "match"),
    [
        ((P - 1, P), "multiplier"),
        ((P,), "multiplier"),
        (((1 << 30) - 1,), "accumulators may reach"),
        ((1 << 26, 1 << 26), "accumulators may reach"),
        ((5,), "table 0 holds"),
    ],
)
def test_public_sums_that_the_prime_would_wrap(multipliers: tuple[int, ...], match: str) -> None:
    with pytest.raises(InvalidInput, match=match):
        make_plan(instance_of(public(multipliers, Clamp(-100, 100, -100, 100), -100, 100)))
    make_plan(instance_of(public((-1,), Clamp(-100, 100, -100, 100), -100, 100)))


def test_rows_near_the_prime() -> None:
    table = Listed(P - 1, (50, 99))
    network = replace(public((-1,), table, 50, 99), tensors=(Tensor((2, 1, 1), 0, 1), Tensor((2, 1, 1), 50, 99)))
    with pytest.raises(InvalidInput, match="table 0"):
        make_plan(instance_of(network))


@pytest.mark.parametrize(("low", "high"), [(-29, 30), (-30, 29)])
def test_a_sum_beyond_its_table_is_refused_without_weights(low: int, high: int) -> None:
    make_plan(instance_of(public((-1,), Clamp(-30, 30, -30, 30), -30, 30)))
    with pytest.raises(InvalidInput, match="q may be from -30 to 30, but table 0 holds"):
        make_plan(instance_of(public((-1,), Clamp(low, high, low, high), low, high)))


@pytest.mark.parametrize(("low", "high"), [(-59, 60), (-60, 59)])
def test_a_maximum_beyond_its_table_is_refused_without_weights(low: int, high: int) -> None:
    builder = Builder((2, 1, 2), -30, 30)
    first, second = (Term(0, 1, WHOLE, Reading(1, 2, -offset, 1)) for offset in (0, 1))
    builder.maximum(first, second)
    network, _ = builder.build()
    check_public_bounds(network)
    make_plan(instance_of(network))
    short = replace(network, tables=(Clamp(low, high, 0, high),))
    with pytest.raises(InvalidInput, match="q may be from -60 to 60, but table 0 holds"):
        check_public_bounds(short)
    with pytest.raises(InvalidInput, match="must be relu for every q from -60 to 60"):
        make_plan(instance_of(short))


def test_proofs_too_large_to_be_listed_are_refused_at_once() -> None:
    builder = Builder((1, 512, 512), 0, 1)
    builder.dense(np.zeros((2, 512 * 512), dtype=np.int64), None, 0)
    network, _ = builder.build()
    began = time.monotonic()
    with pytest.raises(InvalidInput, match="fewer examples"):
        make_plan(instance_of(network, 1 << 14, 15))
    builder = Builder((64, 64, 2), 0, 1)
    builder.dense(np.zeros((2, 64 * 64 * 2), dtype=np.int64), None, 0)
    with pytest.raises(InvalidInput, match="fewer examples"):
        make_plan(instance_of(builder.build()[0], 100, 1))
    assert time.monotonic() - began < 10


def test_many_chunks_have_their_root_in_linear_time() -> None:
    shape = IntegerFormat((2,), False, (2, 1, 1), "1", -1, 1, 2)
    began = time.monotonic()
    data = DataCommitment(shape, 1 << 15, 1, True, 15, tuple(bytes(32) for _ in range(1 << 15)))
    assert len(data.root) == 32
    assert time.monotonic() - began < 10


def test_long_tables_of_many_nodes_are_read_once() -> None:
    values = tuple(int(v) for v in np.arange(1 << 16) % 100)
    table = Listed(-(1 << 15), values)
    nodes = tuple(Combination((Term(i, 1, WHOLE, WHOLE),), 2, 0, 0) for i in range(1000))
    tensors = (Tensor((2, 1, 1), 0, 99), *(Tensor((2, 1, 1), 0, 99) for _ in nodes))
    began = time.monotonic()
    make_plan(instance_of(Network(tensors, nodes, (table,), "1", "1")))
    assert time.monotonic() - began < 15
