// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title Stands in for ezkl's shared verifier, bad habits included
/// @notice A right proof is the keccak256 of instances and key digest, and whatever bytes follow it. Anybody may register
///         any key. The third returned value is no valid ABI: where its offset belongs, there is a length.
contract FakeSharedVerifier {
    mapping(bytes32 digest => bool) public registered;

    function registerVka(bytes32[] calldata vka) external returns (bytes32 digest) {
        digest = keccak256(abi.encodePacked(vka));
        registered[digest] = true;
    }

    function verifyProof(bytes calldata proof, uint256[] calldata instances, bytes32[] calldata vka) external view {
        bytes32 digest = keccak256(abi.encodePacked(vka));
        require(registered[digest], "VKA not registered");
        bool right = proof.length >= 32 && bytes32(proof) == keccak256(abi.encode(instances, digest));
        uint256 length = 32 * instances.length;
        assembly ("memory-safe") {
            if iszero(right) { revert(0, 0) }
            let at := mload(0x40)
            mstore(at, 1)
            mstore(add(at, 0x20), digest)
            mstore(add(at, 0x40), length)
            return(at, add(0x60, length))
        }
    }
}

/// @title Registers what it is given, as asked, and answers everything else with fixed bytes
contract FixedSharedAnswer {
    bytes private answer;
    bytes32 private lie;
    bool private fails;

    /// @param lie_ what registering answers instead of the digest, if not zero
    constructor(bytes memory answer_, bytes32 lie_, bool fails_) {
        (answer, lie, fails) = (answer_, lie_, fails_);
    }

    function registerVka(bytes32[] calldata vka) external view returns (bytes32) {
        return lie != 0 ? lie : keccak256(abi.encodePacked(vka));
    }

    function verifyProof(bytes calldata, uint256[] calldata, bytes32[] calldata) external view {
        bytes memory said = answer;
        bool failing = fails;
        assembly ("memory-safe") {
            if failing { revert(add(said, 0x20), mload(said)) }
            return(add(said, 0x20), mload(said))
        }
    }
}
