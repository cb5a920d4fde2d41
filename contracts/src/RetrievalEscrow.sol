// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";

import {DocumentJudge} from "./DocumentJudge.sol";
import {Escrow} from "./Escrow.sol";
import {IDocumentJudge} from "./interfaces/IDocumentJudge.sol";
import {IProofVerifier} from "./interfaces/IProofVerifier.sol";
import {IRetrievalEscrow} from "./interfaces/IRetrievalEscrow.sol";
import {CodeHash} from "./libraries/CodeHash.sol";
import {Commitments} from "./libraries/Commitments.sol";
import {Documents} from "./libraries/Documents.sol";
import {JobClock} from "./libraries/JobClock.sol";
import {JobTag} from "./libraries/JobTag.sol";
import {RetrievalBits} from "./libraries/RetrievalBits.sol";
import {RetrievalTermsLib} from "./libraries/RetrievalTermsLib.sol";

/// @title Retrieval escrow
/// @notice See {IRetrievalEscrow}. No owner, no upgrade, no way for money to leave but {PullPayments}.
contract RetrievalEscrow is IRetrievalEscrow, Escrow {
    using BitMaps for BitMaps.BitMap;
    using RetrievalTermsLib for RetrievalTerms;

    /// @dev From acceptance to the block that draws: its hash is then known to nobody.
    uint256 private constant DRAW_DELAY = 2;

    /// @notice Who decides complaints; made by this contract's constructor.
    IDocumentJudge public immutable judge;

    mapping(bytes32 jobId => Job) private _jobs;
    mapping(bytes32 jobId => RetrievalTerms) private _terms;
    mapping(bytes32 jobId => BitMaps.BitMap) private _verified;
    mapping(bytes32 jobId => mapping(uint256 word => uint256 bits)) private _selected;
    /// @dev By responder, so that nobody can spoil another's delivery by committing to its key hash first.
    mapping(address responder => mapping(bytes32 keyHash => bool)) private _keyHashUsed;

    /// @param minWindow_ seconds, 1 to 365 days; at least a day on a chain where transactions can be held back
    constructor(uint64 minWindow_) Escrow(minWindow_) {
        judge = new DocumentJudge();
    }

    // ---------------------------------------------------------------- moves

    /// @inheritdoc IRetrievalEscrow
    function open(RetrievalTerms calldata terms_) external payable nonReentrant returns (bytes32 jobId) {
        RetrievalTerms memory agreed = terms_;
        JobClock.requireMover(agreed.requester);
        agreed.check(address(this), minWindow);
        _requireReady(agreed);
        bytes32 tag = agreed.tagOf(address(this));
        jobId = agreed.idOf(tag);
        _useTag(tag, jobId);

        _terms[jobId] = agreed;
        _jobs[jobId].tag = tag;
        _enter(jobId, State.Open, agreed.acceptWindow);
        emit JobOpened(jobId, agreed.requester, agreed.responder, agreed.modelId, tag);
        _collect(agreed.token, msg.sender, agreed.requesterFunds());
    }

    /// @inheritdoc IRetrievalEscrow
    function accept(bytes32 jobId) external payable nonReentrant {
        RetrievalTerms memory agreed = _terms[jobId];
        _requireMove(jobId, State.Open, agreed.responder);
        _requireReady(agreed);

        if (agreed.isSample()) _jobs[jobId].drawBlock = SafeCast.toUint48(block.number + DRAW_DELAY);
        _enter(jobId, State.Proving, agreed.proveWindow);
        emit JobAccepted(jobId);
        _collect(agreed.token, msg.sender, agreed.responderFunds());
    }

    /// @inheritdoc IRetrievalEscrow
    function submitBatch(bytes32 jobId, BitsProof calldata batch) external nonReentrant {
        _requireBefore(jobId, State.Proving);
        _requireCommitted(jobId, batch);
        _requireProven(jobId, batch);
        _record(jobId, batch.index, batch.bits);
    }

    /// @inheritdoc IRetrievalEscrow
    function draw(bytes32 jobId) external nonReentrant {
        _requireBefore(jobId, State.Proving);
        RetrievalTerms storage agreed = _terms[jobId];
        if (agreed.predicate != uint8(Predicate.Sample)) revert WrongPredicate(agreed.predicate);
        uint256 drawBlock = _jobs[jobId].drawBlock;
        if (block.number <= drawBlock) revert DrawTooEarly(drawBlock);

        bytes32 seed = Blockhash.blockHash(drawBlock);
        if (seed == 0) {
            drawBlock = block.number + DRAW_DELAY;
            _jobs[jobId].drawBlock = SafeCast.toUint48(drawBlock);
            emit DrawMoved(jobId, drawBlock);
        } else {
            uint32 cap = agreed.cap;
            RetrievalBits.drawSample(_selected[jobId], jobId, seed, cap, agreed.total);
            _jobs[jobId].matches = cap;
            emit Drawn(jobId, seed);
            _conclude(jobId, cap);
        }
    }

    /// @inheritdoc IRetrievalEscrow
    function topUp(bytes32 jobId) external payable nonReentrant {
        RetrievalTerms storage agreed = _terms[jobId];
        _requireMove(jobId, State.OverCap, agreed.requester);

        uint256 amount = uint256(_jobs[jobId].matches - agreed.cap) * agreed.price;
        _jobs[jobId].toppedUp = amount;
        _enter(jobId, State.Proven, agreed.deliverWindow);
        emit ToppedUp(jobId, amount);
        _collect(agreed.token, msg.sender, amount);
    }

    /// @inheritdoc IRetrievalEscrow
    function deliver(bytes32 jobId, bytes32 keyHash, bytes32 ciphertextRoot, uint64 chunkCount) external nonReentrant {
        _requireMove(jobId, State.Proven, _terms[jobId].responder);
        Job storage current = _jobs[jobId];
        if (chunkCount < current.matches) revert TooFewChunks(chunkCount, current.matches);
        if (_keyHashUsed[msg.sender][keyHash]) revert KeyHashUsed(keyHash);

        _keyHashUsed[msg.sender][keyHash] = true;
        current.keyHash = keyHash;
        current.ciphertextRoot = ciphertextRoot;
        current.chunkCount = chunkCount;
        _enter(jobId, State.Delivered, _terms[jobId].receiptWindow);
        emit Delivered(jobId, keyHash, ciphertextRoot, chunkCount);
    }

    /// @inheritdoc IRetrievalEscrow
    function acknowledge(bytes32 jobId, bytes32 ciphertextRoot) external nonReentrant {
        _requireMove(jobId, State.Delivered, _terms[jobId].requester);
        bytes32 delivered = _jobs[jobId].ciphertextRoot;
        if (ciphertextRoot != delivered) revert WrongDelivery(ciphertextRoot, delivered);

        _enter(jobId, State.Locked, _terms[jobId].revealWindow);
        emit Acknowledged(jobId);
    }

    /// @inheritdoc IRetrievalEscrow
    /// @dev A key is not refused for having been revealed in another job. Keystreams differ by job, so the requester
    ///      loses nothing; and were it refused, whoever sees this call coming could reveal the key first in a job of
    ///      its own and so make the responder lose its deposit.
    function reveal(bytes32 jobId, bytes32 key) external nonReentrant {
        _requireMove(jobId, State.Locked, _terms[jobId].responder);
        bytes32 actual = Documents.keyHash(jobId, msg.sender, key);
        if (actual != _jobs[jobId].keyHash) revert WrongKey(actual, _jobs[jobId].keyHash);

        _jobs[jobId].key = key;
        _enter(jobId, State.Revealed, _terms[jobId].complainWindow);
        emit KeyRevealed(jobId, key);
    }

    /// @inheritdoc IRetrievalEscrow
    function complainDecryption(
        bytes32 jobId,
        DocumentOpening calldata document,
        ChunkOpening calldata chunk,
        CipherOpening calldata cipher
    ) external nonReentrant {
        _requireSold(jobId, document.index);
        Job storage current = _jobs[jobId];
        IDocumentJudge.Delivery memory delivery =
            IDocumentJudge.Delivery(jobId, current.key, current.ciphertextRoot, current.chunkCount);
        bool faulty = judge.badDecryption(_corpus(jobId), delivery, document, chunk, cipher);
        if (!faulty) revert ChunkIsHonest(document.index, chunk.chunk);
        _uphold(jobId, document.index, chunk.chunk, Complaint.Decryption);
    }

    /// @inheritdoc IRetrievalEscrow
    function complainView(
        bytes32 jobId,
        DocumentOpening calldata document,
        StepOpening calldata step,
        StepOpening calldata next
    ) external nonReentrant {
        _requireSold(jobId, document.index);
        bool faulty = judge.badView(_corpus(jobId), document, step, next);
        if (!faulty) revert ViewIsHonest(document.index, step.chunk);
        _uphold(jobId, document.index, step.chunk, Complaint.View);
    }

    /// @inheritdoc IRetrievalEscrow
    function finalise(bytes32 jobId) external nonReentrant {
        State from = _jobs[jobId].state;
        if (from == State.None || from > State.Revealed) revert NothingToFinalise(uint8(from));
        JobClock.requirePast(_jobs[jobId].deadline);

        if (from == State.Open) _expire(jobId);
        else if (from == State.Proving || from == State.Locked) _reject(jobId, from);
        else if (from == State.Revealed) _complete(jobId);
        else _endUndelivered(jobId, from);
    }

    // ---------------------------------------------------------------- views

    /// @inheritdoc IRetrievalEscrow
    function job(bytes32 jobId) external view returns (Job memory) {
        return _jobs[jobId];
    }

    /// @inheritdoc IRetrievalEscrow
    function terms(bytes32 jobId) external view returns (RetrievalTerms memory) {
        return _terms[jobId];
    }

    /// @inheritdoc IRetrievalEscrow
    function selected(bytes32 jobId, uint256 doc) public view returns (bool) {
        return RetrievalBits.get(_selected[jobId], doc);
    }

    /// @inheritdoc IRetrievalEscrow
    function bitmapWord(bytes32 jobId, uint256 word) external view returns (uint256 bits) {
        return _selected[jobId][word];
    }

    /// @inheritdoc IRetrievalEscrow
    function batchDone(bytes32 jobId, uint256 batchIndex) external view returns (bool) {
        return _verified[jobId].get(batchIndex);
    }

    /// @inheritdoc IRetrievalEscrow
    function jobTag(RetrievalTerms calldata terms_) external view returns (bytes32 tag) {
        RetrievalTerms memory agreed = terms_;
        return agreed.tagOf(address(this));
    }

    /// @inheritdoc IRetrievalEscrow
    function jobIdOf(RetrievalTerms calldata terms_) external view returns (bytes32 jobId) {
        RetrievalTerms memory agreed = terms_;
        return agreed.idOf(agreed.tagOf(address(this)));
    }

    /// @inheritdoc IRetrievalEscrow
    function amountsOf(RetrievalTerms calldata terms_)
        external
        pure
        returns (uint256 requesterFunds, uint256 responderFunds)
    {
        RetrievalTerms memory agreed = terms_;
        return (agreed.requesterFunds(), agreed.responderFunds());
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

    /// @dev The verifier is the agreed code; before each deposit is taken. A sample has none.
    function _requireReady(RetrievalTerms memory agreed) private view {
        if (!agreed.isSample()) CodeHash.requireCode(agreed.verifier, agreed.verifierCodehash);
    }

    /// @dev The batch is new and its hashes are its own in the committed corpus, blank documents included.
    function _requireCommitted(bytes32 jobId, BitsProof calldata batch) private view {
        RetrievalTerms storage agreed = _terms[jobId];
        if (agreed.predicate == uint8(Predicate.Sample)) revert WrongPredicate(agreed.predicate);
        uint256 size = agreed.batch;
        uint256 batches = _batches(agreed);
        if (batch.index >= batches) revert NoSuchBatch(batch.index, batches);
        if (_verified[jobId].get(batch.index)) revert BatchAlreadyVerified(batch.index);
        if (batch.h.length != size) revert WrongBatchSize(batch.h.length, size);
        if (RetrievalBits.tooWide(batch.bits, size)) revert BitsTooWide(batch.bits, size);
        bytes32 tree = Commitments.treeRoot(batches * size, batch.index, batch.h, batch.payloadRoots, batch.path);
        bytes32 root = Commitments.dataRoot(agreed.total, agreed.formatDigest, tree);
        if (root != agreed.corpusRoot) revert WrongCorpusRoot(root, agreed.corpusRoot);
    }

    /// @dev The agreed verifier accepts the bits for these hashes, the agreed weights and this job's bound tag, in the
    ///      encoding {Halo2OutputsAdapter} documents.
    function _requireProven(bytes32 jobId, BitsProof calldata batch) private view {
        RetrievalTerms storage agreed = _terms[jobId];
        address verifier = agreed.verifier;
        CodeHash.requireCode(verifier, agreed.verifierCodehash);
        bytes32 weights = agreed.weightsCommitment;
        bytes32 tag = JobTag.bound(_jobs[jobId].tag, batch.note);
        uint256[] memory outputs = RetrievalBits.outputs(agreed, batch.bits);
        bool accepted = IProofVerifier(verifier)
            .verify(
                keccak256(abi.encode(weights, tag, batch.h)),
                keccak256(abi.encode(outputs)),
                abi.encode(weights, tag, batch.tagHash, batch.h, outputs),
                batch.proof
            );
        if (!accepted) revert ProofRefused();
    }

    /// @dev A complaint is in time and about a document that was sold.
    function _requireSold(bytes32 jobId, uint256 doc) private view {
        _requireBefore(jobId, State.Revealed);
        if (!selected(jobId, doc)) revert NotSelected(doc);
    }

    function _batches(RetrievalTerms storage agreed) private view returns (uint256) {
        uint256 size = agreed.batch;
        return (agreed.total + size - 1) / size;
    }

    function _corpus(bytes32 jobId) private view returns (IDocumentJudge.Corpus memory) {
        RetrievalTerms storage agreed = _terms[jobId];
        return IDocumentJudge.Corpus(agreed.corpusRoot, agreed.formatDigest, agreed.total, agreed.batch);
    }

    // ---------------------------------------------------------------- effects

    function _enter(bytes32 jobId, State next, uint64 window) private {
        Job storage current = _jobs[jobId];
        current.state = next;
        current.deadline = JobClock.endOf(window);
    }

    /// @dev Bits of blank documents are dropped: they can neither be bought nor counted.
    function _record(bytes32 jobId, uint256 batchIndex, uint256 bits) private {
        Job storage current = _jobs[jobId];
        RetrievalTerms storage agreed = _terms[jobId];
        uint256 found;
        (bits, found) = RetrievalBits.setBatch(_selected[jobId], batchIndex, bits, agreed.batch, agreed.total);
        uint256 matches = current.matches + found;
        current.matches = SafeCast.toUint32(matches);
        _verified[jobId].set(batchIndex);
        uint32 verified = ++current.batchesVerified;
        emit BatchVerified(jobId, batchIndex, bits, matches);
        if (verified == _batches(agreed)) _conclude(jobId, matches);
    }

    /// @dev The search is over: the base fee is due whatever was found, and whatever becomes of the delivery.
    function _conclude(bytes32 jobId, uint256 matches) private {
        RetrievalTerms storage agreed = _terms[jobId];
        _creditIn(jobId, agreed.token, agreed.responder, agreed.baseFee);
        if (matches > agreed.cap) {
            _enter(jobId, State.OverCap, agreed.topUpWindow);
            emit CapExceeded(jobId, matches);
        } else {
            _enter(jobId, State.Proven, agreed.deliverWindow);
            emit JobProven(jobId, matches);
            if (matches == 0) _complete(jobId);
        }
    }

    function _uphold(bytes32 jobId, uint256 doc, uint256 chunk, Complaint kind) private {
        emit ComplaintUpheld(jobId, doc, chunk, kind);
        _reject(jobId, State.Revealed);
    }

    function _complete(bytes32 jobId) private {
        uint256 matches = _jobs[jobId].matches;
        _divide(jobId, State.Completed, _terms[jobId].deposit + matches * _terms[jobId].price);
        emit JobCompleted(jobId, matches);
    }

    function _reject(bytes32 jobId, State from) private {
        _divide(jobId, State.Rejected, 0);
        emit JobRejected(jobId, from);
    }

    function _endUndelivered(bytes32 jobId, State from) private {
        _divide(jobId, State.Undelivered, _terms[jobId].deposit);
        emit JobUndelivered(jobId, from);
    }

    function _expire(bytes32 jobId) private {
        RetrievalTerms memory agreed = _terms[jobId];
        _jobs[jobId].state = State.Expired;
        _creditIn(jobId, agreed.token, agreed.requester, agreed.requesterFunds());
        emit JobExpired(jobId);
    }

    /// @dev Ends an accepted job: of all that is still locked `toResponder` goes to the responder, the rest to the
    ///      requester, both fees to the fee's recipient. The base fee is locked only while the search runs.
    ///      toResponder <= locked: matches * price <= cap * price + toppedUp.
    function _divide(bytes32 jobId, State ending, uint256 toResponder) private {
        RetrievalTerms storage agreed = _terms[jobId];
        Job storage current = _jobs[jobId];
        uint256 locked = agreed.deposit + uint256(agreed.cap) * agreed.price + current.toppedUp;
        if (current.state == State.Proving) locked += agreed.baseFee;
        current.state = ending;
        address token = agreed.token;
        _creditIn(jobId, token, agreed.responder, toResponder);
        _creditIn(jobId, token, agreed.requester, locked - toResponder);
        _creditIn(jobId, token, agreed.feeRecipient, 2 * uint256(agreed.fee));
    }
}
