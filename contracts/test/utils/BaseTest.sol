// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Vm} from "./Vm.sol";

/// @title What every test contract has: the cheat codes and a few helpers
abstract contract BaseTest {
    /// @dev forge runs a contract's tests only if it says so.
    bool public constant IS_TEST = true;

    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev An account nobody has the key of, named in traces by its seed.
    function account(string memory name) internal pure returns (address payable) {
        return payable(address(uint160(uint256(keccak256(bytes(name))))));
    }

    /// @dev Folds any number into low..high.
    function bound(uint256 x, uint256 low, uint256 high) internal pure returns (uint256) {
        uint256 span = high - low + 1;
        return span == 0 ? x : low + x % span;
    }
}
