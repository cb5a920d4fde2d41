// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocumentJudge} from "./interfaces/IDocumentJudge.sol";
import {Commitments} from "./libraries/Commitments.sol";
import {Documents} from "./libraries/Documents.sol";
import {Poseidon} from "./libraries/Poseidon.sol";
import {POSEIDON_ORDER} from "./libraries/PoseidonTable.sol";
import {ViewSteps} from "./libraries/ViewSteps.sol";

/// @title Document judge
/// @notice See {IDocumentJudge}. Apart from the escrow only because together they would be larger than a contract may be.
contract DocumentJudge is IDocumentJudge {
    /// @inheritdoc IDocumentJudge
    /// @dev A ciphertext longer than any chunk is refuted by its length.
    function badDecryption(
        Corpus calldata corpus,
        Delivery calldata delivery,
        DocumentOpening calldata document,
        ChunkOpening calldata chunk,
        CipherOpening calldata cipher
    ) external pure returns (bool faulty) {
        _requireDocument(corpus, document);
        Documents.requireChunk(document, chunk.chunk, chunk.digest, chunk.path);
        Documents.requireCiphertext(delivery.ciphertextRoot, delivery.chunkCount, document.index, chunk.chunk, cipher);
        if (cipher.ciphertext.length > Documents.MAX_CHUNK_BYTES) return true;
        bytes memory content =
            Documents.decrypt(delivery.key, delivery.jobId, document.index, chunk.chunk, cipher.ciphertext);
        return Documents.chunkDigest(content) != chunk.digest;
    }

    /// @inheritdoc IDocumentJudge
    function badView(
        Corpus calldata corpus,
        DocumentOpening calldata document,
        StepOpening calldata step,
        StepOpening calldata next
    ) external pure returns (bool faulty) {
        _requireDocument(corpus, document);
        _requireStep(document, step);
        bool last = step.chunk + 1 == document.viewSteps;
        if (!last) {
            if (next.chunk != step.chunk + 1) revert NotTheNextStep(step.chunk, next.chunk);
            _requireStep(document, next);
        }
        if (!ViewSteps.wellFormed(step.content, last) || _badStart(step)) return true;
        (uint256 s0, uint256 s1) = ViewSteps.stateAfter(step.content);
        return last ? s0 != document.h : _otherStart(document, next, s0, s1);
    }

    function _requireDocument(Corpus calldata corpus, DocumentOpening calldata document) private pure {
        uint256 padded = (corpus.total + corpus.batch - 1) / corpus.batch * corpus.batch;
        bytes32 leaf = Commitments.leaf(document.index, document.h, Documents.documentRoot(document));
        bytes32 tree = Commitments.climb(leaf, document.index, document.path, Commitments.depth(padded));
        bytes32 root = Commitments.dataRoot(corpus.total, corpus.formatDigest, tree);
        if (root != corpus.root) revert WrongDocument(root, corpus.root);
    }

    function _requireStep(DocumentOpening calldata document, StepOpening calldata step) private pure {
        if (step.chunk >= document.viewSteps) revert NoSuchChunk(step.chunk, document.viewSteps);
        Documents.requireChunk(document, step.chunk, Documents.chunkDigest(step.content), step.path);
    }

    /// @dev Whether a well-formed step's own state is out of the field or, if it is the first, not the sponge's start.
    function _badStart(StepOpening calldata step) private pure returns (bool) {
        (uint256 s0, uint256 s1) = ViewSteps.stateBefore(step.content);
        if (step.chunk == 0) return s0 != Poseidon.START_0 || s1 != Poseidon.START_1;
        return s0 >= POSEIDON_ORDER || s1 >= POSEIDON_ORDER;
    }

    /// @dev Whether the next step is malformed or begins with another state than (s0, s1).
    function _otherStart(DocumentOpening calldata document, StepOpening calldata next, uint256 s0, uint256 s1)
        private
        pure
        returns (bool)
    {
        if (!ViewSteps.wellFormed(next.content, next.chunk + 1 == document.viewSteps)) return true;
        (uint256 t0, uint256 t1) = ViewSteps.stateBefore(next.content);
        return s0 != t0 || s1 != t1;
    }
}
