// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IRetrievalEscrow} from "../../src/interfaces/IRetrievalEscrow.sol";
import {RetrievalFixture} from "../utils/RetrievalFixture.sol";

/// @dev The priced audit: documents drawn by the chain.
contract DrawTest is RetrievalFixture {
    uint256 private constant START = 1000;
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    function ready(IRetrievalEscrow.RetrievalTerms memory terms) private returns (bytes32 jobId) {
        blocks.roll(START);
        vm.deal(requester, requesterFunds(terms));
        jobId = accepted(terms);
        vm.assertEq(escrow.job(jobId).drawBlock, START + 2, "the second block from here");
    }

    function sample(bytes32 jobId, bytes32 seed, uint256 count, uint256 total_)
        private
        pure
        returns (uint256[] memory)
    {
        uint256[] memory drawn = new uint256[](count);
        uint256 found;
        for (uint256 t = 0; found < count; ++t) {
            uint256 doc = uint256(keccak256(abi.encode(keccak256("assay/sample/v1"), jobId, seed, t))) % total_;
            bool known;
            for (uint256 i = 0; i < found; ++i) {
                known = known || drawn[i] == doc;
            }
            if (!known) drawn[found++] = doc;
        }
        return drawn;
    }

    function test_drawsOnceTheBlockHasPassed() public {
        IRetrievalEscrow.RetrievalTerms memory terms = sampleTerms();
        terms.baseFee = 1 ether / 1000;
        bytes32 jobId = ready(terms);
        for (uint256 number = START; number <= START + 2; ++number) {
            blocks.roll(number);
            vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.DrawTooEarly.selector, START + 2));
            escrow.draw(jobId);
        }
        blocks.roll(START + 3);
        blocks.setBlockhash(START + 2, "seed");
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.Drawn(jobId, "seed");
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.JobProven(jobId, 2);
        vm.prank(stranger);
        escrow.draw(jobId);
        expectState(jobId, IRetrievalEscrow.State.Proven);
        vm.assertEq(escrow.job(jobId).matches, 2, "matches");
        vm.assertEq(escrow.owed(responder), terms.baseFee, "base fee");
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + terms.deliverWindow, "clock");
    }

    function testFuzz_drawsDifferentDocumentsFromTheSeedAlone(bytes32 seed, uint16 total_, uint8 count) public {
        vm.assume(seed != 0);
        IRetrievalEscrow.RetrievalTerms memory terms = sampleTerms();
        terms.total = uint32(bound(total_, 2, 5000));
        terms.cap = uint32(bound(count, 1, terms.total / 2 < 24 ? terms.total / 2 : 24));
        bytes32 jobId = ready(terms);
        blocks.roll(START + 3);
        blocks.setBlockhash(START + 2, seed);
        escrow.draw(jobId);
        uint256[] memory drawn = sample(jobId, seed, terms.cap, terms.total);
        for (uint256 i = 0; i < drawn.length; ++i) {
            vm.assertTrue(escrow.selected(jobId, drawn[i]), "drawn");
        }
        uint256 bits;
        for (uint256 word = 0; word <= terms.total / 256; ++word) {
            for (uint256 rest = escrow.bitmapWord(jobId, word); rest != 0; rest &= rest - 1) {
                ++bits;
            }
        }
        vm.assertEq(bits, terms.cap, "and nothing else");
    }

    function test_allDocumentsNeedNoChance() public {
        IRetrievalEscrow.RetrievalTerms memory terms = sampleTerms();
        uint32[3] memory sizes = [uint32(1), 5, 256];
        for (uint256 i = 0; i < sizes.length; ++i) {
            (terms.total, terms.cap, terms.nonce) = (sizes[i], sizes[i], i);
            bytes32 jobId = ready(terms);
            blocks.roll(START + 3);
            blocks.setBlockhash(START + 2, "seed");
            escrow.draw(jobId);
            uint256 all = type(uint256).max >> (256 - sizes[i]);
            vm.assertEq(escrow.bitmapWord(jobId, 0), all, "all of them");
        }
    }

    function test_aHashOutOfReachIsReplacedByALaterOne() public {
        bytes32 jobId = ready(sampleTerms());
        blocks.roll(START + 2 + 10_000);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.DrawMoved(jobId, START + 10_004);
        escrow.draw(jobId);
        expectState(jobId, IRetrievalEscrow.State.Proving);
        vm.assertEq(escrow.job(jobId).drawBlock, START + 10_004, "another block");
        vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.DrawTooEarly.selector, START + 10_004));
        escrow.draw(jobId);
        blocks.roll(START + 10_005);
        blocks.setBlockhash(START + 10_004, "seed");
        escrow.draw(jobId);
        expectState(jobId, IRetrievalEscrow.State.Proven);
    }

    /// @dev What the chain itself remembers beyond 256 blocks (EIP-2935) is used.
    function test_theChainsHistoryIsAsked() public {
        bytes32 jobId = ready(sampleTerms());
        // PUSH4 "seed", PUSH1 224, SHL, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
        vm.etch(HISTORY, hex"637365656460e01b5f5260205ff3");
        blocks.roll(START + 2 + 300);
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.Drawn(jobId, "seed");
        escrow.draw(jobId);
    }

    function test_onlyWhileProvingAndInTime() public {
        blocks.roll(START);
        bytes32 jobId = openJob(sampleTerms());
        bytes memory notYet = abi.encodeWithSelector(
            IEscrow.WrongState.selector, IRetrievalEscrow.State.Open, IRetrievalEscrow.State.Proving
        );
        vm.expectRevert(notYet);
        escrow.draw(jobId);
        uint256 funds = responderFunds(sampleTerms());
        vm.prank(responder);
        escrow.accept{value: funds}(jobId);
        blocks.roll(START + 3);
        uint64 deadline = escrow.job(jobId).deadline;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.TooLate.selector, deadline));
        escrow.draw(jobId);
        vm.warp(deadline - 1);
        blocks.setBlockhash(START + 2, "seed");
        escrow.draw(jobId);
        vm.expectPartialRevert(IEscrow.WrongState.selector);
        escrow.draw(jobId);
    }

    function test_aSampleIsNotProven() public {
        bytes32 jobId = ready(sampleTerms());
        IRetrievalEscrow.BitsProof memory batch;
        vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.WrongPredicate.selector, 2));
        escrow.submitBatch(jobId, batch);
    }
}
