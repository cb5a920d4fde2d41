// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "../../src/interfaces/IDocuments.sol";
import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {ISampledEscrow} from "../../src/interfaces/ISampledEscrow.sol";
import {CodeHash} from "../../src/libraries/CodeHash.sol";
import {SampledFixture} from "../utils/SampledFixture.sol";

/// @dev Every move: who, when, from which states; each with arguments that are right in the right state.
contract SampledMovesTest is SampledFixture {
    uint256 private constant ACCEPT = 0;
    uint256 private constant HAND_OVER = 1;
    uint256 private constant POST = 2;
    uint256 private constant PROCEED = 3;
    uint256 private constant ABORT = 4;
    uint256 private constant CONFIRM = 5;
    uint256 private constant REVEAL = 6;
    uint256 private constant COMPLAIN_DECRYPTION = 7;
    uint256 private constant COMPLAIN_VIEW = 8;
    uint256 private constant SUBMIT = 9;
    uint256 private constant MOVES = 10;

    /// @dev Examples whose every view is faulty, so that complaints are upheld once they are allowed.
    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < total(); ++i) {
            commit(i, contents[i], hashes[i] ^ 1);
        }
    }

    function movesOf(ISampledEscrow.State state) private pure returns (uint256 bits) {
        if (state == ISampledEscrow.State.Open) return 1 << ACCEPT;
        if (state == ISampledEscrow.State.Accepted) return 1 << HAND_OVER;
        if (state == ISampledEscrow.State.Sampled) return 1 << POST | 1 << PROCEED | 1 << ABORT;
        if (state == ISampledEscrow.State.Posted) return 1 << PROCEED | 1 << ABORT;
        if (state == ISampledEscrow.State.HandedOver) return 1 << CONFIRM | 1 << REVEAL;
        if (state == ISampledEscrow.State.Revealed) {
            return 1 << CONFIRM | 1 << COMPLAIN_DECRYPTION | 1 << COMPLAIN_VIEW;
        }
        if (state == ISampledEscrow.State.Proving) return 1 << SUBMIT;
    }

    /// @dev The state a move names when it is made in none of its own.
    function stateOf(uint256 move) private pure returns (ISampledEscrow.State) {
        if (move == ACCEPT) return ISampledEscrow.State.Open;
        if (move == HAND_OVER) return ISampledEscrow.State.Accepted;
        if (move <= ABORT) return ISampledEscrow.State.Sampled;
        if (move <= REVEAL) return ISampledEscrow.State.HandedOver;
        if (move == SUBMIT) return ISampledEscrow.State.Proving;
        return ISampledEscrow.State.Revealed;
    }

    function moverOf(uint256 move) private view returns (address) {
        if (move == SUBMIT) return address(0);
        return move == HAND_OVER || move == POST || move == REVEAL ? buyer : seller;
    }

    /// @dev A hand-over in which the first ciphertext of the rest is empty.
    function faultyCiphertexts(bytes32 jobId) private view returns (bytes[] memory all) {
        all = ciphertextsOf(jobId);
        all[restOf(jobId)[0] * steps()] = "";
    }

    function callOf(uint256 move, bytes32 jobId) private view returns (bytes memory) {
        ISampledEscrow.State state = escrow.job(jobId).state;
        bool rightly = (movesOf(state) >> move) & 1 == 1;
        if (move == ACCEPT) return abi.encodeCall(escrow.accept, (jobId, "seed"));
        if (move == HAND_OVER) return abi.encodeCall(escrow.handOver, (jobId, "seed", "root", total(), "1", "2"));
        if (move == POST) return abi.encodeCall(escrow.postCiphertext, (jobId, SAMPLE_KEY, ciphertextsOf(jobId), ""));
        if (move == PROCEED) return abi.encodeCall(escrow.proceed, (jobId, escrow.job(jobId).ciphertextRoot));
        if (move == ABORT) return abi.encodeCall(escrow.abort, (jobId));
        if (move == CONFIRM) return abi.encodeCall(escrow.confirm, (jobId));
        if (move == REVEAL) return abi.encodeCall(escrow.revealKey, (jobId, REST_KEY));
        if (move == SUBMIT) {
            ISampledEscrow.SampledBatch memory batch;
            if (rightly) batch = proofOf(jobId, firstRest(jobId), 1);
            return abi.encodeCall(escrow.submitBatch, (jobId, batch));
        }
        IDocuments.DocumentOpening memory document;
        if (rightly) document = opening(restOf(jobId)[0]);
        IDocuments.StepOpening memory step = stepOpening(document.index, 1);
        if (move == COMPLAIN_VIEW) return abi.encodeCall(escrow.complainView, (jobId, document, step, step));
        return abi.encodeCall(
            escrow.complainDecryption,
            (
                jobId,
                document,
                chunkOpening(document.index, 0),
                cipherOpening(faultyCiphertexts(jobId), document.index, 0)
            )
        );
    }

    function bringFaulty(ISampledEscrow.SampledTerms memory terms, ISampledEscrow.State state)
        private
        returns (bytes32 jobId)
    {
        if (state != ISampledEscrow.State.Revealed) return bring(terms, state);
        jobId = accepted(terms);
        handOver(jobId, faultyCiphertexts(jobId));
        proceed(jobId);
        reveal(jobId);
    }

    function make(uint256 move, bytes32 jobId, address who, bytes memory refusal) private {
        bytes memory call_ = callOf(move, jobId);
        uint256 value = move == ACCEPT ? depositOf(escrow.terms(jobId)) : 0;
        vm.deal(who, who.balance + value);
        vm.prank(who);
        if (refusal.length != 0) vm.expectRevert(refusal);
        (bool done, bytes memory answer) = address(escrow).call{value: value}(call_);
        vm.assertTrue(done, string(answer));
    }

    /// @dev 13 states, 10 moves: every pair that the protocol does not name is refused, by the rightful mover, too.
    function test_everyOtherStateIsRefused() public {
        for (uint8 state = 0; state <= uint8(ISampledEscrow.State.Expired); ++state) {
            this.refuseOthers(state);
        }
    }

    /// @dev A call of its own, which gives its memory back.
    function refuseOthers(uint8 state) external {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.nonce = state;
        bytes32 jobId = bring(terms, ISampledEscrow.State(state));
        expectState(jobId, ISampledEscrow.State(state));
        for (uint256 move = 0; move < MOVES; ++move) {
            if ((movesOf(ISampledEscrow.State(state)) >> move) & 1 == 1) continue;
            address who = moverOf(move) == address(0) ? stranger : moverOf(move);
            make(move, jobId, who, abi.encodeWithSelector(IEscrow.WrongState.selector, state, stateOf(move)));
        }
    }

    /// @dev By each move's mover alone; in the last second, and not at the deadline.
    function test_everyMoveHasItsMoverAndItsClock() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.maxAborts = 1000;
        for (uint8 state = 1; state <= uint8(ISampledEscrow.State.Proving); ++state) {
            for (uint256 move = 0; move < MOVES; ++move) {
                if ((movesOf(ISampledEscrow.State(state)) >> move) & 1 == 0) continue;
                ++terms.nonce;
                this.tryAll(terms, move, state);
            }
        }
    }

    function tryAll(ISampledEscrow.SampledTerms memory terms, uint256 move, uint8 state) external {
        bytes32 jobId = bringFaulty(terms, ISampledEscrow.State(state));
        expectState(jobId, ISampledEscrow.State(state));
        address mover = moverOf(move);
        address[4] memory others = [address(buyer), seller, feeRecipient, stranger];
        for (uint256 i = 0; i < others.length; ++i) {
            if (mover == address(0) || others[i] == mover) continue;
            make(move, jobId, others[i], abi.encodeWithSelector(IEscrow.NotYourMove.selector, others[i], mover));
        }
        if (mover == address(0)) mover = stranger;
        uint64 deadline = escrow.job(jobId).deadline;
        vm.warp(deadline);
        make(move, jobId, mover, abi.encodeWithSelector(IEscrow.TooLate.selector, deadline));
        vm.warp(deadline - 1);
        make(move, jobId, mover, "");
        bool ongoing = move == SUBMIT;
        vm.assertTrue(ongoing || uint8(escrow.job(jobId).state) != state, "moved on");
    }

    // ------------------------------------------------------------ what is recorded

    function test_acceptRecordsTheSeedAndDraws() public {
        bytes32 jobId = openJob(defaultTerms());
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.JobAccepted(jobId, "my seed");
        vm.prank(seller);
        escrow.accept{value: depositOf(defaultTerms())}(jobId, "my seed");
        ISampledEscrow.Job memory job = escrow.job(jobId);
        vm.assertEq(job.seed, "my seed", "seed");
        vm.assertEq(job.deadline, block.timestamp + 2 hours, "clock");
        vm.assertEq(restOf(jobId).length, 8, "four are drawn");
    }

    function test_handOverRecordsRootCountAndKeys() public {
        bytes32 jobId = accepted(defaultTerms());
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.HandedOver(jobId, "root", 24, "sample", "rest");
        vm.prank(buyer);
        escrow.handOver(jobId, "seed", "root", 24, "sample", "rest");
        ISampledEscrow.Job memory job = escrow.job(jobId);
        vm.assertEq(job.ciphertextRoot, "root", "root");
        vm.assertEq(job.chunkCount, 24, "count");
        vm.assertEq(job.sampleKeyHash, "sample", "sample's key");
        vm.assertEq(job.restKeyHash, "rest", "rest's key");
        vm.assertEq(job.deadline, block.timestamp + 3 hours, "clock");
    }

    function test_proceedConfirmAndTheirClocks() public {
        bytes32 jobId = sampled(defaultTerms());
        bytes32 root = escrow.job(jobId).ciphertextRoot;
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.Proceeded(jobId);
        vm.prank(seller);
        escrow.proceed(jobId, root);
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + 4 hours, "key window");
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.Confirmed(jobId);
        vm.prank(seller);
        escrow.confirm(jobId);
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + 6 hours, "prove window");
        vm.assertEq(escrow.job(jobId).restKey, 0, "the key stays off chain");
    }

    function test_revealRecordsTheKey() public {
        bytes32 jobId = proceeded(defaultTerms());
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.KeyRevealed(jobId, REST_KEY);
        vm.prank(buyer);
        escrow.revealKey(jobId, REST_KEY);
        vm.assertEq(escrow.job(jobId).restKey, REST_KEY, "key");
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + 5 hours, "complain window");
    }

    function test_postRecordsTheSamplesKey() public {
        bytes32 jobId = sampled(defaultTerms());
        bytes[] memory ciphertexts = ciphertextsOf(jobId);
        vm.warp(block.timestamp + 1 hours);
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.CiphertextPosted(jobId, SAMPLE_KEY);
        vm.prank(buyer);
        escrow.postCiphertext(jobId, SAMPLE_KEY, ciphertexts, "");
        vm.assertEq(escrow.job(jobId).sampleKey, SAMPLE_KEY, "key");
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + 3 hours, "decide window, from now");
    }

    // ------------------------------------------------------------ refused

    function test_exactDepositAtAcceptance() public {
        bytes32 jobId = openJob(defaultTerms());
        uint256 due = depositOf(defaultTerms());
        for (uint256 sent = due - 1; sent <= due + 1; sent += 2) {
            vm.prank(seller);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, sent, due));
            escrow.accept{value: sent}(jobId, "seed");
        }
    }

    function test_acceptanceLooksAgainAtModelAndVerifier() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        vm.prank(seller);
        registry.requestUnstake(modelId);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.NotEligible.selector, modelId));
        escrow.accept{value: depositOf(terms)}(jobId, "seed");
        vm.etch(address(verifier), new bytes(24));
        vm.prank(seller);
        vm.expectPartialRevert(CodeHash.CodeChanged.selector);
        escrow.accept{value: depositOf(terms)}(jobId, "seed");
    }

    function test_abortsAreCountedAndLimited() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.maxAborts = 1;
        for (terms.nonce = 1; terms.nonce <= 2; ++terms.nonce) {
            aborted(terms);
            vm.assertEq(escrow.aborts(modelId), terms.nonce, "counted");
        }
        bytes32 jobId = openJob(terms);
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.TooManyAborts.selector, 2, 1));
        escrow.accept{value: depositOf(terms)}(jobId, "seed");
    }

    function test_asManyChunksForEveryExample() public {
        bytes32 jobId = accepted(defaultTerms());
        uint64[6] memory bad = [uint64(0), 1, 11, 13, 30, type(uint64).max];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.prank(buyer);
            vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.BadChunkCount.selector, bad[i], 12));
            escrow.handOver(jobId, "seed", "root", bad[i], "1", "2");
        }
    }

    /// @dev An acceptance mined again with another seed draws other examples, for which the keys were not made.
    function test_aHandOverNamesTheSeed() public {
        bytes32 jobId = accepted(defaultTerms());
        vm.prank(buyer);
        vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.WrongSeed.selector, bytes32("other"), bytes32("seed")));
        escrow.handOver(jobId, "other", "root", 24, "1", "2");
    }

    function test_aPromiseNamesTheCiphertexts() public {
        bytes32 jobId = sampled(defaultTerms());
        bytes32 root = escrow.job(jobId).ciphertextRoot;
        vm.prank(seller);
        vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.WrongDelivery.selector, bytes32("other"), root));
        escrow.proceed(jobId, "other");
    }

    function test_onlyTheCommittedKeys() public {
        bytes32 jobId = sampled(defaultTerms());
        bytes[] memory ciphertexts = ciphertextsOf(jobId);
        vm.prank(buyer);
        vm.expectPartialRevert(ISampledEscrow.WrongKey.selector);
        escrow.postCiphertext(jobId, REST_KEY, ciphertexts, "");
        proceed(jobId);
        bytes32[3] memory wrong = [SAMPLE_KEY, bytes32(0), REST_KEY ^ bytes32(uint256(1))];
        for (uint256 i = 0; i < wrong.length; ++i) {
            vm.prank(buyer);
            vm.expectPartialRevert(ISampledEscrow.WrongKey.selector);
            escrow.revealKey(jobId, wrong[i]);
        }
    }

    /// @dev Whoever copies another's key hash, or its own from another job, cannot use it; and takes nothing away.
    function test_aKeyHashServesItsBuyerAndItsJobOnly() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        bytes32 copied = proceeded(terms);
        ISampledEscrow.Job memory original = escrow.job(copied);
        address[2] memory thieves = [address(buyer), stranger];
        vm.deal(stranger, 10 ether);
        for (uint256 i = 0; i < thieves.length; ++i) {
            (terms.buyer, terms.nonce) = (thieves[i], 2);
            bytes32 jobId = accepted(terms);
            vm.prank(thieves[i]);
            escrow.handOver(
                jobId, "seed", original.ciphertextRoot, original.chunkCount, original.sampleKeyHash, original.restKeyHash
            );
            proceed(jobId);
            vm.prank(thieves[i]);
            vm.expectPartialRevert(ISampledEscrow.WrongKey.selector);
            escrow.revealKey(jobId, REST_KEY);
        }
        reveal(copied);
        expectState(copied, ISampledEscrow.State.Revealed);
    }
}
