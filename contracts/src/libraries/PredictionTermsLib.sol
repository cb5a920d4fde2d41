// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../interfaces/IEscrow.sol";
import {IPredictionEscrow} from "../interfaces/IPredictionEscrow.sol";
import {JobTag} from "./JobTag.sol";
import {TermsRules} from "./TermsRules.sol";

/// @title Rules and amounts of one prediction job's terms
/// @dev Amounts stay far below 2^256: uint32 * uint16 * uint128 < 2^176.
library PredictionTermsLib {
    bytes32 internal constant JOB = keccak256("assay/prediction-job/v1");

    uint256 internal constant MAX_ROUND = 65_535;
    uint256 internal constant MAX_OUTPUTS = 4096;
    /// @dev Source: protocol B of arXiv 2210.08674, section 5.3.
    uint256 internal constant MIN_BETA = 2;

    /// @notice Reverts with the first field that breaks a rule.
    /// @param escrow    the contract that will hold the deposits
    /// @param minWindow seconds every window must have at least
    function check(IPredictionEscrow.PredictionTerms memory terms, address escrow, uint64 minWindow) internal pure {
        if (terms.provider == address(0) || terms.provider == terms.client) revert IEscrow.BadTerms("provider");
        TermsRules.requireFeeRecipient(terms.feeRecipient, terms.client, terms.provider, escrow);
        if (terms.round == 0 || terms.round > MAX_ROUND) revert IEscrow.BadTerms("round");
        if (terms.contests == 0 || terms.contests > terms.round) revert IEscrow.BadTerms("contests");
        if (terms.outputs == 0 || terms.outputs > MAX_OUTPUTS) revert IEscrow.BadTerms("outputs");
        if (terms.provingCost == 0) revert IEscrow.BadTerms("provingCost");
        if (terms.beta < MIN_BETA) revert IEscrow.BadTerms("beta");
        TermsRules.requireWindow(terms.acceptWindow, minWindow, "acceptWindow");
        TermsRules.requireWindow(terms.roundWindow, minWindow, "roundWindow");
        TermsRules.requireWindow(terms.proveWindow, minWindow, "proveWindow");
    }

    /// @notice 2KZ + Kp: what the client's part of a round can cost at most, without the fee.
    function budget(IPredictionEscrow.PredictionTerms memory terms) internal pure returns (uint256) {
        return uint256(terms.round) * (2 * uint256(terms.provingCost) + terms.answerPrice);
    }

    /// @notice beta*K*Z: what the provider loses with a contest it does not answer.
    function penalty(IPredictionEscrow.PredictionTerms memory terms) internal pure returns (uint256) {
        return uint256(terms.beta) * terms.round * terms.provingCost;
    }

    /// @notice 2nZ + ap: what n proven contests and a receipted answers earn; at most the budget, since n, a <= K.
    function earned(IPredictionEscrow.PredictionTerms memory terms, uint256 proven, uint256 answered)
        internal
        pure
        returns (uint256)
    {
        return 2 * proven * terms.provingCost + answered * terms.answerPrice;
    }

    /// @notice What the client pays in.
    function clientFunds(IPredictionEscrow.PredictionTerms memory terms) internal pure returns (uint256) {
        return budget(terms) + terms.fee;
    }

    /// @notice What the provider pays in.
    function providerFunds(IPredictionEscrow.PredictionTerms memory terms) internal pure returns (uint256) {
        return penalty(terms) + terms.fee;
    }

    /// @notice The job tag on this chain and `escrow`.
    function tagOf(IPredictionEscrow.PredictionTerms memory terms, address escrow) internal view returns (bytes32) {
        return JobTag.compute(escrow, terms.client, terms.provider, terms.modelId, terms.nonce);
    }

    /// @notice The job's identity: its tag and every one of its terms.
    function idOf(IPredictionEscrow.PredictionTerms memory terms, bytes32 tag) internal pure returns (bytes32) {
        return keccak256(abi.encode(JOB, tag, terms));
    }
}
