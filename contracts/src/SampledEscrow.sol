// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {DocumentJudge} from "./DocumentJudge.sol";
import {Escrow} from "./Escrow.sol";
import {IDocumentJudge} from "./interfaces/IDocumentJudge.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IProofVerifier} from "./interfaces/IProofVerifier.sol";
import {ISampledEscrow} from "./interfaces/ISampledEscrow.sol";
import {CipherTree} from "./libraries/CipherTree.sol";
import {CodeHash} from "./libraries/CodeHash.sol";
import {Commitments} from "./libraries/Commitments.sol";
import {Documents} from "./libraries/Documents.sol";
import {JobClock} from "./libraries/JobClock.sol";
import {JobTag} from "./libraries/JobTag.sol";
import {RetrievalBits} from "./libraries/RetrievalBits.sol";
import {SampledTermsLib} from "./libraries/SampledTermsLib.sol";

/// @title Sampled accuracy escrow
/// @notice See {ISampledEscrow}. No owner, no upgrade, no way for ether to leave but {PullPayments}.
contract SampledEscrow is ISampledEscrow, Escrow {
    using SampledTermsLib for SampledTerms;

    /// @notice Where models are registered.
    IModelRegistry public immutable registry;
    /// @notice Who decides complaints; made by this contract's constructor.
    IDocumentJudge public immutable judge;

    mapping(bytes32 jobId => Job) private _jobs;
    mapping(bytes32 jobId => SampledTerms) private _terms;
    /// @dev The sample, and whatever is proven.
    mapping(bytes32 jobId => mapping(uint256 word => uint256 bits)) private _spent;
    /// @inheritdoc ISampledEscrow
    mapping(bytes32 modelId => uint256) public aborts;

    /// @param registry_  deployed model registry
    /// @param minWindow_ seconds, 1 to 365 days; at least a day on a chain where transactions can be held back
    constructor(IModelRegistry registry_, uint64 minWindow_) Escrow(minWindow_) {
        if (address(registry_).code.length == 0) revert BadConstruction();
        registry = registry_;
        judge = new DocumentJudge();
    }

    // ---------------------------------------------------------------- moves

    /// @inheritdoc ISampledEscrow
    function open(SampledTerms calldata terms_) external payable nonReentrant returns (bytes32 jobId) {
        SampledTerms memory agreed = terms_;
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

    /// @inheritdoc ISampledEscrow
    function accept(bytes32 jobId, bytes32 seed) external payable nonReentrant {
        SampledTerms memory agreed = _terms[jobId];
        _requireMove(jobId, State.Open, agreed.seller);
        _collect(address(0), msg.sender, agreed.deposit());
        _requireReady(agreed);
        uint256 aborted = aborts[agreed.modelId];
        if (aborted > agreed.maxAborts) revert TooManyAborts(aborted, agreed.maxAborts);

        _jobs[jobId].seed = seed;
        RetrievalBits.drawSample(_spent[jobId], jobId, seed, agreed.sample, agreed.total);
        _enter(jobId, State.Accepted, agreed.handOverWindow);
        emit JobAccepted(jobId, seed);
    }

    /// @inheritdoc ISampledEscrow
    /// @dev A key hash names job and buyer, so there is no use in another's, and none in refusing one seen before.
    function handOver(
        bytes32 jobId,
        bytes32 seed,
        bytes32 ciphertextRoot,
        uint64 chunkCount,
        bytes32 sampleKeyHash,
        bytes32 restKeyHash
    ) external nonReentrant {
        SampledTerms storage agreed = _terms[jobId];
        _requireMove(jobId, State.Accepted, agreed.buyer);
        Job storage current = _jobs[jobId];
        if (seed != current.seed) revert WrongSeed(seed, current.seed);
        if (chunkCount == 0 || chunkCount % agreed.total != 0) revert BadChunkCount(chunkCount, agreed.total);

        current.ciphertextRoot = ciphertextRoot;
        current.chunkCount = chunkCount;
        current.sampleKeyHash = sampleKeyHash;
        current.restKeyHash = restKeyHash;
        _enter(jobId, State.Sampled, agreed.decideWindow);
        emit HandedOver(jobId, ciphertextRoot, chunkCount, sampleKeyHash, restKeyHash);
    }

    /// @inheritdoc ISampledEscrow
    /// @dev The openings are not looked at: a seller who cannot check the committed test set with them aborts, and is
    ///      paid for it.
    function postCiphertext(
        bytes32 jobId,
        bytes32 sampleKey,
        bytes[] calldata ciphertexts,
        bytes calldata /* openings */
    ) external nonReentrant {
        _requireMove(jobId, State.Sampled, _terms[jobId].buyer);
        Job storage current = _jobs[jobId];
        _requireKey(jobId, sampleKey, current.sampleKeyHash);
        _requireCiphertexts(jobId, ciphertexts);

        current.sampleKey = sampleKey;
        _enter(jobId, State.Posted, _terms[jobId].decideWindow);
        emit CiphertextPosted(jobId, sampleKey);
    }

    /// @inheritdoc ISampledEscrow
    function proceed(bytes32 jobId, bytes32 ciphertextRoot) external nonReentrant {
        _requireEither(jobId, State.Sampled, State.Posted, _terms[jobId].seller);
        bytes32 handedOver = _jobs[jobId].ciphertextRoot;
        if (ciphertextRoot != handedOver) revert WrongDelivery(ciphertextRoot, handedOver);

        _enter(jobId, State.HandedOver, _terms[jobId].keyWindow);
        emit Proceeded(jobId);
    }

    /// @inheritdoc ISampledEscrow
    function abort(bytes32 jobId) external nonReentrant {
        SampledTerms memory agreed = _terms[jobId];
        _requireEither(jobId, State.Sampled, State.Posted, agreed.seller);

        ++aborts[agreed.modelId];
        _divide(jobId, State.Aborted, agreed.bond() + agreed.abortFee());
        emit JobAborted(jobId);
    }

    /// @inheritdoc ISampledEscrow
    function confirm(bytes32 jobId) external nonReentrant {
        _requireEither(jobId, State.HandedOver, State.Revealed, _terms[jobId].seller);
        _beginProving(jobId);
    }

    /// @inheritdoc ISampledEscrow
    function revealKey(bytes32 jobId, bytes32 key) external nonReentrant {
        _requireMove(jobId, State.HandedOver, _terms[jobId].buyer);
        _requireKey(jobId, key, _jobs[jobId].restKeyHash);

        _jobs[jobId].restKey = key;
        _enter(jobId, State.Revealed, _terms[jobId].complainWindow);
        emit KeyRevealed(jobId, key);
    }

    /// @inheritdoc ISampledEscrow
    function complainDecryption(
        bytes32 jobId,
        DocumentOpening calldata document,
        ChunkOpening calldata chunk,
        CipherOpening calldata cipher
    ) external nonReentrant {
        _requireComplaint(jobId, document.index);
        Job storage current = _jobs[jobId];
        IDocumentJudge.Delivery memory delivery =
            IDocumentJudge.Delivery(jobId, current.restKey, current.ciphertextRoot, current.chunkCount);
        bool faulty = judge.badDecryption(_corpus(jobId), delivery, document, chunk, cipher);
        if (!faulty) revert ChunkIsHonest(document.index, chunk.chunk);
        _uphold(jobId, document.index, chunk.chunk, Complaint.Decryption);
    }

    /// @inheritdoc ISampledEscrow
    function complainView(
        bytes32 jobId,
        DocumentOpening calldata document,
        StepOpening calldata step,
        StepOpening calldata next
    ) external nonReentrant {
        _requireComplaint(jobId, document.index);
        bool faulty = judge.badView(_corpus(jobId), document, step, next);
        if (!faulty) revert ViewIsHonest(document.index, step.chunk);
        _uphold(jobId, document.index, step.chunk, Complaint.View);
    }

    /// @inheritdoc ISampledEscrow
    function submitBatch(bytes32 jobId, SampledBatch calldata batch) external nonReentrant {
        JobClock.requireBefore(uint8(_jobs[jobId].state), _jobs[jobId].deadline, uint8(State.Proving));
        _requireFresh(jobId, batch);
        _requireCommitted(jobId, batch);
        _requireProven(jobId, batch);
        _record(jobId, batch.indices, batch.count);
    }

    /// @inheritdoc ISampledEscrow
    function finalise(bytes32 jobId) external nonReentrant {
        State from = _jobs[jobId].state;
        if (from == State.None || from > State.Proving) revert NothingToFinalise(uint8(from));
        JobClock.requirePast(_jobs[jobId].deadline);

        if (from <= State.Sampled) _expire(jobId, from);
        else if (from == State.HandedOver) _spoil(jobId, from);
        else if (from == State.Revealed) _beginProving(jobId);
        else _reject(jobId, from);
    }

    // ---------------------------------------------------------------- views

    /// @inheritdoc ISampledEscrow
    function job(bytes32 jobId) external view returns (Job memory) {
        return _jobs[jobId];
    }

    /// @inheritdoc ISampledEscrow
    function terms(bytes32 jobId) external view returns (SampledTerms memory) {
        return _terms[jobId];
    }

    /// @inheritdoc ISampledEscrow
    function spent(bytes32 jobId, uint256 index) public view returns (bool) {
        return RetrievalBits.get(_spent[jobId], index);
    }

    /// @inheritdoc ISampledEscrow
    function bitmapWord(bytes32 jobId, uint256 word) external view returns (uint256 bits) {
        return _spent[jobId][word];
    }

    /// @inheritdoc ISampledEscrow
    function jobTag(SampledTerms calldata terms_) external view returns (bytes32 tag) {
        SampledTerms memory agreed = terms_;
        return agreed.tagOf(address(this));
    }

    /// @inheritdoc ISampledEscrow
    function jobIdOf(SampledTerms calldata terms_) external view returns (bytes32 jobId) {
        SampledTerms memory agreed = terms_;
        return agreed.idOf(agreed.tagOf(address(this)));
    }

    /// @inheritdoc ISampledEscrow
    function amountsOf(SampledTerms calldata terms_)
        external
        pure
        returns (uint256 deposit, uint256 payment, uint256 abortFee)
    {
        SampledTerms memory agreed = terms_;
        return (agreed.deposit(), agreed.payment(), agreed.abortFee());
    }

    // ---------------------------------------------------------------- checks

    function _requireMove(bytes32 jobId, State needed, address mover) private view {
        Job storage current = _jobs[jobId];
        JobClock.requireBefore(uint8(current.state), current.deadline, uint8(needed));
        JobClock.requireMover(mover);
    }

    /// @dev The job is in the first state or in the other; if in neither, the first is named.
    function _requireEither(bytes32 jobId, State first, State other, address mover) private view {
        _requireMove(jobId, _jobs[jobId].state == other ? other : first, mover);
    }

    /// @dev The model is on offer by this seller and the verifier is the agreed code; before each deposit is taken.
    function _requireReady(SampledTerms memory agreed) private view {
        CodeHash.requireCode(agreed.verifier, agreed.verifierCodehash);
        if (!registry.eligible(agreed.modelId, agreed.seller, agreed.formatDigest, agreed.minStake)) {
            revert NotEligible(agreed.modelId);
        }
    }

    /// @dev The key is the one the caller, who is the buyer, has committed to in this job.
    function _requireKey(bytes32 jobId, bytes32 key, bytes32 committed) private view {
        bytes32 actual = Documents.keyHash(jobId, msg.sender, key);
        if (actual != committed) revert WrongKey(actual, committed);
    }

    /// @dev The number is compared by itself: what the root was made over is the buyer's word.
    function _requireCiphertexts(bytes32 jobId, bytes[] calldata ciphertexts) private view {
        Job storage current = _jobs[jobId];
        (uint256 count, bytes32 handedOver) = (current.chunkCount, current.ciphertextRoot);
        if (ciphertexts.length != count) revert WrongCiphertexts(0, handedOver);
        bytes32 root = CipherTree.ciphertextRoot(ciphertexts, count / _terms[jobId].total);
        if (root != handedOver) revert WrongCiphertexts(root, handedOver);
    }

    /// @dev A complaint is the seller's, in time, and not about the sample, whose ciphertexts have another key.
    function _requireComplaint(bytes32 jobId, uint256 index) private view {
        _requireMove(jobId, State.Revealed, _terms[jobId].seller);
        if (spent(jobId, index)) revert ExampleSpent(index);
    }

    /// @dev As many examples as a batch has, all different, none drawn or proven before.
    function _requireFresh(bytes32 jobId, SampledBatch calldata batch) private view {
        uint256 total = _terms[jobId].total;
        uint256 size = _terms[jobId].batch;
        _requireSize(batch.indices.length, size);
        _requireSize(batch.h.length, size);
        _requireSize(batch.payloadRoots.length, size);
        _requireSize(batch.paths.length, size);
        uint256 least = 0;
        for (uint256 j = 0; j < size; ++j) {
            uint256 index = batch.indices[j];
            if (index < least || index >= total) revert NoSuchExample(index);
            if (spent(jobId, index)) revert ExampleSpent(index);
            least = index + 1;
        }
    }

    function _requireSize(uint256 actual, uint256 size) private pure {
        if (actual != size) revert WrongBatchSize(actual, size);
    }

    /// @dev Every example's hash is its own in the committed test set.
    function _requireCommitted(bytes32 jobId, SampledBatch calldata batch) private view {
        SampledTerms storage agreed = _terms[jobId];
        (uint256 total, bytes32 format, bytes32 committed) = (agreed.total, agreed.formatDigest, agreed.dataRoot);
        uint256 height = Commitments.depth(total);
        for (uint256 j = 0; j < batch.indices.length; ++j) {
            uint256 index = batch.indices[j];
            bytes32 leaf = Commitments.leaf(index, batch.h[j], batch.payloadRoots[j]);
            bytes32 tree = Commitments.climb(leaf, index, batch.paths[j], height);
            bytes32 root = Commitments.dataRoot(total, format, tree);
            if (root != committed) revert WrongDataRoot(root, committed);
        }
    }

    /// @dev The agreed verifier accepts the count for these hashes, the registered weights and this job's bound tag, in
    ///      the encoding {Halo2Adapter} documents.
    function _requireProven(bytes32 jobId, SampledBatch calldata batch) private view {
        if (batch.count > batch.h.length) revert CountTooHigh(batch.count, batch.h.length);
        SampledTerms storage agreed = _terms[jobId];
        address verifier = agreed.verifier;
        CodeHash.requireCode(verifier, agreed.verifierCodehash);
        bytes32 weights = registry.model(agreed.modelId).weightsCommitment;
        bytes32 tag = JobTag.bound(_jobs[jobId].tag, batch.note);
        bool accepted = IProofVerifier(verifier)
            .verify(
                keccak256(abi.encode(weights, tag, batch.h)),
                keccak256(abi.encode(batch.count)),
                abi.encode(weights, tag, batch.tagHash, batch.h, batch.count),
                batch.proof
            );
        if (!accepted) revert ProofRefused();
    }

    /// @dev The test set as the judge knows it. Its tree is not padded to whole batches: the total is a multiple of them.
    function _corpus(bytes32 jobId) private view returns (IDocumentJudge.Corpus memory) {
        SampledTerms storage agreed = _terms[jobId];
        return IDocumentJudge.Corpus(agreed.dataRoot, agreed.formatDigest, agreed.total, agreed.batch);
    }

    // ---------------------------------------------------------------- effects

    function _enter(bytes32 jobId, State next, uint64 window) private {
        Job storage current = _jobs[jobId];
        current.state = next;
        current.deadline = JobClock.endOf(window);
    }

    function _beginProving(bytes32 jobId) private {
        _enter(jobId, State.Proving, _terms[jobId].proveWindow);
        emit Confirmed(jobId);
    }

    function _record(bytes32 jobId, uint32[] calldata indices, uint256 count) private {
        Job storage current = _jobs[jobId];
        mapping(uint256 => uint256) storage bitmap = _spent[jobId];
        for (uint256 j = 0; j < indices.length; ++j) {
            bitmap[indices[j] >> 8] |= 1 << (indices[j] & 0xff);
        }
        uint256 correct = current.correct + count;
        current.correct = SafeCast.toUint32(correct);
        ++current.batchesVerified;
        emit BatchVerified(jobId, indices, count, correct);
        if (correct >= _terms[jobId].target) _complete(jobId, correct);
    }

    function _complete(bytes32 jobId, uint256 correct) private {
        SampledTerms memory agreed = _terms[jobId];
        _divide(jobId, State.Completed, agreed.bond() + agreed.payment());
        emit JobCompleted(jobId, correct);
    }

    function _reject(bytes32 jobId, State from) private {
        _divide(jobId, State.Rejected, 0);
        emit JobRejected(jobId, from, _jobs[jobId].correct);
    }

    function _uphold(bytes32 jobId, uint256 document, uint256 chunk, Complaint kind) private {
        emit ComplaintUpheld(jobId, document, chunk, kind);
        _spoil(jobId, State.Revealed);
    }

    function _spoil(bytes32 jobId, State from) private {
        SampledTerms memory agreed = _terms[jobId];
        _divide(jobId, State.Spoiled, 2 * agreed.bond());
        emit JobSpoiled(jobId, from);
    }

    /// @dev Neutral ending: nobody can tell who is at fault, so every deposit goes back. Silence after the hand-over
    ///      may have been a free look at the sample, hence it counts as an abort of the model.
    function _expire(bytes32 jobId, State from) private {
        SampledTerms memory agreed = _terms[jobId];
        _jobs[jobId].state = State.Expired;
        if (from == State.Sampled) ++aborts[agreed.modelId];
        _credit(jobId, agreed.buyer, agreed.deposit());
        if (from != State.Open) _credit(jobId, agreed.seller, agreed.deposit());
        emit JobExpired(jobId, from);
    }

    /// @dev Ends an accepted job: `toSeller` of the two bonds go to the seller, the rest of them to the buyer, both fees
    ///      to the fee's recipient. toSeller <= 2 * bond, since E > Z > P.
    function _divide(bytes32 jobId, State ending, uint256 toSeller) private {
        SampledTerms memory agreed = _terms[jobId];
        _jobs[jobId].state = ending;
        _credit(jobId, agreed.seller, toSeller);
        _credit(jobId, agreed.buyer, 2 * agreed.bond() - toSeller);
        _credit(jobId, agreed.feeRecipient, 2 * uint256(agreed.fee));
    }
}
