"""Windows along an axis, and tables contracted with them, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reduction_kit import TWINS, Values, a_field, layers, readings

from proofs.networks.network import Reading
from proofs.sumcheck.fields import Ext
from proofs.sumcheck.reductions import fast
from proofs.sumcheck.reductions.sums import FEW, batch_sums, window_sums
from proofs.sumcheck.reductions.sums import kernels as contractions
from proofs.sumcheck.reductions.weights import fold_outputs
from proofs.sumcheck.reductions.windows import is_whole, ones, read_at_offsets, read_combined, read_summed

F = a_field()
P = F.scalars.p


def elements(shape: tuple[int, ...], seed: int) -> Ext:
    """Elements, some of them with the largest coordinates."""
    generator = np.random.default_rng(seed)
    found = generator.integers(0, P, (4, *shape))
    found[generator.random(found.shape) < 0.2] = P - 1
    return found.astype(np.uint32)


def big(table: np.ndarray) -> np.ndarray:
    """As Python integers, which sums do not overflow."""
    return table.astype(object)


def products(a: Ext, b: Ext) -> np.ndarray:
    """sum_n a(r, n) b(k, n) over extension elements, (4, k, r), by the field's own products."""
    out = np.zeros((4, b.shape[1], a.shape[1]), dtype=object)
    for k, r, n in np.ndindex(b.shape[1], a.shape[1], a.shape[2]):
        out[:, k, r] += F.scalars.mul(tuple(map(int, a[:, r, n])), tuple(map(int, b[:, k, n])))
    return out % P


@given(readings(), st.integers(0, 1 << 20))
@settings(max_examples=60, deadline=None)
def test_windows_are_what_they_are_defined_as(case: tuple[Reading, int], seed: int) -> None:
    reading, extent = case
    outputs, offsets = elements((reading.out,), seed), elements((reading.kernel,), seed + 1)
    expected = np.zeros((4, reading.kernel, extent), dtype=object)
    for i, y in np.ndindex(reading.kernel, reading.out):
        read = reading.stride * y + i - reading.before
        if 0 <= read < extent:
            expected[:, i, read] += big(outputs[:, y])
    assert (read_at_offsets(reading, extent, outputs) == expected).all()
    assert (read_summed(F, reading, extent, outputs) == expected.sum(axis=1) % P).all()
    combined = read_combined(F, reading, extent, outputs, offsets)
    turned = np.ascontiguousarray(expected.swapaxes(1, 2)).astype(np.uint32)
    assert (combined == products(turned, offsets[:, None])[:, 0]).all()
    one = ones(F, reading.kernel)
    assert (read_combined(F, reading, extent, outputs, one) == read_summed(F, reading, extent, outputs)).all()


def test_a_window_over_everything() -> None:
    assert is_whole(Reading(5, 1, 0, 1), 5)
    assert is_whole(Reading(5, 3, 0, 1), 5)
    assert not any(is_whole(r, 5) for r in (Reading(4, 1, 0, 1), Reading(5, 1, 1, 1), Reading(5, 1, 0, 2)))


@TWINS
@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 7, 2), (17, 49, 1), (2, 2048, 3), (5, 8200, 1), (40, 9, 4)], ids=str)
def test_integers_contracted(shape: tuple[int, int, int], kernels: str) -> None:
    rows, columns, vectors = shape
    f, weights = a_field(kernels), elements((vectors, columns), 1)
    for size in (1 << 7, fast.NARROW - 1, fast.NARROW, P):
        x = np.random.default_rng(2).choice([-size, size, -1, 0, 5], (rows, columns)).astype(np.int32)
        expected = (big(x) @ big(weights).swapaxes(1, 2)).swapaxes(1, 2) % P
        found = contractions(f).contract_integers(f, x, weights)
        assert found.dtype == np.uint32
        assert (found == expected).all(), size


@TWINS
def test_sums_of_a_tile_at_their_limits(kernels: str) -> None:
    f, columns = a_field(kernels), 3 * fast.TILE
    weights = np.full((4, 1, columns), P - 1, dtype=np.uint32)
    for value in (fast.NARROW - 1, -fast.NARROW, (fast.NARROW << 2) - 1, 1 - (1 << 30), P, -P):
        x = np.full((2, columns), value, dtype=np.int32)
        x[1, : fast.TILE] = 3
        expected = x.astype(object).sum(axis=1) * (P - 1) % P
        assert (contractions(f).contract_integers(f, x, weights) == expected).all(), value


@TWINS
@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 7, 2), (17, 5, 3), (2, 130, 1)], ids=str)
def test_elements_contracted(shape: tuple[int, int, int], kernels: str) -> None:
    rows, columns, vectors = shape
    f, table, weights = a_field(kernels), elements((rows, columns), 1), elements((vectors, columns), 2)
    assert (contractions(f).contract_elements(f, table, weights) == products(table, weights)).all()


@TWINS
@pytest.mark.parametrize("threads", [1, 2])
def test_rows_shared_among_threads(kernels: str, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    f, x = a_field(kernels), np.random.default_rng(0).integers(-9, 9, (1 << 10, 1 << 9)).astype(np.int32)
    monkeypatch.setattr("proofs.sumcheck.fields.fast.threads.threads", lambda: threads)
    weights = elements((2, 1 << 9), 1)
    expected = (big(x) @ big(weights).swapaxes(1, 2)).swapaxes(1, 2) % P
    assert (contractions(f).contract_integers(f, x, weights) == expected).all()
    table = elements((1 << 10, 64), 3)
    rows = contractions(f).contract_elements(f, table, weights[:, :, :64])
    assert (rows == contractions(F).contract_elements(F, table, weights[:, :, :64])).all()


@TWINS
@pytest.mark.parametrize("examples", [1, 2, FEW - 1, FEW, 3 * FEW])
@pytest.mark.parametrize("kernel", [(1, 1), (3, 2), (1, 3), (2, 1)])
def test_inputs_are_contracted_one_way_or_the_other(kernel: tuple[int, int], examples: int, kernels: str) -> None:
    f, (height, width) = a_field(kernels), (4, 5)
    x = np.random.default_rng(3).integers(-(1 << 15), 1 << 15, (3, height, width, examples))
    down, across, batch = elements((kernel[0], height), 1), elements((kernel[1], width), 2), elements((examples,), 3)
    expected = np.zeros((3, *kernel), dtype=object)
    for c, i, j in np.ndindex(*expected.shape):
        terms = []
        for y, z, b in np.ndindex(height, width, examples):
            a, e, g = (tuple(map(int, v)) for v in (down[:, i, y], across[:, j, z], batch[:, b]))
            terms.append([int(x[c, y, z, b]) * k for k in F.scalars.mul(F.scalars.mul(a, e), g)])
        expected[c, i, j] = tuple(sum(column) % P for column in zip(*terms, strict=True))
    turned = np.moveaxis(np.array(expected.tolist(), dtype=object), -1, 0)
    for values in (x.astype(np.int32), x, x.astype(np.int16), np.asfortranarray(x)):
        assert (window_sums(f, values, down, across, batch) == turned).all()


@TWINS
def test_a_batch_contracted(kernels: str) -> None:
    f, batch = a_field(kernels), elements((10,), 1)
    x = np.random.default_rng(3).integers(-9, 9, (3, 2, 2, 10)).astype(np.int32)
    assert (batch_sums(f, x, batch) == np.einsum("cyxb,kb->kcyx", big(x), big(batch)) % P).all()


@TWINS
@settings(max_examples=20, deadline=None)
@given(layer=layers())
def test_weights_folded_over_all_channels(layer: object, kernels: str) -> None:
    f, weight, groups = a_field(kernels), layer.weight, layer.groups
    outputs, fan_in = weight.shape[:2]
    full: Values = np.zeros((outputs, fan_in * groups, *weight.shape[2:]), dtype=object)
    for o in range(outputs):
        first = o // (outputs // groups) * fan_in
        full[o, first : first + fan_in] = weight[o]
    by = elements((outputs,), layer.seed)
    assert (fold_outputs(f, weight, groups, by) == np.einsum("ocij,ko->kcij", full, big(by)) % P).all()
