// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Commitments} from "./Commitments.sol";
import {Documents} from "./Documents.sol";

/// @title The tree over a whole delivery's ciphertexts, built on chain
/// @notice A perfect binary tree of depth ceil(log2 M) over the M cipher leaves, filled up with the empty leaf; leaves and
///         root as {Documents} has them.
library CipherTree {
    bytes32 internal constant EMPTY_LEAF = keccak256("assay/empty-leaf/v1");

    /// @notice The ciphertextRoot of a delivery of documents 0, 1, 2... with `chunks` chunks each.
    /// @param ciphertexts all of them in order, at least one
    /// @param chunks      number of chunks of every document, at least one
    function ciphertextRoot(bytes[] calldata ciphertexts, uint256 chunks) internal pure returns (bytes32) {
        uint256 count = ciphertexts.length;
        bytes32[] memory level = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            level[i] = leaf(i / chunks, i % chunks, ciphertexts[i]);
        }
        return keccak256(abi.encode(Documents.CIPHERTEXT_ROOT, count, treeRoot(level)));
    }

    /// @notice Leaf of one ciphertext: binds whose it is.
    function leaf(uint256 doc, uint256 chunk, bytes calldata ciphertext) internal pure returns (bytes32) {
        return keccak256(bytes.concat(abi.encode(Documents.CIPHER_CHUNK, doc, chunk), ciphertext));
    }

    /// @notice Root over at least one digest; the array serves as scratch space.
    /// @dev Of the empty part of each height one digest is enough: all its nodes are equal.
    function treeRoot(bytes32[] memory level) internal pure returns (bytes32) {
        bytes32 empty = EMPTY_LEAF;
        for (uint256 width = level.length; width > 1; width = (width + 1) / 2) {
            for (uint256 j = 0; j < width; j += 2) {
                level[j / 2] = Commitments.node(level[j], j + 1 < width ? level[j + 1] : empty);
            }
            empty = Commitments.node(empty, empty);
        }
        return level[0];
    }
}
