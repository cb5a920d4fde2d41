"""Poseidon three times, to the same values: as written, as compiled, and as ezkl computes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from proofs.halo2 import felts
from proofs.halo2.runner import run_job
from proofs.poseidon import (
    absorb,
    hash_elements,
    hash_rows,
    initial_state,
    permute,
    rows,
    sponge_states,
    states_of_rows,
)
from proofs.poseidon.constants import FIELD, ROUNDS, parameters

EDGES = [0, 1, -1, 2, -2, 1 << 24, -(1 << 24), (1 << 63) - 1, -(1 << 63), 1 << 32, (1 << 32) - 1, -(1 << 32)]
INT64 = st.integers(-(1 << 63), (1 << 63) - 1) | st.sampled_from(EDGES)
GOLDEN = (
    8065231320233546845889504658050882987663732304574489295982393739117377810121,
    17238731250741777595372125136361090297523878092340253797315201865209523182395,
)
Twin = Callable[[np.ndarray], Iterator[list[rows.Answer]]]
TWINS = [rows.plain_blocks, rows.compiled_blocks]


def ezkl_hashes(values: list[list[int]]) -> list[int]:
    return [felts.from_hex(text) for text in run_job("hash", {"rows": values}).answer["hashes"]]


def answers(twin: Twin, values: np.ndarray) -> list[rows.Answer]:
    return [answer for block in twin(values) for answer in block]


@pytest.fixture(scope="module")
def vectors() -> dict[int, tuple[np.ndarray, list[int]]]:
    """Random and edge rows of several widths, with ezkl's hashes."""
    rng = np.random.default_rng(5)
    found = {}
    for width in (1, 2, 8, 31, 32, 33, 72):
        values = np.concatenate([rng.integers(-(1 << 24), 1 << 24, (3, width)), rng.choice(EDGES, (3, width))])
        found[width] = (values, ezkl_hashes(values.tolist()))
    return found


@pytest.mark.parametrize("twin", TWINS)
@pytest.mark.parametrize("width", [1, 2, 8, 31, 32, 33, 72])
def test_equal_to_ezkl(twin: Twin, width: int, vectors: dict[int, tuple[np.ndarray, list[int]]]) -> None:
    values, expected = vectors[width]
    assert [digest for digest, _ in answers(twin, values)] == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 70).flatmap(lambda width: st.lists(st.lists(INT64, min_size=width, max_size=width), min_size=1)))
@example([EDGES])
def test_twins_agree_on_hashes_and_states(values: list[list[int]]) -> None:
    values = values[:4]
    array = np.array(values, dtype=np.int64)
    one, two = (answers(twin, array) for twin in TWINS)
    assert one == two
    for row, (digest, states) in zip(values, one, strict=True):
        assert digest == hash_elements(row)
        assert states == sponge_states(row)


@pytest.mark.parametrize("twin", TWINS)
def test_states_chain_to_the_hash(twin: Twin) -> None:
    row = np.arange(-40, 57)
    ((digest, states),) = answers(twin, row[None])
    assert len(states) == 4 and states[0] == initial_state()
    for place, state in enumerate(states[:-1]):
        assert absorb(state, row[32 * place : 32 * place + 32].tolist()) == states[place + 1]
    assert absorb(states[-1], [56])[0] == digest


def test_blocks_of_both_kinds_keep_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "BLOCK_ELEMENTS", 30)
    values = np.arange(7 * 10).reshape(7, 10)
    seen: list[tuple[int, int]] = []
    plain = list(states_of_rows(values))
    monkeypatch.setattr(rows, "FEW_ELEMENTS", 0)
    assert list(states_of_rows(values, lambda done, total: seen.append((done, total)))) == plain
    assert seen == [(3, 7), (6, 7), (7, 7)]
    assert hash_rows(values) == [digest for digest, _ in plain]


def test_negatives_are_field_complements() -> None:
    assert hash_elements([-5, 3]) == hash_elements([FIELD - 5, 3])
    assert hash_elements([-5, 3]) != hash_elements([5, 3])


def test_a_known_permutation() -> None:
    """Guards the constants without ezkl: this instance's first round constant, and one permuted state."""
    assert len(parameters().constants) == ROUNDS == 64
    assert all(0 <= c < FIELD for pair in parameters().constants for c in pair)
    assert permute(initial_state()) == GOLDEN


def test_rows_of_other_integer_types() -> None:
    values = np.arange(5000, dtype=np.int32).reshape(50, 100)
    assert hash_rows(values.astype(np.int64)) == hash_rows(np.asfortranarray(values))  # type: ignore[arg-type]
