// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Commitments} from "../src/libraries/Commitments.sol";
import {JobTag} from "../src/libraries/JobTag.sol";
import {BaseTest} from "./utils/BaseTest.sol";
import {TestSet} from "./utils/TestSet.sol";

contract CommitmentsTest is BaseTest {
    bytes32 private constant FORMAT = keccak256("some input format");

    function rootOf(uint256 total, uint256 batch, uint256 batchIndex) private view returns (bytes32) {
        (uint256[] memory h, bytes32[] memory payloadRoots) = TestSet.batchOf(batchIndex, batch);
        return this.treeRoot(total, batchIndex, h, payloadRoots, TestSet.path(total, batch, batchIndex));
    }

    function testFuzz_everyBatchLeadsToTheRoot(uint256 total, uint256 batch, uint256 batchIndex) public view {
        batch = 1 << bound(batch, 0, 5);
        total = batch * bound(total, 1, 80 / batch);
        batchIndex = bound(batchIndex, 0, total / batch - 1);
        bytes32 root = Commitments.dataRoot(total, FORMAT, rootOf(total, batch, batchIndex));
        vm.assertEq(root, TestSet.dataRoot(total, FORMAT), "root");
    }

    function testFuzz_anotherPositionLeadsElsewhere(uint256 batchIndex, uint256 claimed) public view {
        batchIndex = bound(batchIndex, 0, 3);
        claimed = bound(claimed, 0, 3);
        vm.assume(batchIndex != claimed);
        (uint256[] memory h, bytes32[] memory payloadRoots) = TestSet.batchOf(batchIndex, 4);
        bytes32[] memory path = TestSet.path(16, 4, batchIndex);
        bytes32 elsewhere = this.treeRoot(16, claimed, h, payloadRoots, path);
        vm.assertFalse(elsewhere == rootOf(16, 4, batchIndex), "position is bound");
    }

    function testFuzz_anyChangedWordLeadsElsewhere(uint256 which, uint256 bit) public view {
        (uint256[] memory h, bytes32[] memory payloadRoots) = TestSet.batchOf(1, 4);
        bytes32[] memory path = TestSet.path(16, 4, 1);
        bytes32 right = this.treeRoot(16, 1, h, payloadRoots, path);
        which = bound(which, 0, 9);
        bytes32 flip = bytes32(1 << bound(bit, 0, 252));
        if (which < 4) h[which] = uint256(bytes32(h[which]) ^ flip) % Commitments.FIELD_ORDER;
        else if (which < 8) payloadRoots[which - 4] ^= flip;
        else path[which - 8] ^= flip;
        vm.assertFalse(this.treeRoot(16, 1, h, payloadRoots, path) == right, "every word is bound");
    }

    function test_pathLengthIsExact() public {
        (uint256[] memory h, bytes32[] memory payloadRoots) = TestSet.batchOf(0, 4);
        for (uint256 length = 0; length < 5; ++length) {
            if (length == 2) continue;
            vm.expectRevert(abi.encodeWithSelector(Commitments.MisshapenPath.selector, length, 2));
            this.treeRoot(12, 0, h, payloadRoots, new bytes32[](length));
        }
    }

    function test_batchShapeIsChecked() public {
        uint256[2][4] memory shapes = [[uint256(0), 0], [uint256(3), 3], [uint256(4), 3], [uint256(4), 5]];
        for (uint256 i = 0; i < shapes.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Commitments.MisshapenBatch.selector, shapes[i][0], shapes[i][1]));
            this.treeRoot(16, 0, new uint256[](shapes[i][0]), new bytes32[](shapes[i][1]), new bytes32[](2));
        }
    }

    function test_hashMustBeCanonical() public {
        Commitments.leaf(0, Commitments.FIELD_ORDER - 1, 0);
        uint256[] memory h = new uint256[](1);
        h[0] = Commitments.FIELD_ORDER;
        vm.expectRevert(abi.encodeWithSelector(Commitments.HashNotInField.selector, h[0]));
        this.treeRoot(1, 0, h, new bytes32[](1), new bytes32[](0));
    }

    function test_depth() public pure {
        uint16[8] memory totals = [1, 2, 3, 4, 5, 64, 65, 600];
        uint8[8] memory depths = [0, 1, 2, 2, 3, 6, 7, 10];
        for (uint256 i = 0; i < totals.length; ++i) {
            vm.assertEq(Commitments.depth(totals[i]), depths[i], "depth");
        }
        vm.assertEq(Commitments.depth(type(uint32).max), 32, "deepest");
    }

    function test_limbsSpellTheTag() public pure {
        bytes32 tag = keccak256("tag");
        uint256 spelt;
        for (uint256 j = 0; j < 16; ++j) {
            spelt = (spelt << 16) | JobTag.limb(tag, j);
        }
        vm.assertEq(bytes32(spelt), tag, "limbs");
    }

    function treeRoot(
        uint256 total,
        uint256 batchIndex,
        uint256[] calldata h,
        bytes32[] calldata payloadRoots,
        bytes32[] calldata path
    ) external pure returns (bytes32) {
        return Commitments.treeRoot(total, batchIndex, h, payloadRoots, path);
    }
}
