// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {BaseTest} from "../utils/BaseTest.sol";
import {RefusingReceiver} from "../utils/Receivers.sol";
import {EscrowHandler} from "./EscrowHandler.sol";

/// @dev After every random sequence of moves: funds in = funds out, and every refund can still be reached.
contract EscrowInvariants is BaseTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    EscrowHandler private handler;
    uint256 private wealth;

    function setUp() public {
        handler = new EscrowHandler(address(new RefusingReceiver()));
        wealth = handler.wealth();
    }

    /// @dev Read by forge: the contract whose functions make up the sequences.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Read by forge: the functions it calls. Moves are named more than once to be called more often.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory moves = new bytes4[](12);
        (moves[0], moves[1]) = (EscrowHandler.open.selector, EscrowHandler.open.selector);
        (moves[2], moves[3]) = (EscrowHandler.accept.selector, EscrowHandler.accept.selector);
        (moves[4], moves[5]) = (EscrowHandler.handOver.selector, EscrowHandler.handOver.selector);
        (moves[6], moves[7]) = (EscrowHandler.decide.selector, EscrowHandler.submitBatch.selector);
        (moves[8], moves[9]) = (EscrowHandler.submitBatch.selector, EscrowHandler.finalise.selector);
        (moves[10], moves[11]) = (EscrowHandler.withdraw.selector, EscrowHandler.pass.selector);
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), moves);
    }

    function invariant_balanceIsCreditsPlusLockedDeposits() public view {
        vm.assertEq(handler.held(), handler.booked() + handler.locked(), "balance");
    }

    function invariant_nothingIsMadeOrLost() public view {
        vm.assertEq(handler.wealth(), wealth, "wealth of all parties and contracts");
    }

    function invariant_completedIfAndOnlyIfTheTargetIsReached() public view {
        vm.assertTrue(handler.consistent(), "counts");
    }

    /// @dev Run by forge at the end of every sequence: from any state everybody gets out.
    function afterInvariant() public {
        handler.end();
        vm.assertEq(handler.locked(), 0, "no job is stuck");
        address refuser = handler.refuser();
        for (uint256 i = 0; i < 4; ++i) {
            if (handler.parties(i) != refuser) vm.assertEq(handler.owedTo(handler.parties(i)), 0, "paid out");
        }
        vm.assertEq(handler.held(), handler.owedTo(refuser), "only what is refused stays");
    }
}
