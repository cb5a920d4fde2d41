// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Halo2Base} from "./Halo2Base.sol";
import {IProofVerifier} from "./interfaces/IProofVerifier.sol";

/// @title Proofs of a halo2 circuit's outputs behind {IProofVerifier}
/// @notice Statement: "the committed model, run inside this circuit on the inputs hashing to h_0..h_{b-1}, has exactly
///         these outputs, and this proof was made for the job `tag`". What the outputs mean is the escrow's business:
///         logits of one input, or the bits of a batch of documents with the predicate they were computed for.
///         metadata   = abi.encode(bytes32 weightsCommitment, bytes32 tag, uint256 tagHash, uint256[] h,
///                                 uint256[] outputs)
///         inputHash  = keccak256(abi.encode(weightsCommitment, tag, h))
///         outputHash = keccak256(abi.encode(outputs))
///         {Halo2Base} has the instances around the outputs. A negative output x is the field element order - |x|.
///         One word follows the outputs, the void: what the circuit's dead units (mask and blinds) add up to. It must be
///         zero, and this contract says so to the verifier; no caller can choose it.
/// @dev The circuit fixes how many instances there are, not where hashes end and outputs begin: a caller must itself know
///      the batch (h.length) or the number of outputs, and the escrows hold both to the terms.
contract Halo2OutputsAdapter is Halo2Base {
    /// @notice A batch outside 1..256, or no outputs.
    error BadShape(uint256 batch, uint256 outputs);

    /// @param halo2Verifier_ the generated verifier, already deployed
    /// @param halo2Codehash_ the code hash the deployer believes it has
    /// @param binding_       0 fixed, 1 polycommit, 2 hashed
    /// @param points_        commitment points in a polycommit proof, else 0
    constructor(address halo2Verifier_, bytes32 halo2Codehash_, uint8 binding_, uint8 points_)
        Halo2Base(halo2Verifier_, halo2Codehash_, binding_, points_)
    {}

    /// @inheritdoc IProofVerifier
    /// @dev Returns true or reverts, never false.
    function verify(bytes32 inputHash, bytes32 outputHash, bytes calldata metadata, bytes calldata proof)
        external
        view
        returns (bool accepted)
    {
        _requireAgreedVerifier();
        (bytes32 weightsCommitment, bytes32 tag, uint256 tagHash, uint256[] memory h, uint256[] memory outputs) =
            abi.decode(metadata, (bytes32, bytes32, uint256, uint256[], uint256[]));
        if (inputHash != keccak256(abi.encode(weightsCommitment, tag, h))) revert HashMismatch();
        if (outputHash != keccak256(abi.encode(outputs))) revert HashMismatch();
        if (h.length == 0 || h.length > MAX_BATCH || outputs.length == 0) revert BadShape(h.length, outputs.length);
        _requireProven(weightsCommitment, tag, tagHash, h, _withVoid(outputs), proof);
        return true;
    }

    /// @dev `outputs` and the void after them.
    function _withVoid(uint256[] memory outputs) private pure returns (uint256[] memory extended) {
        extended = new uint256[](outputs.length + 1);
        for (uint256 j = 0; j < outputs.length; ++j) {
            extended[j] = outputs[j];
        }
    }
}
