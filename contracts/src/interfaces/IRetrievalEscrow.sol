// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "./IDocuments.sol";
import {IEscrow} from "./IEscrow.sol";

/// @title Retrieval with payment (protocol C with a fair exchange of the documents found)
/// @notice A responder has committed a corpus of documents. A requester pays it to prove which of them satisfy a
///         predicate under a committed model (or lets the chain draw a random sample, the priced audit), then to hand
///         them over: encrypted, acknowledged, key revealed on chain. Every state has a deadline: its action is allowed
///         iff block.timestamp < deadline, and from the deadline on anyone may call {finalise}.
///
///         Open -accept-> Proving -last batch or draw-> Proven -deliver-> Delivered
///                           `-> OverCap -topUp-> Proven                   `-acknowledge-> Locked -reveal-> Revealed
///         A passed deadline ends Open as Expired; Proving and Locked as Rejected; OverCap, Proven and Delivered as
///         Undelivered; Revealed as Completed. A complaint upheld makes Revealed Rejected. A search that finds nothing
///         completes at its last batch.
///
///         S = deposit, m = matches, T = top-up paid, i.e. (m - cap) * price or 0. The requester deposits
///         baseFee + cap * price + fee, the responder S + fee. The base fee is booked for the responder as soon as the
///         search is proven; 2 fee go to the feeRecipient unless the job expires. The rest:
///         Completed               responder S + m * price   requester cap * price + T - m * price
///         Undelivered             responder S               requester cap * price + T
///         Rejected, from Proving  responder 0               requester baseFee + cap * price + S
///         Rejected, later         responder 0               requester cap * price + T + S
///         Expired                                           requester all it sent
interface IRetrievalEscrow is IEscrow, IDocuments {
    enum State {
        None,
        Open,
        Proving,
        OverCap,
        Proven,
        Delivered,
        Locked,
        Revealed,
        Completed,
        Rejected,
        Undelivered,
        Expired
    }

    /// @notice Which documents match.
    /// @param Class     those whose first largest output is number `selected`
    /// @param Threshold those whose output number `selected` is at least `threshold`
    /// @param Sample    `cap` documents drawn by the chain; nothing is proven
    enum Predicate {
        Class,
        Threshold,
        Sample
    }

    /// @notice What a complaint was about.
    enum Complaint {
        Decryption,
        View
    }

    /// @notice One batch and its proof.
    /// @param index        each once; covers documents index * b and the b - 1 after it
    /// @param h            their circuit hashes
    /// @param payloadRoots their document roots
    /// @param path         Merkle siblings from the batch's subtree upwards
    /// @param note         any 32 bytes; the proof's tag binds them beside the job's
    /// @param tagHash      in-circuit hash of the tag input; the circuit itself checks it against the tag
    /// @param bits         bit j: document index * b + j matches. Bits of the blank documents that fill up the last
    ///                     batch are as proven, but count for nothing
    /// @param proof        for the verifier behind the job's adapter
    struct BitsProof {
        uint256 index;
        uint256[] h;
        bytes32[] payloadRoots;
        bytes32[] path;
        bytes32 note;
        uint256 tagHash;
        uint256 bits;
        bytes proof;
    }

    /// @param requester         who opens the job and pays
    /// @param responder         who owns corpus and model, and is paid whoever submits the proofs
    /// @param modelId           digest that names the model and its owner; part of the tag
    /// @param weightsCommitment to the model's weights, as the verifier's adapter takes it
    /// @param nonce             the requester's; (requester, responder, model, nonce) makes the job tag, used once only
    /// @param corpusRoot        commitment to the documents
    /// @param formatDigest      format of their views
    /// @param total             number of documents, 1 or more
    /// @param batch             b, documents per proof: a power of two up to 256; blank documents fill the last batch
    /// @param predicate         a {Predicate}
    /// @param outputs           outputs of the model, up to 4096; 0 for Sample
    /// @param selected          the output the predicate looks at, below `outputs`; 0 for Sample
    /// @param threshold         on the raw scale of the outputs, magnitude below 2^24; 0 unless Threshold
    /// @param scaleBits         fixed-point scale of the circuit's bits and selector, 1..16; 0 for Sample
    /// @param verifier          an {IProofVerifier}; 0 for Sample
    /// @param verifierCodehash  its code hash, compared at opening, at acceptance and before every proof; 0 for Sample
    /// @param srsDigest         digest of the set-up parameters; not looked at here, it is what the parties agreed on
    /// @param token             what every amount is in: an ERC-20 token, or zero for ether
    /// @param provingCost       Z, cost of proving one document
    /// @param baseFee           for the proven search, at least 2 * total * Z; Sample: any amount, due at the draw
    /// @param price             per matching document handed over
    /// @param cap               matches paid for in advance, 1..total. Sample: documents drawn, at most 256, and
    ///                          either all or at most half of them
    /// @param deposit           S, the responder's, at least baseFee and at least 1
    /// @param fee               from each party, to `feeRecipient` unless the job expires
    /// @param feeRecipient      neither party, nor this contract, nor zero; a burn address will do
    /// @param acceptWindow      seconds for {accept}
    /// @param proveWindow       seconds for all proofs, or for {draw}
    /// @param topUpWindow       seconds for {topUp}
    /// @param deliverWindow     seconds for {deliver}
    /// @param receiptWindow     seconds for {acknowledge}
    /// @param revealWindow      seconds for {reveal}
    /// @param complainWindow    seconds for complaints
    struct RetrievalTerms {
        address requester;
        address responder;
        bytes32 modelId;
        bytes32 weightsCommitment;
        uint256 nonce;
        bytes32 corpusRoot;
        bytes32 formatDigest;
        uint32 total;
        uint32 batch;
        uint8 predicate;
        uint32 outputs;
        uint32 selected;
        int64 threshold;
        uint8 scaleBits;
        address verifier;
        bytes32 verifierCodehash;
        bytes32 srsDigest;
        address token;
        uint128 provingCost;
        uint128 baseFee;
        uint128 price;
        uint32 cap;
        uint128 deposit;
        uint128 fee;
        address feeRecipient;
        uint64 acceptWindow;
        uint64 proveWindow;
        uint64 topUpWindow;
        uint64 deliverWindow;
        uint64 receiptWindow;
        uint64 revealWindow;
        uint64 complainWindow;
    }

    /// @param state           None for an unknown job
    /// @param deadline        Unix time at which the present state's action ends and {finalise} begins; once the job has
    ///                        ended, the last deadline it had
    /// @param matches         documents found so far; Sample: documents drawn
    /// @param batchesVerified number of batches proven so far
    /// @param chunkCount      ciphertexts delivered
    /// @param drawBlock       Sample: the block whose hash draws
    /// @param tag             the job tag as it was at opening
    /// @param keyHash         commitment to the key
    /// @param ciphertextRoot  commitment to the ciphertexts
    /// @param key             once revealed
    /// @param toppedUp        what {topUp} paid
    struct Job {
        State state;
        uint64 deadline;
        uint32 matches;
        uint32 batchesVerified;
        uint64 chunkCount;
        uint48 drawBlock;
        bytes32 tag;
        bytes32 keyHash;
        bytes32 ciphertextRoot;
        bytes32 key;
        uint256 toppedUp;
    }

    event JobOpened(
        bytes32 indexed jobId, address indexed requester, address indexed responder, bytes32 modelId, bytes32 tag
    );
    event JobAccepted(bytes32 indexed jobId);
    /// @param bits    of the real documents of this batch
    /// @param matches in all batches so far
    event BatchVerified(bytes32 indexed jobId, uint256 batchIndex, uint256 bits, uint256 matches);
    event JobProven(bytes32 indexed jobId, uint256 matches);
    event CapExceeded(bytes32 indexed jobId, uint256 matches);
    event ToppedUp(bytes32 indexed jobId, uint256 amount);
    /// @param seed hash of the block that draws
    event Drawn(bytes32 indexed jobId, bytes32 seed);
    /// @notice The block's hash is no longer to be had; another block will draw.
    event DrawMoved(bytes32 indexed jobId, uint256 drawBlock);
    event Delivered(bytes32 indexed jobId, bytes32 keyHash, bytes32 ciphertextRoot, uint256 chunkCount);
    event Acknowledged(bytes32 indexed jobId);
    event KeyRevealed(bytes32 indexed jobId, bytes32 key);
    event ComplaintUpheld(bytes32 indexed jobId, uint256 doc, uint256 chunk, Complaint kind);
    event JobCompleted(bytes32 indexed jobId, uint256 matches);
    event JobRejected(bytes32 indexed jobId, State from);
    event JobUndelivered(bytes32 indexed jobId, State from);
    event JobExpired(bytes32 indexed jobId);

    /// @notice The job's predicate is proven ({submitBatch}) or drawn ({draw}), not the other way.
    error WrongPredicate(uint8 predicate);
    error NoSuchBatch(uint256 batchIndex, uint256 batches);
    error BatchAlreadyVerified(uint256 batchIndex);
    error WrongBatchSize(uint256 hashes, uint256 batch);
    /// @notice A bit beyond the batch is set.
    error BitsTooWide(uint256 bits, uint256 batch);
    /// @notice The batch and its path do not lead to the committed corpus.
    error WrongCorpusRoot(bytes32 actual, bytes32 committed);
    /// @notice The verifier answered false.
    error ProofRefused();
    /// @notice The block that draws has not passed yet.
    error DrawTooEarly(uint256 drawBlock);
    /// @notice Fewer ciphertexts than documents: each has at least one chunk.
    error TooFewChunks(uint256 chunkCount, uint256 matches);
    /// @notice The responder has committed to a key by this hash before.
    error KeyHashUsed(bytes32 keyHash);
    /// @notice The receipt names other ciphertexts than were delivered.
    error WrongDelivery(bytes32 acknowledged, bytes32 delivered);
    /// @notice The key is not the one committed to.
    error WrongKey(bytes32 actual, bytes32 committed);
    /// @notice The document is not among those sold.
    error NotSelected(uint256 doc);
    /// @notice The ciphertext decrypts to the committed chunk.
    error ChunkIsHonest(uint256 doc, uint256 chunk);
    /// @notice The view step leads to where it must.
    error ViewIsHonest(uint256 doc, uint256 chunk);

    /// @notice Opens a job with the requester's funds, sent exactly. Requester only.
    function open(RetrievalTerms calldata terms_) external payable returns (bytes32 jobId);

    /// @notice Accepts with the responder's funds, sent exactly; from here on a search not proven in time loses its
    ///         deposit. For a Sample, the second block from here draws. Responder only.
    function accept(bytes32 jobId) external payable;

    /// @notice Proves which documents of one batch match. Anyone may submit, since a proof holds for this job alone and
    ///         pays the responder alone. The last batch makes the base fee due.
    function submitBatch(bytes32 jobId, BitsProof calldata batch) external;

    /// @notice Draws the sample once the block named for it has passed. Anyone; each party sees to it that this happens
    ///         while the block's hash can be had (256 blocks; 8,191 with EIP-2935), or another block is named.
    /// @dev Whoever builds that very block can try several hashes for it; so can nobody else.
    function draw(bytes32 jobId) external;

    /// @notice Pays for the matches beyond the cap, exactly. Requester only.
    function topUp(bytes32 jobId) external payable;

    /// @notice Commits to key and ciphertexts, which go to the requester off chain. Responder only.
    /// @param keyHash        keccak256(abi.encode(keccak256("assay/key/v1"), jobId, responder, key))
    /// @param ciphertextRoot of all chunks of all matching documents, see {Documents}
    /// @param chunkCount     number of those chunks
    function deliver(bytes32 jobId, bytes32 keyHash, bytes32 ciphertextRoot, uint64 chunkCount) external;

    /// @notice The receipt: the requester holds all ciphertexts, shapes and openings under `ciphertextRoot` and found
    ///         them complete. Requester only.
    /// @param ciphertextRoot as delivered: a receipt for one delivery must not serve for another after a reorganisation
    function acknowledge(bytes32 jobId, bytes32 ciphertextRoot) external;

    /// @notice Reveals the key. Responder only.
    function reveal(bytes32 jobId, bytes32 key) external;

    /// @notice Shows a ciphertext that does not decrypt to the committed chunk. Anyone.
    function complainDecryption(
        bytes32 jobId,
        DocumentOpening calldata document,
        ChunkOpening calldata chunk,
        CipherOpening calldata cipher
    ) external;

    /// @notice Shows a committed view that is not what the circuit's hash was made from. Anyone.
    /// @param step the faulty view step
    /// @param next the step after it; anything if `step` is the last
    function complainView(
        bytes32 jobId,
        DocumentOpening calldata document,
        StepOpening calldata step,
        StepOpening calldata next
    ) external;

    /// @notice Ends a job whose present deadline has passed. Anyone.
    function finalise(bytes32 jobId) external;

    /// @notice The job's progress.
    function job(bytes32 jobId) external view returns (Job memory);

    /// @notice The job's terms.
    function terms(bytes32 jobId) external view returns (RetrievalTerms memory);

    /// @notice Whether document `doc` is among the matches.
    function selected(bytes32 jobId, uint256 doc) external view returns (bool);

    /// @notice Documents 256 * word .. 256 * word + 255 among the matches, the first as the lowest bit.
    function bitmapWord(bytes32 jobId, uint256 word) external view returns (uint256 bits);

    /// @notice Whether a batch has been proven.
    function batchDone(bytes32 jobId, uint256 batchIndex) external view returns (bool);

    /// @notice The tag these terms have on this chain and this escrow.
    function jobTag(RetrievalTerms calldata terms_) external view returns (bytes32 tag);

    /// @notice The identity these terms have on this chain and this escrow.
    function jobIdOf(RetrievalTerms calldata terms_) external view returns (bytes32 jobId);

    /// @notice What each party sends: the requester at {open}, the responder at {accept}.
    function amountsOf(RetrievalTerms calldata terms_)
        external
        pure
        returns (uint256 requesterFunds, uint256 responderFunds);
}
