// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../interfaces/IEscrow.sol";

/// @title Rules that the terms of every kind of job obey
library TermsRules {
    /// @dev No state may outlast a year, so that no deposit can be locked for good in effect (and no deadline
    ///      overflows, which would bar a move for ever).
    uint64 internal constant MAX_WINDOW = 365 days;

    uint256 internal constant MAX_BATCH = 256;

    /// @notice The window lasts from `minWindow` seconds to a year.
    function requireWindow(uint64 window, uint64 minWindow, string memory field) internal pure {
        if (window < minWindow || window > MAX_WINDOW) revert IEscrow.BadTerms(field);
    }

    /// @notice A batch is a power of two up to 256.
    function requireBatch(uint256 batch) internal pure {
        if (batch == 0 || batch > MAX_BATCH || batch & (batch - 1) != 0) revert IEscrow.BadTerms("batch");
    }

    /// @notice The fee keeps sham jobs from being free, so neither party may get it back; and what is booked for the
    ///         escrow itself, or for nobody, could never be fetched.
    function requireFeeRecipient(address who, address one, address other, address escrow) internal pure {
        if (who == address(0) || who == one || who == other || who == escrow) {
            revert IEscrow.BadTerms("feeRecipient");
        }
    }
}
