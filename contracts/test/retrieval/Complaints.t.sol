// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "../../src/interfaces/IDocuments.sol";
import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IRetrievalEscrow} from "../../src/interfaces/IRetrievalEscrow.sol";
import {Commitments} from "../../src/libraries/Commitments.sol";
import {RetrievalFixture} from "../utils/RetrievalFixture.sol";
import {TestDocuments} from "../utils/TestDocuments.sol";

/// @dev Complaints about honest deliveries all fail, whoever makes them and however they are bent.
contract HonestDeliveryTest is RetrievalFixture {
    bytes32 private jobId;

    function setUp() public override {
        super.setUp();
        jobId = revealed(defaultTerms());
    }

    function complainDecryption(
        IDocuments.DocumentOpening memory document,
        IDocuments.ChunkOpening memory chunk,
        IDocuments.CipherOpening memory cipher
    ) private {
        escrow.complainDecryption(jobId, document, chunk, cipher);
    }

    function test_noChunkOfAnHonestDeliveryCanBeComplainedAgainst() public {
        for (uint256 doc = 1; doc <= 4; doc += 3) {
            for (uint256 chunk = 0; chunk < chunksOf(doc).length; ++chunk) {
                IDocuments.CipherOpening memory cipher = cipherOpening(jobId, doc, chunk);
                vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.ChunkIsHonest.selector, doc, chunk));
                complainDecryption(opening(doc), chunkOpening(doc, chunk), cipher);
            }
        }
    }

    function test_noStepOfAnHonestViewCanBeComplainedAgainst() public {
        for (uint256 doc = 1; doc <= 4; doc += 3) {
            for (uint256 chunk = 0; chunk < 2; ++chunk) {
                IDocuments.StepOpening memory next = stepOpening(doc, 1);
                vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.ViewIsHonest.selector, doc, chunk));
                escrow.complainView(jobId, opening(doc), stepOpening(doc, chunk), next);
            }
        }
    }

    function test_onlySoldDocuments() public {
        uint256[4] memory others = [uint256(0), 2, 5, 2 ** 255];
        for (uint256 i = 0; i < others.length; ++i) {
            IDocuments.DocumentOpening memory document = opening(1);
            document.index = others[i];
            IDocuments.CipherOpening memory cipher = cipherOpening(jobId, 1, 0);
            bytes memory refusal = abi.encodeWithSelector(IRetrievalEscrow.NotSelected.selector, others[i]);
            vm.expectRevert(refusal);
            complainDecryption(document, chunkOpening(1, 0), cipher);
            vm.expectRevert(refusal);
            escrow.complainView(jobId, document, stepOpening(1, 0), stepOpening(1, 1));
        }
    }

    /// @dev Every field of the document's opening is bound.
    function test_anotherDocumentIsRefused() public {
        IDocuments.CipherOpening memory cipher = cipherOpening(jobId, 1, 0);
        for (uint256 field = 0; field < 7; ++field) {
            IDocuments.DocumentOpening memory document = opening(1);
            if (field == 0) document.index = 4;
            if (field == 1) ++document.h;
            if (field == 2) ++document.payloadBytes;
            if (field == 3) ++document.viewSteps;
            if (field == 4) ++document.payloadChunks;
            if (field == 5) document.chunksRoot = "other";
            if (field == 6) document.path[1] = "other";
            vm.expectPartialRevert(IDocuments.WrongDocument.selector);
            complainDecryption(document, chunkOpening(1, 0), cipher);
            vm.expectPartialRevert(IDocuments.WrongDocument.selector);
            escrow.complainView(jobId, document, stepOpening(1, 0), stepOpening(1, 1));
        }
    }

    function test_secondEncodingOfAHashIsRefused() public {
        IDocuments.DocumentOpening memory document = opening(1);
        document.h += Commitments.FIELD_ORDER;
        vm.expectPartialRevert(Commitments.HashNotInField.selector);
        escrow.complainView(jobId, document, stepOpening(1, 1), stepOpening(1, 1));
    }

    function test_pathsHaveTheirExactLength() public {
        IDocuments.CipherOpening memory cipher = cipherOpening(jobId, 1, 0);
        IDocuments.DocumentOpening memory document = opening(1);
        document.path = new bytes32[](2);
        vm.expectRevert(abi.encodeWithSelector(Commitments.MisshapenPath.selector, 2, 3));
        complainDecryption(document, chunkOpening(1, 0), cipher);

        IDocuments.ChunkOpening memory chunk = chunkOpening(1, 0);
        chunk.path = new bytes32[](3);
        vm.expectRevert(abi.encodeWithSelector(Commitments.MisshapenPath.selector, 3, 2));
        complainDecryption(opening(1), chunk, cipher);

        cipher.path = new bytes32[](0);
        vm.expectRevert(abi.encodeWithSelector(Commitments.MisshapenPath.selector, 0, 3));
        complainDecryption(opening(1), chunkOpening(1, 0), cipher);
    }

    function test_otherChunksAreRefused() public {
        IDocuments.CipherOpening memory cipher = cipherOpening(jobId, 1, 0);
        IDocuments.ChunkOpening memory chunk = chunkOpening(1, 0);
        chunk.digest = "other";
        vm.expectPartialRevert(IDocuments.WrongChunk.selector);
        complainDecryption(opening(1), chunk, cipher);

        chunk = chunkOpening(1, 0);
        chunk.chunk = 1;
        vm.expectPartialRevert(IDocuments.WrongChunk.selector);
        complainDecryption(opening(1), chunk, cipher);

        chunk.chunk = 3;
        vm.expectRevert(abi.encodeWithSelector(IDocuments.NoSuchChunk.selector, 3, 3));
        complainDecryption(opening(1), chunk, cipher);
    }

    function test_otherCiphertextsAreRefused() public {
        IDocuments.CipherOpening memory cipher = cipherOpening(jobId, 1, 0);
        vm.expectPartialRevert(IDocuments.WrongCiphertext.selector);
        complainDecryption(opening(1), chunkOpening(1, 1), cipher);
        cipher.ciphertext[3] ^= 0x01;
        vm.expectPartialRevert(IDocuments.WrongCiphertext.selector);
        complainDecryption(opening(1), chunkOpening(1, 0), cipher);
        uint256 count = escrow.job(jobId).chunkCount;
        cipher.position = count;
        vm.expectRevert(abi.encodeWithSelector(IDocuments.NoSuchCiphertext.selector, count, count));
        complainDecryption(opening(1), chunkOpening(1, 0), cipher);
    }

    /// @dev A payload chunk is no view step, a step shown twice no successor.
    function test_stepsAreStepsInOrder() public {
        vm.expectRevert(abi.encodeWithSelector(IDocuments.NoSuchChunk.selector, 2, 2));
        escrow.complainView(jobId, opening(1), stepOpening(1, 2), stepOpening(1, 1));
        vm.expectRevert(abi.encodeWithSelector(IDocuments.NotTheNextStep.selector, 0, 0));
        escrow.complainView(jobId, opening(1), stepOpening(1, 0), stepOpening(1, 0));
        vm.expectRevert(abi.encodeWithSelector(IDocuments.NotTheNextStep.selector, 0, 2));
        escrow.complainView(jobId, opening(1), stepOpening(1, 0), stepOpening(1, 2));
        IDocuments.StepOpening memory bent = stepOpening(1, 1);
        bent.content[20] ^= 0x01;
        vm.expectPartialRevert(IDocuments.WrongChunk.selector);
        escrow.complainView(jobId, opening(1), stepOpening(1, 0), bent);
        vm.expectPartialRevert(IDocuments.WrongChunk.selector);
        escrow.complainView(jobId, opening(1), bent, bent);
    }

    function test_onlyWhileRevealedAndInTime() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        terms.nonce = 2;
        bytes32 early = acknowledged(terms);
        IDocuments.CipherOpening memory cipher = cipherOpening(early, 1, 0);
        vm.expectRevert(
            abi.encodeWithSelector(
                IEscrow.WrongState.selector, IRetrievalEscrow.State.Locked, IRetrievalEscrow.State.Revealed
            )
        );
        escrow.complainDecryption(early, opening(1), chunkOpening(1, 0), cipher);

        uint64 deadline = escrow.job(jobId).deadline;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.TooLate.selector, deadline));
        complainDecryption(opening(1), chunkOpening(1, 0), cipher);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.TooLate.selector, deadline));
        escrow.complainView(jobId, opening(1), stepOpening(1, 0), stepOpening(1, 1));
    }
}

/// @dev Faulty ciphertexts: each fault is found by the complaint made for it.
contract FaultyDeliveryTest is RetrievalFixture {
    /// @dev A revealed job whose ciphertext at `position` is another one, and the opening of that one.
    function faulty(uint256 doc, uint256 chunk, bytes memory ciphertext)
        private
        returns (bytes32 jobId, IDocuments.CipherOpening memory cipher)
    {
        jobId = searched(defaultTerms());
        bytes32[] memory all = cipherLeaves(jobId);
        uint256 position = positionOf(jobId, doc, chunk);
        all[position] = TestDocuments.cipherLeaf(doc, chunk, ciphertext);
        deliverRoot(jobId, TestDocuments.ciphertextRoot(all), uint64(all.length));
        acknowledge(jobId);
        vm.prank(responder);
        escrow.reveal(jobId, KEY);
        cipher = IDocuments.CipherOpening(position, ciphertext, TestDocuments.path(all, 0, position));
    }

    function honestCiphertext(uint256 doc, uint256 chunk) private view returns (bytes memory) {
        bytes32 jobId = escrow.jobIdOf(defaultTerms());
        return TestDocuments.encrypt(KEY, jobId, doc, chunk, chunksOf(doc)[chunk]);
    }

    function uphold(uint256 doc, uint256 chunk, bytes memory ciphertext) private returns (bytes32 jobId) {
        IDocuments.CipherOpening memory cipher;
        (jobId, cipher) = faulty(doc, chunk, ciphertext);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.ComplaintUpheld(jobId, doc, chunk, IRetrievalEscrow.Complaint.Decryption);
        vm.prank(stranger);
        escrow.complainDecryption(jobId, opening(doc), chunkOpening(doc, chunk), cipher);
        expectState(jobId, IRetrievalEscrow.State.Rejected);
    }

    /// @dev The base fee was earned; everything else of the responder's goes to the requester.
    function testFuzz_anyCorruptedByteIsFound(uint256 which, uint256 byteAt, uint8 flip) public {
        (uint256 doc, uint256 chunk) = which % 2 == 0 ? (uint256(1), which % 3) : (uint256(4), which % 4);
        bytes memory ciphertext = honestCiphertext(doc, chunk);
        byteAt %= ciphertext.length;
        ciphertext[byteAt] ^= bytes1(uint8(bound(flip, 1, 255)));
        uphold(doc, chunk, ciphertext);
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        expectPayoffs(uint256(terms.cap) * terms.price + terms.deposit, terms.baseFee, 2 * terms.fee);
    }

    function test_aChunkCutShortIsFound() public {
        bytes memory whole = honestCiphertext(4, 3);
        uphold(4, 3, TestDocuments.slice(whole, 0, whole.length - 1));
    }

    function test_aChunkWithAByteMoreIsFound() public {
        uphold(1, 2, bytes.concat(honestCiphertext(1, 2), hex"00"));
    }

    function test_anEmptyCiphertextIsFound() public {
        uphold(1, 0, "");
    }

    function test_aCiphertextFarTooLongIsFound() public {
        uphold(1, 0, new bytes(20_000));
    }

    /// @dev Even if what was committed is as long: no chunk is.
    function test_aChunkTooLongIsFoundThoughItDecrypts() public {
        bytes[] memory chunks = chunksOf(1);
        for (uint256 length = 1024; length <= 1025; ++length) {
            chunks[2] = new bytes(length);
            commit(1, chunks, hashOf(1));
            IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
            terms.nonce = length;
            bytes32 jobId = revealed(terms);
            IDocuments.CipherOpening memory cipher = cipherOpening(jobId, 1, 2);
            IDocuments.DocumentOpening memory document = opening(1);
            IDocuments.ChunkOpening memory chunk = chunkOpening(1, 2);
            if (length == 1024) vm.expectPartialRevert(IRetrievalEscrow.ChunkIsHonest.selector);
            escrow.complainDecryption(jobId, document, chunk, cipher);
        }
    }

    /// @dev The same ciphertext in another place: the key stream belongs to document and chunk.
    function test_swappedCiphertextsAreFound() public {
        uphold(4, 0, honestCiphertext(1, 0));
    }
}
