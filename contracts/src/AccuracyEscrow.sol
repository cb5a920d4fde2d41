// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {Escrow} from "./Escrow.sol";
import {IAccuracyEscrow} from "./interfaces/IAccuracyEscrow.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IProofVerifier} from "./interfaces/IProofVerifier.sol";
import {AccuracyTermsLib} from "./libraries/AccuracyTermsLib.sol";
import {CodeHash} from "./libraries/CodeHash.sol";
import {Commitments} from "./libraries/Commitments.sol";
import {JobClock} from "./libraries/JobClock.sol";
import {JobTag} from "./libraries/JobTag.sol";

/// @title Accuracy escrow
/// @notice See {IAccuracyEscrow}. No owner, no upgrade, no way for ether to leave but {PullPayments}.
contract AccuracyEscrow is IAccuracyEscrow, Escrow {
    using AccuracyTermsLib for AccuracyTerms;
    using BitMaps for BitMaps.BitMap;

    /// @notice Where models are registered.
    IModelRegistry public immutable registry;

    mapping(bytes32 jobId => Job) private _jobs;
    mapping(bytes32 jobId => AccuracyTerms) private _terms;
    mapping(bytes32 jobId => BitMaps.BitMap) private _verified;
    /// @inheritdoc IAccuracyEscrow
    mapping(bytes32 modelId => uint256) public aborts;

    /// @param registry_  deployed model registry
    /// @param minWindow_ seconds, 1 to 365 days; at least a day on a chain where transactions can be held back
    constructor(IModelRegistry registry_, uint64 minWindow_) Escrow(minWindow_) {
        if (address(registry_).code.length == 0) revert BadConstruction();
        registry = registry_;
    }

    // ---------------------------------------------------------------- moves

    /// @inheritdoc IAccuracyEscrow
    function open(AccuracyTerms calldata terms_) external payable nonReentrant returns (bytes32 jobId) {
        AccuracyTerms memory agreed = terms_;
        JobClock.requireMover(agreed.buyer);
        agreed.check(address(this), minWindow);
        _collect(address(0), msg.sender, agreed.deposit());
        _requireReady(agreed);
        bytes32 tag = agreed.tagOf(address(this));

        jobId = agreed.idOf(tag);
        _useTag(tag, jobId);
        _terms[jobId] = agreed;
        _jobs[jobId].tag = tag;
        _enter(jobId, State.Open, agreed.acceptWindow);
        emit JobOpened(jobId, agreed.buyer, agreed.seller, agreed.modelId, tag);
    }

    /// @inheritdoc IAccuracyEscrow
    function accept(bytes32 jobId, bytes32 seed) external payable nonReentrant {
        AccuracyTerms memory agreed = _terms[jobId];
        _requireMove(jobId, State.Open, agreed.seller);
        _collect(address(0), msg.sender, agreed.deposit());
        _requireReady(agreed);
        uint256 aborted = aborts[agreed.modelId];
        if (aborted > agreed.maxAborts) revert TooManyAborts(aborted, agreed.maxAborts);

        _jobs[jobId].seed = seed;
        _enter(jobId, State.Accepted, agreed.handOverWindow);
        emit JobAccepted(jobId, seed);
    }

    /// @inheritdoc IAccuracyEscrow
    function handOver(bytes32 jobId, bytes32 ciphertextRoot) external nonReentrant {
        _requireMove(jobId, State.Accepted, _terms[jobId].buyer);

        _jobs[jobId].ciphertextRoot = ciphertextRoot;
        _enter(jobId, State.HandedOver, _terms[jobId].decideWindow);
        emit HandedOver(jobId, ciphertextRoot);
    }

    /// @inheritdoc IAccuracyEscrow
    function proceed(bytes32 jobId) external nonReentrant {
        _requireMove(jobId, State.HandedOver, _terms[jobId].seller);

        _enter(jobId, State.Proving, _terms[jobId].proveWindow);
        emit Proceeded(jobId);
    }

    /// @inheritdoc IAccuracyEscrow
    function abort(bytes32 jobId) external nonReentrant {
        AccuracyTerms memory agreed = _terms[jobId];
        _requireMove(jobId, State.HandedOver, agreed.seller);

        _jobs[jobId].state = State.Aborted;
        ++aborts[agreed.modelId];
        _divide(jobId, agreed, agreed.bond() + agreed.abortFee());
        emit JobAborted(jobId);
    }

    /// @inheritdoc IAccuracyEscrow
    function submitBatch(bytes32 jobId, BatchProof calldata batch) external nonReentrant {
        _requireBefore(jobId, State.Proving);
        _requireCommitted(jobId, batch);
        _requireProven(jobId, batch);
        _record(jobId, batch.index, batch.count);
    }

    /// @inheritdoc IAccuracyEscrow
    function finalise(bytes32 jobId) external nonReentrant {
        State from = _jobs[jobId].state;
        if (from == State.None || from > State.Proving) revert NothingToFinalise(uint8(from));
        JobClock.requirePast(_jobs[jobId].deadline);

        if (from == State.Proving) {
            _reject(jobId);
        } else {
            _expire(jobId, from);
        }
    }

    // ---------------------------------------------------------------- views

    /// @inheritdoc IAccuracyEscrow
    function job(bytes32 jobId) external view returns (Job memory) {
        return _jobs[jobId];
    }

    /// @inheritdoc IAccuracyEscrow
    function terms(bytes32 jobId) external view returns (AccuracyTerms memory) {
        return _terms[jobId];
    }

    /// @inheritdoc IAccuracyEscrow
    function batchDone(bytes32 jobId, uint256 batchIndex) external view returns (bool) {
        return _verified[jobId].get(batchIndex);
    }

    /// @inheritdoc IAccuracyEscrow
    function jobTag(AccuracyTerms calldata terms_) external view returns (bytes32 tag) {
        AccuracyTerms memory agreed = terms_;
        return agreed.tagOf(address(this));
    }

    /// @inheritdoc IAccuracyEscrow
    function jobIdOf(AccuracyTerms calldata terms_) external view returns (bytes32 jobId) {
        AccuracyTerms memory agreed = terms_;
        return agreed.idOf(agreed.tagOf(address(this)));
    }

    /// @inheritdoc IAccuracyEscrow
    function amountsOf(AccuracyTerms calldata terms_)
        external
        pure
        returns (uint256 deposit, uint256 payment, uint256 abortFee)
    {
        AccuracyTerms memory agreed = terms_;
        return (agreed.deposit(), agreed.payment(), agreed.abortFee());
    }

    // ---------------------------------------------------------------- checks

    function _requireBefore(bytes32 jobId, State needed) private view {
        Job storage current = _jobs[jobId];
        JobClock.requireBefore(uint8(current.state), current.deadline, uint8(needed));
    }

    function _requireMove(bytes32 jobId, State needed, address mover) private view {
        _requireBefore(jobId, needed);
        JobClock.requireMover(mover);
    }

    /// @dev The model is on offer by this seller and the verifier is the agreed code; before each deposit is taken.
    function _requireReady(AccuracyTerms memory agreed) private view {
        CodeHash.requireCode(agreed.verifier, agreed.verifierCodehash);
        if (!registry.eligible(agreed.modelId, agreed.seller, agreed.formatDigest, agreed.minStake)) {
            revert NotEligible(agreed.modelId);
        }
    }

    /// @dev The batch is new and its hashes are its own in the committed test set.
    function _requireCommitted(bytes32 jobId, BatchProof calldata batch) private view {
        AccuracyTerms storage agreed = _terms[jobId];
        uint256 total = agreed.total;
        uint256 size = agreed.batch;
        if (batch.index >= total / size) revert NoSuchBatch(batch.index, total / size);
        if (_verified[jobId].get(batch.index)) revert BatchAlreadyVerified(batch.index);
        if (batch.h.length != size) revert WrongBatchSize(batch.h.length, size);
        bytes32 tree = Commitments.treeRoot(total, batch.index, batch.h, batch.payloadRoots, batch.path);
        bytes32 root = Commitments.dataRoot(total, agreed.formatDigest, tree);
        if (root != agreed.dataRoot) revert WrongDataRoot(root, agreed.dataRoot);
    }

    /// @dev The agreed verifier accepts the count for these hashes, the registered weights and this job's bound tag.
    function _requireProven(bytes32 jobId, BatchProof calldata batch) private view {
        if (batch.count > batch.h.length) revert CountTooHigh(batch.count, batch.h.length);
        AccuracyTerms storage agreed = _terms[jobId];
        address verifier = agreed.verifier;
        CodeHash.requireCode(verifier, agreed.verifierCodehash);
        (bytes32 inputHash, bytes memory metadata) = _statement(jobId, batch);
        bytes32 outputHash = keccak256(abi.encode(batch.count));
        bool accepted = IProofVerifier(verifier).verify(inputHash, outputHash, metadata, batch.proof);
        if (!accepted) revert ProofRefused();
    }

    /// @dev What is to be proven, in the encoding {Halo2Adapter} documents.
    function _statement(bytes32 jobId, BatchProof calldata batch)
        private
        view
        returns (bytes32 inputHash, bytes memory metadata)
    {
        bytes32 tag = JobTag.bound(_jobs[jobId].tag, batch.note);
        bytes32 weights = registry.model(_terms[jobId].modelId).weightsCommitment;
        inputHash = keccak256(abi.encode(weights, tag, batch.h));
        metadata = abi.encode(weights, tag, batch.tagHash, batch.h, batch.count);
    }

    // ---------------------------------------------------------------- effects

    function _enter(bytes32 jobId, State next, uint64 window) private {
        Job storage current = _jobs[jobId];
        current.state = next;
        current.deadline = JobClock.endOf(window);
    }

    function _record(bytes32 jobId, uint256 batchIndex, uint256 count) private {
        Job storage current = _jobs[jobId];
        uint256 correct = current.correct + count;
        _verified[jobId].set(batchIndex);
        current.correct = SafeCast.toUint32(correct);
        ++current.batchesVerified;
        emit BatchVerified(jobId, batchIndex, count, correct);
        if (correct >= _terms[jobId].target) _complete(jobId, correct);
    }

    function _complete(bytes32 jobId, uint256 correct) private {
        AccuracyTerms memory agreed = _terms[jobId];
        _jobs[jobId].state = State.Completed;
        _divide(jobId, agreed, agreed.bond() + agreed.payment());
        emit JobCompleted(jobId, correct);
    }

    function _reject(bytes32 jobId) private {
        _jobs[jobId].state = State.Rejected;
        _divide(jobId, _terms[jobId], 0);
        emit JobRejected(jobId, _jobs[jobId].correct);
    }

    /// @dev Neutral ending: nobody can tell who is at fault, so every deposit goes back. Silence after the hand-over
    ///      may have been a free look at the test set, hence it counts as an abort of the model.
    function _expire(bytes32 jobId, State from) private {
        AccuracyTerms memory agreed = _terms[jobId];
        _jobs[jobId].state = State.Expired;
        if (from == State.HandedOver) ++aborts[agreed.modelId];
        _credit(jobId, agreed.buyer, agreed.deposit());
        if (from != State.Open) _credit(jobId, agreed.seller, agreed.deposit());
        emit JobExpired(jobId, from);
    }

    /// @dev Divides both deposits: `toSeller` of the two bonds to the seller, the rest of them to the buyer, both fees
    ///      to the fee's recipient. toSeller <= 2 * bond, since E > Z > P.
    function _divide(bytes32 jobId, AccuracyTerms memory agreed, uint256 toSeller) private {
        _credit(jobId, agreed.seller, toSeller);
        _credit(jobId, agreed.buyer, 2 * agreed.bond() - toSeller);
        _credit(jobId, agreed.feeRecipient, 2 * uint256(agreed.fee));
    }
}
