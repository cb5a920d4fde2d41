// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "./IEscrow.sol";

/// @title Predictions for money, contested by proof (protocol B)
/// @notice A client sends up to K inputs off chain, a provider answers each with the outputs of a committed model and
///         signs the answer. While the round lasts the client may contest up to K1 of these signed answers; each must
///         then be proven before the prove end, or the provider loses its deposit.
///
///         Open -accept-> Serving -contest (until the round's end), proveAnswer (until the prove end), collect-
///          |                |-- Completed   every contest is answered by a proof
///          `- Expired       `-- Rejected    a contest is still open at the prove end
///
///         {finalise}: Open, by anyone from its deadline on; Serving, by the provider from the round's end on if no contest
///         is open, by anyone from the prove end on. Nothing can be contested in between, so the provider need not wait.
///
///         K = round, K1 = contests, Z = provingCost, p = answerPrice, n proven contests, a answers receipted.
///         The client pays in 2KZ + Kp + fee, the provider beta*K*Z + fee. What becomes of it:
///         Completed   provider beta*K*Z + 2nZ + ap    client 2KZ - 2nZ + (K-a)p      feeRecipient 2 fee
///         Rejected    provider 0                      client 2KZ + Kp + beta*K*Z     feeRecipient 2 fee
///         Expired     the client gets everything back
interface IPredictionEscrow is IEscrow {
    enum State {
        None,
        Open,
        Serving,
        Completed,
        Rejected,
        Expired
    }

    /// @param client            who opens the job, asks and contests
    /// @param provider          who answers, and is paid whoever submits the proofs
    /// @param modelId           names the model in the job tag; not looked up here, `weightsCommitment` is what binds
    /// @param weightsCommitment what every proof must show, in the encoding of the verifier's binding
    /// @param nonce             the client's; (client, provider, model, nonce) makes the job tag, which is used once only
    /// @param formatDigest      format of the inputs; not looked at here, it is what the parties agreed on
    /// @param round             K, inputs of the round, 1..65535
    /// @param contests          K1, answers the client may contest, 1..K
    /// @param outputs           numbers in one answer, 1..4096
    /// @param verifier          an {IProofVerifier} over the model's circuit for one input
    /// @param verifierCodehash  its code hash, compared at opening, at acceptance and before every proof
    /// @param srsDigest         digest of the set-up parameters; not looked at here
    /// @param token             an ERC-20 in which every amount is paid; zero for ether
    /// @param provingCost       Z, at least 1; a proven contest costs the client 2Z
    /// @param answerPrice       p, of each answer the client has signed a receipt for
    /// @param beta              the provider's deposit is beta*K*Z, beta >= 2
    /// @param fee               from each party, to `feeRecipient` unless the job expires
    /// @param feeRecipient      neither party, nor this contract, nor zero; a burn address will do
    /// @param acceptWindow      seconds for {accept}
    /// @param roundWindow       seconds of the round, from the acceptance on: asking, answering and {contest}
    /// @param proveWindow       seconds after the round's end for {proveAnswer}; all K1 proofs must fit into it, since all
    ///                          contests may come in the round's last second
    struct PredictionTerms {
        address client;
        address provider;
        bytes32 modelId;
        bytes32 weightsCommitment;
        uint256 nonce;
        bytes32 formatDigest;
        uint32 round;
        uint32 contests;
        uint32 outputs;
        address verifier;
        bytes32 verifierCodehash;
        bytes32 srsDigest;
        address token;
        uint128 provingCost;
        uint128 answerPrice;
        uint32 beta;
        uint128 fee;
        address feeRecipient;
        uint64 acceptWindow;
        uint64 roundWindow;
        uint64 proveWindow;
    }

    /// @param state     None for an unknown job
    /// @param deadline  Unix time: in Open the end of {accept}; from the acceptance on the prove end
    /// @param roundEnd  Unix time at which {contest} ends; zero before the acceptance
    /// @param contested answers contested so far
    /// @param proven    contested answers proven so far
    /// @param answered  answers by the highest receipt collected so far
    /// @param tag       the job tag as it was at opening
    struct Job {
        State state;
        uint64 deadline;
        uint64 roundEnd;
        uint32 contested;
        uint32 proven;
        uint32 answered;
        bytes32 tag;
    }

    /// @notice What the provider signs for one input, together with the job's id, as the EIP-712 struct
    ///         Answer(bytes32 jobId,uint32 index,uint256 h,bytes32 outputsHash)
    /// @param index       number of the input in the round, 0..K-1
    /// @param h           the input's circuit hash
    /// @param outputsHash keccak256(abi.encode(int256[] outputs)), the circuit's outputs as signed integers
    struct Answer {
        uint32 index;
        uint256 h;
        bytes32 outputsHash;
    }

    /// @param contested   the answer is contested; all zero if not
    /// @param proven      it is proven, too
    /// @param h           the input's circuit hash, as signed
    /// @param outputsHash digest of the outputs, as signed
    struct Contest {
        bool contested;
        bool proven;
        uint256 h;
        bytes32 outputsHash;
    }

    event JobOpened(
        bytes32 indexed jobId, address indexed client, address indexed provider, bytes32 modelId, bytes32 tag
    );
    event JobAccepted(bytes32 indexed jobId, uint64 roundEnd, uint64 proveEnd);
    event AnswerContested(bytes32 indexed jobId, uint32 index, uint256 h, bytes32 outputsHash);
    event AnswerProven(bytes32 indexed jobId, uint32 index);
    event ReceiptCollected(bytes32 indexed jobId, uint32 answered);
    event JobCompleted(bytes32 indexed jobId, uint32 answered, uint32 proven);
    /// @notice `unproven` contests were still open at the prove end.
    event JobRejected(bytes32 indexed jobId, uint32 unproven);
    event JobExpired(bytes32 indexed jobId);

    /// @notice The round has no such answer: an index beyond K-1, or a receipt for more than K answers.
    error NoSuchAnswer(uint256 answer, uint256 round);
    /// @notice An answer is contested at most once, whether or not it has been proven since.
    error AlreadyContested(uint32 index);
    /// @notice The client has used up its K1 contests.
    error TooManyContests(uint32 allowed);
    /// @notice `signer` has not signed `digest`, or (a contract) does not stand by it now.
    error BadSignature(address signer, bytes32 digest);
    error NotContested(uint32 index);
    error AlreadyProven(uint32 index);
    /// @notice The outputs are not those of the signed answer.
    error WrongOutputs(bytes32 actual, bytes32 signed);
    /// @notice The signed answer has another number of outputs than the terms, and so cannot be proven.
    error WrongOutputCount(uint256 actual, uint256 agreed);
    /// @notice An output beyond half the field's order, in either direction: x and x + order would be one proof.
    error NotCanonical(int256 output);
    /// @notice The verifier answered false.
    error ProofRefused();
    /// @notice The receipt counts no more answers than one collected before.
    error NothingNew(uint32 answered, uint32 collected);

    /// @notice Opens a job; the client's funds must be sent exactly, or be approved in the terms' token. Client only.
    function open(PredictionTerms calldata terms_) external payable returns (bytes32 jobId);

    /// @notice Accepts with the provider's deposit and starts the round. Provider only.
    function accept(bytes32 jobId) external payable;

    /// @notice Demands the proof of an answer the provider has signed. Client only, while the round lasts.
    /// @param signature the provider's over the answer: ECDSA (65 bytes, low s), or what a contract takes by ERC-1271
    function contest(bytes32 jobId, Answer calldata answer, bytes calldata signature) external;

    /// @notice Proves a contested answer. Anyone, until the prove end; the proof holds for this job alone and pays the
    ///         provider alone.
    /// @param index   of a contested answer
    /// @param note    any 32 bytes; the proof's tag binds them beside the job's
    /// @param tagHash in-circuit hash of the tag input
    /// @param outputs the answer as it was signed
    /// @param proof   for the verifier
    function proveAnswer(
        bytes32 jobId,
        uint32 index,
        bytes32 note,
        uint256 tagHash,
        int256[] calldata outputs,
        bytes calldata proof
    ) external;

    /// @notice Records how many answers the client has signed a receipt for. Provider only, until the job is finalised;
    ///         receipts are cumulative, so the last one is enough.
    /// @param answered  number of answers received, at most K
    /// @param signature the client's over the EIP-712 struct Receipt(bytes32 jobId,uint32 answered)
    function collect(bytes32 jobId, uint32 answered, bytes calldata signature) external;

    /// @notice Ends a job, see above for who may when.
    function finalise(bytes32 jobId) external;

    /// @notice The job's progress.
    function job(bytes32 jobId) external view returns (Job memory);

    /// @notice The job's terms.
    function terms(bytes32 jobId) external view returns (PredictionTerms memory);

    /// @notice What is known of a contest against answer `index`.
    function contestOf(bytes32 jobId, uint32 index) external view returns (Contest memory);

    /// @notice The tag these terms have on this chain and this escrow.
    function jobTag(PredictionTerms calldata terms_) external view returns (bytes32 tag);

    /// @notice The identity these terms have on this chain and this escrow.
    function jobIdOf(PredictionTerms calldata terms_) external view returns (bytes32 jobId);

    /// @notice What each party pays in, fee included.
    function amountsOf(PredictionTerms calldata terms_)
        external
        pure
        returns (uint256 clientFunds, uint256 providerFunds);

    /// @notice The EIP-712 digest a provider signs for an answer of this escrow on this chain.
    function answerDigest(bytes32 jobId, Answer calldata answer) external view returns (bytes32 digest);

    /// @notice The EIP-712 digest a client signs for a receipt of this escrow on this chain.
    function receiptDigest(bytes32 jobId, uint32 answered) external view returns (bytes32 digest);
}
