// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title The cheat codes these tests use; forge answers them at a fixed address
interface Vm {
    function warp(uint256 timestamp) external;
    function chainId(uint256 id) external;
    function deal(address who, uint256 balance) external;
    function etch(address who, bytes calldata code) external;
    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function assume(bool condition) external pure;

    /// @dev The account of a private key, and its ECDSA signature (low s).
    function addr(uint256 privateKey) external pure returns (address);
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    function expectRevert(bytes calldata reason) external;
    function expectRevert() external;
    function expectRevert(bytes4 selector) external;
    function expectPartialRevert(bytes4 selector) external;
    function expectEmit(address emitter) external;
    function expectCall(address callee, bytes calldata callData) external;

    function assertEq(uint256 left, uint256 right, string calldata what) external pure;
    function assertEq(bytes32 left, bytes32 right, string calldata what) external pure;
    function assertEq(address left, address right, string calldata what) external pure;
    function assertTrue(bool condition, string calldata what) external pure;
    function assertFalse(bool condition, string calldata what) external pure;
    function assertLt(uint256 left, uint256 right, string calldata what) external pure;

    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256 gasUsed);
}
