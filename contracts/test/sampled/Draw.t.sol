// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ISampledEscrow} from "../../src/interfaces/ISampledEscrow.sol";
import {SampledFixture} from "../utils/SampledFixture.sol";

/// @dev The sample is the seed's, of this job, and nothing else is spent by it.
contract SampledDrawTest is SampledFixture {
    function acceptWith(ISampledEscrow.SampledTerms memory terms, bytes32 seed) private returns (bytes32 jobId) {
        vm.deal(buyer, depositOf(terms));
        vm.deal(seller, depositOf(terms));
        jobId = openJob(terms);
        vm.prank(seller);
        escrow.accept{value: depositOf(terms)}(jobId, seed);
    }

    function drawn(bytes32 jobId, bytes32 seed, uint256 count, uint256 of_) private pure returns (uint256[] memory) {
        uint256[] memory all = new uint256[](count);
        uint256 found;
        for (uint256 t = 0; found < count; ++t) {
            uint256 i = uint256(keccak256(abi.encode(keccak256("assay/sample/v1"), jobId, seed, t))) % of_;
            bool known;
            for (uint256 k = 0; k < found; ++k) {
                known = known || all[k] == i;
            }
            if (!known) all[found++] = i;
        }
        return all;
    }

    function spentIn(bytes32 jobId, uint256 of_) private view returns (uint256 count) {
        for (uint256 word = 0; word <= of_ / 256; ++word) {
            for (uint256 rest = escrow.bitmapWord(jobId, word); rest != 0; rest &= rest - 1) {
                ++count;
            }
        }
    }

    function testFuzz_drawsDifferentExamplesFromTheSeedAlone(bytes32 seed, uint16 total_, uint8 count) public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.batch = 1;
        terms.total = uint32(bound(total_, 2, 5000));
        terms.sample = uint32(bound(count, 1, terms.total / 2 < 24 ? terms.total / 2 : 24));
        terms.target = 1;
        bytes32 jobId = acceptWith(terms, seed);
        uint256[] memory all = drawn(jobId, seed, terms.sample, terms.total);
        for (uint256 k = 0; k < all.length; ++k) {
            vm.assertTrue(escrow.spent(jobId, all[k]), "drawn");
        }
        vm.assertEq(spentIn(jobId, terms.total), terms.sample, "and nothing else");
    }

    /// @dev Half of two examples, and the most there can be.
    function test_extremes() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        (terms.batch, terms.total, terms.sample, terms.target) = (1, 2, 1, 1);
        vm.assertEq(spentIn(acceptWith(terms, 0), 2), 1, "one of two");
        (terms.nonce, terms.total, terms.sample) = (2, 512, 256);
        vm.assertEq(spentIn(acceptWith(terms, 0), 512), 256, "half of 512");
        (terms.nonce, terms.total) = (3, type(uint32).max);
        bytes32 jobId = acceptWith(terms, "seed");
        uint256[] memory all = drawn(jobId, "seed", 256, type(uint32).max);
        for (uint256 k = 0; k < all.length; ++k) {
            vm.assertTrue(escrow.spent(jobId, all[k]), "drawn of all there can be");
        }
    }

    /// @dev A seed chosen beforehand draws other examples in another job: the job's id is part of every try.
    function test_aSeedDrawsAnewInEveryJob() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        (terms.total, terms.target) = (240, 1);
        bytes32 first = acceptWith(terms, "chosen");
        terms.nonce = 2;
        bytes32 second = acceptWith(terms, "chosen");
        vm.assertTrue(escrow.bitmapWord(first, 0) != escrow.bitmapWord(second, 0), "others");
    }

    /// @dev The examples drawn cannot be proven on, whichever they are.
    function testFuzz_theSampleIsNeverPaidFor(bytes32 seed) public {
        bytes32 jobId = acceptWith(defaultTerms(), seed);
        handOver(jobId, ciphertextsOf(jobId));
        proceed(jobId);
        vm.prank(seller);
        escrow.confirm(jobId);
        for (uint32 i = 0; i < total(); ++i) {
            if (!escrow.spent(jobId, i)) continue;
            uint32[] memory indices = new uint32[](2);
            (indices[0], indices[1]) = i == 0 ? (i, i + 1) : (i - 1, i);
            ISampledEscrow.SampledBatch memory batch = proofOf(jobId, indices, 2);
            vm.expectPartialRevert(ISampledEscrow.ExampleSpent.selector);
            escrow.submitBatch(jobId, batch);
        }
    }
}
