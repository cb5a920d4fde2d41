// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {IPullPayments} from "./interfaces/IPullPayments.sol";

/// @title Credits in wei, withdrawn by or for their owner
/// @notice The only place where ether leaves a contract that inherits this one.
abstract contract PullPayments is IPullPayments, ReentrancyGuardTransient {
    mapping(address who => uint256 amount) private _owed;

    /// @inheritdoc IPullPayments
    function withdraw() external {
        _payOut(msg.sender);
    }

    /// @inheritdoc IPullPayments
    function withdrawFor(address who) external {
        _payOut(who);
    }

    /// @inheritdoc IPullPayments
    function owed(address who) external view returns (uint256 amount) {
        return _owed[who];
    }

    /// @dev Books `amount` wei for `who`; the caller vouches that the contract holds them unbooked.
    function _credit(bytes32 jobId, address who, uint256 amount) internal {
        if (amount == 0) return;
        _owed[who] += amount;
        emit Credited(jobId, who, amount);
    }

    function _payOut(address who) private nonReentrant {
        uint256 amount = _owed[who];
        if (amount == 0) revert NothingOwed(who);
        delete _owed[who];
        emit Withdrawn(who, amount);
        Address.sendValue(payable(who), amount);
    }
}
