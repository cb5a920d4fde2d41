// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IAccuracyEscrow} from "../interfaces/IAccuracyEscrow.sol";
import {IEscrow} from "../interfaces/IEscrow.sol";
import {JobTag} from "./JobTag.sol";
import {TermsRules} from "./TermsRules.sol";

/// @title Rules and amounts of one job's terms
/// @dev Amounts stay far below 2^256: 2 * uint32 * uint128 + uint128 < 2^162.
library AccuracyTermsLib {
    bytes32 internal constant JOB = keccak256("assay/accuracy-job/v1");

    /// @notice Reverts with the first field that breaks a rule.
    /// @param escrow    the contract that will hold the deposits
    /// @param minWindow seconds every window must have at least
    function check(IAccuracyEscrow.AccuracyTerms memory terms, address escrow, uint64 minWindow) internal pure {
        if (terms.seller == terms.buyer) revert IEscrow.BadTerms("seller");
        TermsRules.requireFeeRecipient(terms.feeRecipient, terms.buyer, terms.seller, escrow);
        _checkSizes(terms);
        if (terms.inferenceCost == 0) revert IEscrow.BadTerms("inferenceCost");
        if (terms.provingCost <= terms.inferenceCost) revert IEscrow.BadTerms("provingCost");
        if (terms.exampleCost <= terms.provingCost) revert IEscrow.BadTerms("exampleCost");
        TermsRules.requireWindow(terms.acceptWindow, minWindow, "acceptWindow");
        TermsRules.requireWindow(terms.handOverWindow, minWindow, "handOverWindow");
        TermsRules.requireWindow(terms.decideWindow, minWindow, "decideWindow");
        TermsRules.requireWindow(terms.proveWindow, minWindow, "proveWindow");
    }

    /// @notice 2NE without the fee: what is at play between the parties, from each of them.
    function bond(IAccuracyEscrow.AccuracyTerms memory terms) internal pure returns (uint256) {
        return 2 * uint256(terms.total) * terms.exampleCost;
    }

    /// @notice 2NE + fee.
    function deposit(IAccuracyEscrow.AccuracyTerms memory terms) internal pure returns (uint256) {
        return bond(terms) + terms.fee;
    }

    /// @notice 2NZ, what a met target earns.
    function payment(IAccuracyEscrow.AccuracyTerms memory terms) internal pure returns (uint256) {
        return 2 * uint256(terms.total) * terms.provingCost;
    }

    /// @notice NP, what the seller gets for running the model before it aborts.
    function abortFee(IAccuracyEscrow.AccuracyTerms memory terms) internal pure returns (uint256) {
        return uint256(terms.total) * terms.inferenceCost;
    }

    /// @notice The job tag on this chain and `escrow`.
    function tagOf(IAccuracyEscrow.AccuracyTerms memory terms, address escrow) internal view returns (bytes32) {
        return JobTag.compute(escrow, terms.buyer, terms.seller, terms.modelId, terms.nonce);
    }

    /// @notice The job's identity: its tag and every one of its terms.
    function idOf(IAccuracyEscrow.AccuracyTerms memory terms, bytes32 tag) internal pure returns (bytes32) {
        return keccak256(abi.encode(JOB, tag, terms));
    }

    function _checkSizes(IAccuracyEscrow.AccuracyTerms memory terms) private pure {
        TermsRules.requireBatch(terms.batch);
        if (terms.total == 0 || terms.total % terms.batch != 0) revert IEscrow.BadTerms("total");
        if (terms.target == 0 || terms.target > terms.total) revert IEscrow.BadTerms("target");
    }
}
