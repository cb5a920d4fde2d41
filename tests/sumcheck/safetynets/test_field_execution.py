"""The benchmarks' baseline, general products modulo a prime, computes what exact execution does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from networks_kit import chain

from proofs.sumcheck.fields import PlainField, field, prime
from proofs.sumcheck.fields.field import Base
from proofs.sumcheck.fields.limbs import product
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.pooling import SumPool
from proofs.sumcheck.layers.square import Square
from proofs.sumcheck.safetynets.execution.execute import execute, needed_tensors
from proofs.sumcheck.safetynets.execution.field_execute import field_execute
from proofs.sumcheck.safetynets.network import Network


class WithGeneralProducts(PlainField):
    """The plain field with the product that only compiled fields offer."""

    def general_matmul(self, a: Base, b: Base) -> Base:
        """A B modulo p."""
        return product(self.prime, a, b)


def network(groups: int) -> Network:
    """Convolution in groups, square, pool, dense, square, dense, with weights of 20 bits."""
    rng = np.random.default_rng(groups)
    layers: list[Any] = [
        Convolution(rng.integers(-(2**20), 2**20, (4, 2 // groups, 3, 2)), (5, -5, 2**90, 0), (2, 6, 5), (1, 2),
                    (1, 0, 0, 1), groups),
        Square((4, 5, 3)),
        SumPool((4, 5, 3), (2, 2), (2, 1)),
        Dense(rng.integers(-9, 10, (6, 16)), tuple(range(6)), (4, 2, 2)),
        Square((6,)),
        Dense(rng.integers(-9, 10, (3, 6)), (0, 1, -2), (6,)),
    ]  # fmt: skip
    return chain(layers, -7, 7)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("p", [2**61 - 1, 2**61 - 45, 127])
def test_the_baseline_is_the_same_function(p: int, groups: int) -> None:
    """Every tensor that is kept, in every field."""
    over = WithGeneralProducts("any", prime(p), 2)
    x = np.random.default_rng(0).integers(-7, 8, (60, 11))
    slow, quick = field_execute(network(groups), over, x), execute(network(groups), over, x)
    assert set(slow.tensors) == set(quick.tensors) == set(needed_tensors(network(groups)))
    assert (slow.total, slow.output, slow.p) == (quick.total, quick.output, quick.p)
    for tensor, values in quick.tensors.items():
        np.testing.assert_array_equal(slow.tensors[tensor], values)


def test_compiled_products() -> None:
    """The compiled fields' general products give the same."""
    pytest.importorskip("numba")
    x = np.random.default_rng(0).integers(-7, 8, (60, 11))
    over: Any = field("m61", "fast")
    slow, quick = field_execute(network(1), over, x), execute(network(1), field("m61", "plain"), x)
    for tensor, values in quick.tensors.items():
        np.testing.assert_array_equal(slow.tensors[tensor], values)
