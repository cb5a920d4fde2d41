// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IRetrievalEscrow} from "../../src/interfaces/IRetrievalEscrow.sol";
import {RetrievalFixture} from "../utils/RetrievalFixture.sol";
import {TestDocuments} from "../utils/TestDocuments.sol";

/// @dev accept, topUp, deliver, acknowledge, reveal: who, when, from which state, and what is recorded.
contract RetrievalMovesTest is RetrievalFixture {
    uint256 private constant ACCEPT = 0;
    uint256 private constant TOP_UP = 1;
    uint256 private constant DELIVER = 2;
    uint256 private constant ACKNOWLEDGE = 3;
    uint256 private constant REVEAL = 4;

    bytes32 private constant ROOT = "ciphertext root";
    uint256 private nonce;

    function nextTerms() private returns (IRetrievalEscrow.RetrievalTerms memory terms) {
        terms = defaultTerms();
        terms.nonce = ++nonce;
    }

    /// @dev A new job in the state from which `move` is allowed; 5 matches for a top-up, else 2.
    function readyFor(uint256 move) private returns (bytes32 jobId) {
        if (move == ACCEPT) return openJob(nextTerms());
        if (move == TOP_UP) return searched(nextTerms(), 0x1f);
        jobId = searched(nextTerms());
        if (move >= ACKNOWLEDGE) deliverRoot(jobId, ROOT, 9);
        if (move >= REVEAL) acknowledge(jobId);
    }

    function stateFor(uint256 move) private pure returns (IRetrievalEscrow.State) {
        if (move == ACCEPT) return IRetrievalEscrow.State.Open;
        if (move == TOP_UP) return IRetrievalEscrow.State.OverCap;
        if (move == DELIVER) return IRetrievalEscrow.State.Proven;
        return move == ACKNOWLEDGE ? IRetrievalEscrow.State.Delivered : IRetrievalEscrow.State.Locked;
    }

    function moverOf(uint256 move) private view returns (address) {
        return move == TOP_UP || move == ACKNOWLEDGE ? requester : responder;
    }

    function make(uint256 move, bytes32 jobId, address caller, bytes memory reason) private {
        uint256 value;
        if (move == ACCEPT) value = responderFunds(defaultTerms());
        if (move == TOP_UP) value = 2 * defaultTerms().price;
        bytes32 keyHash = TestDocuments.keyHash(jobId, responder, KEY);
        vm.prank(caller);
        if (reason.length != 0) vm.expectRevert(reason);
        if (move == ACCEPT) escrow.accept{value: value}(jobId);
        if (move == TOP_UP) escrow.topUp{value: value}(jobId);
        if (move == DELIVER) escrow.deliver(jobId, keyHash, ROOT, 9);
        if (move == ACKNOWLEDGE) escrow.acknowledge(jobId, ROOT);
        if (move == REVEAL) escrow.reveal(jobId, KEY);
    }

    function test_everyMoveIsAllowedInTheLastSecondAndNotAtTheDeadline() public {
        for (uint256 move = ACCEPT; move <= REVEAL; ++move) {
            bytes32 jobId = readyFor(move);
            uint64 deadline = escrow.job(jobId).deadline;
            vm.warp(deadline);
            make(move, jobId, moverOf(move), abi.encodeWithSelector(IEscrow.TooLate.selector, deadline));
            vm.warp(deadline - 1);
            make(move, jobId, moverOf(move), "");
        }
    }

    function test_everyMoveBelongsToOneParty() public {
        for (uint256 move = ACCEPT; move <= REVEAL; ++move) {
            bytes32 jobId = readyFor(move);
            address mover = moverOf(move);
            address[3] memory others = [address(stranger), feeRecipient, mover == requester ? responder : requester];
            for (uint256 i = 0; i < others.length; ++i) {
                vm.deal(others[i], 1000 ether);
                bytes memory notYours = abi.encodeWithSelector(IEscrow.NotYourMove.selector, others[i], mover);
                make(move, jobId, others[i], notYours);
            }
        }
    }

    function test_everyMoveBelongsToOneState() public {
        bytes32[8] memory jobs = [
            bytes32("unknown"),
            readyFor(ACCEPT),
            readyFor(TOP_UP),
            readyFor(DELIVER),
            readyFor(ACKNOWLEDGE),
            readyFor(REVEAL),
            accepted(nextTerms()),
            searched(nextTerms(), 0)
        ];
        for (uint256 move = ACCEPT; move <= REVEAL; ++move) {
            for (uint256 i = 0; i < jobs.length; ++i) {
                IRetrievalEscrow.State state = escrow.job(jobs[i]).state;
                if (state == stateFor(move)) continue;
                bytes memory wrong = abi.encodeWithSelector(IEscrow.WrongState.selector, state, stateFor(move));
                make(move, jobs[i], moverOf(move), wrong);
            }
        }
    }

    function test_movesRecordWhatTheyCarryAndStartTheNextClock() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        bytes32 jobId = readyFor(DELIVER);
        vm.warp(block.timestamp + 100);
        bytes32 keyHash = TestDocuments.keyHash(jobId, responder, KEY);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.Delivered(jobId, keyHash, ROOT, 9);
        make(DELIVER, jobId, responder, "");
        vm.assertEq(escrow.job(jobId).keyHash, keyHash, "key hash");
        vm.assertEq(escrow.job(jobId).ciphertextRoot, ROOT, "root");
        vm.assertEq(escrow.job(jobId).chunkCount, 9, "chunks");
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + terms.receiptWindow, "receipt clock");
        vm.warp(block.timestamp + 100);
        make(ACKNOWLEDGE, jobId, requester, "");
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + terms.revealWindow, "reveal clock");
        vm.warp(block.timestamp + 100);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.KeyRevealed(jobId, KEY);
        make(REVEAL, jobId, responder, "");
        vm.assertEq(escrow.job(jobId).key, KEY, "key");
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + terms.complainWindow, "complaint clock");
    }

    function test_acceptAndTopUpTakeTheExactAmount() public {
        bytes32 opened = readyFor(ACCEPT);
        bytes32 over = readyFor(TOP_UP);
        uint256 funds = responderFunds(defaultTerms());
        uint256 missing = 2 * defaultTerms().price;
        for (uint256 off = 0; off <= 2; off += 2) {
            vm.prank(responder);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, funds + off - 1, funds));
            escrow.accept{value: funds + off - 1}(opened);
            vm.prank(requester);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, missing + off - 1, missing));
            escrow.topUp{value: missing + off - 1}(over);
        }
        make(TOP_UP, over, requester, "");
        vm.assertEq(escrow.job(over).toppedUp, missing, "topped up");
        expectState(over, IRetrievalEscrow.State.Proven);
    }

    function test_eachMatchHasAChunkAtLeast() public {
        bytes32 jobId = readyFor(DELIVER);
        vm.prank(responder);
        vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.TooFewChunks.selector, 1, 2));
        escrow.deliver(jobId, "key hash", ROOT, 1);
        vm.prank(responder);
        escrow.deliver(jobId, "key hash", ROOT, 2);
    }

    function test_aResponderCommitsToAKeyOnce() public {
        bytes32 first = readyFor(DELIVER);
        bytes32 second = readyFor(DELIVER);
        vm.prank(responder);
        escrow.deliver(first, "key hash", ROOT, 9);
        vm.prank(responder);
        vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.KeyHashUsed.selector, bytes32("key hash")));
        escrow.deliver(second, "key hash", ROOT, 9);
    }

    /// @dev Who sees a delivery or a key on its way cannot spoil it by being first with the same in a job of its own.
    function test_nobodyCanSpoilAnothersKey() public {
        bytes32 honest = readyFor(DELIVER);
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        (terms.requester, terms.responder) = (account("thief"), stranger);
        vm.deal(terms.requester, 1000 ether);
        vm.deal(terms.responder, 1000 ether);
        bytes32 copied = searched(terms);
        bytes32 keyHash = TestDocuments.keyHash(honest, responder, KEY);
        vm.prank(stranger);
        escrow.deliver(copied, keyHash, ROOT, 9);
        make(DELIVER, honest, responder, "");
        acknowledge(copied);
        vm.prank(stranger);
        vm.expectPartialRevert(IRetrievalEscrow.WrongKey.selector);
        escrow.reveal(copied, KEY);

        (terms.nonce, terms.requester) = (2, account("thief"));
        bytes32 own = searched(terms);
        deliverRoot(own, ROOT, 9);
        acknowledge(own);
        vm.prank(stranger);
        escrow.reveal(own, KEY);
        acknowledge(honest);
        make(REVEAL, honest, responder, "");
    }

    function test_aReceiptNamesTheDelivery() public {
        bytes32 jobId = readyFor(ACKNOWLEDGE);
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.WrongDelivery.selector, bytes32("other"), ROOT));
        escrow.acknowledge(jobId, "other");
    }

    function testFuzz_onlyTheKeyCommittedTo(bytes32 key) public {
        vm.assume(key != KEY);
        bytes32 jobId = readyFor(REVEAL);
        vm.prank(responder);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRetrievalEscrow.WrongKey.selector,
                TestDocuments.keyHash(jobId, responder, key),
                TestDocuments.keyHash(jobId, responder, KEY)
            )
        );
        escrow.reveal(jobId, key);
    }
}
