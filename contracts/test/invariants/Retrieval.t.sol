// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {BaseTest} from "../utils/BaseTest.sol";
import {RefusingReceiver} from "../utils/Receivers.sol";
import {RetrievalHandler} from "./RetrievalHandler.sol";

/// @dev After every random sequence of moves: funds in = funds out, in each kind of money; states only go forward; every
///      verdict is right; every refund can still be reached.
contract RetrievalInvariants is BaseTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    RetrievalHandler private handler;
    uint256 private wealth;

    function setUp() public {
        handler = new RetrievalHandler(address(new RefusingReceiver()));
        wealth = handler.wealth();
    }

    /// @dev Read by forge: the contract whose functions make up the sequences.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Read by forge: the functions it calls. Moves are named more than once to be called more often.
    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[20] memory moves = [
            RetrievalHandler.open.selector,
            RetrievalHandler.open.selector,
            RetrievalHandler.accept.selector,
            RetrievalHandler.accept.selector,
            RetrievalHandler.search.selector,
            RetrievalHandler.search.selector,
            RetrievalHandler.search.selector,
            RetrievalHandler.topUp.selector,
            RetrievalHandler.deliver.selector,
            RetrievalHandler.deliver.selector,
            RetrievalHandler.acknowledgeOne.selector,
            RetrievalHandler.acknowledgeOne.selector,
            RetrievalHandler.reveal.selector,
            RetrievalHandler.reveal.selector,
            RetrievalHandler.complain.selector,
            RetrievalHandler.complain.selector,
            RetrievalHandler.complainView.selector,
            RetrievalHandler.finalise.selector,
            RetrievalHandler.withdraw.selector,
            RetrievalHandler.pass.selector
        ];
        bytes4[] memory selectors = new bytes4[](moves.length);
        for (uint256 i = 0; i < moves.length; ++i) {
            selectors[i] = moves[i];
        }
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    function invariant_balanceIsCreditsPlusLockedFunds() public view {
        address[2] memory tokens = [address(0), address(handler.coin())];
        for (uint256 i = 0; i < tokens.length; ++i) {
            uint256 expected = handler.booked(tokens[i]) + handler.locked(tokens[i]);
            vm.assertEq(handler.held(tokens[i]), expected, "balance");
        }
    }

    function invariant_nothingIsMadeOrLost() public view {
        vm.assertEq(handler.wealth(), wealth, "ether of all parties and the escrow");
    }

    function invariant_statesOnlyGoForward() public view {
        vm.assertFalse(handler.wentBack(), "went back");
        vm.assertTrue(handler.consistent(), "bitmap and counts");
    }

    function invariant_complaintsAreJudgedRightly() public view {
        vm.assertFalse(handler.misjudged(), "misjudged");
    }

    /// @dev Run by forge at the end of every sequence: from any state everybody gets out.
    function afterInvariant() public {
        handler.end();
        address coin = address(handler.coin());
        vm.assertEq(handler.locked(address(0)) + handler.locked(coin), 0, "no job is stuck");
        address refuser = handler.refuser();
        for (uint256 i = 0; i < 4; ++i) {
            if (handler.parties(i) != refuser) vm.assertEq(handler.owedTo(handler.parties(i)), 0, "paid out");
        }
        vm.assertEq(handler.held(coin), 0, "no tokens stay");
        vm.assertEq(handler.held(address(0)), handler.owedTo(refuser), "only what is refused stays");
    }
}
