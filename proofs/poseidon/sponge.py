"""The permutation and the sponge, written for reading.

Width 2, rate 1: one element is added to the first lane, then the state is permuted; the hash is the first lane after
the last element. There is no padding: ezkl puts 2^64 into the second lane whatever the length, so only tensors of one
fixed length may share a use of this hash, which a view format guarantees.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from proofs.poseidon.constants import ALPHA, FIELD, FULL_ROUNDS, PARTIAL_ROUNDS, parameters

State = tuple[int, int]
"""Two field elements, each in [0, r)."""
RATE_STEP = 32
"""Elements between two sponge states kept as checkpoints."""


def initial_state() -> State:
    """The state before the first element."""
    return (0, 1 << 64)


def permute(state: State) -> State:
    """One Poseidon permutation. *Source*: Poseidon paper, section 2.2: constants, s-box x^5, matrix."""
    constants, matrix = parameters()
    half = FULL_ROUNDS // 2
    left, right = state
    for number, (first, second) in enumerate(constants):
        left, right = pow(left + first, ALPHA, FIELD), right + second
        if number < half or number >= half + PARTIAL_ROUNDS:
            right = pow(right, ALPHA, FIELD)
        left, right = (
            (matrix[0][0] * left + matrix[0][1] * right) % FIELD,
            (matrix[1][0] * left + matrix[1][1] * right) % FIELD,
        )
    return left, right


def absorb(state: State, elements: Iterable[int]) -> State:
    """The state after ``elements``, integers of any sign: a negative x stands for r - |x|."""
    for element in elements:
        state = permute(((state[0] + element) % FIELD, state[1]))
    return state


def hash_elements(elements: Iterable[int]) -> int:
    """The hash of ``elements``, a field element; equals ``ezkl.poseidon_hash``."""
    return absorb(initial_state(), elements)[0]


def sponge_states(elements: Sequence[int], every: int = RATE_STEP) -> list[State]:
    """The states *before* element 0, ``every``, 2 ``every``, ...: ceil(len / every) of them."""
    states = [initial_state()]
    for start in range(0, len(elements) - every, every):
        states.append(absorb(states[-1], elements[start : start + every]))
    return states
