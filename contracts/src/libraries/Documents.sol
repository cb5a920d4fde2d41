// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "../interfaces/IDocuments.sol";
import {Commitments} from "./Commitments.sol";

/// @title Documents: what their commitments are made of, and how they are delivered
/// @notice A document has a view (what the circuit eats: integers, then 8 salt limbs) and a payload (any bytes). Its
///         chunks are V view steps, then P payload chunks:
///         view step      16-byte salt | sponge state before the step, two words | its elements as int32 big-endian:
///                        32 of them, in the last step 1 to 32
///         payload chunk  16-byte salt | up to 1008 bytes
///         chunk digest   keccak256(CHUNK | chunk)
///         chunksRoot     perfect binary tree over the V + P digests, filled up with the empty leaf
///         documentRoot   keccak256(abi.encode(DOCUMENT, payloadBytes, V, P, chunksRoot))
///         The corpus' tree has the leaves Commitments.leaf(i, h_i, documentRoot_i), blank documents included.
///         Delivered is, of every selected document in order, every chunk in order:
///         ciphertext     chunk XOR keystream, block k of it keccak256(abi.encode(key, jobId, document, chunk, k))
///         cipher leaf    keccak256(abi.encode(CIPHER_CHUNK, document, chunk) | ciphertext)
///         ciphertextRoot keccak256(abi.encode(CIPHERTEXT_ROOT, M, tree over the M leaves))
/// @dev Salts lie inside chunks, so that digests handed out before payment cannot be searched for their content.
library Documents {
    bytes32 internal constant CHUNK = keccak256("assay/chunk/v1");
    bytes32 internal constant DOCUMENT = keccak256("assay/document/v1");
    bytes32 internal constant CIPHER_CHUNK = keccak256("assay/cipher-chunk/v1");
    bytes32 internal constant CIPHERTEXT_ROOT = keccak256("assay/ciphertext-root/v1");
    bytes32 internal constant KEY = keccak256("assay/key/v1");

    /// @notice The longest chunk there is.
    uint256 internal constant MAX_CHUNK_BYTES = 1024;
    uint256 internal constant SALT_BYTES = 16;

    /// @notice The responder's commitment to its key; nobody else can use it, in no other job.
    function keyHash(bytes32 jobId, address responder, bytes32 key) internal pure returns (bytes32) {
        return keccak256(abi.encode(KEY, jobId, responder, key));
    }

    /// @notice Digest of a chunk in clear.
    function chunkDigest(bytes memory chunk) internal pure returns (bytes32) {
        return keccak256(bytes.concat(CHUNK, chunk));
    }

    /// @notice What a document's leaf binds beside its hash.
    function documentRoot(IDocuments.DocumentOpening calldata document) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(DOCUMENT, document.payloadBytes, document.viewSteps, document.payloadChunks, document.chunksRoot)
        );
    }

    /// @notice Reverts unless the chunk's digest stands at its place in the document.
    function requireChunk(
        IDocuments.DocumentOpening calldata document,
        uint256 chunk,
        bytes32 digest,
        bytes32[] calldata path
    ) internal pure {
        uint256 chunks = document.viewSteps + document.payloadChunks;
        if (chunk >= chunks) revert IDocuments.NoSuchChunk(chunk, chunks);
        bytes32 root = Commitments.climb(digest, chunk, path, Commitments.depth(chunks));
        if (root != document.chunksRoot) revert IDocuments.WrongChunk(root, document.chunksRoot);
    }

    /// @notice Reverts unless the ciphertext was delivered as that of this chunk of this document.
    function requireCiphertext(
        bytes32 ciphertextRoot,
        uint256 chunkCount,
        uint256 doc,
        uint256 chunk,
        IDocuments.CipherOpening calldata cipher
    ) internal pure {
        if (cipher.position >= chunkCount) {
            revert IDocuments.NoSuchCiphertext(cipher.position, chunkCount);
        }
        bytes32 leaf = keccak256(bytes.concat(abi.encode(CIPHER_CHUNK, doc, chunk), cipher.ciphertext));
        bytes32 tree = Commitments.climb(leaf, cipher.position, cipher.path, Commitments.depth(chunkCount));
        bytes32 root = keccak256(abi.encode(CIPHERTEXT_ROOT, chunkCount, tree));
        if (root != ciphertextRoot) revert IDocuments.WrongCiphertext(root, ciphertextRoot);
    }

    /// @notice The chunk in clear.
    /// @dev The key stream is made and applied by whole words in assembly: byte by byte a chunk would cost 30 times as
    ///      much. Bytes behind the last one, up to a word's end, become rubbish; they lie inside the copy's padding.
    function decrypt(bytes32 key, bytes32 jobId, uint256 doc, uint256 chunk, bytes calldata ciphertext)
        internal
        pure
        returns (bytes memory content)
    {
        content = ciphertext;
        bytes memory block_ = abi.encode(key, jobId, doc, chunk, uint256(0));
        assembly ("memory-safe") {
            let length := mload(content)
            let source := add(block_, 32)
            let target := add(content, 32)
            for { let k := 0 } lt(mul(k, 32), length) { k := add(k, 1) } {
                mstore(add(source, 128), k)
                mstore(target, xor(mload(target), keccak256(source, 160)))
                target := add(target, 32)
            }
        }
    }
}
