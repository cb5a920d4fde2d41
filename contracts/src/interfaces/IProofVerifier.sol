// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title What an escrow asks of any proof system
/// @notice Has the shape of ERC-8274 (a draft). An escrow knows digests and opaque bytes; everything a proof system
///         needs beyond them is the business of an adapter behind this interface.
interface IProofVerifier {
    /// @notice Checks that `proof` shows: the computation named by `inputHash` has the result named by `outputHash`.
    /// @dev Must be safe to call by anyone, any number of times. Proofs are malleable: a proof's hash identifies
    ///      nothing and must never serve as a nullifier.
    /// @param inputHash  digest of the public inputs, in the encoding the implementation documents
    /// @param outputHash digest of the claimed result
    /// @param metadata   the public values behind both digests, for the implementation to check against them
    /// @param proof      the proof's bytes
    /// @return accepted true if the proof is valid; an implementation may revert instead of returning false
    function verify(bytes32 inputHash, bytes32 outputHash, bytes calldata metadata, bytes calldata proof)
        external
        view
        returns (bool accepted);
}
