// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Escrow} from "./Escrow.sol";
import {IPredictionEscrow} from "./interfaces/IPredictionEscrow.sol";
import {IProofVerifier} from "./interfaces/IProofVerifier.sol";
import {CodeHash} from "./libraries/CodeHash.sol";
import {Commitments} from "./libraries/Commitments.sol";
import {JobClock} from "./libraries/JobClock.sol";
import {JobTag} from "./libraries/JobTag.sol";
import {PredictionTermsLib} from "./libraries/PredictionTermsLib.sol";
import {SignedMessages} from "./libraries/SignedMessages.sol";

/// @title Prediction escrow
/// @notice See {IPredictionEscrow}. No owner, no upgrade, no way for money to leave but {PullPayments}.
/// @dev What an ERC-1271 wallet says of a signature counts at the moment it is asked, here and never before: a provider
///      that is a contract can disown every answer it gave, a client that is one every receipt. Deal with a contract
///      only if its code cannot do that, and collect from a contract at each receipt. ECDSA cannot be taken back.
contract PredictionEscrow is IPredictionEscrow, Escrow {
    using PredictionTermsLib for PredictionTerms;

    bytes32 private constant ANSWER = keccak256("Answer(bytes32 jobId,uint32 index,uint256 h,bytes32 outputsHash)");
    bytes32 private constant RECEIPT = keccak256("Receipt(bytes32 jobId,uint32 answered)");

    mapping(bytes32 jobId => Job) private _jobs;
    mapping(bytes32 jobId => PredictionTerms) private _terms;
    mapping(bytes32 jobId => mapping(uint32 index => Contest)) private _contests;

    /// @param minWindow_ seconds, 1 to 365 days; at least a day on a chain where transactions can be held back
    constructor(uint64 minWindow_) Escrow(minWindow_) {}

    // ---------------------------------------------------------------- moves

    /// @inheritdoc IPredictionEscrow
    function open(PredictionTerms calldata terms_) external payable nonReentrant returns (bytes32 jobId) {
        PredictionTerms memory agreed = terms_;
        JobClock.requireMover(agreed.client);
        agreed.check(address(this), minWindow);
        CodeHash.requireCode(agreed.verifier, agreed.verifierCodehash);
        bytes32 tag = agreed.tagOf(address(this));

        jobId = agreed.idOf(tag);
        _useTag(tag, jobId);
        _terms[jobId] = agreed;
        Job storage opened = _jobs[jobId];
        opened.state = State.Open;
        opened.deadline = JobClock.endOf(agreed.acceptWindow);
        opened.tag = tag;
        emit JobOpened(jobId, agreed.client, agreed.provider, agreed.modelId, tag);
        _collect(agreed.token, msg.sender, agreed.clientFunds());
    }

    /// @inheritdoc IPredictionEscrow
    function accept(bytes32 jobId) external payable nonReentrant {
        PredictionTerms memory agreed = _terms[jobId];
        Job storage current = _jobs[jobId];
        JobClock.requireBefore(uint8(current.state), current.deadline, uint8(State.Open));
        JobClock.requireMover(agreed.provider);
        CodeHash.requireCode(agreed.verifier, agreed.verifierCodehash);

        uint64 roundEnd = JobClock.endOf(agreed.roundWindow);
        uint64 proveEnd = roundEnd + agreed.proveWindow;
        current.state = State.Serving;
        current.roundEnd = roundEnd;
        current.deadline = proveEnd;
        emit JobAccepted(jobId, roundEnd, proveEnd);
        _collect(agreed.token, msg.sender, agreed.providerFunds());
    }

    /// @inheritdoc IPredictionEscrow
    function contest(bytes32 jobId, Answer calldata answer, bytes calldata signature) external nonReentrant {
        Job storage current = _jobs[jobId];
        PredictionTerms storage agreed = _terms[jobId];
        JobClock.requireBefore(uint8(current.state), current.roundEnd, uint8(State.Serving));
        JobClock.requireMover(agreed.client);
        if (answer.index >= agreed.round) revert NoSuchAnswer(answer.index, agreed.round);
        Contest storage contested = _contests[jobId][answer.index];
        if (contested.contested) revert AlreadyContested(answer.index);
        if (current.contested >= agreed.contests) revert TooManyContests(agreed.contests);
        _requireSigned(agreed.provider, answerDigest(jobId, answer), signature);

        ++current.contested;
        contested.contested = true;
        contested.h = answer.h;
        contested.outputsHash = answer.outputsHash;
        emit AnswerContested(jobId, answer.index, answer.h, answer.outputsHash);
    }

    /// @inheritdoc IPredictionEscrow
    function proveAnswer(
        bytes32 jobId,
        uint32 index,
        bytes32 note,
        uint256 tagHash,
        int256[] calldata outputs,
        bytes calldata proof
    ) external nonReentrant {
        Job storage current = _jobs[jobId];
        JobClock.requireBefore(uint8(current.state), current.deadline, uint8(State.Serving));
        Contest storage contested = _contests[jobId][index];
        if (!contested.contested) revert NotContested(index);
        if (contested.proven) revert AlreadyProven(index);
        _requireAnswered(contested.outputsHash, _terms[jobId].outputs, outputs);
        _requireProven(jobId, contested.h, note, tagHash, _instancesOf(outputs), proof);

        ++current.proven;
        contested.proven = true;
        emit AnswerProven(jobId, index);
    }

    /// @inheritdoc IPredictionEscrow
    function collect(bytes32 jobId, uint32 answered, bytes calldata signature) external nonReentrant {
        Job storage current = _jobs[jobId];
        PredictionTerms storage agreed = _terms[jobId];
        if (current.state != State.Serving) revert WrongState(uint8(current.state), uint8(State.Serving));
        JobClock.requireMover(agreed.provider);
        if (answered > agreed.round) revert NoSuchAnswer(answered, agreed.round);
        if (answered <= current.answered) revert NothingNew(answered, current.answered);
        _requireSigned(agreed.client, receiptDigest(jobId, answered), signature);

        current.answered = answered;
        emit ReceiptCollected(jobId, answered);
    }

    /// @inheritdoc IPredictionEscrow
    function finalise(bytes32 jobId) external nonReentrant {
        Job storage current = _jobs[jobId];
        State from = current.state;
        if (from != State.Open && from != State.Serving) revert NothingToFinalise(uint8(from));
        PredictionTerms memory agreed = _terms[jobId];
        uint32 unproven = current.contested - current.proven;
        bool served = from == State.Serving && unproven == 0 && msg.sender == agreed.provider;
        JobClock.requirePast(served ? current.roundEnd : current.deadline);

        if (from == State.Open) _expire(jobId, agreed);
        else if (unproven == 0) _complete(jobId, agreed);
        else _reject(jobId, agreed, unproven);
    }

    // ---------------------------------------------------------------- views

    /// @inheritdoc IPredictionEscrow
    function job(bytes32 jobId) external view returns (Job memory) {
        return _jobs[jobId];
    }

    /// @inheritdoc IPredictionEscrow
    function terms(bytes32 jobId) external view returns (PredictionTerms memory) {
        return _terms[jobId];
    }

    /// @inheritdoc IPredictionEscrow
    function contestOf(bytes32 jobId, uint32 index) external view returns (Contest memory) {
        return _contests[jobId][index];
    }

    /// @inheritdoc IPredictionEscrow
    function jobTag(PredictionTerms calldata terms_) external view returns (bytes32 tag) {
        PredictionTerms memory agreed = terms_;
        return agreed.tagOf(address(this));
    }

    /// @inheritdoc IPredictionEscrow
    function jobIdOf(PredictionTerms calldata terms_) external view returns (bytes32 jobId) {
        PredictionTerms memory agreed = terms_;
        return agreed.idOf(agreed.tagOf(address(this)));
    }

    /// @inheritdoc IPredictionEscrow
    function amountsOf(PredictionTerms calldata terms_)
        external
        pure
        returns (uint256 clientFunds, uint256 providerFunds)
    {
        PredictionTerms memory agreed = terms_;
        return (agreed.clientFunds(), agreed.providerFunds());
    }

    /// @inheritdoc IPredictionEscrow
    function answerDigest(bytes32 jobId, Answer calldata answer) public view returns (bytes32 digest) {
        return SignedMessages.digest(keccak256(abi.encode(ANSWER, jobId, answer.index, answer.h, answer.outputsHash)));
    }

    /// @inheritdoc IPredictionEscrow
    function receiptDigest(bytes32 jobId, uint32 answered) public view returns (bytes32 digest) {
        return SignedMessages.digest(keccak256(abi.encode(RECEIPT, jobId, answered)));
    }

    // ---------------------------------------------------------------- checks

    function _requireSigned(address signer, bytes32 digest, bytes calldata signature) private view {
        if (!SignedMessages.isSignedBy(signer, digest, signature)) revert BadSignature(signer, digest);
    }

    /// @dev These outputs are the signed ones, and as many as a proof of this job has.
    function _requireAnswered(bytes32 signed, uint256 agreed, int256[] calldata outputs) private pure {
        bytes32 actual = keccak256(abi.encode(outputs));
        if (actual != signed) revert WrongOutputs(actual, signed);
        if (outputs.length != agreed) revert WrongOutputCount(outputs.length, agreed);
    }

    /// @dev The agreed verifier accepts these outputs for this input, the agreed weights and this job's bound tag.
    function _requireProven(
        bytes32 jobId,
        uint256 input,
        bytes32 note,
        uint256 tagHash,
        uint256[] memory outputs,
        bytes calldata proof
    ) private view {
        PredictionTerms storage agreed = _terms[jobId];
        CodeHash.requireCode(agreed.verifier, agreed.verifierCodehash);
        bytes32 weights = agreed.weightsCommitment;
        bytes32 tag = JobTag.bound(_jobs[jobId].tag, note);
        uint256[] memory h = new uint256[](1);
        h[0] = input;
        bytes32 inputHash = keccak256(abi.encode(weights, tag, h));
        bytes32 outputHash = keccak256(abi.encode(outputs));
        bytes memory metadata = abi.encode(weights, tag, tagHash, h, outputs);
        bool accepted = IProofVerifier(agreed.verifier).verify(inputHash, outputHash, metadata, proof);
        if (!accepted) revert ProofRefused();
    }

    /// @dev Signed integers as the circuit has them: x, or order - |x|.
    function _instancesOf(int256[] calldata outputs) private pure returns (uint256[] memory instances) {
        int256 largest = int256(Commitments.FIELD_ORDER / 2);
        instances = new uint256[](outputs.length);
        for (uint256 i = 0; i < outputs.length; ++i) {
            int256 output = outputs[i];
            if (output > largest || output < -largest) revert NotCanonical(output);
            instances[i] = output < 0 ? Commitments.FIELD_ORDER - uint256(-output) : uint256(output);
        }
    }

    // ---------------------------------------------------------------- endings

    function _complete(bytes32 jobId, PredictionTerms memory agreed) private {
        Job storage ended = _jobs[jobId];
        ended.state = State.Completed;
        uint256 earned = agreed.earned(ended.proven, ended.answered);
        _divide(jobId, agreed, agreed.penalty() + earned, agreed.budget() - earned);
        emit JobCompleted(jobId, ended.answered, ended.proven);
    }

    function _reject(bytes32 jobId, PredictionTerms memory agreed, uint32 unproven) private {
        _jobs[jobId].state = State.Rejected;
        _divide(jobId, agreed, 0, agreed.budget() + agreed.penalty());
        emit JobRejected(jobId, unproven);
    }

    function _expire(bytes32 jobId, PredictionTerms memory agreed) private {
        _jobs[jobId].state = State.Expired;
        _creditIn(jobId, agreed.token, agreed.client, agreed.clientFunds());
        emit JobExpired(jobId);
    }

    /// @dev Books what both parties paid in: toProvider + toClient = 2KZ + Kp + beta*K*Z, and both fees.
    function _divide(bytes32 jobId, PredictionTerms memory agreed, uint256 toProvider, uint256 toClient) private {
        _creditIn(jobId, agreed.token, agreed.provider, toProvider);
        _creditIn(jobId, agreed.token, agreed.client, toClient);
        _creditIn(jobId, agreed.token, agreed.feeRecipient, 2 * uint256(agreed.fee));
    }
}
