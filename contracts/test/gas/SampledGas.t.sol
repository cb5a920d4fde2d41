// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "../../src/interfaces/IDocuments.sol";
import {ISampledEscrow} from "../../src/interfaces/ISampledEscrow.sol";
import {SampledFixture} from "../utils/SampledFixture.sol";
import {TestDocuments} from "../utils/TestDocuments.sol";

/// @dev Gas of every transaction of a sampled job, see {GasFixture} for how it is measured.
abstract contract SampledGasFixture is SampledFixture {
    /// @dev EIP-7825.
    uint256 internal constant TRANSACTION_GAS_LIMIT = 16_777_216;

    /// @dev What a generated verifier costs at most by measurement: 2M gas at batch 32 and about 1,000 an instance.
    uint256 internal constant GENERATED_VERIFIER_GAS = 3_000_000;

    function record(string memory name) internal {
        uint256 gasUsed = vm.snapshotGasLastCall("SampledEscrow", name);
        vm.assertLt(gasUsed + GENERATED_VERIFIER_GAS, TRANSACTION_GAS_LIMIT, "fits into a transaction");
    }

    function acceptJob(ISampledEscrow.SampledTerms memory terms) internal returns (bytes32 jobId) {
        vm.deal(buyer, depositOf(terms));
        vm.deal(seller, depositOf(terms));
        jobId = openJob(terms);
        vm.prank(seller);
        escrow.accept{value: depositOf(terms)}(jobId, "seed");
    }
}

/// @dev 12 examples of two chunks each in batches of 2, four of them drawn.
contract SampledJobGasTest is SampledGasFixture {
    function test_completedJob() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        record("open");
        vm.prank(seller);
        escrow.accept{value: depositOf(terms)}(jobId, "seed");
        record("accept, drawing 4 of 12");
        handOver(jobId, ciphertextsOf(jobId));
        record("handOver");
        proceed(jobId);
        record("proceed");
        vm.prank(seller);
        escrow.confirm(jobId);
        record("confirm");
        submit(jobId, firstRest(jobId), 2);
        record("submitBatch of 2, first");
        submit(jobId, firstRest(jobId), 2);
        record("submitBatch of 2, next");
        submit(jobId, firstRest(jobId), 2);
        record("submitBatch of 2, completing");
        vm.prank(seller);
        escrow.withdraw();
        record("withdraw");
    }

    function test_abort() public {
        aborted(defaultTerms());
        record("abort");
    }

    function test_complainDecryption() public {
        bytes32 jobId = accepted(defaultTerms());
        bytes[] memory sent = ciphertextsOf(jobId);
        uint256 i = restOf(jobId)[0];
        sent[i * steps()][0] ^= 0x01;
        handOver(jobId, sent);
        proceed(jobId);
        reveal(jobId);
        record("revealKey");
        IDocuments.DocumentOpening memory document = opening(i);
        IDocuments.CipherOpening memory cipher = cipherOpening(sent, i, 0);
        vm.prank(seller);
        escrow.complainDecryption(jobId, document, chunkOpening(i, 0), cipher);
        record("complainDecryption");
    }

    function test_complainView() public {
        for (uint256 i = 0; i < total(); ++i) {
            contents[i][0][100] ^= 0x01;
            commit(i, contents[i], hashes[i]);
        }
        bytes32 jobId = revealed(defaultTerms());
        uint256 example = restOf(jobId)[0];
        IDocuments.DocumentOpening memory document = opening(example);
        vm.prank(seller);
        escrow.complainView(jobId, document, stepOpening(example, 0), stepOpening(example, 1));
        record("complainView of 32 elements");
    }

    function test_finalise() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        ISampledEscrow.State[7] memory froms = [
            ISampledEscrow.State.Open,
            ISampledEscrow.State.Accepted,
            ISampledEscrow.State.Sampled,
            ISampledEscrow.State.Posted,
            ISampledEscrow.State.HandedOver,
            ISampledEscrow.State.Revealed,
            ISampledEscrow.State.Proving
        ];
        string[7] memory names = ["Open", "Accepted", "Sampled", "Posted", "HandedOver", "Revealed", "Proving"];
        for (uint256 i = 0; i < froms.length; ++i) {
            terms.nonce = i;
            bytes32 jobId = bring(terms, froms[i]);
            vm.warp(escrow.job(jobId).deadline);
            escrow.finalise(jobId);
            record(string.concat("finalise, from ", names[i]));
        }
    }
}

/// @dev The draw at its limits.
contract DrawGasTest is SampledGasFixture {
    function width() internal pure override returns (uint256) {
        return 9;
    }

    function test_accept() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        (terms.total, terms.batch, terms.sample) = (2 ** 20, 256, 256);
        acceptJob(terms);
        record("accept, drawing 256 of 2^20");
        (terms.total, terms.batch, terms.nonce) = (512, 64, 2);
        acceptJob(terms);
        record("accept, drawing 256 of 512");
    }
}

/// @dev Many made-up leaves, which nobody opens here.
abstract contract LargeSampledGasFixture is SampledGasFixture {
    function setUp() public override {
        prepare();
    }

    function hashOf(uint256 i) internal pure override returns (uint256) {
        return uint256(keccak256(abi.encode("h", i))) >> 3;
    }

    function documentRootOf(uint256 i) internal pure override returns (bytes32) {
        return keccak256(abi.encode("document", i));
    }

    /// @dev Node 1 is the root, nodes 2k and 2k + 1 are the children of node k.
    function allNodes() private view returns (bytes32[] memory nodes) {
        bytes32[] memory all = leaves();
        uint256 width = 2 ** TestDocuments.depthOf(all.length);
        nodes = new bytes32[](2 * width);
        for (uint256 i = 0; i < width; ++i) {
            nodes[width + i] = i < all.length ? all[i] : keccak256("assay/empty-leaf/v1");
        }
        for (uint256 k = width - 1; k != 0; --k) {
            nodes[k] = keccak256(abi.encode(keccak256("assay/node/v1"), nodes[2 * k], nodes[2 * k + 1]));
        }
    }

    /// @dev Examples as far apart as they can be, so that each batch fills as many new slots as it can.
    function submitSpread(string memory name, bytes32 jobId) internal {
        uint32[] memory rest = restOf(jobId);
        uint32[] memory indices = new uint32[](batchSize());
        for (uint256 j = 0; j < indices.length; ++j) {
            indices[j] = rest[j * rest.length / indices.length];
        }
        escrow.submitBatch(jobId, spread(jobId, indices));
        record(name);
    }

    function spread(bytes32 jobId, uint32[] memory indices)
        private
        view
        returns (ISampledEscrow.SampledBatch memory batch)
    {
        bytes32[] memory nodes = allNodes();
        uint256 size = indices.length;
        (batch.indices, batch.note, batch.tagHash, batch.count) = (indices, NOTE, TAG_HASH, 4);
        (batch.h, batch.payloadRoots, batch.paths) = (new uint256[](size), new bytes32[](size), new bytes32[][](size));
        for (uint256 j = 0; j < size; ++j) {
            (batch.h[j], batch.payloadRoots[j]) = (hashOf(indices[j]), documentRootOf(indices[j]));
            batch.paths[j] = new bytes32[](TestDocuments.depthOf(total()));
            uint256 node = nodes.length / 2 + indices[j];
            for (uint256 level = 0; level < batch.paths[j].length; ++level) {
                batch.paths[j][level] = nodes[(node >> level) ^ 1];
            }
        }
        batch.proof = proofFor(jobId, batch.h, 4);
    }

    function provingRootOnly() internal returns (bytes32 jobId) {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.target = 100;
        jobId = acceptJob(terms);
        vm.prank(buyer);
        escrow.handOver(jobId, "seed", "root", total(), "1", "2");
        proceed(jobId);
        vm.prank(seller);
        escrow.confirm(jobId);
    }
}

contract SampledBatchOf8GasTest is LargeSampledGasFixture {
    function total() internal pure override returns (uint32) {
        return 600;
    }

    function batchSize() internal pure override returns (uint32) {
        return 8;
    }

    function sampleSize() internal pure override returns (uint32) {
        return 48;
    }

    function test_submitBatch() public {
        bytes32 jobId = provingRootOnly();
        submitSpread("submitBatch of 8 in 600, first", jobId);
        submitSpread("submitBatch of 8 in 600, next", jobId);
    }
}

contract SampledBatchOf64GasTest is LargeSampledGasFixture {
    function total() internal pure override returns (uint32) {
        return 640;
    }

    function batchSize() internal pure override returns (uint32) {
        return 64;
    }

    function sampleSize() internal pure override returns (uint32) {
        return 64;
    }

    function test_submitBatch() public {
        submitSpread("submitBatch of 64 in 640, first", provingRootOnly());
    }
}

contract SampledBatchOf256GasTest is LargeSampledGasFixture {
    function total() internal pure override returns (uint32) {
        return 1024;
    }

    function batchSize() internal pure override returns (uint32) {
        return 256;
    }

    function sampleSize() internal pure override returns (uint32) {
        return 256;
    }

    function test_submitBatch() public {
        submitSpread("submitBatch of 256 in 1024, first", provingRootOnly());
    }
}

/// @dev Ciphertexts of two chunks of 208 bytes for each example, without zero bytes to speak of.
abstract contract PostingGasFixture is SampledGasFixture {
    function setUp() public override {
        prepare();
    }

    function batchSize() internal pure override returns (uint32) {
        return 1;
    }

    function dataRoot() internal pure override returns (bytes32) {
        return "root";
    }

    /// @dev The same text everywhere; the leaves differ.
    function texts() private pure returns (bytes[] memory all) {
        bytes memory one = TestDocuments.encrypt("key", "", 0, 0, new bytes(208));
        all = new bytes[](total() * steps());
        for (uint256 position = 0; position < all.length; ++position) {
            all[position] = one;
        }
    }

    /// @dev A call of its own, which gives its memory back.
    function ciphertextRoot() external pure returns (bytes32) {
        return TestDocuments.ciphertextRoot(cipherLeaves(texts()));
    }

    function post(string memory name) internal {
        bytes32 jobId = acceptJob(defaultTerms());
        bytes32 root = this.ciphertextRoot();
        bytes32 keyHash = TestDocuments.keyHash(jobId, buyer, SAMPLE_KEY);
        bytes[] memory all = texts();
        vm.prank(buyer);
        escrow.handOver(jobId, "seed", root, uint64(all.length), keyHash, "rest");
        vm.prank(buyer);
        escrow.postCiphertext(jobId, SAMPLE_KEY, all, "");
        vm.assertLt(vm.snapshotGasLastCall("SampledEscrow", name), TRANSACTION_GAS_LIMIT, "fits into a transaction");
    }
}

/// @dev What nodes still pass on: they take transactions up to 128 KiB.
contract PostingGasTest is PostingGasFixture {
    function total() internal pure override returns (uint32) {
        return 226;
    }

    function test_post() public {
        post("postCiphertext of 452 chunks, 94,016 bytes");
    }
}

/// @dev What one transaction's gas is enough for; some block builder would have to be asked to take it.
contract LargestPostingGasTest is PostingGasFixture {
    function total() internal pure override returns (uint32) {
        return 900;
    }

    function test_post() public {
        post("postCiphertext of 1800 chunks, 374,400 bytes");
    }
}
