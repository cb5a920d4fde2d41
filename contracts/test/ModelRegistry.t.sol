// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {ModelRegistry} from "../src/ModelRegistry.sol";
import {BaseTest} from "./utils/BaseTest.sol";

contract ModelRegistryTest is BaseTest {
    uint64 private constant COOLDOWN = 7 days;
    bytes32 private constant FORMAT = "format";

    address payable private owner = account("owner");
    address payable private other = account("other");
    ModelRegistry private registry;

    function setUp() public {
        registry = new ModelRegistry(COOLDOWN);
        vm.deal(owner, 100 ether);
        vm.deal(other, 100 ether);
    }

    function register(uint256 stake) private returns (bytes32) {
        vm.prank(owner);
        return registry.register{value: stake}("a", "w", "q", FORMAT);
    }

    function test_registerRecordsEverything() public {
        bytes32 id = register(2 ether);
        IModelRegistry.Model memory model = registry.model(id);
        vm.assertEq(
            id,
            keccak256(abi.encode(keccak256("assay/model/v1"), owner, bytes32("a"), bytes32("w"), bytes32("q"), FORMAT)),
            "id"
        );
        vm.assertEq(model.owner, owner, "owner");
        vm.assertEq(model.architectureDigest, "a", "architecture");
        vm.assertEq(model.weightsCommitment, "w", "weights");
        vm.assertEq(model.quantisationDigest, "q", "quantisation");
        vm.assertEq(model.formatDigest, FORMAT, "format");
        vm.assertEq(model.stake, 2 ether, "stake");
        vm.assertEq(model.unstakeAt, 0, "unstakeAt");
    }

    function test_registeringTwiceFails() public {
        bytes32 id = register(0);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.AlreadyRegistered.selector, id));
        registry.register("a", "w", "q", FORMAT);
    }

    function test_copiedCommitmentIsAnotherModel() public {
        bytes32 id = register(0);
        vm.prank(other);
        bytes32 copy = registry.register("a", "w", "q", FORMAT);
        vm.assertFalse(copy == id, "the owner is part of the identity");
        vm.assertFalse(registry.eligible(id, other, FORMAT, 0), "not the owner");
    }

    function test_eligibleNeedsOwnerFormatAndStake() public {
        bytes32 id = register(1 ether);
        vm.assertTrue(registry.eligible(id, owner, FORMAT, 1 ether), "exact stake suffices");
        vm.assertFalse(registry.eligible(id, owner, FORMAT, 1 ether + 1), "stake");
        vm.assertFalse(registry.eligible(id, owner, "other format", 0), "format");
        vm.assertFalse(registry.eligible(id, other, FORMAT, 0), "owner");
        vm.assertFalse(registry.eligible("unknown", address(0), 0, 0), "unknown model of the zero address");
    }

    function test_anyoneMayAddStakeOnlyTheOwnerGetsIt() public {
        bytes32 id = register(1 ether);
        vm.prank(other);
        registry.addStake{value: 3 ether}(id);
        vm.assertEq(registry.model(id).stake, 4 ether, "stake");
        takeOffOffer(id);
        vm.warp(block.timestamp + COOLDOWN);
        vm.prank(other);
        registry.unstake(id);
        vm.assertEq(registry.owed(owner), 4 ether, "owed");
        vm.assertEq(registry.owed(other), 0, "owed to the other");
    }

    function test_onlyTheOwnerMayLeave() public {
        bytes32 id = register(1 ether);
        vm.prank(other);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotOwner.selector, other, owner));
        registry.requestUnstake(id);
    }

    function test_leavingEndsEligibilityForGood() public {
        bytes32 id = register(1 ether);
        takeOffOffer(id);
        vm.assertFalse(registry.eligible(id, owner, FORMAT, 0), "leaving");
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.OffOffer.selector, id));
        registry.addStake{value: 1}(id);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.OffOffer.selector, id));
        registry.requestUnstake(id);
        vm.warp(block.timestamp + COOLDOWN);
        registry.unstake(id);
        vm.assertFalse(registry.eligible(id, owner, FORMAT, 0), "left");
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.AlreadyRegistered.selector, id));
        registry.register("a", "w", "q", FORMAT);
    }

    function test_stakeIsLockedUntilTheCooldownEnds() public {
        bytes32 id = register(1 ether);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.StakeLocked.selector, id, uint64(0)));
        registry.unstake(id);
        takeOffOffer(id);
        uint64 end = uint64(block.timestamp) + COOLDOWN;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.StakeLocked.selector, id, end));
        registry.unstake(id);
        vm.warp(end);
        registry.unstake(id);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NothingStaked.selector, id));
        registry.unstake(id);
        vm.prank(owner);
        registry.withdraw();
        vm.assertEq(owner.balance, 100 ether, "all back");
        vm.assertEq(address(registry).balance, 0, "nothing left");
    }

    function test_unknownModelsAreNamed() public {
        bytes memory unknown = abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, bytes32("x"));
        vm.expectRevert(unknown);
        registry.addStake{value: 1}("x");
        vm.expectRevert(unknown);
        registry.requestUnstake("x");
        vm.expectRevert(unknown);
        registry.unstake("x");
    }

    function test_cooldownIsBounded() public {
        new ModelRegistry(365 days);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.CooldownTooLong.selector, uint64(365 days + 1)));
        new ModelRegistry(365 days + 1);
    }

    function testFuzz_balanceIsStakesPlusCredits(uint96 first, uint96 added, uint96 second) public {
        vm.deal(owner, type(uint128).max);
        bytes32 id = register(first);
        registry.addStake{value: added}(id);
        vm.prank(owner);
        bytes32 another = registry.register{value: second}("b", "w", "q", FORMAT);
        vm.assume(uint256(first) + added > 0);
        takeOffOffer(id);
        vm.warp(block.timestamp + COOLDOWN);
        registry.unstake(id);
        vm.assertEq(registry.owed(owner), uint256(first) + added, "credit");
        vm.assertEq(registry.model(another).stake, second, "the other stake");
        vm.assertEq(address(registry).balance, uint256(first) + added + second, "balance");
    }

    function takeOffOffer(bytes32 id) private {
        vm.prank(owner);
        registry.requestUnstake(id);
    }
}
