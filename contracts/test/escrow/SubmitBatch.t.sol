// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Halo2Base} from "../../src/Halo2Base.sol";
import {IAccuracyEscrow} from "../../src/interfaces/IAccuracyEscrow.sol";
import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {CodeHash} from "../../src/libraries/CodeHash.sol";
import {Commitments} from "../../src/libraries/Commitments.sol";
import {EscrowFixture} from "../utils/EscrowFixture.sol";
import {FixedAnswer} from "../utils/FakeHalo2Verifier.sol";
import {TestSet} from "../utils/TestSet.sol";

/// @dev 12 examples in 3 batches of 4, target 7.
contract SubmitBatchTest is EscrowFixture {
    struct Submission {
        bytes32 jobId;
        uint256 batchIndex;
        uint256[] h;
        bytes32[] payloadRoots;
        bytes32[] path;
        bytes32 note;
        uint256 tagHash;
        uint256 count;
        bytes proof;
    }

    function honest(bytes32 jobId, uint256 batchIndex, uint256 count) private view returns (Submission memory s) {
        (s.jobId, s.batchIndex, s.tagHash, s.count) = (jobId, batchIndex, TAG_HASH, count);
        (s.h, s.payloadRoots) = TestSet.batchOf(batchIndex, batchSize());
        s.path = TestSet.path(total(), batchSize(), batchIndex);
        s.proof = proofFor(boundTag(jobId), s.h, count);
        s.note = NOTE;
    }

    function send(Submission memory s) private {
        escrow.submitBatch(
            s.jobId,
            IAccuracyEscrow.BatchProof(s.batchIndex, s.h, s.payloadRoots, s.path, s.note, s.tagHash, s.count, s.proof)
        );
    }

    function refuse(Submission memory s, bytes4 selector) private {
        vm.expectPartialRevert(selector);
        send(s);
    }

    // ------------------------------------------------------------ accepted

    function test_batchesAddUpUntilTheTargetIsReachedExactly() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32 jobId = proving(terms);
        vm.expectEmit(address(escrow));
        emit IAccuracyEscrow.BatchVerified(jobId, 2, 3, 3);
        send(honest(jobId, 2, 3));
        expectState(jobId, IAccuracyEscrow.State.Proving);
        vm.assertTrue(escrow.batchDone(jobId, 2), "batch 2");
        vm.assertFalse(escrow.batchDone(jobId, 0), "batch 0");

        vm.expectEmit(address(escrow));
        emit IAccuracyEscrow.JobCompleted(jobId, 7);
        vm.prank(stranger);
        send(honest(jobId, 0, 4));
        expectState(jobId, IAccuracyEscrow.State.Completed);
        vm.assertEq(escrow.job(jobId).correct, 7, "correct");
        vm.assertEq(escrow.job(jobId).batchesVerified, 2, "batches");
        uint256 bond = 2 * uint256(terms.total) * terms.exampleCost;
        uint256 payment = 2 * uint256(terms.total) * terms.provingCost;
        expectPayoffs(bond - payment, bond + payment, 2 * terms.fee);
        vm.assertEq(escrow.owed(stranger), 0, "whoever submits, the seller is paid");
    }

    function test_oneShortOfTheTargetIsNotEnough() public {
        bytes32 jobId = proving(defaultTerms());
        send(honest(jobId, 0, 4));
        send(honest(jobId, 1, 2));
        send(honest(jobId, 2, 0));
        expectState(jobId, IAccuracyEscrow.State.Proving);
        vm.assertEq(escrow.job(jobId).batchesVerified, 3, "all batches in");
        vm.warp(escrow.job(jobId).deadline);
        escrow.finalise(jobId);
        expectState(jobId, IAccuracyEscrow.State.Rejected);
    }

    function test_allowedInTheLastSecondAndNotAtTheDeadline() public {
        bytes32 jobId = proving(defaultTerms());
        Submission memory first = honest(jobId, 0, 1);
        Submission memory second = honest(jobId, 1, 1);
        uint64 deadline = escrow.job(jobId).deadline;
        vm.warp(deadline - 1);
        send(first);
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.TooLate.selector, deadline));
        send(second);
    }

    // ------------------------------------------------------------ refused

    function test_eachBatchOnce() public {
        bytes32 jobId = proving(defaultTerms());
        Submission memory s = honest(jobId, 1, 3);
        send(s);
        vm.expectRevert(abi.encodeWithSelector(IAccuracyEscrow.BatchAlreadyVerified.selector, 1));
        send(s);
    }

    function test_onlyWhileProving() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32[3] memory early;
        (terms.nonce, early[0]) = (1, openJob(terms));
        terms.nonce = 2;
        early[1] = accepted(terms);
        terms.nonce = 3;
        early[2] = handedOver(terms);
        for (uint256 i = 0; i < early.length; ++i) {
            refuse(honest(early[i], 0, 4), IEscrow.WrongState.selector);
        }
        terms.nonce = 4;
        bytes32 jobId = proving(terms);
        Submission memory third = honest(jobId, 2, 4);
        send(honest(jobId, 0, 4));
        send(honest(jobId, 1, 4));
        refuse(third, IEscrow.WrongState.selector);
    }

    function test_batchesBeyondTheTestSetDoNotExist() public {
        bytes32 jobId = proving(defaultTerms());
        Submission memory s = honest(jobId, 0, 4);
        uint256[3] memory beyond = [uint256(3), 4, type(uint256).max];
        for (uint256 i = 0; i < beyond.length; ++i) {
            s.batchIndex = beyond[i];
            vm.expectRevert(abi.encodeWithSelector(IAccuracyEscrow.NoSuchBatch.selector, beyond[i], 3));
            send(s);
        }
    }

    function test_anotherBatchsDataIsRefused() public {
        bytes32 jobId = proving(defaultTerms());
        Submission memory s = honest(jobId, 0, 4);
        s.batchIndex = 1;
        refuse(s, IAccuracyEscrow.WrongDataRoot.selector);
    }

    function testFuzz_anyChangedWordOfTheDataIsRefused(uint256 which, uint256 bit) public {
        bytes32 jobId = proving(defaultTerms());
        Submission memory s = honest(jobId, 1, 4);
        which = bound(which, 0, 9);
        bytes32 flip = bytes32(1 << bound(bit, 0, 252));
        if (which < 4) s.h[which] = uint256(bytes32(s.h[which]) ^ flip) % Commitments.FIELD_ORDER;
        else if (which < 8) s.payloadRoots[which - 4] ^= flip;
        else s.path[which - 8] ^= flip;
        refuse(s, IAccuracyEscrow.WrongDataRoot.selector);
    }

    function test_permutedExamplesAreRefused() public {
        bytes32 jobId = proving(defaultTerms());
        Submission memory s = honest(jobId, 0, 4);
        (s.h[0], s.h[1]) = (s.h[1], s.h[0]);
        (s.payloadRoots[0], s.payloadRoots[1]) = (s.payloadRoots[1], s.payloadRoots[0]);
        refuse(s, IAccuracyEscrow.WrongDataRoot.selector);
    }

    function test_secondEncodingOfAHashIsRefused() public {
        bytes32 jobId = proving(defaultTerms());
        Submission memory s = honest(jobId, 0, 4);
        s.h[3] += Commitments.FIELD_ORDER;
        refuse(s, Commitments.HashNotInField.selector);
    }

    function test_shapesAreExact() public {
        bytes32 jobId = proving(defaultTerms());
        Submission memory s = honest(jobId, 0, 4);
        (s.h, s.payloadRoots) = TestSet.batchOf(0, 8);
        s.path = TestSet.path(total(), 8, 0);
        refuse(s, IAccuracyEscrow.WrongBatchSize.selector);
        (s.h,) = TestSet.batchOf(0, 4);
        refuse(s, Commitments.MisshapenBatch.selector);
        (s.h, s.payloadRoots) = TestSet.batchOf(0, 4);
        refuse(s, Commitments.MisshapenPath.selector);
        s.path = new bytes32[](3);
        refuse(s, Commitments.MisshapenPath.selector);
    }

    function test_inflatedCountIsRefused() public {
        bytes32 jobId = proving(defaultTerms());
        Submission memory s = honest(jobId, 0, 2);
        s.count = 3;
        refuse(s, Halo2Base.ProofRejected.selector);
        s.count = 5;
        refuse(s, IAccuracyEscrow.CountTooHigh.selector);
        s.count = type(uint256).max;
        refuse(s, IAccuracyEscrow.CountTooHigh.selector);
    }

    function test_tamperedProofIsRefused() public {
        bytes32 jobId = proving(defaultTerms());
        Submission memory s = honest(jobId, 0, 4);
        s.proof[95] ^= 0x01;
        refuse(s, Halo2Base.ProofRejected.selector);
        s = honest(jobId, 0, 4);
        s.proof[0] ^= 0x01;
        refuse(s, Halo2Base.WrongWeights.selector);
        s = honest(jobId, 0, 4);
        s.note = "another note";
        refuse(s, Halo2Base.ProofRejected.selector);
        s = honest(jobId, 0, 4);
        s.tagHash ^= 1;
        refuse(s, Halo2Base.ProofRejected.selector);
        s.proof = "";
        refuse(s, Halo2Base.WrongWeights.selector);
    }

    function test_aProofServesOneJobOnly() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32 first = proving(terms);
        terms.nonce = 2;
        bytes32 second = proving(terms);
        Submission memory s = honest(first, 0, 4);
        s.jobId = second;
        refuse(s, Halo2Base.ProofRejected.selector);
    }

    function test_verifierThatSaysFalseIsHeeded() public {
        FixedAnswer no = new FixedAnswer(abi.encode(false));
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        (terms.verifier, terms.verifierCodehash) = (address(no), address(no).codehash);
        bytes32 jobId = proving(terms);
        refuse(honest(jobId, 0, 4), IAccuracyEscrow.ProofRefused.selector);
    }

    function test_changedVerifierCodeIsNoticed() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32 jobId = proving(terms);
        Submission memory s = honest(jobId, 0, 4);
        vm.etch(terms.verifier, address(new FixedAnswer(abi.encode(true))).code);
        refuse(s, CodeHash.CodeChanged.selector);
    }

    function testFuzz_anyOrderOfBatchesGivesTheSum(uint256 order, uint256 counts) public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        terms.target = 12;
        bytes32 jobId = proving(terms);
        uint256 sum;
        for (uint256 k = 0; k < 3; ++k) {
            uint256 batchIndex = (order % 3 + k * (1 + order % 2)) % 3;
            uint256 count = (counts >> (8 * k)) % 5;
            sum += count;
            send(honest(jobId, batchIndex, count));
        }
        vm.assertEq(escrow.job(jobId).correct, sum, "sum");
        expectState(jobId, sum == 12 ? IAccuracyEscrow.State.Completed : IAccuracyEscrow.State.Proving);
    }
}
