// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Halo2Adapter} from "./Halo2Adapter.sol";
import {Halo2Base} from "./Halo2Base.sol";
import {Halo2Reusable} from "./Halo2Reusable.sol";

/// @title Accuracy proofs of one halo2 circuit, verified by the contract that all circuits share
/// @notice {Halo2Adapter} has the statement, {Halo2Reusable} the verifying key.
contract Halo2ReusableAdapter is Halo2Adapter, Halo2Reusable {
    /// @param halo2Verifier_ the shared verifier, already deployed
    /// @param halo2Codehash_ the code hash the deployer believes it has
    /// @param vka_           the circuit's verifying key, already deployed
    /// @param vkaDigest_     the digest the deployer believes it has
    /// @param proofBytes_    length of the circuit's proofs
    /// @param binding_       0 fixed, 1 polycommit, 2 hashed
    /// @param points_        commitment points in a polycommit proof, else 0
    /// @param scaleBits_     binary digits of the count's fixed-point scale
    constructor(
        address halo2Verifier_,
        bytes32 halo2Codehash_,
        address vka_,
        bytes32 vkaDigest_,
        uint32 proofBytes_,
        uint8 binding_,
        uint8 points_,
        uint8 scaleBits_
    )
        Halo2Adapter(halo2Verifier_, halo2Codehash_, binding_, points_, scaleBits_)
        Halo2Reusable(vka_, vkaDigest_, proofBytes_)
    {}

    /// @inheritdoc Halo2Reusable
    function _requireValid(bytes calldata proof, uint256[] memory instances)
        internal
        view
        override(Halo2Base, Halo2Reusable)
    {
        Halo2Reusable._requireValid(proof, instances);
    }
}
