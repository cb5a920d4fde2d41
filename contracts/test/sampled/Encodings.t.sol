// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ISampledEscrow} from "../../src/interfaces/ISampledEscrow.sol";
import {SampledTermsLib} from "../../src/libraries/SampledTermsLib.sol";
import {BaseTest} from "../utils/BaseTest.sol";

/// @dev Golden vectors, computed in Python by protocols.sampled.terms (tests/escrow/test_sampled_encodings.py). Neither
///      language may change an encoding without the other.
contract SampledEncodingsTest is BaseTest {
    bytes32 private constant TAG = 0xa086592941556a7f3760668d70ca83a335670f171a5d4616ef613ae2d5b79901;
    bytes32 private constant JOB = 0xf40de1ba7b6bfa4c69b88ca823a58b51e1c12e036f62b65ec8d519627379b3f8;

    function goldenTerms() private pure returns (ISampledEscrow.SampledTerms memory terms) {
        (terms.buyer, terms.seller, terms.modelId, terms.nonce) = (address(0xb), address(0x5), word(1), 42);
        (terms.dataRoot, terms.formatDigest) = (word(2), word(3));
        (terms.total, terms.batch, terms.sample, terms.target) = (600, 8, 48, 500);
        (terms.verifier, terms.verifierCodehash, terms.srsDigest) = (address(0xe), word(6), word(7));
        (terms.exampleCost, terms.provingCost, terms.inferenceCost) = (30, 20, 10);
        (terms.fee, terms.feeRecipient, terms.minStake, terms.maxAborts) = (3, address(0xf), 11, 2);
        (terms.acceptWindow, terms.handOverWindow, terms.decideWindow) = (3600, 7200, 10_800);
        (terms.keyWindow, terms.complainWindow, terms.proveWindow) = (14_400, 18_000, 21_600);
    }

    function word(uint256 n) private pure returns (bytes32) {
        return bytes32(n);
    }

    function test_job() public {
        vm.chainId(31_337);
        ISampledEscrow.SampledTerms memory terms = goldenTerms();
        vm.assertEq(SampledTermsLib.tagOf(terms, address(0xabc)), TAG, "tag");
        vm.assertEq(SampledTermsLib.idOf(terms, TAG), JOB, "job id");
        SampledTermsLib.check(terms, address(0xabc), 1 hours);
    }
}
