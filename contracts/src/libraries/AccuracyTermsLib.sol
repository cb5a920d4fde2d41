// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IAccuracyEscrow} from "../interfaces/IAccuracyEscrow.sol";
import {JobTag} from "./JobTag.sol";

/// @title Rules and amounts of one job's terms
/// @dev Amounts stay far below 2^256: 2 * uint32 * uint128 + uint128 < 2^162.
library AccuracyTermsLib {
    bytes32 internal constant JOB = keccak256("assay/accuracy-job/v1");

    uint256 internal constant MAX_BATCH = 256;
    /// @dev No state may outlast a year, so that no deposit can be locked for good in effect (and no deadline
    ///      overflows, which would bar a move for ever).
    uint64 internal constant MAX_WINDOW = 365 days;

    /// @notice Reverts with the first field that breaks a rule.
    /// @param escrow    the contract that will hold the deposits
    /// @param minWindow seconds every window must have at least
    function check(IAccuracyEscrow.AccuracyTerms memory terms, address escrow, uint64 minWindow) internal pure {
        if (terms.seller == terms.buyer) revert IAccuracyEscrow.BadTerms("seller");
        _checkFeeRecipient(terms, escrow);
        _checkSizes(terms);
        if (terms.inferenceCost == 0) revert IAccuracyEscrow.BadTerms("inferenceCost");
        if (terms.provingCost <= terms.inferenceCost) revert IAccuracyEscrow.BadTerms("provingCost");
        if (terms.exampleCost <= terms.provingCost) revert IAccuracyEscrow.BadTerms("exampleCost");
        if (_badWindow(terms.acceptWindow, minWindow)) revert IAccuracyEscrow.BadTerms("acceptWindow");
        if (_badWindow(terms.handOverWindow, minWindow)) revert IAccuracyEscrow.BadTerms("handOverWindow");
        if (_badWindow(terms.decideWindow, minWindow)) revert IAccuracyEscrow.BadTerms("decideWindow");
        if (_badWindow(terms.proveWindow, minWindow)) revert IAccuracyEscrow.BadTerms("proveWindow");
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

    /// @dev The fee keeps aborts and sham jobs from being free, so neither party may get it back; and what is booked
    ///      for the escrow itself could never be fetched.
    function _checkFeeRecipient(IAccuracyEscrow.AccuracyTerms memory terms, address escrow) private pure {
        address who = terms.feeRecipient;
        if (who == address(0) || who == terms.buyer || who == terms.seller || who == escrow) {
            revert IAccuracyEscrow.BadTerms("feeRecipient");
        }
    }

    function _checkSizes(IAccuracyEscrow.AccuracyTerms memory terms) private pure {
        uint256 batch = terms.batch;
        if (batch == 0 || batch > MAX_BATCH || batch & (batch - 1) != 0) revert IAccuracyEscrow.BadTerms("batch");
        if (terms.total == 0 || terms.total % batch != 0) revert IAccuracyEscrow.BadTerms("total");
        if (terms.target == 0 || terms.target > terms.total) revert IAccuracyEscrow.BadTerms("target");
    }

    function _badWindow(uint64 window, uint64 minWindow) private pure returns (bool) {
        return window < minWindow || window > MAX_WINDOW;
    }
}
