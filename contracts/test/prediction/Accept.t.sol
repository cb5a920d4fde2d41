// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IPredictionEscrow} from "../../src/interfaces/IPredictionEscrow.sol";
import {CodeHash} from "../../src/libraries/CodeHash.sol";
import {FixedAnswer} from "../utils/FakeHalo2Verifier.sol";
import {PredictionFixture} from "../utils/PredictionFixture.sol";

contract PredictionAcceptTest is PredictionFixture {
    function acceptAs(address who, bytes32 jobId, uint256 value) private {
        vm.prank(who);
        escrow.accept{value: value}(jobId);
    }

    function test_acceptStartsTheRound() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        vm.warp(block.timestamp + 100);
        uint64 roundEnd = uint64(block.timestamp) + 2 hours;
        vm.expectEmit(address(escrow));
        emit IPredictionEscrow.JobAccepted(jobId, roundEnd, roundEnd + 3 hours);
        acceptAs(provider, jobId, providerFunds(terms));
        expectState(jobId, IPredictionEscrow.State.Serving);
        vm.assertEq(escrow.job(jobId).roundEnd, roundEnd, "round");
        vm.assertEq(escrow.job(jobId).deadline, roundEnd + 3 hours, "prove end");
        vm.assertEq(address(escrow).balance, clientFunds(terms) + providerFunds(terms), "both");
    }

    function test_onlyTheProviderAccepts() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        address[2] memory others = [client, stranger];
        for (uint256 i = 0; i < 2; ++i) {
            vm.deal(others[i], providerFunds(terms));
            vm.expectRevert(abi.encodeWithSelector(IEscrow.NotYourMove.selector, others[i], provider));
            acceptAs(others[i], jobId, providerFunds(terms));
        }
    }

    function test_acceptTakesTheExactFunds() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        uint256 due = providerFunds(terms);
        for (uint256 sent = due - 1; sent <= due + 1; sent += 2) {
            vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, sent, due));
            acceptAs(provider, jobId, sent);
        }
    }

    function test_acceptIsAllowedInTheLastSecondAndNotAtTheDeadline() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        uint64 deadline = escrow.job(jobId).deadline;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.TooLate.selector, deadline));
        acceptAs(provider, jobId, providerFunds(terms));
        vm.warp(deadline - 1);
        acceptAs(provider, jobId, providerFunds(terms));
    }

    function test_acceptOnceAndOnlyAnOpenJob() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = serving(terms);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongState.selector, 2, 1));
        acceptAs(provider, jobId, providerFunds(terms));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongState.selector, 0, 1));
        acceptAs(provider, "unknown", providerFunds(terms));
    }

    function test_acceptChecksTheVerifierAgain() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        vm.etch(terms.verifier, address(new FixedAnswer(abi.encode(true))).code);
        bytes memory changed = abi.encodeWithSelector(
            CodeHash.CodeChanged.selector, terms.verifier, terms.verifier.codehash, terms.verifierCodehash
        );
        vm.expectRevert(changed);
        acceptAs(provider, jobId, providerFunds(terms));
    }
}
