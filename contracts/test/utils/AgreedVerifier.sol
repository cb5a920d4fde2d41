// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IProofVerifier} from "../../src/interfaces/IProofVerifier.sol";

/// @title Stands in for an adapter: a right proof is the keccak256 of everything the escrow says
contract AgreedVerifier is IProofVerifier {
    function verify(bytes32 inputHash, bytes32 outputHash, bytes calldata metadata, bytes calldata proof)
        external
        pure
        returns (bool accepted)
    {
        return proof.length == 32 && bytes32(proof) == keccak256(abi.encode(inputHash, outputHash, metadata));
    }
}
