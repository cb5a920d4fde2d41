"""Poseidon over BN254's scalar field, exactly as the circuits of ezkl 23.0.5 compute it.

``sponge`` is the readable definition; ``rows`` hashes many documents at once with a compiled kernel. One test body
holds both, and ezkl itself, to the same values.
"""

from proofs.poseidon.rows import hash_rows, states_of_rows
from proofs.poseidon.sponge import RATE_STEP, State, absorb, hash_elements, initial_state, permute, sponge_states

__all__ = [
    "RATE_STEP",
    "State",
    "absorb",
    "hash_elements",
    "hash_rows",
    "initial_state",
    "permute",
    "sponge_states",
    "states_of_rows",
]
