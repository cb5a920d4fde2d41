// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Commitments} from "./Commitments.sol";
import {Documents} from "./Documents.sol";
import {Poseidon} from "./Poseidon.sol";

/// @title View steps: a circuit hash cut into pieces that fit into a transaction
/// @notice A step is salt (16 bytes), state before it (two words), elements (4 bytes each), see {Documents}.
library ViewSteps {
    uint256 internal constant ELEMENTS = 32;
    uint256 internal constant ELEMENT_BYTES = 4;
    uint256 internal constant HEAD_BYTES = Documents.SALT_BYTES + 64;

    /// @notice Whether the step has the length of one: 32 elements, or 1 to 32 if it is the document's last.
    function wellFormed(bytes calldata step, bool last) internal pure returns (bool) {
        if (step.length < HEAD_BYTES) return false;
        uint256 elementBytes = step.length - HEAD_BYTES;
        if (!last) return elementBytes == ELEMENTS * ELEMENT_BYTES;
        return elementBytes != 0 && elementBytes <= ELEMENTS * ELEMENT_BYTES && elementBytes % ELEMENT_BYTES == 0;
    }

    /// @notice The state before a well-formed step.
    function stateBefore(bytes calldata step) internal pure returns (uint256 s0, uint256 s1) {
        return abi.decode(step[Documents.SALT_BYTES:HEAD_BYTES], (uint256, uint256));
    }

    /// @notice The state after a well-formed step whose state before is in the field.
    function stateAfter(bytes calldata step) internal pure returns (uint256 s0, uint256 s1) {
        (s0, s1) = stateBefore(step);
        return Poseidon.absorb(s0, s1, elements(step));
    }

    /// @notice A well-formed step's elements: a negative integer -x stands for order - x.
    function elements(bytes calldata step) internal pure returns (uint256[] memory field) {
        field = new uint256[]((step.length - HEAD_BYTES) / ELEMENT_BYTES);
        for (uint256 j = 0; j < field.length; ++j) {
            uint256 from = HEAD_BYTES + j * ELEMENT_BYTES;
            field[j] = Commitments.element(int32(uint32(bytes4(step[from:from + ELEMENT_BYTES]))));
        }
    }
}
