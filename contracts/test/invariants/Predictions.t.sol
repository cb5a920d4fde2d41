// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {BaseTest} from "../utils/BaseTest.sol";
import {PredictionHandler} from "./PredictionHandler.sol";

/// @dev After every random sequence of moves: funds in = funds out in ether and in the token, and every refund can still
///      be reached.
contract PredictionInvariants is BaseTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    PredictionHandler private handler;
    address[2] private kinds;
    uint256[2] private wealth;

    function setUp() public {
        handler = new PredictionHandler();
        kinds[1] = address(handler.token());
        (wealth[0], wealth[1]) = (handler.wealth(kinds[0]), handler.wealth(kinds[1]));
    }

    /// @dev Read by forge: the contract whose functions make up the sequences.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Read by forge: the functions it calls. Moves are named more than once to be called more often.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory moves = new bytes4[](12);
        (moves[0], moves[1]) = (PredictionHandler.open.selector, PredictionHandler.open.selector);
        (moves[2], moves[3]) = (PredictionHandler.accept.selector, PredictionHandler.accept.selector);
        (moves[4], moves[5]) = (PredictionHandler.contest.selector, PredictionHandler.contest.selector);
        (moves[6], moves[7]) = (PredictionHandler.prove.selector, PredictionHandler.prove.selector);
        (moves[8], moves[9]) = (PredictionHandler.collect.selector, PredictionHandler.finalise.selector);
        (moves[10], moves[11]) = (PredictionHandler.withdraw.selector, PredictionHandler.pass.selector);
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), moves);
    }

    function invariant_balanceIsCreditsPlusLockedFunds() public view {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 accounted = handler.booked(kinds[i]) + handler.locked(kinds[i]);
            vm.assertEq(handler.held(kinds[i]), accounted, "balance");
        }
    }

    function invariant_nothingIsMadeOrLost() public view {
        for (uint256 i = 0; i < 2; ++i) {
            vm.assertEq(handler.wealth(kinds[i]), wealth[i], "wealth of all parties and the escrow");
        }
    }

    function invariant_contestsDecideTheEnding() public view {
        vm.assertTrue(handler.consistent(), "counts");
    }

    /// @dev Run by forge at the end of every sequence: from any state everybody gets out.
    function afterInvariant() public {
        handler.end();
        for (uint256 i = 0; i < 2; ++i) {
            vm.assertEq(handler.locked(kinds[i]), 0, "no job is stuck");
            vm.assertEq(handler.held(kinds[i]), 0, "everything is fetched");
        }
    }
}
