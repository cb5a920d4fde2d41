// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "./IDocuments.sol";

/// @title Decides complaints about delivered documents
/// @notice Holds nothing and remembers nothing: the same question has the same answer for ever. Openings that do not
///         lead to what was committed make it revert, they are never counted against the responder.
interface IDocumentJudge is IDocuments {
    /// @notice What was committed before the job.
    /// @param root         of the corpus
    /// @param formatDigest of its views
    /// @param total        number of real documents
    /// @param batch        documents per proof; the tree is padded to a multiple of it
    struct Corpus {
        bytes32 root;
        bytes32 formatDigest;
        uint256 total;
        uint256 batch;
    }

    /// @notice What was delivered.
    /// @param jobId          the job, part of every keystream block
    /// @param key            as revealed
    /// @param ciphertextRoot as delivered
    /// @param chunkCount     number of ciphertexts
    struct Delivery {
        bytes32 jobId;
        bytes32 key;
        bytes32 ciphertextRoot;
        uint256 chunkCount;
    }

    /// @notice Whether the delivered ciphertext fails to decrypt to the committed chunk.
    function badDecryption(
        Corpus calldata corpus,
        Delivery calldata delivery,
        DocumentOpening calldata document,
        ChunkOpening calldata chunk,
        CipherOpening calldata cipher
    ) external pure returns (bool faulty);

    /// @notice Whether the committed view step is malformed, begins with a wrong state, or does not lead to the state
    ///         of the step after it; the last one: to the document's hash.
    /// @param next the step after `step`; not looked at when `step` is the document's last
    function badView(
        Corpus calldata corpus,
        DocumentOpening calldata document,
        StepOpening calldata step,
        StepOpening calldata next
    ) external pure returns (bool faulty);
}
