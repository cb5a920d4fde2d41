// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ISampledEscrow} from "../../src/interfaces/ISampledEscrow.sol";
import {CipherTree} from "../../src/libraries/CipherTree.sol";
import {SampledFixture} from "../utils/SampledFixture.sol";
import {TestDocuments} from "../utils/TestDocuments.sol";

/// @dev Ciphertexts on chain: the root is that of the very ciphertexts, in their number and order.
contract PostingTest is SampledFixture {
    bytes32 private jobId;

    function setUp() public override {
        super.setUp();
        jobId = sampled(defaultTerms());
    }

    function refuse(bytes[] memory ciphertexts) private {
        vm.prank(buyer);
        vm.expectPartialRevert(ISampledEscrow.WrongCiphertexts.selector);
        escrow.postCiphertext(jobId, SAMPLE_KEY, ciphertexts, "");
    }

    function rootOf(bytes[] calldata ciphertexts, uint256 chunks) external pure returns (bytes32) {
        return CipherTree.ciphertextRoot(ciphertexts, chunks);
    }

    function treeOf(bytes32[] memory digests) external pure returns (bytes32) {
        return CipherTree.treeRoot(digests);
    }

    /// @dev Every number of leaves up to 40 against the definition.
    function test_treesOfAllSizes() public view {
        for (uint256 count = 1; count <= 40; ++count) {
            bytes32[] memory digests = new bytes32[](count);
            for (uint256 i = 0; i < count; ++i) {
                digests[i] = keccak256(abi.encode(count, i));
            }
            vm.assertEq(this.treeOf(digests), TestDocuments.rootOf(digests), "root");
        }
    }

    function testFuzz_roots(uint8 documents, uint8 chunks, bytes32 seed) public view {
        (uint256 n, uint256 v) = (bound(documents, 1, 9), bound(chunks, 1, 5));
        bytes[] memory texts = new bytes[](n * v);
        bytes32[] memory all = new bytes32[](n * v);
        for (uint256 which = 0; which < texts.length; ++which) {
            texts[which] = TestDocuments.encrypt(seed, "", which, 0, new bytes(uint8(seed[which % 32])));
            all[which] = TestDocuments.cipherLeaf(which / v, which % v, texts[which]);
        }
        vm.assertEq(this.rootOf(texts, v), TestDocuments.ciphertextRoot(all), "root");
    }

    function testFuzz_anyChangedByteIsRefused(uint256 which, uint256 place, uint8 flip) public {
        bytes[] memory ciphertexts = ciphertextsOf(jobId);
        which = bound(which, 0, ciphertexts.length - 1);
        ciphertexts[which][place % ciphertexts[which].length] ^= bytes1(uint8(bound(flip, 1, 255)));
        refuse(ciphertexts);
    }

    function test_otherNumbersAndOrdersAreRefused() public {
        bytes[] memory ciphertexts = ciphertextsOf(jobId);
        (ciphertexts[0], ciphertexts[2]) = (ciphertexts[2], ciphertexts[0]);
        refuse(ciphertexts);
        ciphertexts = ciphertextsOf(jobId);
        ciphertexts[5] = bytes.concat(ciphertexts[5], hex"00");
        refuse(ciphertexts);
        refuse(new bytes[](0));
        bytes[] memory fewer = new bytes[](23);
        bytes[] memory more = new bytes[](25);
        ciphertexts = ciphertextsOf(jobId);
        for (uint256 which = 0; which < 24; ++which) {
            more[which] = ciphertexts[which];
            if (which < 23) fewer[which] = ciphertexts[which];
        }
        refuse(fewer);
        refuse(more);
    }

    /// @dev The root is the buyer's word: one made over another number of ciphertexts than claimed helps nobody.
    function test_aRootOverAnotherNumberThanClaimedIsRefused() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.nonce = 2;
        bytes32 other = accepted(terms);
        bytes[] memory half = new bytes[](12);
        bytes32[] memory all = new bytes32[](12);
        for (uint256 i = 0; i < 12; ++i) {
            all[i] = TestDocuments.cipherLeaf(i / 2, i % 2, "");
        }
        vm.prank(buyer);
        escrow.handOver(
            other, "seed", TestDocuments.ciphertextRoot(all), 24, TestDocuments.keyHash(other, buyer, SAMPLE_KEY), "rest"
        );
        jobId = other;
        refuse(half);
    }

    /// @dev The ciphertexts of another job, copied root and all, are its own harm only: nobody promises on them.
    function test_theSameRootInTwoJobs() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        bytes32 root = escrow.job(jobId).ciphertextRoot;
        bytes[] memory ciphertexts = ciphertextsOf(jobId);
        terms.nonce = 2;
        bytes32 other = accepted(terms);
        bytes32 keyHash = TestDocuments.keyHash(other, buyer, SAMPLE_KEY);
        vm.prank(buyer);
        escrow.handOver(other, "seed", root, 24, keyHash, "rest");
        vm.prank(buyer);
        escrow.postCiphertext(other, SAMPLE_KEY, ciphertexts, "");
        expectState(other, ISampledEscrow.State.Posted);
        post(jobId);
        expectState(jobId, ISampledEscrow.State.Posted);
    }
}
