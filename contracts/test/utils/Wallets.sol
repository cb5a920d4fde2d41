// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title A contract that signs by one key, until it changes its mind
contract Wallet is IERC1271 {
    address private immutable key;

    bool public disowning;

    constructor(address key_) {
        key = key_;
    }

    function disown(bool disowning_) external {
        disowning = disowning_;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (disowning || ECDSA.recoverCalldata(hash, signature) != key) return 0xffffffff;
        return IERC1271.isValidSignature.selector;
    }

    /// @dev Lets a test act as this contract.
    function act(address target, uint256 value, bytes calldata call_) external payable returns (bytes memory answer) {
        bool success;
        (success, answer) = target.call{value: value}(call_);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
    }

    receive() external payable {}
}

/// @title Says yes to every signature
contract YesWallet is IERC1271 {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return IERC1271.isValidSignature.selector;
    }
}

/// @title Says no to every signature; also what an EIP-7702 account may delegate to
contract NoWallet is IERC1271 {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return 0;
    }
}

/// @title Uses up all gas it is asked with
contract BurningWallet is IERC1271 {
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        assembly ("memory-safe") {
            invalid()
        }
    }
}
