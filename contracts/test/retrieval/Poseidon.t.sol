// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Commitments} from "../../src/libraries/Commitments.sol";
import {Poseidon} from "../../src/libraries/Poseidon.sol";
import {POSEIDON_ORDER, POSEIDON_TABLE} from "../../src/libraries/PoseidonTable.sol";
import {BaseTest} from "../utils/BaseTest.sol";

/// @dev The circuits' hash: golden vectors of ezkl 23.0.5 (poseidon_hash), and a plain twin.
contract PoseidonTest is BaseTest {
    function list(uint256 n, uint256 first) private pure returns (uint256[] memory elements) {
        elements = new uint256[](n);
        for (uint256 i = 0; i < n; ++i) {
            elements[i] = first + i;
        }
    }

    function hash(uint256[] memory elements) private pure returns (uint256 h) {
        (h,) = Poseidon.absorb(0, 2 ** 64, elements);
    }

    function test_vectorsOfTheProvingStack() public pure {
        vm.assertEq(hash(list(1, 0)), 0x11d4c25832805ad46a62dc72c0a76f86b7ddec3198e6e9957230f6f87e72eec9, "[0]");
        vm.assertEq(hash(list(2, 1)), 0x29875b31538af36658e1f61b48af3e3b88a4b5e8032e5624915fa22d79de2b8c, "[1, 2]");
        vm.assertEq(hash(list(3, 1)), 0x2c3294b916f404517529c048d4ec3fb21cd0f370184a5729b71d4e499f8b5259, "[1, 2, 3]");
    }

    function test_oneField() public pure {
        vm.assertEq(POSEIDON_ORDER, Commitments.FIELD_ORDER, "order");
        vm.assertEq(POSEIDON_TABLE.length, 32 * (4 + 2 * 64), "matrix and 64 rounds");
    }

    function test_largestElements() public pure {
        uint256 top = POSEIDON_ORDER - 1;
        (uint256 s0, uint256 s1) = Poseidon.absorb(top, top, list(1, top));
        (uint256 t0, uint256 t1) = plain(top, top, top);
        vm.assertEq(s0, t0, "first lane");
        vm.assertEq(s1, t1, "second lane");
    }

    function testFuzz_agreesWithThePlainTwin(uint256 s0, uint256 s1, uint256 x) public pure {
        (s0, s1, x) = (s0 % POSEIDON_ORDER, s1 % POSEIDON_ORDER, x % POSEIDON_ORDER);
        (uint256 a0, uint256 a1) = Poseidon.absorb(s0, s1, list(1, x));
        (uint256 b0, uint256 b1) = plain(s0, s1, x);
        vm.assertEq(a0, b0, "first lane");
        vm.assertEq(a1, b1, "second lane");
    }

    function testFuzz_stepsChain(uint8 n, uint8 cut, uint64 first) public pure {
        uint256 size = bound(n, 2, 12);
        uint256 low = bound(cut, 1, size - 1);
        (uint256 s0, uint256 s1) = Poseidon.absorb(0, 2 ** 64, list(low, first));
        (s0,) = Poseidon.absorb(s0, s1, list(size - low, uint256(first) + low));
        vm.assertEq(s0, hash(list(size, first)), "in two steps as in one");
    }

    function test_nothingAbsorbedChangesNothing() public pure {
        (uint256 s0, uint256 s1) = Poseidon.absorb(5, 6, new uint256[](0));
        vm.assertEq(s0, 5, "first lane");
        vm.assertEq(s1, 6, "second lane");
    }

    // ------------------------------------------------------------ the twin

    function word(uint256 i) private pure returns (uint256 value) {
        bytes memory table = POSEIDON_TABLE;
        for (uint256 j = 0; j < 32; ++j) {
            value = (value << 8) | uint8(table[32 * i + j]);
        }
    }

    function fifth(uint256 x) private pure returns (uint256) {
        uint256 square = mulmod(x, x, POSEIDON_ORDER);
        return mulmod(x, mulmod(square, square, POSEIDON_ORDER), POSEIDON_ORDER);
    }

    function mix(uint256 row, uint256 s0, uint256 s1) private pure returns (uint256) {
        uint256 left = mulmod(word(2 * row), s0, POSEIDON_ORDER);
        return addmod(left, mulmod(word(2 * row + 1), s1, POSEIDON_ORDER), POSEIDON_ORDER);
    }

    /// @dev Absorbs x, every operation reduced.
    function plain(uint256 s0, uint256 s1, uint256 x) private pure returns (uint256, uint256) {
        s0 = addmod(s0, x, POSEIDON_ORDER);
        for (uint256 round = 0; round < 64; ++round) {
            s0 = fifth(addmod(s0, word(4 + 2 * round), POSEIDON_ORDER));
            s1 = addmod(s1, word(5 + 2 * round), POSEIDON_ORDER);
            if (round < 4 || round >= 60) s1 = fifth(s1);
            (s0, s1) = (mix(0, s0, s1), mix(1, s0, s1));
        }
        return (s0, s1);
    }
}
