// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {Commitments} from "./libraries/Commitments.sol";
import {PullPayments} from "./PullPayments.sol";

/// @title Model registry
/// @notice See {IModelRegistry}. Holds stakes and booked withdrawals, nothing else; nobody administers it.
contract ModelRegistry is IModelRegistry, PullPayments {
    /// @dev A longer cooldown would lock stakes for good in effect.
    uint64 private constant MAX_COOLDOWN = 365 days;

    /// @inheritdoc IModelRegistry
    uint64 public immutable cooldown;

    mapping(bytes32 modelId => Model) private _models;

    /// @param cooldown_ seconds a stake stays after its owner asks for it, at most 365 days
    constructor(uint64 cooldown_) {
        if (cooldown_ > MAX_COOLDOWN) revert CooldownTooLong(cooldown_);
        cooldown = cooldown_;
    }

    /// @inheritdoc IModelRegistry
    function register(
        bytes32 architectureDigest,
        bytes32 weightsCommitment,
        bytes32 quantisationDigest,
        bytes32 formatDigest
    ) external payable returns (bytes32 modelId) {
        modelId = Commitments.modelId(
            msg.sender, architectureDigest, weightsCommitment, quantisationDigest, formatDigest
        );
        if (_models[modelId].owner != address(0)) revert AlreadyRegistered(modelId);
        _models[modelId] = Model({
            owner: msg.sender,
            architectureDigest: architectureDigest,
            weightsCommitment: weightsCommitment,
            quantisationDigest: quantisationDigest,
            formatDigest: formatDigest,
            stake: SafeCast.toUint128(msg.value),
            unstakeAt: 0
        });
        emit ModelRegistered(modelId, msg.sender, msg.value);
    }

    /// @inheritdoc IModelRegistry
    function addStake(bytes32 modelId) external payable {
        Model storage known = _known(modelId);
        if (known.unstakeAt != 0) revert OffOffer(modelId);
        uint128 stake = SafeCast.toUint128(known.stake + msg.value);
        known.stake = stake;
        emit StakeAdded(modelId, msg.value, stake);
    }

    /// @inheritdoc IModelRegistry
    function requestUnstake(bytes32 modelId) external {
        Model storage known = _known(modelId);
        if (msg.sender != known.owner) revert NotOwner(msg.sender, known.owner);
        if (known.unstakeAt != 0) revert OffOffer(modelId);
        uint64 unstakeAt = SafeCast.toUint64(block.timestamp) + cooldown;
        known.unstakeAt = unstakeAt;
        emit UnstakeRequested(modelId, unstakeAt);
    }

    /// @inheritdoc IModelRegistry
    function unstake(bytes32 modelId) external nonReentrant {
        Model storage known = _known(modelId);
        uint64 unstakeAt = known.unstakeAt;
        if (unstakeAt == 0 || block.timestamp < unstakeAt) revert StakeLocked(modelId, unstakeAt);
        uint256 amount = known.stake;
        if (amount == 0) revert NothingStaked(modelId);
        known.stake = 0;
        _credit(modelId, known.owner, amount);
        emit Unstaked(modelId, amount);
    }

    /// @inheritdoc IModelRegistry
    function model(bytes32 modelId) external view returns (Model memory) {
        return _models[modelId];
    }

    /// @inheritdoc IModelRegistry
    function eligible(bytes32 modelId, address owner, bytes32 formatDigest, uint256 minStake)
        external
        view
        returns (bool)
    {
        Model storage known = _models[modelId];
        return known.owner != address(0) && known.owner == owner && known.formatDigest == formatDigest
            && known.unstakeAt == 0 && known.stake >= minStake;
    }

    function _known(bytes32 modelId) private view returns (Model storage known) {
        known = _models[modelId];
        if (known.owner == address(0)) revert UnknownModel(modelId);
    }
}
