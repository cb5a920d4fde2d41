// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IHalo2Verifier} from "../../src/interfaces/IHalo2Verifier.sol";
import {Commitments} from "../../src/libraries/Commitments.sol";

/// @title Stands in for a generated verifier: true for the one right proof, else a revert with empty data
/// @notice A right proof is any `prefixBytes` bytes followed by the keccak256 of the instances. Like the generated
///         contracts it insists on the exact proof length, the exact number of instances, and canonical ones.
contract FakeHalo2Verifier is IHalo2Verifier {
    uint256 private immutable prefixBytes;
    uint256 private immutable instanceCount;

    constructor(uint256 prefixBytes_, uint256 instanceCount_) {
        prefixBytes = prefixBytes_;
        instanceCount = instanceCount_;
    }

    function verifyProof(bytes calldata proof, uint256[] calldata instances) external view returns (bool) {
        bool right = proof.length == prefixBytes + 32 && instances.length == instanceCount;
        for (uint256 i = 0; right && i < instances.length; ++i) {
            right = instances[i] < Commitments.FIELD_ORDER;
        }
        if (!right || bytes32(proof[prefixBytes:]) != keccak256(abi.encode(instances))) {
            assembly ("memory-safe") {
                revert(0, 0)
            }
        }
        return true;
    }
}

/// @title The right proof for {FakeHalo2Verifier}
library FakeProof {
    /// @param prefix the commitment points a proof starts with
    function make(bytes memory prefix, uint256[] memory instances) internal pure returns (bytes memory) {
        return bytes.concat(prefix, keccak256(abi.encode(instances)));
    }
}

/// @title Answers every call with fixed bytes, successfully
contract FixedAnswer {
    bytes private answer;

    constructor(bytes memory answer_) {
        answer = answer_;
    }

    fallback(bytes calldata) external returns (bytes memory) {
        return answer;
    }
}

/// @title Fails every call, with the word `true` as its revert data
contract TrueInFailure {
    fallback() external {
        assembly ("memory-safe") {
            mstore(0, 1)
            revert(0, 32)
        }
    }
}
