// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title The tag that ties a proof to one job of one escrow on one chain
/// @notice The circuit passes the tag through as 16 public limbs; a proof made for another tag fails to verify.
library JobTag {
    bytes32 internal constant JOB_TAG = keccak256("assay/job-tag/v1");

    bytes32 internal constant BOUND_TAG = keccak256("assay/bound-tag/v1");

    uint256 internal constant LIMBS = 16;

    /// @notice The tag of a job on this chain and this contract. It is known before the test set is committed.
    /// @param escrow the contract that will hold the deposits
    /// @param nonce  the buyer's; no (buyer, seller, model) may use one twice
    function compute(address escrow, address buyer, address seller, bytes32 modelId, uint256 nonce)
        internal
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(JOB_TAG, block.chainid, escrow, buyer, seller, modelId, nonce));
    }

    /// @notice The tag a proof of this job carries. The note is the prover's: off chain it is the digest of the statement
    ///         and of the fidelity receipt, so that neither can be changed once proven; on chain it is free.
    function bound(bytes32 tag, bytes32 note) internal pure returns (bytes32) {
        return keccak256(abi.encode(BOUND_TAG, tag, note));
    }

    /// @notice Limb `j` of 16, most significant first, 16 bits each.
    function limb(bytes32 tag, uint256 j) internal pure returns (uint256) {
        return (uint256(tag) >> (240 - 16 * j)) & 0xffff;
    }
}
