// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Poseidon} from "../../src/libraries/Poseidon.sol";

/// @title Made-up documents and their commitments, written anew from their definition
/// @notice Shares nothing with the contracts but the sponge, which has tests of its own.
library TestDocuments {
    uint256 internal constant FIELD = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    /// @dev Element j of document `doc`: any sign, magnitude below 2^24.
    function element(uint256 doc, uint256 j) internal pure returns (int256) {
        return int256(uint256(keccak256(abi.encode("element", doc, j))) % (2 ** 25 - 1)) - (2 ** 24 - 1);
    }

    function fieldOf(int256 x) internal pure returns (uint256) {
        return uint256((x % int256(FIELD) + int256(FIELD)) % int256(FIELD));
    }

    function payload(uint256 doc, uint256 length) internal pure returns (bytes memory) {
        return encrypt("payload", "", doc, 0, new bytes(length));
    }

    function salt(uint256 doc, uint256 chunk) internal pure returns (bytes16) {
        return bytes16(keccak256(abi.encode("salt", doc, chunk)));
    }

    /// @dev All chunks of a document, and its hash.
    function chunks(uint256 doc, uint256 width, uint256 payloadBytes)
        internal
        pure
        returns (bytes[] memory all, uint256 h)
    {
        return chunksFrom(0, 2 ** 64, doc, width, payloadBytes);
    }

    /// @dev The same, hashed from another state than the sponge's start.
    function chunksFrom(uint256 s0, uint256 s1, uint256 doc, uint256 width, uint256 payloadBytes)
        internal
        pure
        returns (bytes[] memory all, uint256 h)
    {
        uint256 steps = (width + 31) / 32;
        all = new bytes[](steps + (payloadBytes + 1007) / 1008);
        h = s0;
        for (uint256 c = 0; c < steps; ++c) {
            (all[c], h, s1) = step(doc, c, width, h, s1);
        }
        bytes memory body = payload(doc, payloadBytes);
        for (uint256 c = steps; c < all.length; ++c) {
            uint256 from = 1008 * (c - steps);
            uint256 to = from + 1008 < payloadBytes ? from + 1008 : payloadBytes;
            all[c] = bytes.concat(salt(doc, c), slice(body, from, to));
        }
    }

    function step(uint256 doc, uint256 c, uint256 width, uint256 s0, uint256 s1)
        private
        pure
        returns (bytes memory content, uint256 t0, uint256 t1)
    {
        uint256 n = width - 32 * c < 32 ? width - 32 * c : 32;
        uint256[] memory field = new uint256[](n);
        content = abi.encodePacked(salt(doc, c), s0, s1);
        for (uint256 j = 0; j < n; ++j) {
            int256 x = element(doc, 32 * c + j);
            field[j] = fieldOf(x);
            content = abi.encodePacked(content, int32(x));
        }
        (t0, t1) = Poseidon.absorb(s0, s1, field);
    }

    function slice(bytes memory from, uint256 start, uint256 end) internal pure returns (bytes memory part) {
        part = new bytes(end - start);
        assembly ("memory-safe") {
            mcopy(add(part, 32), add(add(from, 32), start), sub(end, start))
        }
    }

    function digests(bytes[] memory all) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](all.length);
        for (uint256 i = 0; i < all.length; ++i) {
            leaves[i] = keccak256(abi.encodePacked(keccak256("assay/chunk/v1"), all[i]));
        }
    }

    function documentRoot(uint256 payloadBytes, uint256 viewSteps, uint256 payloadChunks, bytes32 chunksRoot)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(keccak256("assay/document/v1"), payloadBytes, viewSteps, payloadChunks, chunksRoot));
    }

    // ------------------------------------------------------------ trees

    /// @dev Digest at `position`, `height` above the leaves.
    function digestAt(bytes32[] memory leaves, uint256 height, uint256 position) internal pure returns (bytes32) {
        if (height == 0) return position < leaves.length ? leaves[position] : keccak256("assay/empty-leaf/v1");
        bytes32 left = digestAt(leaves, height - 1, 2 * position);
        bytes32 right = digestAt(leaves, height - 1, 2 * position + 1);
        return keccak256(abi.encode(keccak256("assay/node/v1"), left, right));
    }

    function depthOf(uint256 leaves) internal pure returns (uint256 depth) {
        while (1 << depth < leaves) ++depth;
    }

    function rootOf(bytes32[] memory leaves) internal pure returns (bytes32) {
        return digestAt(leaves, depthOf(leaves.length), 0);
    }

    /// @dev Siblings of the node at `position`, `low` above the leaves.
    function path(bytes32[] memory leaves, uint256 low, uint256 position) internal pure returns (bytes32[] memory up) {
        up = new bytes32[](depthOf(leaves.length) - low);
        for (uint256 level = 0; level < up.length; ++level) {
            up[level] = digestAt(leaves, low + level, (position >> level) ^ 1);
        }
    }

    // ------------------------------------------------------------ delivery

    /// @dev By whole words; the bytes behind the end are copied off.
    function encrypt(bytes32 key, bytes32 jobId, uint256 doc, uint256 chunk, bytes memory content)
        internal
        pure
        returns (bytes memory)
    {
        bytes memory out = bytes.concat(content, new bytes(32));
        for (uint256 k = 0; 32 * k < content.length; ++k) {
            bytes32 stream = keccak256(abi.encode(key, jobId, doc, chunk, k));
            assembly ("memory-safe") {
                let at := add(add(out, 32), mul(32, k))
                mstore(at, xor(mload(at), stream))
            }
        }
        return slice(out, 0, content.length);
    }

    /// @dev The same, byte by byte.
    function encryptSlowly(bytes32 key, bytes32 jobId, uint256 doc, uint256 chunk, bytes memory content)
        internal
        pure
        returns (bytes memory out)
    {
        out = new bytes(content.length);
        bytes32 stream;
        for (uint256 i = 0; i < content.length; ++i) {
            if (i % 32 == 0) stream = keccak256(abi.encode(key, jobId, doc, chunk, i / 32));
            out[i] = content[i] ^ stream[i % 32];
        }
    }

    function cipherLeaf(uint256 doc, uint256 chunk, bytes memory ciphertext) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(keccak256("assay/cipher-chunk/v1"), doc, chunk, ciphertext));
    }

    function ciphertextRoot(bytes32[] memory leaves) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("assay/ciphertext-root/v1"), leaves.length, rootOf(leaves)));
    }

    function keyHash(bytes32 jobId, address responder, bytes32 key) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("assay/key/v1"), jobId, responder, key));
    }
}
