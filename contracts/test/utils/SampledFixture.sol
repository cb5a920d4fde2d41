// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "../../src/interfaces/IDocuments.sol";
import {ISampledEscrow} from "../../src/interfaces/ISampledEscrow.sol";
import {ModelRegistry} from "../../src/ModelRegistry.sol";
import {SampledEscrow} from "../../src/SampledEscrow.sol";
import {AgreedVerifier} from "./AgreedVerifier.sol";
import {BaseTest} from "./BaseTest.sol";
import {TestDocuments} from "./TestDocuments.sol";

/// @title A registry, a sampled escrow, a committed test set, two parties, and jobs brought to any state
/// @notice 12 examples in batches of 2, 4 of them drawn, so 8 are left; target 5.
abstract contract SampledFixture is BaseTest {
    uint64 internal constant MIN_WINDOW = 1 hours;
    uint256 internal constant STAKE = 1 ether;
    uint256 internal constant TAG_HASH = 4711;
    bytes32 internal constant NOTE = "note";
    bytes32 internal constant FORMAT = keccak256("some input format");
    bytes32 internal constant WEIGHTS = keccak256("weights");
    bytes32 internal constant SAMPLE_KEY = keccak256("sample key");
    bytes32 internal constant REST_KEY = keccak256("rest key");

    address payable internal buyer = account("buyer");
    address payable internal seller = account("seller");
    address payable internal feeRecipient = account("fee recipient");
    address payable internal stranger = account("stranger");

    ModelRegistry internal registry;
    SampledEscrow internal escrow;
    AgreedVerifier internal verifier;
    bytes32 internal modelId;
    uint256[] internal hashes;
    bytes32[] internal documentRoots;
    bytes[][] internal contents;

    function setUp() public virtual {
        prepare();
        for (uint256 i = 0; i < total(); ++i) {
            (bytes[] memory chunks, uint256 h) = TestDocuments.chunks(i, width(), 0);
            contents.push(chunks);
            hashes.push(h);
            documentRoots.push();
            commit(i, chunks, h);
        }
    }

    /// @dev Everything but the test set.
    function prepare() internal {
        registry = new ModelRegistry(7 days);
        escrow = new SampledEscrow(registry, MIN_WINDOW);
        verifier = new AgreedVerifier();
        vm.deal(buyer, 1000 ether);
        vm.deal(seller, 1000 ether);
        vm.prank(seller);
        modelId = registry.register{value: STAKE}("architecture", WEIGHTS, "quantisation", FORMAT);
    }

    /// @dev Commits to whatever is given as example `i`; for jobs opened from now on.
    function commit(uint256 i, bytes[] memory chunks, uint256 h) internal {
        contents[i] = chunks;
        hashes[i] = h;
        bytes32 chunksRoot = TestDocuments.rootOf(TestDocuments.digests(chunks));
        documentRoots[i] = TestDocuments.documentRoot(0, steps(), 0, chunksRoot);
    }

    function total() internal pure virtual returns (uint32) {
        return 12;
    }

    function batchSize() internal pure virtual returns (uint32) {
        return 2;
    }

    function sampleSize() internal pure virtual returns (uint32) {
        return 4;
    }

    /// @dev Elements the circuit hashes of an example: two steps, the second of 8 elements.
    function width() internal pure virtual returns (uint256) {
        return 40;
    }

    function steps() internal pure returns (uint256) {
        return (width() + 31) / 32;
    }

    function hashOf(uint256 i) internal view virtual returns (uint256) {
        return hashes[i];
    }

    function documentRootOf(uint256 i) internal view virtual returns (bytes32) {
        return documentRoots[i];
    }

    function leaves() internal view returns (bytes32[] memory all) {
        all = new bytes32[](total());
        for (uint256 i = 0; i < all.length; ++i) {
            all[i] = keccak256(abi.encode(keccak256("assay/leaf/v1"), i, hashOf(i), documentRootOf(i)));
        }
    }

    function dataRoot() internal view virtual returns (bytes32) {
        bytes32 tree = TestDocuments.rootOf(leaves());
        return keccak256(abi.encode(keccak256("assay/data-root/v1"), uint256(total()), FORMAT, tree));
    }

    function pathOf(uint256 i) internal view virtual returns (bytes32[] memory) {
        return TestDocuments.path(leaves(), 0, i);
    }

    function defaultTerms() internal view returns (ISampledEscrow.SampledTerms memory terms) {
        terms.buyer = buyer;
        terms.seller = seller;
        terms.modelId = modelId;
        terms.nonce = 1;
        terms.dataRoot = dataRoot();
        terms.formatDigest = FORMAT;
        terms.total = total();
        terms.batch = batchSize();
        terms.sample = sampleSize();
        terms.target = 5;
        terms.verifier = address(verifier);
        terms.verifierCodehash = address(verifier).codehash;
        terms.srsDigest = keccak256("srs");
        terms.exampleCost = 3 ether / 1000;
        terms.provingCost = 2 ether / 1000;
        terms.inferenceCost = 1 ether / 1000;
        terms.fee = 1 ether / 10_000;
        terms.feeRecipient = feeRecipient;
        terms.minStake = uint128(STAKE);
        terms.maxAborts = 2;
        terms.acceptWindow = 1 hours;
        terms.handOverWindow = 2 hours;
        terms.decideWindow = 3 hours;
        terms.keyWindow = 4 hours;
        terms.complainWindow = 5 hours;
        terms.proveWindow = 6 hours;
    }

    function depositOf(ISampledEscrow.SampledTerms memory terms) internal pure returns (uint256) {
        return 2 * uint256(terms.total) * terms.exampleCost + terms.fee;
    }

    // ------------------------------------------------------------ moves by their rightful movers

    function openJob(ISampledEscrow.SampledTerms memory terms) internal returns (bytes32 jobId) {
        vm.prank(terms.buyer);
        return escrow.open{value: depositOf(terms)}(terms);
    }

    function accepted(ISampledEscrow.SampledTerms memory terms) internal returns (bytes32 jobId) {
        jobId = openJob(terms);
        vm.prank(terms.seller);
        escrow.accept{value: depositOf(terms)}(jobId, "seed");
    }

    function handOver(bytes32 jobId, bytes[] memory ciphertexts) internal {
        address by = escrow.terms(jobId).buyer;
        bytes32 root = TestDocuments.ciphertextRoot(cipherLeaves(ciphertexts));
        bytes32 seed = escrow.job(jobId).seed;
        vm.prank(by);
        escrow.handOver(
            jobId,
            seed,
            root,
            uint64(ciphertexts.length),
            TestDocuments.keyHash(jobId, by, SAMPLE_KEY),
            TestDocuments.keyHash(jobId, by, REST_KEY)
        );
    }

    function sampled(ISampledEscrow.SampledTerms memory terms) internal returns (bytes32 jobId) {
        jobId = accepted(terms);
        handOver(jobId, ciphertextsOf(jobId));
    }

    function post(bytes32 jobId) internal {
        bytes[] memory ciphertexts = ciphertextsOf(jobId);
        vm.prank(escrow.terms(jobId).buyer);
        escrow.postCiphertext(jobId, SAMPLE_KEY, ciphertexts, "");
    }

    function posted(ISampledEscrow.SampledTerms memory terms) internal returns (bytes32 jobId) {
        jobId = sampled(terms);
        post(jobId);
    }

    function proceed(bytes32 jobId) internal {
        (address by, bytes32 root) = (escrow.terms(jobId).seller, escrow.job(jobId).ciphertextRoot);
        vm.prank(by);
        escrow.proceed(jobId, root);
    }

    function proceeded(ISampledEscrow.SampledTerms memory terms) internal returns (bytes32 jobId) {
        jobId = sampled(terms);
        proceed(jobId);
    }

    function reveal(bytes32 jobId) internal {
        address by = escrow.terms(jobId).buyer;
        vm.prank(by);
        escrow.revealKey(jobId, REST_KEY);
    }

    function revealed(ISampledEscrow.SampledTerms memory terms) internal returns (bytes32 jobId) {
        jobId = proceeded(terms);
        reveal(jobId);
    }

    function proving(ISampledEscrow.SampledTerms memory terms) internal returns (bytes32 jobId) {
        jobId = proceeded(terms);
        vm.prank(terms.seller);
        escrow.confirm(jobId);
    }

    /// @dev A job in any state, by one way to it.
    function bring(ISampledEscrow.SampledTerms memory terms, ISampledEscrow.State state)
        internal
        returns (bytes32 jobId)
    {
        if (state == ISampledEscrow.State.None) return "no such job";
        if (state == ISampledEscrow.State.Open) return openJob(terms);
        if (state == ISampledEscrow.State.Accepted) return accepted(terms);
        if (state == ISampledEscrow.State.Sampled) return sampled(terms);
        if (state == ISampledEscrow.State.Posted) return posted(terms);
        if (state == ISampledEscrow.State.HandedOver) return proceeded(terms);
        if (state == ISampledEscrow.State.Revealed) return revealed(terms);
        if (state == ISampledEscrow.State.Proving) return proving(terms);
        if (state == ISampledEscrow.State.Completed) return completed(terms);
        if (state == ISampledEscrow.State.Aborted) return aborted(terms);
        if (state == ISampledEscrow.State.Rejected) jobId = proving(terms);
        if (state == ISampledEscrow.State.Spoiled) jobId = proceeded(terms);
        if (state == ISampledEscrow.State.Expired) jobId = accepted(terms);
        vm.warp(escrow.job(jobId).deadline);
        escrow.finalise(jobId);
    }

    function completed(ISampledEscrow.SampledTerms memory terms) internal returns (bytes32 jobId) {
        jobId = proving(terms);
        while (escrow.job(jobId).state == ISampledEscrow.State.Proving) {
            submit(jobId, firstRest(jobId), terms.batch);
        }
    }

    function aborted(ISampledEscrow.SampledTerms memory terms) internal returns (bytes32 jobId) {
        jobId = sampled(terms);
        vm.prank(terms.seller);
        escrow.abort(jobId);
    }

    // ------------------------------------------------------------ proofs

    /// @dev Examples neither drawn nor proven, ascending.
    function restOf(bytes32 jobId) internal view returns (uint32[] memory rest) {
        rest = new uint32[](total());
        uint256 found;
        for (uint32 i = 0; i < total(); ++i) {
            if (!escrow.spent(jobId, i)) rest[found++] = i;
        }
        assembly ("memory-safe") {
            mstore(rest, found)
        }
    }

    /// @dev The first examples of the rest, as many as a batch has.
    function firstRest(bytes32 jobId) internal view returns (uint32[] memory indices) {
        uint32[] memory rest = restOf(jobId);
        indices = new uint32[](batchSize());
        for (uint256 j = 0; j < indices.length; ++j) {
            indices[j] = rest[j];
        }
    }

    function submit(bytes32 jobId, uint32[] memory indices, uint256 count) internal {
        escrow.submitBatch(jobId, proofOf(jobId, indices, count));
    }

    function proofOf(bytes32 jobId, uint32[] memory indices, uint256 count)
        internal
        view
        returns (ISampledEscrow.SampledBatch memory batch)
    {
        uint256 size = indices.length;
        (batch.indices, batch.note, batch.tagHash, batch.count) = (indices, NOTE, TAG_HASH, count);
        (batch.h, batch.payloadRoots, batch.paths) = (new uint256[](size), new bytes32[](size), new bytes32[][](size));
        for (uint256 j = 0; j < size; ++j) {
            (batch.h[j], batch.payloadRoots[j]) = (hashOf(indices[j]), documentRootOf(indices[j]));
            batch.paths[j] = pathOf(indices[j]);
        }
        batch.proof = proofFor(jobId, batch.h, count);
    }

    function proofFor(bytes32 jobId, uint256[] memory h, uint256 count) internal view returns (bytes memory) {
        bytes32 tag = keccak256(abi.encode(keccak256("assay/bound-tag/v1"), escrow.job(jobId).tag, NOTE));
        bytes32 inputHash = keccak256(abi.encode(WEIGHTS, tag, h));
        bytes memory metadata = abi.encode(WEIGHTS, tag, TAG_HASH, h, count);
        return abi.encode(keccak256(abi.encode(inputHash, keccak256(abi.encode(count)), metadata)));
    }

    // ------------------------------------------------------------ the hand-over

    /// @dev All ciphertexts of an honest hand-over, for a job of which nothing is proven yet.
    function ciphertextsOf(bytes32 jobId) internal view returns (bytes[] memory all) {
        all = new bytes[](total() * steps());
        for (uint256 position = 0; position < all.length; ++position) {
            (uint256 i, uint256 chunk) = (position / steps(), position % steps());
            bytes32 key = escrow.spent(jobId, i) ? SAMPLE_KEY : REST_KEY;
            all[position] = TestDocuments.encrypt(key, jobId, i, chunk, contents[i][chunk]);
        }
    }

    function cipherLeaves(bytes[] memory ciphertexts) internal pure returns (bytes32[] memory all) {
        all = new bytes32[](ciphertexts.length);
        for (uint256 position = 0; position < all.length; ++position) {
            all[position] = TestDocuments.cipherLeaf(position / steps(), position % steps(), ciphertexts[position]);
        }
    }

    // ------------------------------------------------------------ openings

    function opening(uint256 i) internal view returns (IDocuments.DocumentOpening memory document) {
        bytes32 chunksRoot = TestDocuments.rootOf(TestDocuments.digests(contents[i]));
        return IDocuments.DocumentOpening(i, hashOf(i), 0, steps(), 0, chunksRoot, pathOf(i));
    }

    function chunkOpening(uint256 i, uint256 chunk) internal view returns (IDocuments.ChunkOpening memory) {
        bytes32[] memory all = TestDocuments.digests(contents[i]);
        return IDocuments.ChunkOpening(chunk, all[chunk], TestDocuments.path(all, 0, chunk));
    }

    function stepOpening(uint256 i, uint256 chunk) internal view returns (IDocuments.StepOpening memory) {
        bytes[] memory all = contents[i];
        return IDocuments.StepOpening(chunk, all[chunk], TestDocuments.path(TestDocuments.digests(all), 0, chunk));
    }

    function cipherOpening(bytes[] memory ciphertexts, uint256 i, uint256 chunk)
        internal
        pure
        returns (IDocuments.CipherOpening memory)
    {
        uint256 position = i * steps() + chunk;
        return IDocuments.CipherOpening(
            position, ciphertexts[position], TestDocuments.path(cipherLeaves(ciphertexts), 0, position)
        );
    }

    // ------------------------------------------------------------ expectations

    function expectState(bytes32 jobId, ISampledEscrow.State state) internal view {
        vm.assertEq(uint256(escrow.job(jobId).state), uint256(state), "state");
    }

    /// @dev Nothing else is booked or held: only for tests with a single job.
    function expectPayoffs(uint256 toBuyer, uint256 toSeller, uint256 toFee) internal view {
        vm.assertEq(escrow.owed(buyer), toBuyer, "owed to buyer");
        vm.assertEq(escrow.owed(seller), toSeller, "owed to seller");
        vm.assertEq(escrow.owed(feeRecipient), toFee, "owed to fee recipient");
        vm.assertEq(address(escrow).balance, toBuyer + toSeller + toFee, "conservation");
    }
}
