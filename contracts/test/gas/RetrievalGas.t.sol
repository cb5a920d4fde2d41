// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "../../src/interfaces/IDocuments.sol";
import {IRetrievalEscrow} from "../../src/interfaces/IRetrievalEscrow.sol";
import {RetrievalFixture} from "../utils/RetrievalFixture.sol";
import {TestDocuments} from "../utils/TestDocuments.sol";
import {TestToken} from "../utils/Tokens.sol";

/// @dev Gas of every transaction of a retrieval job, see {GasFixture} for how it is measured.
abstract contract RetrievalGasFixture is RetrievalFixture {
    /// @dev EIP-7825.
    uint256 internal constant TRANSACTION_GAS_LIMIT = 16_777_216;

    function record(string memory name) internal {
        uint256 gasUsed = vm.snapshotGasLastCall("RetrievalEscrow", name);
        vm.assertLt(gasUsed, TRANSACTION_GAS_LIMIT / 2, "fits into a transaction");
    }
}

/// @dev 5 documents in batches of 4, two of them sold.
contract RetrievalJobGasTest is RetrievalGasFixture {
    function test_completedJob() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        record("open");
        vm.prank(responder);
        escrow.accept{value: responderFunds(terms)}(jobId);
        record("accept");
        submit(jobId, 0, 2);
        record("submitBatch of 4, first");
        submit(jobId, 1, 1);
        record("submitBatch of 4, last");
        deliverHonestly(jobId);
        record("deliver");
        acknowledge(jobId);
        record("acknowledge");
        vm.prank(responder);
        escrow.reveal(jobId, KEY);
        record("reveal");
        vm.warp(escrow.job(jobId).deadline);
        escrow.finalise(jobId);
        record("finalise, from Revealed");
        vm.prank(responder);
        escrow.withdraw();
        record("withdraw");
    }

    function test_jobInAToken() public {
        TestToken token = new TestToken();
        token.mint(requester, 1000 ether);
        token.mint(responder, 1000 ether);
        vm.prank(requester);
        token.approve(address(escrow), 1000 ether);
        vm.prank(responder);
        token.approve(address(escrow), 1000 ether);
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        terms.token = address(token);
        bytes32 jobId = openJob(terms);
        record("open, in a token");
        vm.prank(responder);
        escrow.accept(jobId);
        record("accept, in a token");
        vm.warp(escrow.job(jobId).deadline);
        escrow.finalise(jobId);
        record("finalise, from Proving, in a token");
        escrow.withdrawTokenFor(address(token), requester);
        record("withdrawToken");
    }

    function test_topUp() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        bytes32 jobId = searched(terms, 0x1f);
        record("submitBatch of 4, beyond the cap");
        vm.prank(requester);
        escrow.topUp{value: 2 * uint256(terms.price)}(jobId);
        record("topUp");
    }

    function test_finalise() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        bytes32 open = openJob(terms);
        terms.nonce = 2;
        bytes32 unproven = accepted(terms);
        terms.nonce = 3;
        bytes32 undelivered = searched(terms);
        terms.nonce = 4;
        bytes32 locked = acknowledged(terms);
        vm.warp(block.timestamp + 1 days);
        escrow.finalise(open);
        record("finalise, from Open");
        escrow.finalise(unproven);
        record("finalise, from Proving");
        escrow.finalise(undelivered);
        record("finalise, from Proven");
        escrow.finalise(locked);
        record("finalise, from Locked");
    }

    function test_nothingFound() public {
        searched(defaultTerms(), 0);
        record("submitBatch of 4, completing");
    }

    /// @dev Chunk 2 of document 4 is a payload chunk of 1 KiB.
    function test_decryptionComplaint() public {
        bytes32 jobId = searched(defaultTerms());
        bytes32[] memory all = cipherLeaves(jobId);
        uint256 at = positionOf(jobId, 4, 2);
        bytes memory ciphertext = TestDocuments.encrypt("other key", jobId, 4, 2, chunksOf(4)[2]);
        vm.assertEq(ciphertext.length, 1024, "a whole chunk");
        all[at] = TestDocuments.cipherLeaf(4, 2, ciphertext);
        deliverRoot(jobId, TestDocuments.ciphertextRoot(all), uint64(all.length));
        acknowledge(jobId);
        vm.prank(responder);
        escrow.reveal(jobId, KEY);
        escrow.complainDecryption(
            jobId,
            opening(4),
            chunkOpening(4, 2),
            IDocuments.CipherOpening(at, ciphertext, TestDocuments.path(all, 0, at))
        );
        record("complainDecryption of 1 KiB");
    }

    function test_viewComplaint() public {
        bytes[] memory chunks = chunksOf(1);
        chunks[0][100] ^= 0x01;
        commit(1, chunks, hashOf(1));
        bytes32 jobId = revealed(defaultTerms());
        escrow.complainView(jobId, opening(1), stepOpening(1, 0), stepOpening(1, 1));
        record("complainView of 32 elements");
    }

    function test_draws() public {
        IRetrievalEscrow.RetrievalTerms memory terms = sampleTerms();
        uint32[2] memory counts = [uint32(16), 256];
        string[2] memory names = ["draw of 16", "draw of 256"];
        for (uint256 i = 0; i < counts.length; ++i) {
            (terms.total, terms.cap, terms.nonce) = (type(uint32).max, counts[i], i);
            blocks.roll(1000);
            bytes32 jobId = accepted(terms);
            blocks.roll(1003);
            blocks.setBlockhash(1002, "seed");
            escrow.draw(jobId);
            record(names[i]);
        }
    }
}

/// @dev The largest batch there is, under a model with the most outputs there may be.
contract LargestRetrievalBatchGasTest is RetrievalGasFixture {
    function total() internal pure override returns (uint32) {
        return 512;
    }

    function batchSize() internal pure override returns (uint32) {
        return 256;
    }

    function setUp() public override {
        prepare();
    }

    function hashOf(uint256 doc) internal pure override returns (uint256) {
        return uint256(keccak256(abi.encode(doc))) >> 3;
    }

    function documentRootOf(uint256 doc) internal pure override returns (bytes32) {
        return keccak256(abi.encode("root", doc));
    }

    function test_submitBatch() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        terms.deposit = terms.baseFee;
        submit(accepted(terms), 1, type(uint256).max);
        record("submitBatch of 256, first");
        (terms.outputs, terms.nonce) = (4096, 2);
        submit(accepted(terms), 1, type(uint256).max);
        record("submitBatch of 256 with 4096 outputs, first");
    }
}
