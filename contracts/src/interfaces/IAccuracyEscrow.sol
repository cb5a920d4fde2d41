// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "./IEscrow.sol";

/// @title Accuracy audits for money (protocol A)
/// @notice A buyer commits a labelled test set; a seller proves that its registered model classifies at least `target`
///         of the `total` examples as labelled. Both deposit the same amount. Every state has a deadline: its action is
///         allowed iff block.timestamp < deadline, and from the deadline on anyone may call {finalise}.
///
///         Open -accept-> Accepted -handOver-> HandedOver -proceed-> Proving -submitBatch...-> Completed
///          |               |                     |   `-abort-> Aborted   |
///          `- Expired      `- Expired            `- Expired              `- Rejected              (past the deadline)
///
///         N = total, E = exampleCost, Z = provingCost, P = inferenceCost (wei per example, E > Z > P >= 1).
///         Each deposit is 2NE + fee. What the two deposits become:
///         Completed   seller 2NE + 2NZ    buyer 2NE - 2NZ     feeRecipient 2 fee
///         Rejected    seller 0            buyer 4NE           feeRecipient 2 fee
///         Aborted     seller 2NE + NP     buyer 2NE - NP      feeRecipient 2 fee
///         Expired     every deposit made goes back in full
interface IAccuracyEscrow is IEscrow {
    enum State {
        None,
        Open,
        Accepted,
        HandedOver,
        Proving,
        Completed,
        Rejected,
        Aborted,
        Expired
    }

    /// @notice One batch and its proof.
    /// @param index        each once; covers examples index * b and the b - 1 after it
    /// @param h            their circuit hashes
    /// @param payloadRoots their payload roots
    /// @param path         Merkle siblings from the batch's subtree upwards
    /// @param note         any 32 bytes; the proof's tag binds them beside the job's
    /// @param tagHash      in-circuit hash of the tag input; the circuit itself checks it against the tag
    /// @param count        right answers among the b
    /// @param proof        for the verifier behind the job's adapter
    struct BatchProof {
        uint256 index;
        uint256[] h;
        bytes32[] payloadRoots;
        bytes32[] path;
        bytes32 note;
        uint256 tagHash;
        uint256 count;
        bytes proof;
    }

    /// @param buyer            who opens the job and owns the test set
    /// @param seller           who owns the model, and is paid whoever submits the proofs
    /// @param modelId          in the registry, owned by the seller
    /// @param nonce            the buyer's; (buyer, seller, model, nonce) makes the job tag, which is used once only
    /// @param dataRoot         commitment to the test set, see {Commitments}
    /// @param formatDigest     input format of the test set; must be the model's
    /// @param total            N, number of examples
    /// @param batch            b, examples per proof: a power of two up to 256 that divides N
    /// @param target           examples the model must get right, 1..N
    /// @param verifier         an {IProofVerifier}
    /// @param verifierCodehash its code hash, compared at opening, at acceptance and before every proof
    /// @param srsDigest        digest of the set-up parameters; not looked at here, it is what the parties agreed on
    /// @param exampleCost      E, wei
    /// @param provingCost      Z, wei
    /// @param inferenceCost    P, wei
    /// @param fee              wei from each party, to `feeRecipient` unless the job expires
    /// @param feeRecipient     neither party, nor this contract, nor zero; a burn address will do
    /// @param minStake         wei the model must have at stake at opening and acceptance
    /// @param maxAborts        aborts of the model up to which the buyer deals with it
    /// @param acceptWindow     seconds for {accept}
    /// @param handOverWindow   seconds for {handOver}
    /// @param decideWindow     seconds for {proceed} or {abort}
    /// @param proveWindow      seconds for all proofs
    struct AccuracyTerms {
        address buyer;
        address seller;
        bytes32 modelId;
        uint256 nonce;
        bytes32 dataRoot;
        bytes32 formatDigest;
        uint32 total;
        uint32 batch;
        uint32 target;
        address verifier;
        bytes32 verifierCodehash;
        bytes32 srsDigest;
        uint128 exampleCost;
        uint128 provingCost;
        uint128 inferenceCost;
        uint128 fee;
        address feeRecipient;
        uint128 minStake;
        uint32 maxAborts;
        uint64 acceptWindow;
        uint64 handOverWindow;
        uint64 decideWindow;
        uint64 proveWindow;
    }

    /// @param state           None for an unknown job
    /// @param deadline        Unix time at which the present state's action ends and {finalise} begins; once the job has
    ///                        ended, the last deadline it had
    /// @param correct         examples proven right so far
    /// @param batchesVerified number of batches proven so far
    /// @param tag             the job tag as it was at opening
    /// @param seed            the seller's, sent after the test set was committed
    /// @param ciphertextRoot  commitment to the encrypted test set as handed over
    struct Job {
        State state;
        uint64 deadline;
        uint32 correct;
        uint32 batchesVerified;
        bytes32 tag;
        bytes32 seed;
        bytes32 ciphertextRoot;
    }

    event JobOpened(bytes32 indexed jobId, address indexed buyer, address indexed seller, bytes32 modelId, bytes32 tag);
    event JobAccepted(bytes32 indexed jobId, bytes32 seed);
    event HandedOver(bytes32 indexed jobId, bytes32 ciphertextRoot);
    event Proceeded(bytes32 indexed jobId);
    event BatchVerified(bytes32 indexed jobId, uint256 batchIndex, uint256 count, uint256 correct);
    event JobCompleted(bytes32 indexed jobId, uint256 correct);
    event JobRejected(bytes32 indexed jobId, uint256 correct);
    event JobAborted(bytes32 indexed jobId);
    event JobExpired(bytes32 indexed jobId, State from);

    /// @notice The registry does not let this seller offer this model in this format with this stake.
    error NotEligible(bytes32 modelId);
    error TooManyAborts(uint256 aborts, uint256 allowed);
    error NoSuchBatch(uint256 batchIndex, uint256 batches);
    error BatchAlreadyVerified(uint256 batchIndex);
    error WrongBatchSize(uint256 hashes, uint256 batch);
    /// @notice The batch and its path do not lead to the committed test set.
    error WrongDataRoot(bytes32 actual, bytes32 committed);
    /// @notice More right answers than examples.
    error CountTooHigh(uint256 count, uint256 batch);
    /// @notice The verifier answered false.
    error ProofRefused();

    /// @notice Opens a job with the buyer's deposit, which must be sent exactly. Buyer only.
    function open(AccuracyTerms calldata terms_) external payable returns (bytes32 jobId);

    /// @notice Accepts with the seller's deposit, which must be sent exactly. Seller only.
    /// @param seed the seller's randomness, sent only now that the test set is fixed; recorded, selects nothing here
    function accept(bytes32 jobId, bytes32 seed) external payable;

    /// @notice States that the encrypted test set committed by `ciphertextRoot` was sent. Buyer only.
    function handOver(bytes32 jobId, bytes32 ciphertextRoot) external;

    /// @notice Commits the seller to proving: from here on missing the target loses its deposit. Seller only.
    function proceed(bytes32 jobId) external;

    /// @notice Ends the job after a look at the test set; counted against the model. Seller only.
    function abort(bytes32 jobId) external;

    /// @notice Proves how many of one batch's examples are classified as labelled. Anyone may submit, since a proof
    ///         holds for this job alone and pays the seller alone. The job completes as soon as the target is reached;
    ///         batches never submitted count as all wrong.
    function submitBatch(bytes32 jobId, BatchProof calldata batch) external;

    /// @notice Ends a job whose present deadline has passed. Anyone.
    function finalise(bytes32 jobId) external;

    /// @notice The job's progress.
    function job(bytes32 jobId) external view returns (Job memory);

    /// @notice The job's terms.
    function terms(bytes32 jobId) external view returns (AccuracyTerms memory);

    /// @notice Whether a batch has been proven.
    function batchDone(bytes32 jobId, uint256 batchIndex) external view returns (bool);

    /// @notice Jobs in which the model's owner looked at a handed-over test set and then aborted or fell silent.
    function aborts(bytes32 modelId) external view returns (uint256);

    /// @notice The tag these terms have on this chain and this escrow.
    function jobTag(AccuracyTerms calldata terms_) external view returns (bytes32 tag);

    /// @notice The identity these terms have on this chain and this escrow.
    function jobIdOf(AccuracyTerms calldata terms_) external view returns (bytes32 jobId);

    /// @notice The amounts these terms imply, wei: each party's deposit, the payment 2NZ, the abort fee NP.
    function amountsOf(AccuracyTerms calldata terms_)
        external
        pure
        returns (uint256 deposit, uint256 payment, uint256 abortFee);
}
