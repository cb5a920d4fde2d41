// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IRetrievalEscrow} from "../../src/interfaces/IRetrievalEscrow.sol";
import {RetrievalFixture} from "../utils/RetrievalFixture.sol";
import {TestToken} from "../utils/Tokens.sol";

/// @dev Every ending with its exact amounts, in ether and in a token.
contract RetrievalEndingsTest is RetrievalFixture {
    /// @dev Where a passed deadline catches a job.
    enum Stage {
        Open,
        Proving,
        OverCap,
        Proven,
        ToppedUp,
        Delivered,
        Locked,
        Revealed,
        RevealedAfterTopUp
    }

    TestToken private coin;
    uint256 private nonce;

    function setUp() public override {
        super.setUp();
        coin = new TestToken();
        address[2] memory rich = [address(requester), responder];
        for (uint256 i = 0; i < rich.length; ++i) {
            coin.mint(rich[i], type(uint192).max);
            vm.prank(rich[i]);
            coin.approve(address(escrow), type(uint256).max);
        }
    }

    function bring(IRetrievalEscrow.RetrievalTerms memory terms, Stage stage) private returns (bytes32 jobId) {
        if (stage == Stage.Open) return openJob(terms);
        if (stage == Stage.Proving) return accepted(terms);
        bool over = stage == Stage.OverCap || stage == Stage.ToppedUp || stage == Stage.RevealedAfterTopUp;
        jobId = searched(terms, over ? 0x1f : 0x12);
        if (stage == Stage.OverCap || stage == Stage.Proven) return jobId;
        if (over) {
            uint256 value = terms.token == address(0) ? 2 * uint256(terms.price) : 0;
            vm.prank(requester);
            escrow.topUp{value: value}(jobId);
        }
        if (stage == Stage.ToppedUp) return jobId;
        deliverRoot(jobId, "root", 9);
        if (stage == Stage.Delivered) return jobId;
        acknowledge(jobId);
        if (stage == Stage.Locked) return jobId;
        vm.prank(responder);
        escrow.reveal(jobId, KEY);
    }

    function stateAfter(Stage stage) private pure returns (IRetrievalEscrow.State) {
        if (stage == Stage.Open) return IRetrievalEscrow.State.Expired;
        if (stage == Stage.Proving || stage == Stage.Locked) return IRetrievalEscrow.State.Rejected;
        if (stage >= Stage.Revealed) return IRetrievalEscrow.State.Completed;
        return IRetrievalEscrow.State.Undelivered;
    }

    /// @dev What each party has at the end, of what was sent.
    function sharesAfter(IRetrievalEscrow.RetrievalTerms memory terms, Stage stage)
        private
        pure
        returns (uint256 toRequester, uint256 toResponder, uint256 toFee)
    {
        (uint256 base, uint256 price, uint256 bond) = (terms.baseFee, terms.price, terms.deposit);
        toFee = 2 * uint256(terms.fee);
        if (stage == Stage.Open) return (base + 3 * price + terms.fee, 0, 0);
        if (stage == Stage.Proving) return (base + 3 * price + bond, 0, toFee);
        if (stage == Stage.Locked) return (3 * price + bond, base, toFee);
        if (stage == Stage.Revealed) return (price, base + bond + 2 * price, toFee);
        if (stage == Stage.RevealedAfterTopUp) return (0, base + bond + 5 * price, toFee);
        if (stage == Stage.ToppedUp) return (5 * price, base + bond, toFee);
        return (3 * price, base + bond, toFee);
    }

    function end(IRetrievalEscrow.RetrievalTerms memory terms, Stage stage) private {
        terms.nonce = ++nonce;
        bytes32 jobId = bring(terms, stage);
        uint64 deadline = escrow.job(jobId).deadline;
        vm.warp(deadline - 1);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.TooEarly.selector, deadline));
        escrow.finalise(jobId);
        vm.warp(deadline);
        vm.prank(stranger);
        escrow.finalise(jobId);
        expectState(jobId, stateAfter(stage));
        expectPaid(terms, stage);
        IRetrievalEscrow.State state = escrow.job(jobId).state;
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NothingToFinalise.selector, state));
        escrow.finalise(jobId);
    }

    /// @dev Fetches everything, so that the next job starts from nothing.
    function expectPaid(IRetrievalEscrow.RetrievalTerms memory terms, Stage stage) private {
        (uint256 toRequester, uint256 toResponder, uint256 toFee) = sharesAfter(terms, stage);
        uint256[3] memory shares = [toRequester, toResponder, toFee];
        address[3] memory parties = [address(requester), responder, feeRecipient];
        for (uint256 i = 0; i < parties.length; ++i) {
            vm.assertEq(escrow.owedIn(terms.token, parties[i]), shares[i], "share");
            if (shares[i] == 0) continue;
            uint256 before = held(terms.token, parties[i]);
            escrow.withdrawTokenFor(terms.token, parties[i]);
            vm.assertEq(held(terms.token, parties[i]) - before, shares[i], "paid");
        }
        vm.assertEq(held(terms.token, address(escrow)), 0, "nothing left");
    }

    function held(address token, address who) private view returns (uint256) {
        return token == address(0) ? who.balance : coin.balanceOf(who);
    }

    function test_everyEndingInEther() public {
        for (uint256 stage = 0; stage <= uint256(Stage.RevealedAfterTopUp); ++stage) {
            end(defaultTerms(), Stage(stage));
        }
    }

    function test_everyEndingInAToken() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        terms.token = address(coin);
        for (uint256 stage = 0; stage <= uint256(Stage.RevealedAfterTopUp); ++stage) {
            end(terms, Stage(stage));
        }
    }

    /// @dev Amounts are free up to the largest, alike in both kinds of money.
    function testFuzz_everyEnding(uint8 stage, bool inToken, uint128 base, uint128 price, uint128 bond, uint128 fee)
        public
    {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        terms.token = inToken ? address(coin) : address(0);
        (terms.provingCost, terms.price, terms.fee) = (0, price, fee);
        terms.baseFee = base;
        terms.deposit = bond < base ? base : bond == 0 ? 1 : bond;
        vm.deal(requester, type(uint192).max);
        vm.deal(responder, type(uint192).max);
        end(terms, Stage(stage % 9));
    }

    function test_unknownJobsCannotBeFinalised() public {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NothingToFinalise.selector, IRetrievalEscrow.State.None));
        escrow.finalise("unknown");
    }

    function test_endingsSayWhereTheyCameFrom() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        bytes32 jobId = bring(terms, Stage.Locked);
        vm.warp(escrow.job(jobId).deadline);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.JobRejected(jobId, IRetrievalEscrow.State.Locked);
        escrow.finalise(jobId);
        terms.nonce = 2;
        jobId = bring(terms, Stage.Delivered);
        vm.warp(escrow.job(jobId).deadline);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.JobUndelivered(jobId, IRetrievalEscrow.State.Delivered);
        escrow.finalise(jobId);
        terms.nonce = 3;
        jobId = bring(terms, Stage.Open);
        vm.warp(escrow.job(jobId).deadline);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.JobExpired(jobId);
        escrow.finalise(jobId);
        terms.nonce = 4;
        jobId = bring(terms, Stage.Revealed);
        vm.warp(escrow.job(jobId).deadline);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.JobCompleted(jobId, 2);
        escrow.finalise(jobId);
    }

    /// @dev A complaint after a top-up returns that, too; in a token as in ether.
    function test_complaintAfterATopUp() public {
        commit(1, chunksOf(1), hashOf(1) ^ 1);
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        for (uint256 i = 0; i < 2; ++i) {
            terms.token = i == 0 ? address(0) : address(coin);
            terms.nonce = ++nonce;
            bytes32 jobId = bring(terms, Stage.RevealedAfterTopUp);
            escrow.complainView(jobId, opening(1), stepOpening(1, 1), stepOpening(1, 1));
            expectState(jobId, IRetrievalEscrow.State.Rejected);
            vm.assertEq(escrow.owedIn(terms.token, requester), 5 * uint256(terms.price) + terms.deposit, "requester");
            vm.assertEq(escrow.owedIn(terms.token, responder), terms.baseFee, "responder");
            vm.assertEq(escrow.owedIn(terms.token, feeRecipient), 2 * uint256(terms.fee), "fees");
        }
    }
}
