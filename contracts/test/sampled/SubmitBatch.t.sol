// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ISampledEscrow} from "../../src/interfaces/ISampledEscrow.sol";
import {CodeHash} from "../../src/libraries/CodeHash.sol";
import {Commitments} from "../../src/libraries/Commitments.sol";
import {FixedAnswer} from "../utils/FakeHalo2Verifier.sol";
import {SampledFixture} from "../utils/SampledFixture.sol";

/// @dev 8 examples left of 12, in batches of 2 of the prover's choice; target 5.
contract SampledSubmitTest is SampledFixture {
    bytes32 private jobId;
    uint32[] private rest;

    function setUp() public override {
        super.setUp();
        jobId = proving(defaultTerms());
        rest = restOf(jobId);
    }

    function width() internal pure override returns (uint256) {
        return 9;
    }

    function pair(uint32 one, uint32 other) private pure returns (uint32[] memory indices) {
        indices = new uint32[](2);
        (indices[0], indices[1]) = (one, other);
    }

    function honest() private view returns (ISampledEscrow.SampledBatch memory) {
        return proofOf(jobId, pair(rest[1], rest[6]), 2);
    }

    function refuse(ISampledEscrow.SampledBatch memory batch, bytes4 selector) private {
        vm.expectPartialRevert(selector);
        escrow.submitBatch(jobId, batch);
    }

    // ------------------------------------------------------------ accepted

    function test_marksWhatIsProven() public {
        ISampledEscrow.SampledBatch memory batch = honest();
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.BatchVerified(jobId, batch.indices, 2, 2);
        vm.prank(stranger);
        escrow.submitBatch(jobId, batch);
        for (uint256 k = 0; k < 8; ++k) {
            vm.assertTrue(escrow.spent(jobId, rest[k]) == (k == 1 || k == 6), "these two");
        }
        vm.assertEq(escrow.job(jobId).correct, 2, "correct");
        vm.assertEq(escrow.job(jobId).batchesVerified, 1, "batches");
        expectState(jobId, ISampledEscrow.State.Proving);
    }

    /// @dev Whatever the order and the grouping: counts add up, and the job completes at the target exactly.
    function testFuzz_anyGroupingAddsUp(uint256 order, uint256 counts) public {
        for (uint256 k = 7; k > 0; --k) {
            uint256 other = order % (k + 1);
            order /= k + 1;
            (rest[k], rest[other]) = (rest[other], rest[k]);
        }
        uint256 sum;
        for (uint256 k = 0; k < 8 && sum < 5; k += 2) {
            (uint32 a, uint32 b) = (rest[k], rest[k + 1]);
            uint256 count = (counts >> k) % 3;
            sum += count;
            submit(jobId, a < b ? pair(a, b) : pair(b, a), count);
            vm.assertEq(escrow.job(jobId).correct, sum, "sum");
        }
        expectState(jobId, sum >= 5 ? ISampledEscrow.State.Completed : ISampledEscrow.State.Proving);
    }

    /// @dev An example no proof can be made for spoils none of the others.
    function test_anUnprovableExampleBlocksNobody() public {
        submit(jobId, pair(rest[0], rest[2]), 2);
        submit(jobId, pair(rest[3], rest[5]), 2);
        submit(jobId, pair(rest[6], rest[7]), 1);
        expectState(jobId, ISampledEscrow.State.Completed);
        vm.assertFalse(escrow.spent(jobId, rest[1]), "never proven");
    }

    // ------------------------------------------------------------ refused

    function test_eachExampleOnce() public {
        submit(jobId, pair(rest[1], rest[6]), 1);
        for (uint256 k = 0; k < 2; ++k) {
            uint32[] memory again = k == 0 ? pair(rest[1], rest[2]) : pair(rest[0], rest[6]);
            ISampledEscrow.SampledBatch memory batch = proofOf(jobId, again, 1);
            vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.ExampleSpent.selector, again[k]));
            escrow.submitBatch(jobId, batch);
        }
    }

    function test_duplicatesWithinABatchAreRefused() public {
        ISampledEscrow.SampledBatch memory batch = proofOf(jobId, pair(rest[3], rest[3]), 2);
        vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.NoSuchExample.selector, rest[3]));
        escrow.submitBatch(jobId, batch);
    }

    function test_indicesAscend() public {
        ISampledEscrow.SampledBatch memory batch = proofOf(jobId, pair(rest[4], rest[3]), 2);
        vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.NoSuchExample.selector, rest[3]));
        escrow.submitBatch(jobId, batch);
    }

    function test_examplesBeyondTheTestSetDoNotExist() public {
        uint32[3] memory beyond = [uint32(12), 16, type(uint32).max];
        for (uint256 k = 0; k < beyond.length; ++k) {
            ISampledEscrow.SampledBatch memory batch = honest();
            batch.indices[1] = beyond[k];
            vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.NoSuchExample.selector, beyond[k]));
            escrow.submitBatch(jobId, batch);
        }
    }

    function test_shapesAreExact() public {
        for (uint256 field = 0; field < 4; ++field) {
            for (uint256 size = 0; size <= 3; ++size) {
                if (size == 2) continue;
                ISampledEscrow.SampledBatch memory batch = honest();
                if (field == 0) batch.indices = new uint32[](size);
                if (field == 1) batch.h = new uint256[](size);
                if (field == 2) batch.payloadRoots = new bytes32[](size);
                if (field == 3) batch.paths = new bytes32[][](size);
                vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.WrongBatchSize.selector, size, 2));
                escrow.submitBatch(jobId, batch);
            }
        }
        ISampledEscrow.SampledBatch memory bent = honest();
        bent.paths[1] = new bytes32[](3);
        refuse(bent, Commitments.MisshapenPath.selector);
        bent.paths[1] = new bytes32[](5);
        refuse(bent, Commitments.MisshapenPath.selector);
    }

    /// @dev A right proof under another index, or in another order: h belongs to the leaf, the leaf to its index.
    function test_aProofBelongsToItsIndices() public {
        ISampledEscrow.SampledBatch memory batch = honest();
        batch.indices[0] = rest[0];
        refuse(batch, ISampledEscrow.WrongDataRoot.selector);
        batch = honest();
        (batch.h[0], batch.h[1]) = (batch.h[1], batch.h[0]);
        refuse(batch, ISampledEscrow.WrongDataRoot.selector);
        (batch.payloadRoots[0], batch.payloadRoots[1]) = (batch.payloadRoots[1], batch.payloadRoots[0]);
        (batch.paths[0], batch.paths[1]) = (batch.paths[1], batch.paths[0]);
        refuse(batch, ISampledEscrow.WrongDataRoot.selector);
        batch = honest();
        uint256[] memory swapped = new uint256[](2);
        (swapped[0], swapped[1]) = (batch.h[1], batch.h[0]);
        batch.proof = proofFor(jobId, swapped, 2);
        refuse(batch, ISampledEscrow.ProofRefused.selector);
    }

    function testFuzz_anyChangedWordOfTheDataIsRefused(uint256 which, uint256 bit) public {
        ISampledEscrow.SampledBatch memory batch = honest();
        which = bound(which, 0, 11);
        bytes32 flip = bytes32(1 << bound(bit, 0, 252));
        if (which < 2) batch.h[which] = uint256(bytes32(batch.h[which]) ^ flip) % Commitments.FIELD_ORDER;
        else if (which < 4) batch.payloadRoots[which - 2] ^= flip;
        else batch.paths[which % 2][(which - 4) / 2] ^= flip;
        refuse(batch, ISampledEscrow.WrongDataRoot.selector);
    }

    function test_secondEncodingOfAHashIsRefused() public {
        ISampledEscrow.SampledBatch memory batch = honest();
        batch.h[1] += Commitments.FIELD_ORDER;
        refuse(batch, Commitments.HashNotInField.selector);
    }

    function test_inflatedCountIsRefused() public {
        ISampledEscrow.SampledBatch memory batch = proofOf(jobId, pair(rest[1], rest[6]), 1);
        batch.count = 2;
        refuse(batch, ISampledEscrow.ProofRefused.selector);
        uint256[2] memory tooHigh = [uint256(3), type(uint256).max];
        for (uint256 k = 0; k < 2; ++k) {
            batch.count = tooHigh[k];
            vm.expectRevert(abi.encodeWithSelector(ISampledEscrow.CountTooHigh.selector, tooHigh[k], 2));
            escrow.submitBatch(jobId, batch);
        }
    }

    function test_tamperedProofIsRefused() public {
        for (uint256 field = 0; field < 3; ++field) {
            ISampledEscrow.SampledBatch memory batch = honest();
            if (field == 0) batch.proof[31] ^= 0x01;
            if (field == 1) batch.note = "another note";
            if (field == 2) batch.tagHash ^= 1;
            refuse(batch, ISampledEscrow.ProofRefused.selector);
        }
    }

    function test_aProofServesOneJobOnly() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.nonce = 2;
        bytes32 second = proving(terms);
        uint32[] memory common = new uint32[](2);
        uint256 found;
        for (uint32 i = 0; found < 2; ++i) {
            if (!escrow.spent(jobId, i) && !escrow.spent(second, i)) common[found++] = i;
        }
        ISampledEscrow.SampledBatch memory batch = proofOf(second, common, 2);
        refuse(batch, ISampledEscrow.ProofRefused.selector);
        escrow.submitBatch(second, batch);
    }

    function test_changedVerifierCodeIsNoticed() public {
        ISampledEscrow.SampledBatch memory batch = honest();
        vm.etch(address(verifier), address(new FixedAnswer(abi.encode(true))).code);
        refuse(batch, CodeHash.CodeChanged.selector);
    }
}
