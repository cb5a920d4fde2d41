// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "../../src/interfaces/IDocuments.sol";
import {IRetrievalEscrow} from "../../src/interfaces/IRetrievalEscrow.sol";
import {RetrievalEscrow} from "../../src/RetrievalEscrow.sol";
import {AgreedVerifier} from "./AgreedVerifier.sol";
import {BaseTest} from "./BaseTest.sol";
import {TestDocuments} from "./TestDocuments.sol";

/// @title The cheat codes for blocks
interface VmBlocks {
    function roll(uint256 number) external;
    function setBlockhash(uint256 number, bytes32 hash) external;
}

/// @title A retrieval escrow, a committed corpus, two parties, and jobs brought to any state
/// @notice 5 documents in 2 batches of 4, hence 3 blank ones. Documents 1 and 4 match by default; cap 3.
abstract contract RetrievalFixture is BaseTest {
    uint64 internal constant MIN_WINDOW = 1 hours;
    uint8 internal constant SCALE_BITS = 10;
    uint256 internal constant TAG_HASH = 4711;
    bytes32 internal constant NOTE = "note";
    bytes32 internal constant FORMAT = keccak256("some view format");
    bytes32 internal constant WEIGHTS = keccak256("weights");
    bytes32 internal constant KEY = keccak256("key");

    VmBlocks internal constant blocks = VmBlocks(address(vm));

    address payable internal requester = account("requester");
    address payable internal responder = account("responder");
    address payable internal feeRecipient = account("fee recipient");
    address payable internal stranger = account("stranger");

    RetrievalEscrow internal escrow;
    AgreedVerifier internal verifier;
    uint256[] internal hashes;
    bytes32[] internal documentRoots;
    bytes[][] internal contents;

    function setUp() public virtual {
        prepare();
        for (uint256 doc = 0; doc < batches() * batchSize(); ++doc) {
            commit(doc);
        }
    }

    /// @dev Everything but the corpus.
    function prepare() internal {
        escrow = new RetrievalEscrow(MIN_WINDOW);
        verifier = new AgreedVerifier();
        vm.deal(requester, 1000 ether);
        vm.deal(responder, 1000 ether);
    }

    function commit(uint256 doc) private {
        (bytes[] memory chunks, uint256 h) = TestDocuments.chunks(doc, width(), payloadBytes(doc));
        contents.push(chunks);
        hashes.push(h);
        documentRoots.push();
        commit(doc, chunks, h);
    }

    /// @dev Commits to whatever is given as document `doc`; for jobs opened from now on.
    function commit(uint256 doc, bytes[] memory chunks, uint256 h) internal {
        uint256 steps = (width() + 31) / 32;
        bytes32 chunksRoot = TestDocuments.rootOf(TestDocuments.digests(chunks));
        contents[doc] = chunks;
        hashes[doc] = h;
        documentRoots[doc] = TestDocuments.documentRoot(payloadBytes(doc), steps, chunks.length - steps, chunksRoot);
    }

    function total() internal pure virtual returns (uint32) {
        return 5;
    }

    function batchSize() internal pure virtual returns (uint32) {
        return 4;
    }

    /// @dev Elements of a view with its salt: two steps, the second of 8 elements.
    function width() internal pure virtual returns (uint256) {
        return 40;
    }

    /// @dev Document 0 and the blank ones have no payload.
    function payloadBytes(uint256 doc) internal pure virtual returns (uint256) {
        return doc >= total() ? 0 : 300 * doc;
    }

    function batches() internal pure returns (uint256) {
        return (total() + batchSize() - 1) / batchSize();
    }

    /// @dev Bit i: document i matches. Blank documents' bits are set as well.
    function matching() internal pure virtual returns (uint256) {
        return 0xf2;
    }

    function hashOf(uint256 doc) internal view virtual returns (uint256) {
        return hashes[doc];
    }

    function documentRootOf(uint256 doc) internal view virtual returns (bytes32) {
        return documentRoots[doc];
    }

    /// @dev Leaves of the corpus' tree, blank documents included.
    function corpusLeaves() internal view returns (bytes32[] memory all) {
        all = new bytes32[](batches() * batchSize());
        for (uint256 doc = 0; doc < all.length; ++doc) {
            all[doc] = keccak256(abi.encode(keccak256("assay/leaf/v1"), doc, hashOf(doc), documentRootOf(doc)));
        }
    }

    function corpusRoot() internal view returns (bytes32) {
        bytes32 tree = TestDocuments.rootOf(corpusLeaves());
        return keccak256(abi.encode(keccak256("assay/data-root/v1"), uint256(total()), FORMAT, tree));
    }

    function defaultTerms() internal view virtual returns (IRetrievalEscrow.RetrievalTerms memory terms) {
        terms.requester = requester;
        terms.responder = responder;
        terms.modelId = "model";
        terms.weightsCommitment = WEIGHTS;
        terms.nonce = 1;
        terms.corpusRoot = corpusRoot();
        terms.formatDigest = FORMAT;
        terms.total = total();
        terms.batch = batchSize();
        terms.outputs = 10;
        terms.selected = 7;
        terms.scaleBits = SCALE_BITS;
        terms.verifier = address(verifier);
        terms.verifierCodehash = address(verifier).codehash;
        terms.srsDigest = keccak256("srs");
        terms.provingCost = 1 ether / 1000;
        terms.baseFee = 2 * terms.total * terms.provingCost;
        terms.price = 5 ether / 1000;
        terms.cap = 3;
        terms.deposit = 1 ether / 10;
        terms.fee = 1 ether / 10_000;
        terms.feeRecipient = feeRecipient;
        terms.acceptWindow = 1 hours;
        terms.proveWindow = 7 hours;
        terms.topUpWindow = 2 hours;
        terms.deliverWindow = 3 hours;
        terms.receiptWindow = 4 hours;
        terms.revealWindow = 5 hours;
        terms.complainWindow = 6 hours;
    }

    function sampleTerms() internal view returns (IRetrievalEscrow.RetrievalTerms memory terms) {
        terms = defaultTerms();
        terms.predicate = uint8(IRetrievalEscrow.Predicate.Sample);
        (terms.outputs, terms.selected, terms.threshold, terms.scaleBits) = (0, 0, 0, 0);
        (terms.verifier, terms.verifierCodehash) = (address(0), 0);
        (terms.cap, terms.baseFee) = (2, 0);
    }

    function requesterFunds(IRetrievalEscrow.RetrievalTerms memory terms) internal pure returns (uint256) {
        return terms.baseFee + uint256(terms.cap) * terms.price + terms.fee;
    }

    function responderFunds(IRetrievalEscrow.RetrievalTerms memory terms) internal pure returns (uint256) {
        return uint256(terms.deposit) + terms.fee;
    }

    // ------------------------------------------------------------ moves by their rightful movers

    function openJob(IRetrievalEscrow.RetrievalTerms memory terms) internal returns (bytes32 jobId) {
        vm.prank(terms.requester);
        return escrow.open{value: terms.token == address(0) ? requesterFunds(terms) : 0}(terms);
    }

    function accepted(IRetrievalEscrow.RetrievalTerms memory terms) internal returns (bytes32 jobId) {
        jobId = openJob(terms);
        vm.prank(terms.responder);
        escrow.accept{value: terms.token == address(0) ? responderFunds(terms) : 0}(jobId);
    }

    /// @dev All batches in, with the default matches.
    function searched(IRetrievalEscrow.RetrievalTerms memory terms) internal returns (bytes32 jobId) {
        return searched(terms, matching());
    }

    function searched(IRetrievalEscrow.RetrievalTerms memory terms, uint256 bits) internal returns (bytes32 jobId) {
        jobId = accepted(terms);
        for (uint256 i = 0; i < batches(); ++i) {
            submit(jobId, i, batchBits(bits, i));
        }
    }

    function delivered(IRetrievalEscrow.RetrievalTerms memory terms) internal returns (bytes32 jobId) {
        jobId = searched(terms);
        deliverHonestly(jobId);
    }

    function acknowledged(IRetrievalEscrow.RetrievalTerms memory terms) internal returns (bytes32 jobId) {
        jobId = delivered(terms);
        acknowledge(jobId);
    }

    function revealed(IRetrievalEscrow.RetrievalTerms memory terms) internal returns (bytes32 jobId) {
        jobId = acknowledged(terms);
        vm.prank(terms.responder);
        escrow.reveal(jobId, KEY);
    }

    function deliverHonestly(bytes32 jobId) internal {
        bytes32[] memory all = cipherLeaves(jobId);
        deliverRoot(jobId, TestDocuments.ciphertextRoot(all), uint64(all.length));
    }

    function deliverRoot(bytes32 jobId, bytes32 root, uint64 chunkCount) internal {
        address by = escrow.terms(jobId).responder;
        vm.prank(by);
        escrow.deliver(jobId, TestDocuments.keyHash(jobId, by, KEY), root, chunkCount);
    }

    function acknowledge(bytes32 jobId) internal {
        (address by, bytes32 root) = (escrow.terms(jobId).requester, escrow.job(jobId).ciphertextRoot);
        vm.prank(by);
        escrow.acknowledge(jobId, root);
    }

    // ------------------------------------------------------------ proofs

    function batchBits(uint256 bits, uint256 index) internal pure returns (uint256) {
        uint256 aligned = bits >> (index * batchSize());
        return batchSize() == 256 ? aligned : aligned & ((1 << batchSize()) - 1);
    }

    function submit(bytes32 jobId, uint256 index, uint256 bits) internal {
        escrow.submitBatch(jobId, proofOf(jobId, index, bits));
    }

    function proofOf(bytes32 jobId, uint256 index, uint256 bits)
        internal
        view
        returns (IRetrievalEscrow.BitsProof memory batch)
    {
        uint256 size = batchSize();
        (batch.index, batch.note, batch.tagHash, batch.bits) = (index, NOTE, TAG_HASH, bits);
        (batch.h, batch.payloadRoots) = (new uint256[](size), new bytes32[](size));
        for (uint256 j = 0; j < size; ++j) {
            (batch.h[j], batch.payloadRoots[j]) = (hashOf(index * size + j), documentRootOf(index * size + j));
        }
        batch.path = TestDocuments.path(corpusLeaves(), TestDocuments.depthOf(size), index);
        batch.proof = proofFor(jobId, batch.h, outputsFor(escrow.terms(jobId), bits));
    }

    function proofFor(bytes32 jobId, uint256[] memory h, uint256[] memory outputs)
        internal
        view
        returns (bytes memory)
    {
        bytes32 tag = keccak256(abi.encode(keccak256("assay/bound-tag/v1"), escrow.job(jobId).tag, NOTE));
        bytes32 inputHash = keccak256(abi.encode(WEIGHTS, tag, h));
        bytes memory metadata = abi.encode(WEIGHTS, tag, TAG_HASH, h, outputs);
        return abi.encode(keccak256(abi.encode(inputHash, keccak256(abi.encode(outputs)), metadata)));
    }

    function outputsFor(IRetrievalEscrow.RetrievalTerms memory terms, uint256 bits)
        internal
        pure
        returns (uint256[] memory all)
    {
        bool compares = terms.predicate == 1;
        all = new uint256[](terms.batch + terms.outputs + (compares ? 1 : 0));
        for (uint256 j = 0; j < terms.batch; ++j) {
            all[j] = ((bits >> j) % 2) * 2 ** terms.scaleBits;
        }
        all[terms.batch + terms.selected] = 2 ** terms.scaleBits;
        if (compares) all[all.length - 1] = TestDocuments.fieldOf(terms.threshold);
    }

    // ------------------------------------------------------------ openings

    function chunksOf(uint256 doc) internal view returns (bytes[] memory chunks) {
        return contents[doc];
    }

    function opening(uint256 doc) internal view returns (IDocuments.DocumentOpening memory document) {
        bytes[] memory chunks = chunksOf(doc);
        document.index = doc;
        document.h = hashOf(doc);
        document.payloadBytes = payloadBytes(doc);
        document.viewSteps = (width() + 31) / 32;
        document.payloadChunks = chunks.length - document.viewSteps;
        document.chunksRoot = TestDocuments.rootOf(TestDocuments.digests(chunks));
        document.path = TestDocuments.path(corpusLeaves(), 0, doc);
    }

    function chunkOpening(uint256 doc, uint256 chunk) internal view returns (IDocuments.ChunkOpening memory) {
        bytes32[] memory all = TestDocuments.digests(chunksOf(doc));
        return IDocuments.ChunkOpening(chunk, all[chunk], TestDocuments.path(all, 0, chunk));
    }

    function stepOpening(uint256 doc, uint256 chunk) internal view returns (IDocuments.StepOpening memory) {
        bytes[] memory chunks = chunksOf(doc);
        return IDocuments.StepOpening(chunk, chunks[chunk], TestDocuments.path(TestDocuments.digests(chunks), 0, chunk));
    }

    /// @dev Leaves of an honest delivery of this job.
    function cipherLeaves(bytes32 jobId) internal view returns (bytes32[] memory all) {
        uint256 count;
        for (uint256 doc = 0; doc < total(); ++doc) {
            if (escrow.selected(jobId, doc)) count += chunksOf(doc).length;
        }
        all = new bytes32[](count);
        uint256 next;
        for (uint256 doc = 0; doc < total(); ++doc) {
            if (!escrow.selected(jobId, doc)) continue;
            bytes[] memory chunks = chunksOf(doc);
            for (uint256 chunk = 0; chunk < chunks.length; ++chunk) {
                bytes memory ciphertext = TestDocuments.encrypt(KEY, jobId, doc, chunk, chunks[chunk]);
                all[next++] = TestDocuments.cipherLeaf(doc, chunk, ciphertext);
            }
        }
    }

    /// @dev The place of a chunk of a selected document in an honest delivery.
    function positionOf(bytes32 jobId, uint256 doc, uint256 chunk) internal view returns (uint256 position) {
        for (uint256 other = 0; other < doc; ++other) {
            if (escrow.selected(jobId, other)) position += chunksOf(other).length;
        }
        return position + chunk;
    }

    function cipherOpening(bytes32 jobId, uint256 doc, uint256 chunk)
        internal
        view
        returns (IDocuments.CipherOpening memory cipher)
    {
        cipher.position = positionOf(jobId, doc, chunk);
        cipher.ciphertext = TestDocuments.encrypt(KEY, jobId, doc, chunk, chunksOf(doc)[chunk]);
        cipher.path = TestDocuments.path(cipherLeaves(jobId), 0, cipher.position);
    }

    // ------------------------------------------------------------ expectations

    function expectState(bytes32 jobId, IRetrievalEscrow.State state) internal view {
        vm.assertEq(uint256(escrow.job(jobId).state), uint256(state), "state");
    }

    /// @dev Nothing else is booked or held: only for tests with a single job.
    function expectPayoffs(uint256 toRequester, uint256 toResponder, uint256 toFee) internal view {
        vm.assertEq(escrow.owed(requester), toRequester, "owed to requester");
        vm.assertEq(escrow.owed(responder), toResponder, "owed to responder");
        vm.assertEq(escrow.owed(feeRecipient), toFee, "owed to fee recipient");
        vm.assertEq(address(escrow).balance, toRequester + toResponder + toFee, "conservation");
    }
}
