"""Writes ``contracts/src/libraries/PoseidonTable.sol`` from the parameters the proofs use.

``python -m escrow.poseidon_table``  writes the file; a test compares it with what this module makes.
"""

from __future__ import annotations

from escrow.build import CONTRACTS
from proofs.poseidon.constants import FIELD, Parameters, parameters

TABLE = CONTRACTS / "src" / "libraries" / "PoseidonTable.sol"

_HEAD = """\
// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// Constants of the circuits' Poseidon: BN254 scalar field, width 2, 8 full and 56 partial rounds.
// Written by `python -m escrow.poseidon_table`; not to be edited by hand. At file level, since assembly reads them.

"""

_NUMBERS = """\
/// @dev Order of the field.
uint256 constant POSEIDON_ORDER = 0x{0:064x};

/// @dev Words of 32 bytes: the mixing matrix row by row, then two words a round, one for each lane.
bytes constant POSEIDON_TABLE ="""


def solidity(chosen: Parameters) -> str:
    """The text of the file for these parameters."""
    constants = [entry for row in (*chosen.matrix, *chosen.constants) for entry in row]
    first, *others = (f'hex"{constant:064x}"' for constant in constants)
    return _HEAD + _NUMBERS.format(FIELD) + f" {first}" + "".join(f"\n    {word}" for word in others) + ";\n"


def main() -> None:
    """Write the file."""
    TABLE.write_text(solidity(parameters()), encoding="utf-8")


if __name__ == "__main__":
    main()
