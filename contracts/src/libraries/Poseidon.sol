// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {POSEIDON_ORDER, POSEIDON_TABLE} from "./PoseidonTable.sol";

/// @title The sponge the circuits hash their inputs with
/// @notice Poseidon over the BN254 scalar field with width 2, rate 1, s-box x^5, 8 full and 56 partial rounds. The state
///         starts as (0, 2^64); each element is added to its first lane and the state permuted; there is no padding.
///         The hash is the first lane after the last element.
///         Source: Grassi, Khovratovich, Rechberger, Roy, Schofnegger, "Poseidon" (USENIX Security 2021).
library Poseidon {
    /// @notice The lanes before anything is absorbed.
    uint256 internal constant START_0 = 0;
    uint256 internal constant START_1 = 1 << 64;

    /// @notice Absorbs elements into the state (s0, s1).
    /// @param s0     below the field's order, as s1 and every element
    /// @return next0 below the field's order, as next1; the hash, if nothing follows
    function absorb(uint256 s0, uint256 s1, uint256[] memory elements)
        internal
        pure
        returns (uint256 next0, uint256 next1)
    {
        bytes memory table = POSEIDON_TABLE;
        (next0, next1) = (s0, s1);
        for (uint256 i = 0; i < elements.length; ++i) {
            (next0, next1) = _permute(next0 + elements[i], next1, table);
        }
    }

    /// @dev Three runs of rounds: 4 full ones, 56 with the s-box on the first lane only, 4 full ones.
    ///      In assembly, since checked arithmetic and array bounds would cost several times the field operations; the
    ///      matrix lies in memory and the order on the stack, since the optimiser would make code for size of them.
    ///      Only products are reduced. With r the order, lanes are below 2r when a round begins, below 3r < 2^256 with
    ///      the round's constants added.
    function _permute(uint256 s0, uint256 s1, bytes memory table) private pure returns (uint256 t0, uint256 t1) {
        assembly ("memory-safe") {
            let r := POSEIDON_ORDER
            let matrix := add(table, 32)
            let at := add(matrix, 128)
            for { let run := 0 } lt(run, 3) { run := add(run, 1) } {
                // Bytes of constants: 4 rounds of 64, or 56.
                for { let end := add(at, add(256, mul(eq(run, 1), 3328))) } lt(at, end) { at := add(at, 64) } {
                    s0 := add(s0, mload(at))
                    s1 := add(s1, mload(add(at, 32)))
                    let square := mulmod(s0, s0, r)
                    s0 := mulmod(mulmod(square, square, r), s0, r)
                    if iszero(eq(run, 1)) {
                        square := mulmod(s1, s1, r)
                        s1 := mulmod(mulmod(square, square, r), s1, r)
                    }
                    let mixed := add(mulmod(mload(matrix), s0, r), mulmod(mload(add(matrix, 32)), s1, r))
                    s1 := add(mulmod(mload(add(matrix, 64)), s0, r), mulmod(mload(add(matrix, 96)), s1, r))
                    s0 := mixed
                }
            }
            t0 := mod(s0, r)
            t1 := mod(s1, r)
        }
    }
}
