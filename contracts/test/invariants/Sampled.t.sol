// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {BaseTest} from "../utils/BaseTest.sol";
import {RefusingReceiver} from "../utils/Receivers.sol";
import {SampledHandler} from "./SampledHandler.sol";

/// @dev After every random sequence of moves: funds in = funds out; states only go forward; every verdict is right; every
///      refund can still be reached.
contract SampledInvariants is BaseTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    SampledHandler private handler;
    uint256 private wealth;

    function setUp() public {
        handler = new SampledHandler(address(new RefusingReceiver()));
        wealth = handler.wealth();
    }

    /// @dev Read by forge: the contract whose functions make up the sequences.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Read by forge: the functions it calls. Moves are named more than once to be called more often.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[22] memory moves = [
            SampledHandler.open.selector,
            SampledHandler.open.selector,
            SampledHandler.accept.selector,
            SampledHandler.accept.selector,
            SampledHandler.handOverOne.selector,
            SampledHandler.handOverOne.selector,
            SampledHandler.postOne.selector,
            SampledHandler.proceedOne.selector,
            SampledHandler.proceedOne.selector,
            SampledHandler.proceedOne.selector,
            SampledHandler.abort.selector,
            SampledHandler.confirm.selector,
            SampledHandler.confirm.selector,
            SampledHandler.revealOne.selector,
            SampledHandler.complain.selector,
            SampledHandler.complainView.selector,
            SampledHandler.prove.selector,
            SampledHandler.prove.selector,
            SampledHandler.prove.selector,
            SampledHandler.finalise.selector,
            SampledHandler.withdraw.selector,
            SampledHandler.pass.selector
        ];
        bytes4[] memory selectors = new bytes4[](moves.length);
        for (uint256 i = 0; i < moves.length; ++i) {
            selectors[i] = moves[i];
        }
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    function invariant_balanceIsCreditsPlusLockedFunds() public view {
        vm.assertEq(handler.held(), handler.booked() + handler.locked(), "balance");
    }

    function invariant_nothingIsMadeOrLost() public view {
        vm.assertEq(handler.wealth(), wealth, "ether of all parties and the escrow");
    }

    function invariant_statesOnlyGoForward() public view {
        vm.assertFalse(handler.wentBack(), "went back");
        vm.assertTrue(handler.consistent(), "bitmap, counts and aborts");
    }

    function invariant_complaintsAreJudgedRightly() public view {
        vm.assertFalse(handler.misjudged(), "misjudged");
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
