// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../interfaces/IEscrow.sol";
import {IRetrievalEscrow} from "../interfaces/IRetrievalEscrow.sol";
import {JobTag} from "./JobTag.sol";
import {TermsRules} from "./TermsRules.sol";

/// @title Rules and amounts of one retrieval job's terms
/// @dev Amounts stay far below 2^256: uint32 * uint128 and sums of a few of them.
library RetrievalTermsLib {
    bytes32 internal constant JOB = keccak256("assay/retrieval-job/v1");

    uint256 internal constant MAX_OUTPUTS = 4096;
    uint256 internal constant MAX_SCALE_BITS = 16;
    int256 internal constant THRESHOLD_LIMIT = 2 ** 24;
    /// @dev Each document drawn may cost a new storage slot; all of them must fit into one transaction.
    uint256 internal constant MAX_SAMPLE = 256;

    /// @notice Reverts with the first field that breaks a rule.
    /// @param escrow    the contract that will hold the deposits
    /// @param minWindow seconds every window must have at least
    function check(IRetrievalEscrow.RetrievalTerms memory terms, address escrow, uint64 minWindow) internal pure {
        if (terms.responder == terms.requester) revert IEscrow.BadTerms("responder");
        TermsRules.requireFeeRecipient(terms.feeRecipient, terms.requester, terms.responder, escrow);
        if (terms.total == 0) revert IEscrow.BadTerms("total");
        TermsRules.requireBatch(terms.batch);
        if (terms.cap == 0 || terms.cap > terms.total) revert IEscrow.BadTerms("cap");
        if (terms.predicate > uint8(IRetrievalEscrow.Predicate.Sample)) revert IEscrow.BadTerms("predicate");
        if (isSample(terms)) _checkSample(terms);
        else _checkSearch(terms);
        if (terms.deposit == 0 || terms.deposit < terms.baseFee) revert IEscrow.BadTerms("deposit");
        TermsRules.requireWindow(terms.acceptWindow, minWindow, "acceptWindow");
        TermsRules.requireWindow(terms.proveWindow, minWindow, "proveWindow");
        TermsRules.requireWindow(terms.topUpWindow, minWindow, "topUpWindow");
        TermsRules.requireWindow(terms.deliverWindow, minWindow, "deliverWindow");
        TermsRules.requireWindow(terms.receiptWindow, minWindow, "receiptWindow");
        TermsRules.requireWindow(terms.revealWindow, minWindow, "revealWindow");
        TermsRules.requireWindow(terms.complainWindow, minWindow, "complainWindow");
    }

    /// @notice Whether the chain draws documents instead of a proof selecting them.
    function isSample(IRetrievalEscrow.RetrievalTerms memory terms) internal pure returns (bool) {
        return terms.predicate == uint8(IRetrievalEscrow.Predicate.Sample);
    }

    /// @notice What the requester sends at opening.
    function requesterFunds(IRetrievalEscrow.RetrievalTerms memory terms) internal pure returns (uint256) {
        return uint256(terms.baseFee) + uint256(terms.cap) * terms.price + terms.fee;
    }

    /// @notice What the responder sends at acceptance.
    function responderFunds(IRetrievalEscrow.RetrievalTerms memory terms) internal pure returns (uint256) {
        return uint256(terms.deposit) + terms.fee;
    }

    /// @notice The job tag on this chain and `escrow`.
    function tagOf(IRetrievalEscrow.RetrievalTerms memory terms, address escrow) internal view returns (bytes32) {
        return JobTag.compute(escrow, terms.requester, terms.responder, terms.modelId, terms.nonce);
    }

    /// @notice The job's identity: its tag and every one of its terms.
    function idOf(IRetrievalEscrow.RetrievalTerms memory terms, bytes32 tag) internal pure returns (bytes32) {
        return keccak256(abi.encode(JOB, tag, terms));
    }

    /// @dev A sample has none of a search's terms. With at most half of the documents to be drawn, every second try finds
    ///      a new one on average; all of them need no chance.
    function _checkSample(IRetrievalEscrow.RetrievalTerms memory terms) private pure {
        if (terms.cap > MAX_SAMPLE) revert IEscrow.BadTerms("cap");
        if (terms.cap != terms.total && 2 * uint256(terms.cap) > terms.total) revert IEscrow.BadTerms("cap");
        if (terms.outputs != 0) revert IEscrow.BadTerms("outputs");
        if (terms.selected != 0) revert IEscrow.BadTerms("selected");
        if (terms.threshold != 0) revert IEscrow.BadTerms("threshold");
        if (terms.scaleBits != 0) revert IEscrow.BadTerms("scaleBits");
        if (terms.verifier != address(0)) revert IEscrow.BadTerms("verifier");
        if (terms.verifierCodehash != 0) revert IEscrow.BadTerms("verifierCodehash");
    }

    function _checkSearch(IRetrievalEscrow.RetrievalTerms memory terms) private pure {
        if (terms.outputs == 0 || terms.outputs > MAX_OUTPUTS) revert IEscrow.BadTerms("outputs");
        if (terms.selected >= terms.outputs) revert IEscrow.BadTerms("selected");
        int256 threshold = terms.threshold;
        bool compares = terms.predicate == uint8(IRetrievalEscrow.Predicate.Threshold);
        int256 limit = compares ? THRESHOLD_LIMIT : int256(1);
        if (threshold >= limit || threshold <= -limit) revert IEscrow.BadTerms("threshold");
        if (terms.scaleBits == 0 || terms.scaleBits > MAX_SCALE_BITS) revert IEscrow.BadTerms("scaleBits");
        if (terms.baseFee < 2 * uint256(terms.total) * terms.provingCost) revert IEscrow.BadTerms("baseFee");
    }
}
