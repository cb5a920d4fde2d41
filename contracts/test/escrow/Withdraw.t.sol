// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IAccuracyEscrow} from "../../src/interfaces/IAccuracyEscrow.sol";
import {IPullPayments} from "../../src/interfaces/IPullPayments.sol";
import {EscrowFixture} from "../utils/EscrowFixture.sol";
import {ReentrantReceiver, RefusingReceiver} from "../utils/Receivers.sol";

contract WithdrawTest is EscrowFixture {
    function expired(IAccuracyEscrow.AccuracyTerms memory terms) private returns (bytes32 jobId) {
        jobId = openJob(terms);
        vm.warp(block.timestamp + terms.acceptWindow);
        escrow.finalise(jobId);
    }

    function test_withdrawPaysOnce() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        expired(terms);
        uint256 before = buyer.balance;
        vm.expectEmit(address(escrow));
        emit IPullPayments.Withdrawn(buyer, depositOf(terms));
        vm.prank(buyer);
        escrow.withdraw();
        vm.assertEq(buyer.balance - before, depositOf(terms), "paid");
        vm.assertEq(address(escrow).balance, 0, "nothing left");
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IPullPayments.NothingOwed.selector, buyer));
        escrow.withdraw();
    }

    function test_anyoneMayFetchForAnother() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        expired(terms);
        uint256 before = buyer.balance;
        vm.prank(stranger);
        escrow.withdrawFor(buyer);
        vm.assertEq(buyer.balance - before, depositOf(terms), "paid to its owner");
        vm.assertEq(stranger.balance, 0, "not to the caller");
    }

    function test_creditsAddUpOverJobs() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        expired(terms);
        terms.nonce = 2;
        expired(terms);
        vm.assertEq(escrow.owed(buyer), 2 * depositOf(terms), "both");
    }

    /// @dev A buyer that refuses money delays nobody: the seller completes and is paid.
    function test_refusingPartyStopsNobodyElse() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        RefusingReceiver refuser = new RefusingReceiver();
        terms.buyer = address(refuser);
        vm.deal(terms.buyer, depositOf(terms));
        bytes32 jobId = proving(terms);
        submit(jobId, 0, 4);
        submit(jobId, 1, 4);
        uint256 due = escrow.owed(seller);
        uint256 before = seller.balance;
        escrow.withdrawFor(seller);
        vm.assertEq(seller.balance - before, due, "seller paid");
        uint256 kept = escrow.owed(terms.buyer);
        vm.expectRevert(RefusingReceiver.NoThanks.selector);
        escrow.withdrawFor(terms.buyer);
        vm.assertEq(escrow.owed(terms.buyer), kept, "still booked");
    }

    function test_reentrantReceiverGetsItsMoneyOnce() public {
        bytes[4] memory attacks = [
            abi.encodeCall(IPullPayments.withdraw, ()),
            abi.encodeCall(IPullPayments.withdrawFor, (seller)),
            abi.encodeCall(IAccuracyEscrow.finalise, ("any")),
            abi.encodeCall(IAccuracyEscrow.handOver, ("any", "root"))
        ];
        for (uint256 i = 0; i < attacks.length; ++i) {
            setUp();
            ReentrantReceiver thief = new ReentrantReceiver(escrow);
            IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
            openJob(terms);
            terms.buyer = address(thief);
            vm.deal(terms.buyer, depositOf(terms));
            expired(terms);
            thief.arm(attacks[i]);
            escrow.withdrawFor(terms.buyer);
            vm.assertEq(thief.attempts(), 1, "paid once");
            vm.assertFalse(thief.succeeded(), "the second call failed");
            vm.assertEq(bytes32(thief.answer()), bytes32(guardSelector()), "by the guard");
            vm.assertEq(address(thief).balance, depositOf(terms), "exactly its own");
            vm.assertEq(address(escrow).balance, depositOf(terms), "the other job's deposit is untouched");
        }
    }

    function guardSelector() private pure returns (bytes4) {
        return ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
    }
}
