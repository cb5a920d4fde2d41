// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IRetrievalEscrow} from "../../src/interfaces/IRetrievalEscrow.sol";
import {RetrievalTermsLib} from "../../src/libraries/RetrievalTermsLib.sol";
import {BaseTest} from "../utils/BaseTest.sol";

/// @dev Golden vectors, computed in Python by protocols.retrieval.terms (tests/escrow/test_retrieval_encodings.py). Neither
///      language may change an encoding without the other.
contract RetrievalEncodingsTest is BaseTest {
    bytes32 private constant TAG = 0xa086592941556a7f3760668d70ca83a335670f171a5d4616ef613ae2d5b79901;
    bytes32 private constant JOB = 0x8fc91d1887d26a93b7a20118e4ef3ba6dcf529dfbbae691cf51ca1dbb9b77b9e;

    function goldenTerms() private pure returns (IRetrievalEscrow.RetrievalTerms memory terms) {
        (terms.requester, terms.responder) = (address(0xb), address(0x5));
        (terms.modelId, terms.weightsCommitment, terms.nonce) = (word(1), word(2), 42);
        (terms.corpusRoot, terms.formatDigest) = (word(3), word(4));
        (terms.total, terms.batch, terms.predicate) = (600, 8, 1);
        (terms.outputs, terms.selected, terms.threshold, terms.scaleBits) = (10, 3, -77, 7);
        (terms.verifier, terms.verifierCodehash, terms.srsDigest) = (address(0xe), word(6), word(7));
        (terms.token, terms.provingCost, terms.baseFee) = (address(0x70), 20, 24_000);
        (terms.price, terms.cap, terms.deposit, terms.fee) = (30, 50, 24_001, 3);
        terms.feeRecipient = address(0xf);
        (terms.acceptWindow, terms.proveWindow, terms.topUpWindow) = (3600, 7200, 10_800);
        (terms.deliverWindow, terms.receiptWindow) = (14_400, 18_000);
        (terms.revealWindow, terms.complainWindow) = (21_600, 25_200);
    }

    function word(uint256 n) private pure returns (bytes32) {
        return bytes32(n);
    }

    function test_job() public {
        vm.chainId(31_337);
        IRetrievalEscrow.RetrievalTerms memory terms = goldenTerms();
        vm.assertEq(RetrievalTermsLib.tagOf(terms, address(0xabc)), TAG, "tag");
        vm.assertEq(RetrievalTermsLib.idOf(terms, TAG), JOB, "job id");
        RetrievalTermsLib.check(terms, address(0xabc), 1 hours);
    }
}
