// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IPredictionEscrow} from "../../src/interfaces/IPredictionEscrow.sol";
import {IPullPayments} from "../../src/interfaces/IPullPayments.sol";
import {PredictionFixture} from "../utils/PredictionFixture.sol";
import {CallingToken, FalseToken, FeeToken, TestToken} from "../utils/Tokens.sol";

/// @dev Tokens that take fees, move nothing, call back or are none; and ether sent beside a token.
contract PredictionBadTokensTest is PredictionFixture {
    function termsIn(address token) private view returns (IPredictionEscrow.PredictionTerms memory terms) {
        terms = defaultTerms();
        terms.token = token;
    }

    function supplied(TestToken token) private returns (IPredictionEscrow.PredictionTerms memory terms) {
        token.mint(client, 1 ether);
        token.mint(provider, 1 ether);
        return termsIn(address(token));
    }

    function test_aTokenThatTakesAFeeIsRefused() public {
        FeeToken token = new FeeToken();
        IPredictionEscrow.PredictionTerms memory terms = supplied(token);
        uint256 due = clientFunds(terms);
        paying(terms.token, client, due);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongReceipt.selector, token, due - 1, due));
        escrow.open(terms);
    }

    function test_aTokenThatMovesNothingIsRefused() public {
        IPredictionEscrow.PredictionTerms memory terms = supplied(new FalseToken());
        paying(terms.token, client, clientFunds(terms));
        vm.expectPartialRevert(bytes4(keccak256("SafeERC20FailedOperation(address)")));
        escrow.open(terms);
    }

    function test_anAddressWithoutCodeIsNoToken() public {
        IPredictionEscrow.PredictionTerms memory terms = termsIn(stranger);
        vm.prank(client);
        vm.expectRevert();
        escrow.open(terms);
    }

    function test_withoutAllowanceNothingOpens() public {
        IPredictionEscrow.PredictionTerms memory terms = supplied(new TestToken());
        vm.prank(client);
        vm.expectPartialRevert(bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)")));
        escrow.open(terms);
        vm.assertEq(uint256(escrow.job(escrow.jobIdOf(terms)).state), 0, "no job");
    }

    function test_noEtherBesideAToken() public {
        IPredictionEscrow.PredictionTerms memory terms = supplied(new TestToken());
        paying(terms.token, client, clientFunds(terms));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, 1, 0));
        escrow.open{value: 1}(terms);
        bytes32 jobId = openJob(terms);
        paying(terms.token, provider, providerFunds(terms));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, 1, 0));
        escrow.accept{value: 1}(jobId);
    }

    /// @dev Whatever a token calls while it moves in or out, the guard answers.
    function test_aTokenThatCallsBackFindsTheDoorShut() public {
        CallingToken token = new CallingToken();
        IPredictionEscrow.PredictionTerms memory terms = supplied(token);
        bytes32 next = escrow.jobIdOf(terms);
        bytes[3] memory attacks = [
            abi.encodeCall(IPredictionEscrow.finalise, (next)),
            abi.encodeCall(IPullPayments.withdrawTokenFor, (address(token), client)),
            abi.encodeCall(IPredictionEscrow.accept, (next))
        ];
        for (uint256 i = 0; i < attacks.length; ++i) {
            token.arm(address(escrow), attacks[i]);
            terms.nonce = i;
            bytes32 jobId = openJob(terms);
            expectGuard(token);
            vm.warp(escrow.job(jobId).deadline);
            escrow.finalise(jobId);
            escrow.withdrawTokenFor(address(token), client);
            expectGuard(token);
            vm.assertEq(token.balanceOf(address(escrow)), 0, "exactly its own");
        }
    }

    function expectGuard(CallingToken token) private view {
        vm.assertFalse(token.succeeded(), "the second call failed");
        bytes4 guard = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
        vm.assertEq(bytes32(token.answer()), bytes32(guard), "by the guard");
    }

    /// @dev Money of one kind never pays for another.
    function test_etherAndTokensAreBookedApart() public {
        IPredictionEscrow.PredictionTerms memory terms = supplied(new TestToken());
        bytes32 inTokens = openJob(terms);
        terms = defaultTerms();
        terms.nonce = 2;
        bytes32 inEther = openJob(terms);
        vm.warp(block.timestamp + 1 hours);
        escrow.finalise(inTokens);
        vm.assertEq(escrow.owed(client), 0, "no ether for tokens");
        vm.expectRevert(abi.encodeWithSelector(IPullPayments.NothingOwed.selector, client));
        escrow.withdrawFor(client);
        escrow.finalise(inEther);
        vm.assertEq(escrow.owed(client), clientFunds(terms), "ether for ether");
    }
}
