// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IAccuracyEscrow} from "../../src/interfaces/IAccuracyEscrow.sol";
import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {EscrowFixture} from "../utils/EscrowFixture.sol";

/// @dev Silence at every step: when it may be ended, by whom, and what it costs.
contract FinaliseTest is EscrowFixture {
    function finaliseOnTime(bytes32 jobId) private {
        uint64 deadline = escrow.job(jobId).deadline;
        vm.warp(deadline - 1);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.TooEarly.selector, deadline));
        escrow.finalise(jobId);
        vm.warp(deadline);
        vm.prank(stranger);
        escrow.finalise(jobId);
    }

    function finaliseExpecting(bytes32 jobId, IAccuracyEscrow.State from) private {
        vm.expectEmit(address(escrow));
        emit IAccuracyEscrow.JobExpired(jobId, from);
        vm.warp(escrow.job(jobId).deadline);
        escrow.finalise(jobId);
        expectState(jobId, IAccuracyEscrow.State.Expired);
    }

    function test_unacceptedJobReturnsTheBuyersDeposit() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        finaliseExpecting(openJob(terms), IAccuracyEscrow.State.Open);
        expectPayoffs(depositOf(terms), 0, 0);
        vm.assertEq(escrow.aborts(modelId), 0, "not the seller's fault");
    }

    function test_missingHandOverIsNeutral() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        finaliseExpecting(accepted(terms), IAccuracyEscrow.State.Accepted);
        expectPayoffs(depositOf(terms), depositOf(terms), 0);
        vm.assertEq(escrow.aborts(modelId), 0, "not the seller's fault");
    }

    function test_silentLookCountsAsAnAbort() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        finaliseExpecting(handedOver(terms), IAccuracyEscrow.State.HandedOver);
        expectPayoffs(depositOf(terms), depositOf(terms), 0);
        vm.assertEq(escrow.aborts(modelId), 1, "a look");
    }

    function test_missedTargetLosesTheBond() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32 jobId = proving(terms);
        submit(jobId, 0, 4);
        vm.expectEmit(address(escrow));
        emit IAccuracyEscrow.JobRejected(jobId, 4);
        vm.warp(escrow.job(jobId).deadline);
        escrow.finalise(jobId);
        expectState(jobId, IAccuracyEscrow.State.Rejected);
        expectPayoffs(4 * uint256(terms.total) * terms.exampleCost, 0, 2 * terms.fee);
    }

    function test_anyoneFinalisesFromTheDeadlineOnAndNotBefore() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        finaliseOnTime(openJob(terms));
        terms.nonce = 2;
        finaliseOnTime(accepted(terms));
        terms.nonce = 3;
        finaliseOnTime(handedOver(terms));
        terms.nonce = 4;
        finaliseOnTime(proving(terms));
    }

    function test_endedAndUnknownJobsCannotBeFinalised() public {
        bytes memory unknown =
            abi.encodeWithSelector(IEscrow.NothingToFinalise.selector, IAccuracyEscrow.State.None);
        vm.expectRevert(unknown);
        escrow.finalise("unknown");

        bytes32[4] memory ended;
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        ended[0] = handedOver(terms);
        vm.prank(seller);
        escrow.abort(ended[0]);
        terms.nonce = 2;
        ended[1] = proving(terms);
        submit(ended[1], 0, 4);
        submit(ended[1], 1, 4);
        terms.nonce = 3;
        ended[2] = openJob(terms);
        terms.nonce = 4;
        ended[3] = proving(terms);
        vm.warp(block.timestamp + 365 days);
        escrow.finalise(ended[2]);
        escrow.finalise(ended[3]);
        for (uint256 i = 0; i < ended.length; ++i) {
            IAccuracyEscrow.State state = escrow.job(ended[i]).state;
            vm.expectRevert(abi.encodeWithSelector(IEscrow.NothingToFinalise.selector, state));
            escrow.finalise(ended[i]);
        }
    }

    /// @dev Amounts, sizes and the path are free: nothing is lost or made on any of them.
    function testFuzz_fundsAreConservedOnEveryEnding(
        uint128 inferenceCost,
        uint128 more,
        uint128 evenMore,
        uint128 fee,
        uint8 path
    ) public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        terms.inferenceCost = uint128(bound(inferenceCost, 1, 1e24));
        terms.provingCost = terms.inferenceCost + uint128(bound(more, 1, 1e24));
        terms.exampleCost = terms.provingCost + uint128(bound(evenMore, 1, 1e24));
        terms.fee = uint128(bound(fee, 0, 1e24));
        vm.deal(buyer, depositOf(terms));
        vm.deal(seller, depositOf(terms));
        path = path % 6;
        bytes32 jobId = path == 0
            ? openJob(terms)
            : path == 1 ? accepted(terms) : path == 2 || path == 3 ? handedOver(terms) : proving(terms);
        if (path == 3) {
            vm.prank(seller);
            escrow.abort(jobId);
        } else if (path == 5) {
            submit(jobId, 0, 4);
            submit(jobId, 2, 3);
        } else {
            vm.warp(escrow.job(jobId).deadline);
            escrow.finalise(jobId);
        }
        uint256 deposits = (path == 0 ? 1 : 2) * depositOf(terms);
        uint256 booked = escrow.owed(buyer) + escrow.owed(seller) + escrow.owed(feeRecipient);
        vm.assertEq(booked, deposits, "funds out");
        vm.assertEq(address(escrow).balance, deposits, "funds in");
    }
}
