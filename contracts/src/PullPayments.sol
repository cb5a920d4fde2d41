// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IPullPayments} from "./interfaces/IPullPayments.sol";

/// @title Credits in ether and tokens, withdrawn by or for their owner
/// @notice The only place where money leaves a contract that inherits this one.
abstract contract PullPayments is IPullPayments, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev Ether under the token zero.
    mapping(address token => mapping(address who => uint256 amount)) private _owed;

    /// @inheritdoc IPullPayments
    function withdraw() external {
        _payOut(address(0), msg.sender);
    }

    /// @inheritdoc IPullPayments
    function withdrawFor(address who) external {
        _payOut(address(0), who);
    }

    /// @inheritdoc IPullPayments
    function withdrawToken(address token) external {
        _payOut(token, msg.sender);
    }

    /// @inheritdoc IPullPayments
    function withdrawTokenFor(address token, address who) external {
        _payOut(token, who);
    }

    /// @inheritdoc IPullPayments
    function owed(address who) external view returns (uint256 amount) {
        return _owed[address(0)][who];
    }

    /// @inheritdoc IPullPayments
    function owedIn(address token, address who) external view returns (uint256 amount) {
        return _owed[token][who];
    }

    /// @dev Books `amount` wei for `who`; the caller vouches that the contract holds them unbooked.
    function _credit(bytes32 jobId, address who, uint256 amount) internal {
        _creditIn(jobId, address(0), who, amount);
    }

    /// @dev Books `amount` of `token` (zero: ether) for `who`; the caller vouches that the contract holds it unbooked.
    function _creditIn(bytes32 jobId, address token, address who, uint256 amount) internal {
        if (amount == 0) return;
        _owed[token][who] += amount;
        if (token == address(0)) emit Credited(jobId, who, amount);
        else emit TokenCredited(jobId, token, who, amount);
    }

    function _payOut(address token, address who) private nonReentrant {
        uint256 amount = _owed[token][who];
        if (amount == 0) revert NothingOwed(who);
        delete _owed[token][who];
        if (token == address(0)) {
            emit Withdrawn(who, amount);
            Address.sendValue(payable(who), amount);
        } else {
            emit TokenWithdrawn(token, who, amount);
            IERC20(token).safeTransfer(who, amount);
        }
    }
}
