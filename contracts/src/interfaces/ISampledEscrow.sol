// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "./IDocuments.sol";
import {IEscrow} from "./IEscrow.sol";

/// @title Accuracy audits for money, with a sample seen beforehand (protocol A')
/// @notice A buyer commits a labelled test set of `total` examples; the seller's seed draws `sample` of them. The buyer
///         sends all examples encrypted, with the key of the sample only. Having looked at the sample, the seller leaves
///         or promises that its registered model classifies at least `target` of the others as labelled; then it gets
///         their key. Both deposit the same amount. Every state has a deadline: its actions are allowed iff
///         block.timestamp < deadline, and from the deadline on anyone may call {finalise}.
///
///         Open -accept-> Accepted -handOver-> Sampled -proceed-----------------> HandedOver
///          |               |                   |  | `-abort-> Aborted              |    |
///          |               |                   |  `-postCiphertext-> Posted        |    `-revealKey-> Revealed
///          |               |                   |                       |  `-proceed or abort as in Sampled    |
///          `- Expired      `- Expired          `- Expired              `- Rejected |             (past the deadline)
///                                                                                  `- Spoiled
///         HandedOver or Revealed -confirm-> Proving -submitBatch...-> Completed
///          Revealed -complainDecryption, complainView-> Spoiled    `- Rejected     (past the deadline)
///          Revealed past its deadline -> Proving: silence is consent
///
///         N = total, N1 = sample, N2 = N - N1, E = exampleCost, Z = provingCost, P = inferenceCost (wei per example,
///         E > Z > P >= 1). Each deposit is 2NE + fee. What the two deposits become:
///         Completed   seller 2NE + 2(N1 P + N2 Z)   buyer 2NE - 2(N1 P + N2 Z)   feeRecipient 2 fee
///         Rejected    seller 0                      buyer 4NE                    feeRecipient 2 fee
///         Spoiled     seller 4NE                    buyer 0                      feeRecipient 2 fee
///         Aborted     seller 2NE + N1 P             buyer 2NE - N1 P             feeRecipient 2 fee
///         Expired     every deposit made goes back in full
/// @dev Silence is punished only where the step is undoubtedly the silent party's and can be done on chain. Up to Sampled
///      nobody can tell whether anything was sent. A seller who was sent rubbish for the rest does not confirm: the buyer
///      must then reveal the key here, or is punished, and what it encrypts can be complained about.
interface ISampledEscrow is IEscrow, IDocuments {
    enum State {
        None,
        Open,
        Accepted,
        Sampled,
        Posted,
        HandedOver,
        Revealed,
        Proving,
        Completed,
        Rejected,
        Aborted,
        Spoiled,
        Expired
    }

    /// @notice What a complaint is about.
    enum Complaint {
        Decryption,
        View
    }

    /// @notice Any b examples of the rest and one proof about them.
    /// @param indices      their numbers, strictly ascending
    /// @param h            their circuit hashes, in that order
    /// @param payloadRoots what their leaves bind besides (document roots)
    /// @param paths        of each, Merkle siblings from its leaf upwards
    /// @param note         any 32 bytes; the proof's tag binds them beside the job's
    /// @param tagHash      in-circuit hash of the tag input; the circuit itself checks it against the tag
    /// @param count        right answers among the b
    /// @param proof        for the verifier behind the job's adapter
    struct SampledBatch {
        uint32[] indices;
        uint256[] h;
        bytes32[] payloadRoots;
        bytes32[][] paths;
        bytes32 note;
        uint256 tagHash;
        uint256 count;
        bytes proof;
    }

    /// @param buyer            who opens the job and owns the test set
    /// @param seller           who owns the model, and is paid whoever submits the proofs
    /// @param modelId          in the registry, owned by the seller
    /// @param nonce            the buyer's; (buyer, seller, model, nonce) makes the job tag, which is used once only
    /// @param dataRoot         commitment to the test set, see {Commitments}; each example is a document without payload,
    ///                         see {Documents}, whose view is what the circuit hashes of it
    /// @param formatDigest     input format of the test set; must be the model's
    /// @param total            N, number of examples
    /// @param batch            b, examples per proof: a power of two up to 256 that divides N
    /// @param sample           N1, examples drawn: a positive multiple of b, at most 256 and at most half of N
    /// @param target           examples of the rest that the model must get right, 1..N2
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
    /// @param decideWindow     seconds for {proceed} or {abort}, and once more after {postCiphertext}
    /// @param keyWindow        seconds for {confirm}, before which the buyer must call {revealKey} if it does not come
    /// @param complainWindow   seconds for {confirm} or a complaint once the key is on chain
    /// @param proveWindow      seconds for all proofs
    struct SampledTerms {
        address buyer;
        address seller;
        bytes32 modelId;
        uint256 nonce;
        bytes32 dataRoot;
        bytes32 formatDigest;
        uint32 total;
        uint32 batch;
        uint32 sample;
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
        uint64 keyWindow;
        uint64 complainWindow;
        uint64 proveWindow;
    }

    /// @param state           None for an unknown job
    /// @param deadline        Unix time at which the present state's actions end and {finalise} begins; once the job has
    ///                        ended, the last deadline it had
    /// @param correct         examples proven right so far
    /// @param batchesVerified number of proofs so far
    /// @param chunkCount      number of ciphertexts handed over, a multiple of the total
    /// @param tag             the job tag as it was at opening
    /// @param seed            the seller's, sent after the test set was committed; it drew the sample
    /// @param ciphertextRoot  commitment to the encrypted test set as handed over
    /// @param sampleKeyHash   commitment to the key of the examples drawn
    /// @param restKeyHash     commitment to the key of all others
    /// @param sampleKey       once posted
    /// @param restKey         once revealed
    struct Job {
        State state;
        uint64 deadline;
        uint32 correct;
        uint32 batchesVerified;
        uint64 chunkCount;
        bytes32 tag;
        bytes32 seed;
        bytes32 ciphertextRoot;
        bytes32 sampleKeyHash;
        bytes32 restKeyHash;
        bytes32 sampleKey;
        bytes32 restKey;
    }

    event JobOpened(bytes32 indexed jobId, address indexed buyer, address indexed seller, bytes32 modelId, bytes32 tag);
    event JobAccepted(bytes32 indexed jobId, bytes32 seed);
    event HandedOver(
        bytes32 indexed jobId, bytes32 ciphertextRoot, uint64 chunkCount, bytes32 sampleKeyHash, bytes32 restKeyHash
    );
    event CiphertextPosted(bytes32 indexed jobId, bytes32 sampleKey);
    event Proceeded(bytes32 indexed jobId);
    event KeyRevealed(bytes32 indexed jobId, bytes32 key);
    /// @notice The rest opened well, by the seller's word or by its silence; proving begins.
    event Confirmed(bytes32 indexed jobId);
    event ComplaintUpheld(bytes32 indexed jobId, uint256 document, uint256 chunk, Complaint kind);
    /// @param correct in all proofs so far
    event BatchVerified(bytes32 indexed jobId, uint32[] indices, uint256 count, uint256 correct);
    event JobCompleted(bytes32 indexed jobId, uint256 correct);
    event JobRejected(bytes32 indexed jobId, State from, uint256 correct);
    event JobAborted(bytes32 indexed jobId);
    event JobSpoiled(bytes32 indexed jobId, State from);
    event JobExpired(bytes32 indexed jobId, State from);

    /// @notice The registry does not let this seller offer this model in this format with this stake.
    error NotEligible(bytes32 modelId);
    error TooManyAborts(uint256 aborts, uint256 allowed);
    /// @notice The hand-over was made for another acceptance, as may be after a reorganisation.
    error WrongSeed(bytes32 named, bytes32 accepted);
    /// @notice Not as many ciphertexts for every example.
    error BadChunkCount(uint256 chunkCount, uint256 total);
    /// @notice The ciphertexts the seller holds are not those handed over.
    error WrongDelivery(bytes32 received, bytes32 handedOver);
    /// @notice The posted ciphertexts are not those handed over.
    error WrongCiphertexts(bytes32 actual, bytes32 handedOver);
    /// @notice The key is not the one committed to.
    error WrongKey(bytes32 actual, bytes32 committed);
    /// @notice The example was drawn or is proven already.
    error ExampleSpent(uint256 index);
    /// @notice The index is beyond the test set, or not above the one before it.
    error NoSuchExample(uint256 index);
    /// @notice Indices, hashes, payload roots or paths are not as many as the batch has examples.
    error WrongBatchSize(uint256 actual, uint256 batch);
    /// @notice An example and its path do not lead to the committed test set.
    error WrongDataRoot(bytes32 actual, bytes32 committed);
    /// @notice More right answers than examples.
    error CountTooHigh(uint256 count, uint256 batch);
    /// @notice The verifier answered false.
    error ProofRefused();
    /// @notice The ciphertext decrypts to the committed chunk.
    error ChunkIsHonest(uint256 document, uint256 chunk);
    /// @notice The view step leads to where it must.
    error ViewIsHonest(uint256 document, uint256 chunk);

    /// @notice Opens a job with the buyer's deposit, which must be sent exactly. Buyer only.
    function open(SampledTerms calldata terms_) external payable returns (bytes32 jobId);

    /// @notice Accepts with the seller's deposit, which must be sent exactly, and draws the sample. Seller only.
    /// @param seed the seller's randomness, sent only now that the test set is fixed
    function accept(bytes32 jobId, bytes32 seed) external payable;

    /// @notice States that the encrypted test set was sent, with the sample's key. Buyer only.
    /// @param seed           the acceptance this was made for: another one draws other examples
    /// @param ciphertextRoot of all chunks of all examples, see {Documents}
    /// @param chunkCount     number of those chunks, as many for every example
    /// @param sampleKeyHash  keccak256(abi.encode(keccak256("assay/key/v1"), jobId, buyer, sampleKey))
    /// @param restKeyHash    the same of the key of the examples that were not drawn
    function handOver(
        bytes32 jobId,
        bytes32 seed,
        bytes32 ciphertextRoot,
        uint64 chunkCount,
        bytes32 sampleKeyHash,
        bytes32 restKeyHash
    ) external;

    /// @notice Puts the ciphertexts and the sample's key on chain, so that the seller has them for certain. Buyer only.
    /// @dev As many ciphertexts as fit into one transaction; see the documentation for how many those are.
    /// @param ciphertexts all of them in order
    /// @param openings    what binds them to the data root: of every example in order its circuit hash, one word, and the
    ///                    digest of each of its chunks, a word each
    function postCiphertext(bytes32 jobId, bytes32 sampleKey, bytes[] calldata ciphertexts, bytes calldata openings)
        external;

    /// @notice Commits the seller to proving: it holds every ciphertext and has seen the sample. Seller only.
    /// @param ciphertextRoot as handed over: a promise about one delivery must not serve for another after a
    ///                       reorganisation
    function proceed(bytes32 jobId, bytes32 ciphertextRoot) external;

    /// @notice Ends the job after a look at the sample; counted against the model. Seller only.
    function abort(bytes32 jobId) external;

    /// @notice The rest opened well: the proofs' clock starts. Seller only.
    function confirm(bytes32 jobId) external;

    /// @notice Reveals the key of the rest to a seller who does not confirm. Buyer only.
    function revealKey(bytes32 jobId, bytes32 key) external;

    /// @notice Shows a ciphertext of the rest that does not decrypt to the committed chunk. Seller only.
    function complainDecryption(
        bytes32 jobId,
        DocumentOpening calldata document,
        ChunkOpening calldata chunk,
        CipherOpening calldata cipher
    ) external;

    /// @notice Shows a committed example of the rest that is not what its circuit hash was made from. Seller only.
    /// @param step the faulty view step
    /// @param next the step after it; anything if `step` is the last
    function complainView(
        bytes32 jobId,
        DocumentOpening calldata document,
        StepOpening calldata step,
        StepOpening calldata next
    ) external;

    /// @notice Proves how many of any b examples of the rest are classified as labelled. Anyone may submit, since a proof
    ///         holds for this job alone and pays the seller alone. The job completes as soon as the target is reached;
    ///         examples never proven count as wrong. Grouping is free, so that an example no proof can be made for
    ///         spoils no others.
    function submitBatch(bytes32 jobId, SampledBatch calldata batch) external;

    /// @notice Moves on a job whose present deadline has passed. Anyone.
    function finalise(bytes32 jobId) external;

    /// @notice The job's progress.
    function job(bytes32 jobId) external view returns (Job memory);

    /// @notice The job's terms.
    function terms(bytes32 jobId) external view returns (SampledTerms memory);

    /// @notice Whether an example was drawn or is proven.
    function spent(bytes32 jobId, uint256 index) external view returns (bool);

    /// @notice Of examples 256 * word .. 256 * word + 255 those drawn or proven, the first as the lowest bit.
    function bitmapWord(bytes32 jobId, uint256 word) external view returns (uint256 bits);

    /// @notice Jobs in which the model's owner could look at a sample and then aborted or fell silent.
    function aborts(bytes32 modelId) external view returns (uint256);

    /// @notice The tag these terms have on this chain and this escrow.
    function jobTag(SampledTerms calldata terms_) external view returns (bytes32 tag);

    /// @notice The identity these terms have on this chain and this escrow.
    function jobIdOf(SampledTerms calldata terms_) external view returns (bytes32 jobId);

    /// @notice The amounts these terms imply, wei: each party's deposit, the payment 2(N1 P + N2 Z), the abort fee N1 P.
    function amountsOf(SampledTerms calldata terms_)
        external
        pure
        returns (uint256 deposit, uint256 payment, uint256 abortFee);
}
