// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title The one verifier contract that ezkl writes for all circuits: the verifying key comes with each call
/// @notice Two traps, both met by {Halo2Reusable}. Anybody may register any key, so the digest of the key must be
///         compared with an agreed one. And `verifyProof` returns a third value, the instances rescaled, which is no
///         valid ABI encoding (its head holds a length, not an offset): nobody can decode three values, so two are declared.
/// @dev Declared `view` here, because it writes nothing; the generated source omits the word. Its assembly reads some
///      words of a proof at fixed places of the calldata and others where the ABI says, so only a call encoded by a
///      trusted contract means anything: called directly, with shifted offsets, it may be talked into accepting.
interface IHalo2VerifierReusable {
    /// @notice Puts a verifying key artifact on the list of known ones. Open to everybody, for good.
    /// @return vkaDigest keccak256 over its words
    function registerVka(bytes32[] calldata vka) external returns (bytes32 vkaDigest);

    /// @notice Returns true and the key's digest for a valid proof, and reverts for any other, never returning false.
    /// @param proof     the circuit's proof; bytes after it are *accepted* by this contract
    /// @param instances exactly as many field elements as the circuit has public values, each below the field's order
    /// @param vka       a registered verifying key artifact
    function verifyProof(bytes calldata proof, uint256[] calldata instances, bytes32[] calldata vka)
        external
        view
        returns (bool accepted, bytes32 vkaDigest);
}
