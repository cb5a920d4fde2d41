// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title A verifier contract as ezkl generates it for one verifying key
/// @notice Declared `view` here, because it writes nothing; the generated source omits the word.
interface IHalo2Verifier {
    /// @notice Returns true for a valid proof and reverts *with empty data* for any other, never returning false.
    /// @param proof     exactly as many bytes as the circuit's proofs have
    /// @param instances exactly as many field elements as the circuit has public values, each below the field's order
    function verifyProof(bytes calldata proof, uint256[] calldata instances) external view returns (bool accepted);
}
