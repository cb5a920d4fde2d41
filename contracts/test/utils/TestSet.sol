// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title A committed test set, written anew from its definition and sharing no code with the contracts
/// @notice Example i has circuit hash keccak256("h", i) >> 3 (a canonical field element) and some payload root.
library TestSet {
    bytes32 internal constant EMPTY_LEAF = keccak256("assay/empty-leaf/v1");

    function hashOf(uint256 i) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("h", i))) >> 3;
    }

    function payloadRootOf(uint256 i) internal pure returns (bytes32) {
        return keccak256(abi.encode("payload", i));
    }

    function batchOf(uint256 batchIndex, uint256 batch)
        internal
        pure
        returns (uint256[] memory h, bytes32[] memory payloadRoots)
    {
        h = new uint256[](batch);
        payloadRoots = new bytes32[](batch);
        for (uint256 j = 0; j < batch; ++j) {
            h[j] = hashOf(batchIndex * batch + j);
            payloadRoots[j] = payloadRootOf(batchIndex * batch + j);
        }
    }

    /// @dev Digest at `position` of height `height` (0: leaves) in the tree over `total` examples.
    function digestAt(uint256 total, uint256 height, uint256 position) internal pure returns (bytes32) {
        if (height == 0) {
            if (position >= total) return EMPTY_LEAF;
            return
                keccak256(abi.encode(keccak256("assay/leaf/v1"), position, hashOf(position), payloadRootOf(position)));
        }
        bytes32 left = digestAt(total, height - 1, 2 * position);
        bytes32 right = digestAt(total, height - 1, 2 * position + 1);
        return keccak256(abi.encode(keccak256("assay/node/v1"), left, right));
    }

    function log2Ceil(uint256 n) internal pure returns (uint256 depth) {
        while (1 << depth < n) ++depth;
    }

    function path(uint256 total, uint256 batch, uint256 batchIndex) internal pure returns (bytes32[] memory siblings) {
        uint256 low = log2Ceil(batch);
        siblings = new bytes32[](log2Ceil(total) - low);
        for (uint256 level = 0; level < siblings.length; ++level) {
            siblings[level] = digestAt(total, low + level, (batchIndex >> level) ^ 1);
        }
    }

    function dataRoot(uint256 total, bytes32 formatDigest) internal pure returns (bytes32) {
        bytes32 tree = digestAt(total, log2Ceil(total), 0);
        return keccak256(abi.encode(keccak256("assay/data-root/v1"), total, formatDigest, tree));
    }
}
