// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title Committed models and the stakes behind them
/// @notice A model is registered before any test set is shown to its owner, and never changes afterwards. Its stake is
///         capital that sits still while the model is on offer: it makes fresh identities cost something. It is not
///         slashed; jobs have deposits of their own.
interface IModelRegistry {
    /// @param owner              who registered it and alone may sell with it; zero for an unknown model
    /// @param architectureDigest digest of the public architecture (operators and shapes)
    /// @param weightsCommitment  commitment to the weights, in the encoding of the backend's binding
    /// @param quantisationDigest digest of scales and ranges
    /// @param formatDigest       digest of the input format test sets must be committed in
    /// @param stake              wei
    /// @param unstakeAt          Unix time from which the stake may be taken out; zero while the model is on offer
    struct Model {
        address owner;
        bytes32 architectureDigest;
        bytes32 weightsCommitment;
        bytes32 quantisationDigest;
        bytes32 formatDigest;
        uint128 stake;
        uint64 unstakeAt;
    }

    /// @notice A model entered the registry; its four digests can be read by {model}.
    event ModelRegistered(bytes32 indexed modelId, address indexed owner, uint256 stake);
    /// @notice The stake grew by `amount` to `stake`.
    event StakeAdded(bytes32 indexed modelId, uint256 amount, uint256 stake);
    /// @notice The model went off offer for good; its stake is free from `unstakeAt` on.
    event UnstakeRequested(bytes32 indexed modelId, uint64 unstakeAt);
    /// @notice The stake was booked for the owner.
    event Unstaked(bytes32 indexed modelId, uint256 amount);

    /// @notice The cooldown is longer than 365 days.
    error CooldownTooLong(uint64 cooldown);
    error AlreadyRegistered(bytes32 modelId);
    error UnknownModel(bytes32 modelId);
    error NotOwner(address caller, address owner);
    /// @notice The model has left or is leaving; register another one.
    error OffOffer(bytes32 modelId);
    /// @notice The stake is not free yet; zero if {requestUnstake} was never called.
    error StakeLocked(bytes32 modelId, uint64 unstakeAt);
    error NothingStaked(bytes32 modelId);

    /// @notice Registers a model of the caller's and stakes the ether sent along.
    /// @return modelId binds the caller and all four digests; each can be registered once
    function register(
        bytes32 architectureDigest,
        bytes32 weightsCommitment,
        bytes32 quantisationDigest,
        bytes32 formatDigest
    ) external payable returns (bytes32 modelId);

    /// @notice Adds the ether sent along to the stake of a model on offer; anyone may, only the owner gets it back.
    function addStake(bytes32 modelId) external payable;

    /// @notice Takes the caller's model off offer for good and starts the cooldown.
    function requestUnstake(bytes32 modelId) external;

    /// @notice After the cooldown: books the stake for the owner, whoever calls.
    function unstake(bytes32 modelId) external;

    /// @notice Seconds between {requestUnstake} and {unstake}.
    function cooldown() external view returns (uint64);

    /// @notice The record of a model; all zero if unknown.
    function model(bytes32 modelId) external view returns (Model memory);

    /// @notice Whether `owner` may sell with the model now: registered by it, on offer, with this input format and at
    ///         least `minStake` wei at stake.
    function eligible(bytes32 modelId, address owner, bytes32 formatDigest, uint256 minStake)
        external
        view
        returns (bool);
}
