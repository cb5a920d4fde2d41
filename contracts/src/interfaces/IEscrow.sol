// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title What all escrows have in common: a tag used once, a clock, and what they refuse
/// @notice A job is in one state at a time, numbered by its escrow's own enum. Its present state's action is allowed
///         iff block.timestamp < deadline; from the deadline on anyone may finalise.
interface IEscrow {
    /// @notice The escrow was to be made with a minimum window outside 1 s..365 days, or without a contract it needs.
    error BadConstruction();
    /// @notice The named field of the terms breaks a rule written at the terms.
    error BadTerms(string field);
    /// @notice The job is in state `actual`; the call needs `needed`.
    error WrongState(uint8 actual, uint8 needed);
    /// @notice There is nothing to finalise: the job is unknown or has ended.
    error NothingToFinalise(uint8 actual);
    /// @notice Only `mover` may make this call.
    error NotYourMove(address caller, address mover);
    /// @notice block.timestamp >= deadline.
    error TooLate(uint64 deadline);
    /// @notice block.timestamp < deadline.
    error TooEarly(uint64 deadline);
    /// @notice The ether sent is not exactly what is due; none is due where a token is paid.
    error WrongValue(uint256 sent, uint256 due);
    /// @notice The token moved another amount than it was told to: it takes a fee, or does not work.
    error WrongReceipt(address token, uint256 received, uint256 due);
    /// @notice A job with this tag was opened before; choose another nonce.
    error TagUsed(bytes32 tag);

    /// @notice Seconds every window of a job must have at least.
    function minWindow() external view returns (uint64);

    /// @notice The job opened with `tag`, or zero.
    function jobOfTag(bytes32 tag) external view returns (bytes32 jobId);
}
