// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IEscrow} from "../interfaces/IEscrow.sol";

/// @title Who may move, and when
/// @notice A move is allowed iff now < deadline, an ending iff now >= deadline: at no moment both, at no moment neither.
/// @dev States are the numbers of the calling escrow's own enum, so that all escrows refuse with the same errors.
library JobClock {
    /// @notice The deadline of a state that lasts `window` seconds from now.
    function endOf(uint64 window) internal view returns (uint64 deadline) {
        return SafeCast.toUint64(block.timestamp) + window;
    }

    /// @notice Reverts unless the job is in state `needed` and its time is not over.
    function requireBefore(uint8 state, uint64 deadline, uint8 needed) internal view {
        if (state != needed) revert IEscrow.WrongState(state, needed);
        if (block.timestamp >= deadline) revert IEscrow.TooLate(deadline);
    }

    /// @notice Reverts unless the caller is `mover`.
    function requireMover(address mover) internal view {
        if (msg.sender != mover) revert IEscrow.NotYourMove(msg.sender, mover);
    }

    /// @notice Reverts unless the deadline has come.
    function requirePast(uint64 deadline) internal view {
        if (block.timestamp < deadline) revert IEscrow.TooEarly(deadline);
    }
}
