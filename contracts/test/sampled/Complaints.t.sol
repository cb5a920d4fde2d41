// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "../../src/interfaces/IDocuments.sol";
import {ISampledEscrow} from "../../src/interfaces/ISampledEscrow.sol";
import {Commitments} from "../../src/libraries/Commitments.sol";
import {SampledFixture} from "../utils/SampledFixture.sol";
import {TestDocuments} from "../utils/TestDocuments.sol";

/// @dev Complaints about honest hand-overs all fail, however they are bent.
contract HonestHandOverTest is SampledFixture {
    bytes32 private jobId;
    bytes[] private sent;

    function setUp() public override {
        super.setUp();
        jobId = revealed(defaultTerms());
        sent = ciphertextsOf(jobId);
    }

    function complain(
        IDocuments.DocumentOpening memory document,
        IDocuments.ChunkOpening memory chunk,
        IDocuments.CipherOpening memory cipher
    ) private {
        vm.prank(seller);
        escrow.complainDecryption(jobId, document, chunk, cipher);
    }

    function complainView(
        IDocuments.DocumentOpening memory document,
        IDocuments.StepOpening memory step,
        IDocuments.StepOpening memory next
    ) private {
        vm.prank(seller);
        escrow.complainView(jobId, document, step, next);
    }

    function first() private view returns (uint256) {
        return restOf(jobId)[0];
    }

    function test_noChunkOfTheRestCanBeComplainedAgainst() public {
        uint32[] memory rest = restOf(jobId);
        for (uint256 k = 0; k < rest.length; ++k) {
            for (uint256 chunk = 0; chunk < 2; ++chunk) {
                IDocuments.DocumentOpening memory document = opening(rest[k]);
                IDocuments.CipherOpening memory cipher = cipherOpening(sent, rest[k], chunk);
                vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.ChunkIsHonest.selector, rest[k], chunk));
                complain(document, chunkOpening(rest[k], chunk), cipher);
                vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.ViewIsHonest.selector, rest[k], chunk));
                complainView(document, stepOpening(rest[k], chunk), stepOpening(rest[k], 1));
            }
        }
    }

    /// @dev Under the rest's key the sample would seem to be rubbish.
    function test_nobodyComplainsAboutTheSample() public {
        for (uint256 i = 0; i < total(); ++i) {
            if (!escrow.spent(jobId, i)) continue;
            IDocuments.DocumentOpening memory document = opening(i);
            IDocuments.CipherOpening memory cipher = cipherOpening(sent, i, 0);
            bytes memory refusal = abi.encodeWithSelector(ISampledEscrow.ExampleSpent.selector, i);
            vm.expectRevert(refusal);
            complain(document, chunkOpening(i, 0), cipher);
            vm.expectRevert(refusal);
            complainView(document, stepOpening(i, 0), stepOpening(i, 1));
        }
    }

    /// @dev Nor by another name: the index is in the leaf.
    function test_theSampleHasNoOtherName() public {
        uint256 drawn;
        while (!escrow.spent(jobId, drawn)) ++drawn;
        uint256[4] memory names = [first(), drawn + 16, drawn + 256, type(uint256).max];
        for (uint256 k = 0; k < names.length; ++k) {
            IDocuments.DocumentOpening memory document = opening(drawn);
            document.index = names[k];
            IDocuments.CipherOpening memory cipher = cipherOpening(sent, drawn, 0);
            vm.expectPartialRevert(IDocuments.WrongDocument.selector);
            complain(document, chunkOpening(drawn, 0), cipher);
        }
    }

    function test_anotherDocumentIsRefused() public {
        uint256 i = first();
        for (uint256 field = 0; field < 7; ++field) {
            IDocuments.DocumentOpening memory document = opening(i);
            if (field == 0) document.index = restOf(jobId)[1];
            if (field == 1) ++document.h;
            if (field == 2) ++document.payloadBytes;
            if (field == 3) ++document.viewSteps;
            if (field == 4) ++document.payloadChunks;
            if (field == 5) document.chunksRoot = "other";
            if (field == 6) document.path[1] = "other";
            IDocuments.CipherOpening memory cipher = cipherOpening(sent, i, 0);
            vm.expectPartialRevert(IDocuments.WrongDocument.selector);
            complain(document, chunkOpening(i, 0), cipher);
            vm.expectPartialRevert(IDocuments.WrongDocument.selector);
            complainView(document, stepOpening(i, 0), stepOpening(i, 1));
        }
    }

    function test_secondEncodingOfAHashIsRefused() public {
        uint256 i = first();
        IDocuments.DocumentOpening memory document = opening(i);
        document.h += Commitments.FIELD_ORDER;
        vm.expectPartialRevert(Commitments.HashNotInField.selector);
        complainView(document, stepOpening(i, 1), stepOpening(i, 1));
    }

    function test_otherChunksAndCiphertextsAreRefused() public {
        uint256 i = first();
        IDocuments.ChunkOpening memory chunk = chunkOpening(i, 0);
        chunk.digest = "other";
        vm.expectPartialRevert(IDocuments.WrongChunk.selector);
        complain(opening(i), chunk, cipherOpening(sent, i, 0));
        vm.expectPartialRevert(IDocuments.WrongCiphertext.selector);
        complain(opening(i), chunkOpening(i, 1), cipherOpening(sent, i, 0));
        IDocuments.CipherOpening memory cipher = cipherOpening(sent, i, 0);
        cipher.ciphertext[3] ^= 0x01;
        vm.expectPartialRevert(IDocuments.WrongCiphertext.selector);
        complain(opening(i), chunkOpening(i, 0), cipher);
        cipher.position = 24;
        vm.expectRevert(abi.encodeWithSelector(IDocuments.NoSuchCiphertext.selector, 24, 24));
        complain(opening(i), chunkOpening(i, 0), cipher);
    }

    /// @dev A neighbour's job over the same test set, with the same keys, has other ciphertexts.
    function test_openingsOfAnotherJobAreRefused() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.nonce = 2;
        bytes32 other = revealed(terms);
        bytes[] memory theirs = ciphertextsOf(other);
        uint256 i = first();
        while (escrow.spent(other, i) || escrow.spent(jobId, i)) ++i;
        IDocuments.CipherOpening memory cipher = cipherOpening(theirs, i, 0);
        vm.expectPartialRevert(IDocuments.WrongCiphertext.selector);
        complain(opening(i), chunkOpening(i, 0), cipher);
    }
}

/// @dev Each fault of a buyer is found by the complaint made for it, and costs it everything.
contract FaultyHandOverTest is SampledFixture {
    function expectSpoiled(bytes32 jobId) private view {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        expectState(jobId, ISampledEscrow.State.Spoiled);
        expectPayoffs(0, 4 * uint256(terms.total) * terms.exampleCost, 2 * uint256(terms.fee));
        vm.assertEq(escrow.aborts(modelId), 0, "the seller is not to blame");
    }

    function uphold(uint256 k, uint256 chunk, bytes memory ciphertext) private {
        bytes32 jobId = accepted(defaultTerms());
        bytes[] memory sent = ciphertextsOf(jobId);
        uint256 i = restOf(jobId)[k];
        sent[i * steps() + chunk] = ciphertext;
        handOver(jobId, sent);
        proceed(jobId);
        reveal(jobId);
        upholdDecryption(jobId, sent, i, chunk);
    }

    function upholdDecryption(bytes32 jobId, bytes[] memory sent, uint256 i, uint256 chunk) private {
        IDocuments.DocumentOpening memory document = opening(i);
        IDocuments.ChunkOpening memory digest = chunkOpening(i, chunk);
        IDocuments.CipherOpening memory cipher = cipherOpening(sent, i, chunk);
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.ComplaintUpheld(jobId, i, chunk, ISampledEscrow.Complaint.Decryption);
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.JobSpoiled(jobId, ISampledEscrow.State.Revealed);
        vm.prank(seller);
        escrow.complainDecryption(jobId, document, digest, cipher);
        expectSpoiled(jobId);
    }

    function honest(uint256 k, uint256 chunk) private view returns (bytes memory) {
        bytes32 jobId = escrow.jobIdOf(defaultTerms());
        uint256 i = restBeforehand(jobId)[k];
        return TestDocuments.encrypt(REST_KEY, jobId, i, chunk, contents[i][chunk]);
    }

    /// @dev The rest of a job whose acceptance is still to come, with the fixture's seed.
    function restBeforehand(bytes32 jobId) private pure returns (uint256[] memory rest) {
        bool[] memory drawn = new bool[](total());
        uint256 count;
        for (uint256 t = 0; count < sampleSize(); ++t) {
            bytes32 digest = keccak256(abi.encode(keccak256("assay/sample/v1"), jobId, bytes32("seed"), t));
            uint256 i = uint256(digest) % total();
            if (!drawn[i]) ++count;
            drawn[i] = true;
        }
        rest = new uint256[](total() - count);
        uint256 found;
        for (uint256 i = 0; i < total(); ++i) {
            if (!drawn[i]) rest[found++] = i;
        }
    }

    function testFuzz_anyCorruptedByteIsFound(uint256 which, uint256 place, uint8 flip) public {
        (uint256 k, uint256 chunk) = (which % 8, (which / 8) % 2);
        bytes memory ciphertext = honest(k, chunk);
        ciphertext[place % ciphertext.length] ^= bytes1(uint8(bound(flip, 1, 255)));
        uphold(k, chunk, ciphertext);
    }

    function test_lengthsAreFound() public {
        bytes memory whole = honest(2, 1);
        uphold(2, 1, TestDocuments.slice(whole, 0, whole.length - 1));
    }

    function test_anEmptyCiphertextIsFound() public {
        uphold(0, 0, "");
    }

    function test_aCiphertextFarTooLongIsFound() public {
        uphold(7, 1, new bytes(20_000));
    }

    /// @dev The rest encrypted under another key than revealed, though committed to all the same.
    function test_anotherKeyThanCommittedIsFound() public {
        bytes32 jobId = accepted(defaultTerms());
        bytes[] memory sent = ciphertextsOf(jobId);
        uint256 i = restOf(jobId)[3];
        sent[i * steps()] = TestDocuments.encrypt(SAMPLE_KEY, jobId, i, 0, contents[i][0]);
        handOver(jobId, sent);
        post(jobId, sent);
        proceed(jobId);
        reveal(jobId);
        upholdDecryption(jobId, sent, i, 0);
    }

    function post(bytes32 jobId, bytes[] memory sent) private {
        vm.prank(buyer);
        escrow.postCiphertext(jobId, SAMPLE_KEY, sent, "");
    }

    /// @dev Why a seller compares the chunk count with what it holds before it promises: under a root made over another
    ///      number no ciphertext can be shown.
    function test_aCountOtherThanTheRootsLeavesNoComplaint() public {
        bytes32 jobId = accepted(defaultTerms());
        bytes[] memory sent = ciphertextsOf(jobId);
        uint256 i = restOf(jobId)[0];
        sent[i * steps()] = "";
        bytes32 root = TestDocuments.ciphertextRoot(cipherLeaves(sent));
        bytes32 keyHash = TestDocuments.keyHash(jobId, buyer, REST_KEY);
        vm.prank(buyer);
        escrow.handOver(jobId, "seed", root, uint64(2 * sent.length), "sample", keyHash);
        proceed(jobId);
        reveal(jobId);
        IDocuments.DocumentOpening memory document = opening(i);
        IDocuments.CipherOpening memory cipher = cipherOpening(sent, i, 0);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(Commitments.MisshapenPath.selector, 5, 6));
        escrow.complainDecryption(jobId, document, chunkOpening(i, 0), cipher);
        cipher.path = new bytes32[](6);
        vm.prank(seller);
        vm.expectPartialRevert(IDocuments.WrongCiphertext.selector);
        escrow.complainDecryption(jobId, document, chunkOpening(i, 0), cipher);
    }

    /// @dev Committed rows that do not hash to what the circuit would be given: no proof could be made on them.
    function test_aViewThatIsNotTheHashIsFound() public {
        for (uint256 i = 0; i < total(); ++i) {
            commit(i, contents[i], hashes[i] ^ 1);
        }
        bytes32 jobId = revealed(defaultTerms());
        uint256 example = restOf(jobId)[5];
        IDocuments.DocumentOpening memory document = opening(example);
        IDocuments.StepOpening memory last = stepOpening(example, 1);
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.ComplaintUpheld(jobId, example, 1, ISampledEscrow.Complaint.View);
        vm.prank(seller);
        escrow.complainView(jobId, document, last, last);
        expectSpoiled(jobId);
    }

    /// @dev A step that does not lead to the next one, and one of the wrong length.
    function test_aBrokenStepIsFound() public {
        for (uint256 kind = 0; kind < 2; ++kind) {
            for (uint256 i = 0; i < total(); ++i) {
                (bytes[] memory chunks, uint256 h) = TestDocuments.chunks(i, width(), 0);
                if (kind == 0) chunks[0][100] ^= 0x01;
                else chunks[0] = TestDocuments.slice(chunks[0], 0, chunks[0].length - 4);
                commit(i, chunks, h);
            }
            ISampledEscrow.SampledTerms memory terms = defaultTerms();
            terms.nonce = kind;
            bytes32 jobId = revealed(terms);
            uint256 example = restOf(jobId)[0];
            IDocuments.DocumentOpening memory document = opening(example);
            (IDocuments.StepOpening memory step, IDocuments.StepOpening memory next) =
                (stepOpening(example, 0), stepOpening(example, 1));
            vm.prank(seller);
            escrow.complainView(jobId, document, step, next);
            expectState(jobId, ISampledEscrow.State.Spoiled);
        }
    }
}
