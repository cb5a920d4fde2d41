// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IRetrievalEscrow} from "../../src/interfaces/IRetrievalEscrow.sol";
import {CodeHash} from "../../src/libraries/CodeHash.sol";
import {Commitments} from "../../src/libraries/Commitments.sol";
import {FixedAnswer} from "../utils/FakeHalo2Verifier.sol";
import {RetrievalFixture} from "../utils/RetrievalFixture.sol";

/// @dev submitBatch: 5 documents in 2 batches of 4, cap 3.
contract SearchTest is RetrievalFixture {
    function refuse(bytes32 jobId, IRetrievalEscrow.BitsProof memory batch, bytes4 selector) private {
        vm.expectPartialRevert(selector);
        escrow.submitBatch(jobId, batch);
    }

    // ------------------------------------------------------------ accepted

    function test_lastBatchMakesTheBaseFeeDue() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        bytes32 jobId = accepted(terms);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.BatchVerified(jobId, 1, 1, 1);
        submit(jobId, 1, 0xf);
        expectState(jobId, IRetrievalEscrow.State.Proving);
        vm.assertTrue(escrow.batchDone(jobId, 1), "batch 1");
        vm.assertFalse(escrow.batchDone(jobId, 0), "batch 0");
        vm.assertEq(escrow.owed(responder), 0, "nothing yet");

        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.BatchVerified(jobId, 0, 2, 2);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.JobProven(jobId, 2);
        IRetrievalEscrow.BitsProof memory last = proofOf(jobId, 0, 2);
        vm.prank(stranger);
        escrow.submitBatch(jobId, last);
        expectState(jobId, IRetrievalEscrow.State.Proven);
        vm.assertEq(escrow.owed(responder), terms.baseFee, "base fee");
        vm.assertEq(escrow.owed(stranger), 0, "whoever submits, the responder is paid");
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + terms.deliverWindow, "clock");
        vm.assertEq(escrow.job(jobId).matches, 2, "matches");
        vm.assertEq(escrow.job(jobId).batchesVerified, 2, "batches");
    }

    /// @dev Blank documents match in every batch of these tests; they are never in the bitmap.
    function test_bitmapHoldsRealDocumentsOnly() public {
        bytes32 jobId = searched(defaultTerms());
        vm.assertEq(escrow.bitmapWord(jobId, 0), 0x12, "word");
        for (uint256 doc = 0; doc < 10; ++doc) {
            vm.assertTrue(escrow.selected(jobId, doc) == (doc == 1 || doc == 4), "bit");
        }
    }

    function test_nothingFoundCompletesAtOnce() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        bytes32 jobId = accepted(terms);
        submit(jobId, 0, 0);
        IRetrievalEscrow.BitsProof memory last = proofOf(jobId, 1, 0xe);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.JobCompleted(jobId, 0);
        escrow.submitBatch(jobId, last);
        expectState(jobId, IRetrievalEscrow.State.Completed);
        expectPayoffs(uint256(terms.cap) * terms.price, uint256(terms.deposit) + terms.baseFee, 2 * terms.fee);
    }

    function test_matchesUpToTheCapAreProvenAndMoreAreTooMany() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        expectState(searched(terms, 0x13), IRetrievalEscrow.State.Proven);
        terms.nonce = 2;
        bytes32 jobId = accepted(terms);
        submit(jobId, 0, 0xf);
        IRetrievalEscrow.BitsProof memory last = proofOf(jobId, 1, 1);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.CapExceeded(jobId, 5);
        escrow.submitBatch(jobId, last);
        expectState(jobId, IRetrievalEscrow.State.OverCap);
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + terms.topUpWindow, "clock");
        vm.assertEq(escrow.owed(responder), 2 * uint256(terms.baseFee), "base fee of both jobs");
    }

    function testFuzz_thresholdsAreInTheStatement(int64 threshold, uint8 bits) public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        terms.predicate = uint8(IRetrievalEscrow.Predicate.Threshold);
        terms.threshold = int64(int256(bound(uint64(threshold), 0, 2 ** 25 - 2)) - (2 ** 24 - 1));
        bytes32 jobId = searched(terms, bits);
        vm.assertEq(escrow.bitmapWord(jobId, 0), bits & 0x1f, "bitmap");
    }

    // ------------------------------------------------------------ refused

    function test_otherBitsThanProvenAreRefused() public {
        bytes32 jobId = accepted(defaultTerms());
        for (uint256 bits = 0; bits < 16; ++bits) {
            if (bits == 5) continue;
            IRetrievalEscrow.BitsProof memory batch = proofOf(jobId, 0, 5);
            batch.bits = bits;
            refuse(jobId, batch, IRetrievalEscrow.ProofRefused.selector);
        }
    }

    function test_bitsBeyondTheBatchAreRefused() public {
        bytes32 jobId = accepted(defaultTerms());
        IRetrievalEscrow.BitsProof memory batch = proofOf(jobId, 0, 5);
        batch.bits |= 16;
        vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.BitsTooWide.selector, 21, 4));
        escrow.submitBatch(jobId, batch);
    }

    function test_eachBatchOnce() public {
        bytes32 jobId = accepted(defaultTerms());
        submit(jobId, 0, 1);
        IRetrievalEscrow.BitsProof memory again = proofOf(jobId, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.BatchAlreadyVerified.selector, 0));
        escrow.submitBatch(jobId, again);
    }

    function test_batchesBeyondTheCorpusDoNotExist() public {
        bytes32 jobId = accepted(defaultTerms());
        IRetrievalEscrow.BitsProof memory batch = proofOf(jobId, 1, 1);
        batch.index = 2;
        vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.NoSuchBatch.selector, 2, 2));
        escrow.submitBatch(jobId, batch);
    }

    function test_aProofServesOneJobOnly() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        IRetrievalEscrow.BitsProof memory batch = proofOf(accepted(terms), 0, 1);
        terms.nonce = 2;
        refuse(accepted(terms), batch, IRetrievalEscrow.ProofRefused.selector);
    }

    function test_everyFieldIsBound() public {
        bytes32 jobId = accepted(defaultTerms());
        bytes4 root = IRetrievalEscrow.WrongCorpusRoot.selector;
        for (uint256 field = 0; field < 7; ++field) {
            IRetrievalEscrow.BitsProof memory batch = proofOf(jobId, 0, 1);
            if (field == 0) batch.index = 1;
            if (field == 1) ++batch.h[2];
            if (field == 2) batch.payloadRoots[2] = "other";
            if (field == 3) batch.path[0] = "other";
            if (field == 4) batch.note = "other";
            if (field == 5) ++batch.tagHash;
            if (field == 6) batch.proof[7] ^= 0x01;
            refuse(jobId, batch, field < 4 ? root : IRetrievalEscrow.ProofRefused.selector);
        }
    }

    function test_shapesAreExact() public {
        bytes32 jobId = accepted(defaultTerms());
        IRetrievalEscrow.BitsProof memory batch = proofOf(jobId, 0, 1);
        batch.h = new uint256[](8);
        refuse(jobId, batch, IRetrievalEscrow.WrongBatchSize.selector);
        batch = proofOf(jobId, 0, 1);
        batch.payloadRoots = new bytes32[](5);
        refuse(jobId, batch, Commitments.MisshapenBatch.selector);
        batch = proofOf(jobId, 0, 1);
        batch.path = new bytes32[](2);
        refuse(jobId, batch, Commitments.MisshapenPath.selector);
        batch = proofOf(jobId, 0, 1);
        batch.h[0] += Commitments.FIELD_ORDER;
        refuse(jobId, batch, Commitments.HashNotInField.selector);
    }

    function test_changedVerifierCodeIsNoticed() public {
        bytes32 jobId = accepted(defaultTerms());
        IRetrievalEscrow.BitsProof memory batch = proofOf(jobId, 0, 1);
        vm.etch(address(verifier), address(new FixedAnswer(abi.encode(true))).code);
        refuse(jobId, batch, CodeHash.CodeChanged.selector);
    }

    function test_acceptChecksTheVerifierAgain() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        vm.etch(address(verifier), address(new FixedAnswer(abi.encode(true))).code);
        uint256 funds = responderFunds(terms);
        vm.prank(responder);
        vm.expectPartialRevert(CodeHash.CodeChanged.selector);
        escrow.accept{value: funds}(jobId);
    }

    function test_onlyWhileProvingAndInTime() public {
        bytes32 jobId = openJob(defaultTerms());
        IRetrievalEscrow.BitsProof memory batch = proofOf(jobId, 0, 1);
        refuse(jobId, batch, IEscrow.WrongState.selector);
        uint256 funds = responderFunds(defaultTerms());
        vm.prank(responder);
        escrow.accept{value: funds}(jobId);
        vm.warp(escrow.job(jobId).deadline - 1);
        submit(jobId, 0, 1);
        vm.warp(escrow.job(jobId).deadline);
        batch = proofOf(jobId, 1, 1);
        refuse(jobId, batch, IEscrow.TooLate.selector);
    }

    function test_aSearchIsNotDrawn() public {
        bytes32 jobId = accepted(defaultTerms());
        vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.WrongPredicate.selector, 0));
        escrow.draw(jobId);
    }
}

/// @dev Batches of 256 over 300 documents: whole words of the bitmap, 212 blank documents.
contract WideBatchTest is RetrievalFixture {
    function total() internal pure override returns (uint32) {
        return 300;
    }

    function batchSize() internal pure override returns (uint32) {
        return 256;
    }

    /// @dev Leaves without documents: nothing is opened here.
    function setUp() public override {
        prepare();
    }

    function hashOf(uint256 doc) internal pure override returns (uint256) {
        return doc;
    }

    function documentRootOf(uint256) internal pure override returns (bytes32) {
        return "root";
    }

    function test_wholeWords() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        (terms.cap, terms.deposit) = (300, terms.baseFee);
        bytes32 jobId = accepted(terms);
        submit(jobId, 0, type(uint256).max - 5);
        submit(jobId, 1, type(uint256).max);
        vm.assertEq(escrow.bitmapWord(jobId, 0), type(uint256).max - 5, "first word");
        vm.assertEq(escrow.bitmapWord(jobId, 1), 2 ** 44 - 1, "second word");
        vm.assertEq(escrow.job(jobId).matches, 254 + 44, "matches");
    }
}
