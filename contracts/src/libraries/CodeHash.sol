// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title Agreement on code, not only on an address
library CodeHash {
    /// @dev An account that delegates by EIP-7702 has exactly 23 bytes of code (0xef0100 and an address). Such an
    ///      account can change what it runs by a signature, so it is no verifier; no real contract is that short.
    uint256 private constant DELEGATION_BYTES = 23;

    /// @notice No contract lives at `account`: no code at all, or only an EIP-7702 delegation.
    error NoContract(address account);
    /// @notice The code at `account` is not the agreed one.
    error CodeChanged(address account, bytes32 actual, bytes32 agreed);

    /// @notice Reverts unless `account` holds contract code with hash `agreed`.
    function requireCode(address account, bytes32 agreed) internal view {
        if (account.code.length <= DELEGATION_BYTES) revert NoContract(account);
        bytes32 actual = account.codehash;
        if (actual != agreed) revert CodeChanged(account, actual, agreed);
    }
}
