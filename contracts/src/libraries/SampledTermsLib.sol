// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../interfaces/IEscrow.sol";
import {ISampledEscrow} from "../interfaces/ISampledEscrow.sol";
import {JobTag} from "./JobTag.sol";
import {TermsRules} from "./TermsRules.sol";

/// @title Rules and amounts of one sampled accuracy job's terms
/// @dev Amounts stay far below 2^256: 2 * uint32 * uint128 + uint128 < 2^162.
library SampledTermsLib {
    bytes32 internal constant JOB = keccak256("assay/sampled-job/v1");

    /// @dev Each example drawn may cost a new storage slot; all of them must fit into one transaction.
    uint256 internal constant MAX_SAMPLE = 256;

    /// @notice Reverts with the first field that breaks a rule.
    /// @param escrow    the contract that will hold the deposits
    /// @param minWindow seconds every window must have at least
    function check(ISampledEscrow.SampledTerms memory terms, address escrow, uint64 minWindow) internal pure {
        if (terms.seller == terms.buyer) revert IEscrow.BadTerms("seller");
        TermsRules.requireFeeRecipient(terms.feeRecipient, terms.buyer, terms.seller, escrow);
        _checkSizes(terms);
        if (terms.inferenceCost == 0) revert IEscrow.BadTerms("inferenceCost");
        if (terms.provingCost <= terms.inferenceCost) revert IEscrow.BadTerms("provingCost");
        if (terms.exampleCost <= terms.provingCost) revert IEscrow.BadTerms("exampleCost");
        TermsRules.requireWindow(terms.acceptWindow, minWindow, "acceptWindow");
        TermsRules.requireWindow(terms.handOverWindow, minWindow, "handOverWindow");
        TermsRules.requireWindow(terms.decideWindow, minWindow, "decideWindow");
        TermsRules.requireWindow(terms.keyWindow, minWindow, "keyWindow");
        TermsRules.requireWindow(terms.complainWindow, minWindow, "complainWindow");
        TermsRules.requireWindow(terms.proveWindow, minWindow, "proveWindow");
    }

    /// @notice 2NE without the fee: what is at play between the parties, from each of them.
    function bond(ISampledEscrow.SampledTerms memory terms) internal pure returns (uint256) {
        return 2 * uint256(terms.total) * terms.exampleCost;
    }

    /// @notice 2NE + fee.
    function deposit(ISampledEscrow.SampledTerms memory terms) internal pure returns (uint256) {
        return bond(terms) + terms.fee;
    }

    /// @notice 2(N1 P + N2 Z), what a met target earns.
    function payment(ISampledEscrow.SampledTerms memory terms) internal pure returns (uint256) {
        return 2 * (abortFee(terms) + uint256(terms.total - terms.sample) * terms.provingCost);
    }

    /// @notice N1 P, what the seller gets for running the model on the sample before it aborts.
    function abortFee(ISampledEscrow.SampledTerms memory terms) internal pure returns (uint256) {
        return uint256(terms.sample) * terms.inferenceCost;
    }

    /// @notice The job tag on this chain and `escrow`.
    function tagOf(ISampledEscrow.SampledTerms memory terms, address escrow) internal view returns (bytes32) {
        return JobTag.compute(escrow, terms.buyer, terms.seller, terms.modelId, terms.nonce);
    }

    /// @notice The job's identity: its tag and every one of its terms.
    function idOf(ISampledEscrow.SampledTerms memory terms, bytes32 tag) internal pure returns (bytes32) {
        return keccak256(abi.encode(JOB, tag, terms));
    }

    /// @dev With at most half of the examples to be drawn, every second try finds a new one on average.
    function _checkSizes(ISampledEscrow.SampledTerms memory terms) private pure {
        TermsRules.requireBatch(terms.batch);
        if (terms.total == 0 || terms.total % terms.batch != 0) revert IEscrow.BadTerms("total");
        uint256 sample = terms.sample;
        if (sample == 0 || sample > MAX_SAMPLE) revert IEscrow.BadTerms("sample");
        if (sample % terms.batch != 0 || 2 * sample > terms.total) revert IEscrow.BadTerms("sample");
        if (terms.target == 0 || terms.target > terms.total - sample) revert IEscrow.BadTerms("target");
    }
}
