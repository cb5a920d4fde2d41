// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title Openings of committed documents, as shown in a complaint
/// @notice See {Documents} for the encodings behind them.
interface IDocuments {
    /// @notice One document of the corpus.
    /// @param index         its number, below the corpus' total
    /// @param h             circuit hash of its view and salt
    /// @param payloadBytes  length of its payload
    /// @param viewSteps     V, number of view steps: its chunks 0..V-1
    /// @param payloadChunks P, number of payload chunks: its chunks V..V+P-1
    /// @param chunksRoot    root of the tree over its chunks' digests
    /// @param path          Merkle siblings from its leaf upwards
    struct DocumentOpening {
        uint256 index;
        uint256 h;
        uint256 payloadBytes;
        uint256 viewSteps;
        uint256 payloadChunks;
        bytes32 chunksRoot;
        bytes32[] path;
    }

    /// @notice The digest of one of a document's chunks.
    /// @param chunk  its number, below V + P
    /// @param digest as committed
    /// @param path   Merkle siblings up to the document's chunksRoot
    struct ChunkOpening {
        uint256 chunk;
        bytes32 digest;
        bytes32[] path;
    }

    /// @notice One ciphertext of a delivery.
    /// @param position   its place in the delivery
    /// @param ciphertext the encrypted chunk
    /// @param path       Merkle siblings up to the delivery's tree
    struct CipherOpening {
        uint256 position;
        bytes ciphertext;
        bytes32[] path;
    }

    /// @notice One view step in clear.
    /// @param chunk   its number, below V
    /// @param content salt, sponge state before the step, elements
    /// @param path    Merkle siblings up to the document's chunksRoot
    struct StepOpening {
        uint256 chunk;
        bytes content;
        bytes32[] path;
    }

    /// @notice The document has no such chunk, or no such view step.
    error NoSuchChunk(uint256 chunk, uint256 chunks);
    /// @notice The delivery has no such position.
    error NoSuchCiphertext(uint256 position, uint256 chunkCount);
    /// @notice The step shown second is not the one after the step shown first.
    error NotTheNextStep(uint256 chunk, uint256 next);
    /// @notice The opened document does not lead to the committed corpus.
    error WrongDocument(bytes32 actual, bytes32 committed);
    /// @notice The opened chunk does not lead to the document's chunks.
    error WrongChunk(bytes32 actual, bytes32 committed);
    /// @notice The opened ciphertext does not lead to the delivery.
    error WrongCiphertext(bytes32 actual, bytes32 committed);
}
