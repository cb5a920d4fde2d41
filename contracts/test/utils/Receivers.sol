// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IPullPayments} from "../../src/interfaces/IPullPayments.sol";

/// @title A party that takes no money
contract RefusingReceiver {
    error NoThanks();

    receive() external payable {
        revert NoThanks();
    }

    /// @dev Lets a test act as this contract.
    function act(address target, uint256 value, bytes calldata call_) external payable returns (bytes memory answer) {
        bool success;
        (success, answer) = target.call{value: value}(call_);
        if (!success) revert NoThanks();
    }
}

/// @title A party that, when paid, calls back into the contract that pays it
contract ReentrantReceiver {
    IPullPayments private immutable payer;
    bytes private attack;

    uint256 public attempts;
    bool public succeeded;
    bytes public answer;

    constructor(IPullPayments payer_) {
        payer = payer_;
    }

    function arm(bytes calldata attack_) external {
        attack = attack_;
    }

    receive() external payable {
        ++attempts;
        (succeeded, answer) = address(payer).call(attack);
    }
}
