// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IPullPayments} from "../../src/interfaces/IPullPayments.sol";
import {IRetrievalEscrow} from "../../src/interfaces/IRetrievalEscrow.sol";
import {RetrievalFixture} from "../utils/RetrievalFixture.sol";
import {CallingToken, FalseToken, FeeToken, SilentToken, TestToken} from "../utils/Tokens.sol";

/// @dev Tokens that keep a part, lie, call back or say nothing.
contract RetrievalTokensTest is RetrievalFixture {
    uint256 private constant PLENTY = 1000 ether;

    function paidIn(TestToken token) private returns (IRetrievalEscrow.RetrievalTerms memory terms) {
        terms = defaultTerms();
        terms.token = address(token);
        endow(token, requester);
        endow(token, responder);
    }

    function endow(TestToken token, address who) private {
        token.mint(who, PLENTY);
        vm.prank(who);
        token.approve(address(escrow), PLENTY);
    }

    function test_depositsAndCreditsAreApartFromEther() public {
        TestToken token = new TestToken();
        IRetrievalEscrow.RetrievalTerms memory terms = paidIn(token);
        bytes32 inToken = openJob(terms);
        (terms.token, terms.nonce) = (address(0), 2);
        bytes32 inEther = openJob(terms);
        vm.assertEq(token.balanceOf(address(escrow)), requesterFunds(terms), "tokens");
        vm.assertEq(address(escrow).balance, requesterFunds(terms), "ether");
        vm.warp(block.timestamp + terms.acceptWindow);
        vm.expectEmit(address(escrow));
        emit IPullPayments.TokenCredited(inToken, address(token), requester, requesterFunds(terms));
        escrow.finalise(inToken);
        vm.assertEq(escrow.owed(requester), 0, "no ether");
        vm.assertEq(escrow.owedIn(address(token), requester), requesterFunds(terms), "tokens owed");
        escrow.finalise(inEther);
        vm.assertEq(escrow.owed(requester), requesterFunds(terms), "ether owed");
        vm.expectEmit(address(escrow));
        emit IPullPayments.TokenWithdrawn(address(token), requester, requesterFunds(terms));
        vm.prank(requester);
        escrow.withdrawToken(address(token));
        vm.assertEq(token.balanceOf(requester), PLENTY, "tokens back");
        vm.assertEq(escrow.owed(requester), requesterFunds(terms), "ether still owed");
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(IPullPayments.NothingOwed.selector, requester));
        escrow.withdrawToken(address(token));
        escrow.withdrawTokenFor(address(0), requester);
        vm.assertEq(address(escrow).balance, 0, "the token zero is ether");
    }

    function test_etherBesideATokenIsRefused() public {
        IRetrievalEscrow.RetrievalTerms memory terms = paidIn(new TestToken());
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, 1, 0));
        escrow.open{value: 1}(terms);
        bytes32 jobId = openJob(terms);
        vm.prank(responder);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, 1, 0));
        escrow.accept{value: 1}(jobId);
    }

    function test_tokensWithAFeeAreRefused() public {
        FeeToken token = new FeeToken();
        IRetrievalEscrow.RetrievalTerms memory terms = paidIn(token);
        uint256 due = requesterFunds(terms);
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongReceipt.selector, token, due - 1, due));
        escrow.open(terms);
    }

    function test_tokensThatSayFalseAreRefused() public {
        FalseToken token = new FalseToken();
        IRetrievalEscrow.RetrievalTerms memory terms = paidIn(token);
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, token));
        escrow.open(terms);
    }

    function test_whatIsNoTokenIsRefused() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        address[3] memory none = [address(stranger), address(escrow), address(verifier)];
        for (uint256 i = 0; i < none.length; ++i) {
            terms.token = none[i];
            vm.prank(requester);
            vm.expectRevert(bytes(""));
            escrow.open(terms);
        }
    }

    function test_tokensThatReturnNothingWork() public {
        SilentToken token = new SilentToken();
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        terms.token = address(token);
        token.mint(requester, PLENTY);
        vm.prank(requester);
        token.approve(address(escrow), PLENTY);
        bytes32 jobId = openJob(terms);
        vm.warp(block.timestamp + terms.acceptWindow);
        escrow.finalise(jobId);
        escrow.withdrawTokenFor(address(token), requester);
        vm.assertEq(token.balanceOf(requester), PLENTY, "all back");
    }

    function test_withoutApprovalNothingOpens() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        TestToken token = new TestToken();
        terms.token = address(token);
        token.mint(requester, PLENTY);
        vm.prank(requester);
        vm.expectRevert();
        escrow.open(terms);
        bytes32 tag = escrow.jobTag(terms);
        vm.assertEq(escrow.jobOfTag(tag), 0, "no job");
    }

    /// @dev A token that calls back while it moves reaches nothing, coming or going.
    function test_reentrantTokensReachNothing() public {
        CallingToken token = new CallingToken();
        IRetrievalEscrow.RetrievalTerms memory terms = paidIn(token);
        bytes32 jobId = escrow.jobIdOf(terms);
        bytes[4] memory attacks = [
            abi.encodeCall(IPullPayments.withdrawTokenFor, (address(token), requester)),
            abi.encodeCall(IRetrievalEscrow.accept, (jobId)),
            abi.encodeCall(IRetrievalEscrow.finalise, (jobId)),
            abi.encodeCall(IRetrievalEscrow.open, (terms))
        ];
        for (uint256 i = 0; i < attacks.length; ++i) {
            token.arm(address(escrow), attacks[i]);
            terms.nonce = 10 + i;
            openJob(terms);
            expectStopped(token);
        }
        token.arm(address(0), "");
        terms.nonce = 20;
        jobId = openJob(terms);
        vm.warp(block.timestamp + terms.acceptWindow);
        escrow.finalise(jobId);
        uint256 before = token.balanceOf(address(escrow));
        token.arm(address(escrow), attacks[0]);
        escrow.withdrawTokenFor(address(token), requester);
        expectStopped(token);
        vm.assertEq(before - token.balanceOf(address(escrow)), requesterFunds(terms), "paid once");
    }

    function expectStopped(CallingToken token) private view {
        vm.assertFalse(token.succeeded(), "the call within failed");
        bytes32 guard = bytes32(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        vm.assertEq(bytes32(token.answer()), guard, "by the guard");
    }

    /// @dev Nothing to take, nothing asked of the token.
    function test_topUpOfNothing() public {
        TestToken token = new TestToken();
        IRetrievalEscrow.RetrievalTerms memory terms = paidIn(token);
        terms.price = 0;
        bytes32 jobId = searched(terms, 0x1f);
        vm.prank(requester);
        token.approve(address(escrow), 0);
        vm.prank(requester);
        escrow.topUp(jobId);
        expectState(jobId, IRetrievalEscrow.State.Proven);
    }
}
