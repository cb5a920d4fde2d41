// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Halo2Base} from "./Halo2Base.sol";
import {IProofVerifier} from "./interfaces/IProofVerifier.sol";

/// @title Accuracy proofs of one halo2 circuit behind {IProofVerifier}
/// @notice Statement: "the committed model classifies exactly `count` of the examples hashing to h_0..h_{b-1} as
///         labelled, and this proof was made for the job `tag`".
///         metadata   = abi.encode(bytes32 weightsCommitment, bytes32 tag, uint256 tagHash, uint256[] h, uint256 count)
///         inputHash  = keccak256(abi.encode(weightsCommitment, tag, h))
///         outputHash = keccak256(abi.encode(count))
///         The circuit's one output is count * 2^scaleBits; {Halo2Base} has the instances around it.
contract Halo2Adapter is Halo2Base {
    /// @dev Keeps count << scaleBits far below the field's order.
    uint256 private constant MAX_SCALE_BITS = 64;

    /// @notice Fixed-point scale of the circuit's count output.
    uint8 public immutable scaleBits;

    /// @notice More than one claim per example, or a batch outside 1..256.
    error BadCount(uint256 count, uint256 batch);

    /// @param halo2Verifier_ the generated verifier, already deployed
    /// @param halo2Codehash_ the code hash the deployer believes it has
    /// @param binding_       0 fixed, 1 polycommit, 2 hashed
    /// @param points_        commitment points in a polycommit proof, else 0
    /// @param scaleBits_     binary digits of the count's fixed-point scale
    constructor(address halo2Verifier_, bytes32 halo2Codehash_, uint8 binding_, uint8 points_, uint8 scaleBits_)
        Halo2Base(halo2Verifier_, halo2Codehash_, binding_, points_)
    {
        if (scaleBits_ > MAX_SCALE_BITS) revert BadParameters();
        scaleBits = scaleBits_;
    }

    /// @inheritdoc IProofVerifier
    /// @dev Returns true or reverts, never false.
    function verify(bytes32 inputHash, bytes32 outputHash, bytes calldata metadata, bytes calldata proof)
        external
        view
        returns (bool accepted)
    {
        _requireAgreedVerifier();
        (bytes32 weightsCommitment, bytes32 tag, uint256 tagHash, uint256[] memory h, uint256 count) =
            abi.decode(metadata, (bytes32, bytes32, uint256, uint256[], uint256));
        if (inputHash != keccak256(abi.encode(weightsCommitment, tag, h))) revert HashMismatch();
        if (outputHash != keccak256(abi.encode(count))) revert HashMismatch();
        if (h.length == 0 || h.length > MAX_BATCH || count > h.length) revert BadCount(count, h.length);
        uint256[] memory outputs = new uint256[](1);
        outputs[0] = count << scaleBits;
        _requireProven(weightsCommitment, tag, tagHash, h, outputs, proof);
        return true;
    }
}
