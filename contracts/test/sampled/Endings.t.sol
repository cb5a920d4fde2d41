// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {ISampledEscrow} from "../../src/interfaces/ISampledEscrow.sol";
import {RefusingReceiver} from "../utils/Receivers.sol";
import {SampledFixture} from "../utils/SampledFixture.sol";

/// @dev Every ending with its exact amounts, its event, and whether it counts against the model.
contract SampledEndingsTest is SampledFixture {
    function width() internal pure override returns (uint256) {
        return 9;
    }

    /// @dev Finalised at the deadline and not a second before, by anyone, once.
    function late(ISampledEscrow.State state)
        private
        returns (ISampledEscrow.SampledTerms memory terms, bytes32 jobId)
    {
        terms = defaultTerms();
        jobId = bring(terms, state);
        uint64 deadline = escrow.job(jobId).deadline;
        vm.warp(deadline - 1);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.TooEarly.selector, deadline));
        escrow.finalise(jobId);
        vm.warp(deadline);
    }

    function finalise(bytes32 jobId) private {
        vm.prank(stranger);
        escrow.finalise(jobId);
    }

    function expectEnd(bytes32 jobId, ISampledEscrow.State state, uint256 aborts) private {
        expectState(jobId, state);
        vm.assertEq(escrow.aborts(modelId), aborts, "aborts");
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NothingToFinalise.selector, state));
        escrow.finalise(jobId);
        address payable[3] memory parties = [buyer, seller, feeRecipient];
        for (uint256 i = 0; i < parties.length; ++i) {
            uint256 owed = escrow.owed(parties[i]);
            uint256 before = parties[i].balance;
            if (owed != 0) escrow.withdrawFor(parties[i]);
            vm.assertEq(parties[i].balance - before, owed, "paid");
        }
        vm.assertEq(address(escrow).balance, 0, "nothing left");
    }

    function bondOf(ISampledEscrow.SampledTerms memory terms) private pure returns (uint256) {
        return 2 * uint256(terms.total) * terms.exampleCost;
    }

    function expired(ISampledEscrow.State from, uint256 aborts) private {
        (ISampledEscrow.SampledTerms memory terms, bytes32 jobId) = late(from);
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.JobExpired(jobId, from);
        finalise(jobId);
        expectPayoffs(depositOf(terms), from == ISampledEscrow.State.Open ? 0 : depositOf(terms), 0);
        expectEnd(jobId, ISampledEscrow.State.Expired, aborts);
    }

    function test_expiredFromOpen() public {
        expired(ISampledEscrow.State.Open, 0);
    }

    function test_expiredFromAccepted() public {
        expired(ISampledEscrow.State.Accepted, 0);
    }

    /// @dev Neutral, but it may have been a free look.
    function test_expiredFromSampledCounts() public {
        expired(ISampledEscrow.State.Sampled, 1);
    }

    function rejected(ISampledEscrow.State from, uint256 correct) private {
        (ISampledEscrow.SampledTerms memory terms, bytes32 jobId) = late(from);
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.JobRejected(jobId, from, correct);
        finalise(jobId);
        expectPayoffs(2 * bondOf(terms), 0, 2 * uint256(terms.fee));
        expectEnd(jobId, ISampledEscrow.State.Rejected, 0);
    }

    function test_rejectedFromPosted() public {
        rejected(ISampledEscrow.State.Posted, 0);
    }

    function test_rejectedFromProving() public {
        rejected(ISampledEscrow.State.Proving, 0);
    }

    function test_rejectedOneShortOfTheTarget() public {
        bytes32 jobId = proving(defaultTerms());
        for (uint256 k = 0; k < 4; ++k) {
            submit(jobId, firstRest(jobId), 1);
        }
        vm.assertEq(escrow.job(jobId).correct, 4, "correct");
        vm.assertEq(escrow.job(jobId).batchesVerified, 4, "all of the rest");
        vm.warp(escrow.job(jobId).deadline);
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.JobRejected(jobId, ISampledEscrow.State.Proving, 4);
        finalise(jobId);
        expectEnd(jobId, ISampledEscrow.State.Rejected, 0);
    }

    function test_spoiledFromHandedOver() public {
        (ISampledEscrow.SampledTerms memory terms, bytes32 jobId) = late(ISampledEscrow.State.HandedOver);
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.JobSpoiled(jobId, ISampledEscrow.State.HandedOver);
        finalise(jobId);
        expectPayoffs(0, 2 * bondOf(terms), 2 * uint256(terms.fee));
        expectEnd(jobId, ISampledEscrow.State.Spoiled, 0);
    }

    /// @dev Silence after the key is consent: the proofs' clock starts when somebody says so.
    function test_provingFromRevealed() public {
        (ISampledEscrow.SampledTerms memory terms, bytes32 jobId) = late(ISampledEscrow.State.Revealed);
        vm.warp(block.timestamp + 100);
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.Confirmed(jobId);
        finalise(jobId);
        expectState(jobId, ISampledEscrow.State.Proving);
        expectPayoffsNone(terms);
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + terms.proveWindow, "clock");
        while (escrow.job(jobId).state == ISampledEscrow.State.Proving) {
            submit(jobId, firstRest(jobId), 2);
        }
        expectEnd(jobId, ISampledEscrow.State.Completed, 0);
    }

    function expectPayoffsNone(ISampledEscrow.SampledTerms memory terms) private view {
        vm.assertEq(address(escrow).balance, 2 * depositOf(terms), "all held");
        vm.assertEq(escrow.owed(buyer) + escrow.owed(seller) + escrow.owed(feeRecipient), 0, "nothing booked");
    }

    function test_aborted() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        bytes32 jobId = sampled(terms);
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.JobAborted(jobId);
        vm.prank(seller);
        escrow.abort(jobId);
        uint256 earned = 4 * uint256(terms.inferenceCost);
        expectPayoffs(bondOf(terms) - earned, bondOf(terms) + earned, 2 * uint256(terms.fee));
        expectEnd(jobId, ISampledEscrow.State.Aborted, 1);
    }

    function test_abortedFromPosted() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        bytes32 jobId = posted(terms);
        vm.prank(seller);
        escrow.abort(jobId);
        uint256 earned = 4 * uint256(terms.inferenceCost);
        expectPayoffs(bondOf(terms) - earned, bondOf(terms) + earned, 2 * uint256(terms.fee));
        expectEnd(jobId, ISampledEscrow.State.Aborted, 1);
    }

    function test_completedFromPosted() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        bytes32 jobId = posted(terms);
        proceed(jobId);
        vm.prank(seller);
        escrow.confirm(jobId);
        submit(jobId, firstRest(jobId), 2);
        submit(jobId, firstRest(jobId), 2);
        ISampledEscrow.SampledBatch memory last = proofOf(jobId, firstRest(jobId), 1);
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.JobCompleted(jobId, 5);
        vm.prank(stranger);
        escrow.submitBatch(jobId, last);
        uint256 payment = 2 * (4 * uint256(terms.inferenceCost) + 8 * uint256(terms.provingCost));
        expectPayoffs(bondOf(terms) - payment, bondOf(terms) + payment, 2 * uint256(terms.fee));
        vm.assertEq(escrow.owed(stranger), 0, "whoever submits, the seller is paid");
        expectEnd(jobId, ISampledEscrow.State.Completed, 0);
    }

    function test_unknownJobsHaveNoEnd() public {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NothingToFinalise.selector, ISampledEscrow.State.None));
        escrow.finalise("no such job");
    }

    /// @dev A party that takes no ether delays nobody but itself.
    function test_aPartyThatRefusesEtherStopsNobody() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.buyer = address(new RefusingReceiver());
        vm.deal(terms.buyer, 1 ether);
        bytes32 jobId = completed(terms);
        expectState(jobId, ISampledEscrow.State.Completed);
        vm.prank(seller);
        escrow.withdraw();
        vm.expectRevert();
        escrow.withdrawFor(terms.buyer);
        vm.assertTrue(escrow.owed(terms.buyer) != 0, "stays booked");
    }
}
