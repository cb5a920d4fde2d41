// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IEscrow} from "./interfaces/IEscrow.sol";
import {TermsRules} from "./libraries/TermsRules.sol";
import {PullPayments} from "./PullPayments.sol";

/// @title What all escrows share: tags used once, deposits in ether or a token
/// @notice No owner, no upgrade, no way for money to leave but {PullPayments}.
abstract contract Escrow is IEscrow, PullPayments {
    using SafeERC20 for IERC20;

    /// @inheritdoc IEscrow
    uint64 public immutable minWindow;

    /// @inheritdoc IEscrow
    mapping(bytes32 tag => bytes32 jobId) public jobOfTag;

    /// @param minWindow_ seconds, 1 to 365 days; at least a day on a chain where transactions can be held back
    constructor(uint64 minWindow_) {
        if (minWindow_ == 0 || minWindow_ > TermsRules.MAX_WINDOW) revert BadConstruction();
        minWindow = minWindow_;
    }

    /// @dev Gives the tag to this job; no other job of this escrow can ever have it, so no proof counts twice.
    function _useTag(bytes32 tag, bytes32 jobId) internal {
        if (jobOfTag[tag] != 0) revert TagUsed(tag);
        jobOfTag[tag] = jobId;
    }

    /// @dev Takes exactly `amount` from `from`, who must be the caller, in ether (`token` zero, sent along) or in a
    ///      token (approved before, no ether sent along). A token that delivers another amount is refused. The
    ///      caller holds the reentrancy guard: a token may run code of its choice in between.
    function _collect(address token, address from, uint256 amount) internal {
        uint256 etherDue = token == address(0) ? amount : 0;
        if (msg.value != etherDue) revert WrongValue(msg.value, etherDue);
        if (token == address(0) || amount == 0) return;

        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(from, address(this), amount);
        uint256 afterwards = IERC20(token).balanceOf(address(this));
        uint256 received = afterwards > before ? afterwards - before : 0;
        if (received != amount) revert WrongReceipt(token, received, amount);
    }
}
