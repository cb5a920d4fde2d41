// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IAccuracyEscrow} from "../../src/interfaces/IAccuracyEscrow.sol";
import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {CodeHash} from "../../src/libraries/CodeHash.sol";
import {EscrowFixture} from "../utils/EscrowFixture.sol";
import {FixedAnswer} from "../utils/FakeHalo2Verifier.sol";

/// @dev accept, handOver, proceed, abort: who, when, from which state, and what is recorded.
contract MovesTest is EscrowFixture {
    uint256 private constant ACCEPT = 0;
    uint256 private constant HAND_OVER = 1;
    uint256 private constant PROCEED = 2;
    uint256 private constant ABORT = 3;

    /// @dev A job in the state from which `move` is allowed.
    function readyFor(uint256 move) private returns (bytes32) {
        if (move == ACCEPT) return openJob(defaultTerms());
        if (move == HAND_OVER) return accepted(defaultTerms());
        return handedOver(defaultTerms());
    }

    function moverOf(uint256 move) private view returns (address) {
        return move == HAND_OVER ? buyer : seller;
    }

    function make(uint256 move, bytes32 jobId, address caller) private {
        uint256 deposit = depositOf(defaultTerms());
        vm.prank(caller);
        _make(move, jobId, deposit);
    }

    function makeExpecting(uint256 move, bytes32 jobId, address caller, bytes memory reason) private {
        uint256 deposit = depositOf(defaultTerms());
        vm.prank(caller);
        vm.expectRevert(reason);
        _make(move, jobId, deposit);
    }

    function _make(uint256 move, bytes32 jobId, uint256 deposit) private {
        if (move == ACCEPT) escrow.accept{value: deposit}(jobId, "seed");
        if (move == HAND_OVER) escrow.handOver(jobId, "ciphertext root");
        if (move == PROCEED) escrow.proceed(jobId);
        if (move == ABORT) escrow.abort(jobId);
    }

    function test_everyMoveIsAllowedInTheLastSecond() public {
        for (uint256 move = ACCEPT; move <= ABORT; ++move) {
            setUp();
            bytes32 jobId = readyFor(move);
            vm.warp(escrow.job(jobId).deadline - 1);
            make(move, jobId, moverOf(move));
        }
    }

    function test_noMoveIsAllowedAtTheDeadline() public {
        for (uint256 move = ACCEPT; move <= ABORT; ++move) {
            setUp();
            bytes32 jobId = readyFor(move);
            uint64 deadline = escrow.job(jobId).deadline;
            vm.warp(deadline);
            bytes memory late = abi.encodeWithSelector(IEscrow.TooLate.selector, deadline);
            makeExpecting(move, jobId, moverOf(move), late);
        }
    }

    function test_everyMoveBelongsToOneParty() public {
        for (uint256 move = ACCEPT; move <= ABORT; ++move) {
            setUp();
            bytes32 jobId = readyFor(move);
            address mover = moverOf(move);
            address[3] memory others = [address(stranger), feeRecipient, mover == buyer ? seller : buyer];
            for (uint256 i = 0; i < others.length; ++i) {
                vm.deal(others[i], 1000 ether);
                bytes memory notYours = abi.encodeWithSelector(IEscrow.NotYourMove.selector, others[i], mover);
                makeExpecting(move, jobId, others[i], notYours);
            }
        }
    }

    function test_everyMoveBelongsToOneState() public {
        for (uint256 move = ACCEPT; move <= ABORT; ++move) {
            for (uint256 stage = 0; stage <= 5; ++stage) {
                IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
                terms.nonce = 10 * move + stage;
                terms.maxAborts = 100;
                (bytes32 jobId, IAccuracyEscrow.State state) = bring(terms, stage);
                IAccuracyEscrow.State needed = move == ACCEPT
                    ? IAccuracyEscrow.State.Open
                    : move == HAND_OVER ? IAccuracyEscrow.State.Accepted : IAccuracyEscrow.State.HandedOver;
                if (state == needed) continue;
                bytes memory wrong = abi.encodeWithSelector(IEscrow.WrongState.selector, state, needed);
                makeExpecting(move, jobId, moverOf(move), wrong);
            }
        }
    }

    /// @dev One job in each kind of state: unknown, the four live ones, an ended one.
    function bring(IAccuracyEscrow.AccuracyTerms memory terms, uint256 stage)
        private
        returns (bytes32 jobId, IAccuracyEscrow.State state)
    {
        if (stage == 0) return ("unknown", IAccuracyEscrow.State.None);
        if (stage == 1) return (openJob(terms), IAccuracyEscrow.State.Open);
        if (stage == 2) return (accepted(terms), IAccuracyEscrow.State.Accepted);
        if (stage == 3) return (handedOver(terms), IAccuracyEscrow.State.HandedOver);
        if (stage == 4) return (proving(terms), IAccuracyEscrow.State.Proving);
        jobId = handedOver(terms);
        vm.prank(seller);
        escrow.abort(jobId);
        return (jobId, IAccuracyEscrow.State.Aborted);
    }

    function test_movesRecordWhatTheyCarryAndStartTheNextClock() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        vm.warp(block.timestamp + 100);
        make(ACCEPT, jobId, seller);
        vm.assertEq(escrow.job(jobId).seed, "seed", "seed");
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + terms.handOverWindow, "hand-over clock");
        vm.warp(block.timestamp + 100);
        make(HAND_OVER, jobId, buyer);
        vm.assertEq(escrow.job(jobId).ciphertextRoot, "ciphertext root", "root");
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + terms.decideWindow, "decision clock");
        vm.warp(block.timestamp + 100);
        make(PROCEED, jobId, seller);
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + terms.proveWindow, "proving clock");
        vm.assertEq(address(escrow).balance, 2 * depositOf(terms), "both deposits");
    }

    function test_acceptTakesTheExactDeposit() public {
        bytes32 jobId = openJob(defaultTerms());
        uint256 due = depositOf(defaultTerms());
        for (uint256 sent = due - 1; sent <= due + 1; sent += 2) {
            vm.prank(seller);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, sent, due));
            escrow.accept{value: sent}(jobId, "seed");
        }
    }

    function test_acceptChecksTheModelAgain() public {
        bytes32 jobId = openJob(defaultTerms());
        vm.prank(seller);
        registry.requestUnstake(modelId);
        makeExpecting(ACCEPT, jobId, seller, abi.encodeWithSelector(IAccuracyEscrow.NotEligible.selector, modelId));
    }

    function test_acceptChecksTheVerifierAgain() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        vm.etch(terms.verifier, address(new FixedAnswer("")).code);
        bytes memory changed = abi.encodeWithSelector(
            CodeHash.CodeChanged.selector, terms.verifier, terms.verifier.codehash, terms.verifierCodehash
        );
        makeExpecting(ACCEPT, jobId, seller, changed);
    }

    function test_abortsBarAModelBeyondTheBuyersLimit() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        terms.maxAborts = 1;
        for (terms.nonce = 10; terms.nonce < 12; ++terms.nonce) {
            bytes32 looked = handedOver(terms);
            vm.prank(seller);
            escrow.abort(looked);
        }
        vm.assertEq(escrow.aborts(modelId), 2, "counted");
        bytes32 jobId = openJob(terms);
        bytes memory tooMany = abi.encodeWithSelector(IAccuracyEscrow.TooManyAborts.selector, 2, 1);
        makeExpecting(ACCEPT, jobId, seller, tooMany);
    }

    function test_abortPaysForTheInference() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32 jobId = handedOver(terms);
        vm.expectEmit(address(escrow));
        emit IAccuracyEscrow.JobAborted(jobId);
        make(ABORT, jobId, seller);
        uint256 bond = 2 * uint256(terms.total) * terms.exampleCost;
        uint256 abortFee = uint256(terms.total) * terms.inferenceCost;
        expectState(jobId, IAccuracyEscrow.State.Aborted);
        expectPayoffs(bond - abortFee, bond + abortFee, 2 * terms.fee);
        vm.assertEq(escrow.aborts(modelId), 1, "counted");
    }
}
