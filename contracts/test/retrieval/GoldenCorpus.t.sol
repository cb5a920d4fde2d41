// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {DocumentJudge} from "../../src/DocumentJudge.sol";
import {IDocumentJudge} from "../../src/interfaces/IDocumentJudge.sol";
import {IDocuments} from "../../src/interfaces/IDocuments.sol";
import {Documents} from "../../src/libraries/Documents.sol";
import {BaseTest} from "../utils/BaseTest.sol";
import {TestDocuments} from "../utils/TestDocuments.sol";

/// @title The cheat codes for files
interface VmFiles {
    function pauseGasMetering() external;
    function readFile(string calldata path) external view returns (string memory);
    function toString(uint256 value) external pure returns (string memory);
    function parseJsonUint(string calldata json, string calldata key) external pure returns (uint256);
    function parseJsonUintArray(string calldata json, string calldata key) external pure returns (uint256[] memory);
    function parseJsonAddress(string calldata json, string calldata key) external pure returns (address);
    function parseJsonBytes(string calldata json, string calldata key) external pure returns (bytes memory);
    function parseJsonBytes32(string calldata json, string calldata key) external pure returns (bytes32);
    function parseJsonBytes32Array(string calldata json, string calldata key) external pure returns (bytes32[] memory);
}

/// @dev A corpus, a delivery and two complaints made in Python (tests/escrow/make_golden_corpus.py). Neither language may
///      change an encoding without the other.
contract GoldenCorpusTest is BaseTest {
    VmFiles private constant files = VmFiles(address(vm));

    DocumentJudge private judge;
    string private json;

    /// @dev The file is longer than a block's gas would read.
    modifier unmetered() {
        files.pauseGasMetering();
        _;
    }

    function setUp() public unmetered {
        judge = new DocumentJudge();
        json = files.readFile("../tests/escrow/golden_corpus.json");
    }

    function number(string memory key) private view returns (uint256) {
        return files.parseJsonUint(json, key);
    }

    function word(string memory key) private view returns (bytes32) {
        return files.parseJsonBytes32(json, key);
    }

    function words(string memory key) private view returns (bytes32[] memory) {
        return files.parseJsonBytes32Array(json, key);
    }

    function element(string memory list, uint256 i) private pure returns (string memory) {
        return string.concat(list, "[", files.toString(i), "]");
    }

    function corpus(bytes32 root) private view returns (IDocumentJudge.Corpus memory) {
        return IDocumentJudge.Corpus(
            root, word(".corpus.formatDigest"), number(".corpus.total"), number(".corpus.format.batch")
        );
    }

    function delivery(bytes32 root) private view returns (IDocumentJudge.Delivery memory) {
        return
            IDocumentJudge.Delivery(
                word(".delivery.jobId"), word(".delivery.key"), root, number(".delivery.chunkCount")
            );
    }

    function document(string memory at) private view returns (IDocuments.DocumentOpening memory opened) {
        opened.index = number(string.concat(at, ".index"));
        opened.h = uint256(word(string.concat(at, ".h")));
        opened.payloadBytes = number(string.concat(at, ".payloadBytes"));
        opened.viewSteps = number(string.concat(at, ".viewSteps"));
        opened.payloadChunks = number(string.concat(at, ".payloadChunks"));
        opened.chunksRoot = word(string.concat(at, ".chunksRoot"));
        opened.path = words(string.concat(at, ".path"));
    }

    function step(string memory at) private view returns (IDocuments.StepOpening memory) {
        return IDocuments.StepOpening(
            number(string.concat(at, ".chunk")),
            files.parseJsonBytes(json, string.concat(at, ".content")),
            words(string.concat(at, ".path"))
        );
    }

    function stepOf(string memory doc, uint256 chunk) private view returns (IDocuments.StepOpening memory) {
        return IDocuments.StepOpening(
            chunk,
            files.parseJsonBytes(json, element(string.concat(doc, ".chunks"), chunk)),
            TestDocuments.path(words(string.concat(doc, ".chunkDigests")), 0, chunk)
        );
    }

    function test_commitmentOfTheKey() public unmetered {
        address responder = files.parseJsonAddress(json, ".delivery.responder");
        bytes32 made = Documents.keyHash(word(".delivery.jobId"), responder, word(".delivery.key"));
        vm.assertEq(made, word(".delivery.keyHash"), "key hash");
    }

    function test_noDocumentsViewIsFaulty() public unmetered {
        IDocumentJudge.Corpus memory committed = corpus(word(".corpus.corpusRoot"));
        for (uint256 i = 0; i < number(".corpus.padded"); ++i) {
            string memory at = element(".corpus.documents", i);
            IDocuments.DocumentOpening memory opened = document(at);
            for (uint256 chunk = 0; chunk < opened.viewSteps; ++chunk) {
                IDocuments.StepOpening memory next = stepOf(at, opened.viewSteps - 1);
                vm.assertFalse(judge.badView(committed, opened, stepOf(at, chunk), next), "honest");
            }
        }
    }

    function test_noDeliveredChunkIsFaulty() public unmetered {
        IDocumentJudge.Corpus memory committed = corpus(word(".corpus.corpusRoot"));
        IDocumentJudge.Delivery memory sent = delivery(word(".delivery.ciphertextRoot"));
        bytes32[] memory leaves = words(".delivery.leaves");
        uint256[] memory docs = files.parseJsonUintArray(json, ".delivery.documents");
        uint256[] memory chunks = files.parseJsonUintArray(json, ".delivery.chunks");
        vm.assertEq(leaves.length, sent.chunkCount, "ciphertexts");
        for (uint256 i = 0; i < leaves.length; ++i) {
            string memory at = element(".corpus.documents", docs[i]);
            bytes32[] memory digests = words(string.concat(at, ".chunkDigests"));
            IDocuments.ChunkOpening memory chunk;
            (chunk.chunk, chunk.digest) = (chunks[i], digests[chunks[i]]);
            chunk.path = TestDocuments.path(digests, 0, chunks[i]);
            IDocuments.CipherOpening memory cipher;
            cipher.position = i;
            cipher.ciphertext = files.parseJsonBytes(json, element(".delivery.ciphertexts", i));
            cipher.path = TestDocuments.path(leaves, 0, i);
            vm.assertFalse(judge.badDecryption(committed, sent, document(at), chunk, cipher), "honest");
        }
    }

    function test_complaintAboutACiphertext() public unmetered {
        string memory at = ".complainDecryption.openings";
        IDocuments.ChunkOpening memory chunk;
        chunk.chunk = number(string.concat(at, ".chunk.chunk"));
        chunk.digest = word(string.concat(at, ".chunk.digest"));
        chunk.path = words(string.concat(at, ".chunk.path"));
        IDocuments.CipherOpening memory cipher;
        cipher.position = number(string.concat(at, ".cipher.position"));
        cipher.ciphertext = files.parseJsonBytes(json, string.concat(at, ".cipher.ciphertext"));
        cipher.path = words(string.concat(at, ".cipher.path"));
        bool faulty = judge.badDecryption(
            corpus(word(".complainDecryption.corpusRoot")),
            delivery(word(".complainDecryption.ciphertextRoot")),
            document(string.concat(at, ".document")),
            chunk,
            cipher
        );
        vm.assertTrue(faulty, "upheld");
    }

    function test_complaintAboutAView() public unmetered {
        string memory at = ".complainView.openings";
        bool faulty = judge.badView(
            corpus(word(".complainView.corpusRoot")),
            document(string.concat(at, ".document")),
            step(string.concat(at, ".step")),
            step(string.concat(at, ".next"))
        );
        vm.assertTrue(faulty, "upheld");
    }
}
