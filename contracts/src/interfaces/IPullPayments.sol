// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title Money is booked first and fetched later
/// @notice No payment is ever pushed while a job moves on, so that a receiver that refuses money can stop nobody else.
///         Ether and every token are booked apart; the token zero is ether.
interface IPullPayments {
    /// @notice `amount` wei were booked for `who`.
    /// @param jobId the job the money comes from; in the registry, the model
    event Credited(bytes32 indexed jobId, address indexed who, uint256 amount);

    /// @notice `amount` of `token` was booked for `who`.
    event TokenCredited(bytes32 indexed jobId, address indexed token, address indexed who, uint256 amount);

    /// @notice `who` received everything booked for it, `amount` wei.
    event Withdrawn(address indexed who, uint256 amount);

    /// @notice `who` received everything booked for it in `token`.
    event TokenWithdrawn(address indexed token, address indexed who, uint256 amount);

    /// @notice Nothing is booked for `who`.
    error NothingOwed(address who);

    /// @notice Sends the caller all wei booked for it.
    function withdraw() external;

    /// @notice Sends `who` all wei booked for it; anyone may call, the money goes to `who` alone.
    function withdrawFor(address who) external;

    /// @notice Sends the caller all of `token` booked for it.
    function withdrawToken(address token) external;

    /// @notice Sends `who` all of `token` booked for it; anyone may call, the money goes to `who` alone.
    function withdrawTokenFor(address token, address who) external;

    /// @notice Wei booked for `who` and not yet fetched.
    function owed(address who) external view returns (uint256 amount);

    /// @notice Amount of `token` booked for `who` and not yet fetched.
    function owedIn(address token, address who) external view returns (uint256 amount);
}
