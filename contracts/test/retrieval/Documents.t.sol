// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "../../src/interfaces/IDocuments.sol";
import {Documents} from "../../src/libraries/Documents.sol";
import {RetrievalBits} from "../../src/libraries/RetrievalBits.sol";
import {ViewSteps} from "../../src/libraries/ViewSteps.sol";
import {BaseTest} from "../utils/BaseTest.sol";
import {TestDocuments} from "../utils/TestDocuments.sol";

/// @dev The document libraries against their plain twins.
contract DocumentsTest is BaseTest {
    mapping(uint256 word => uint256 bits) private bitmap;

    function decrypt(bytes32 key, bytes32 jobId, uint256 doc, uint256 chunk, bytes calldata ciphertext)
        external
        pure
        returns (bytes memory)
    {
        return Documents.decrypt(key, jobId, doc, chunk, ciphertext);
    }

    function requireChunk(IDocuments.DocumentOpening calldata document, IDocuments.ChunkOpening calldata chunk)
        external
        pure
    {
        Documents.requireChunk(document, chunk.chunk, chunk.digest, chunk.path);
    }

    function requireCiphertext(
        bytes32 root,
        uint256 count,
        uint256 doc,
        uint256 chunk,
        IDocuments.CipherOpening calldata c
    ) external pure {
        Documents.requireCiphertext(root, count, doc, chunk, c);
    }

    function elements(bytes calldata step) external pure returns (uint256[] memory) {
        return ViewSteps.elements(step);
    }

    // ------------------------------------------------------------ decryption

    function testFuzz_decryptionAgreesByteByByte(
        bytes32 key,
        bytes32 jobId,
        uint256 doc,
        uint256 chunk,
        bytes memory text
    ) public view {
        bytes memory expected = TestDocuments.encryptSlowly(key, jobId, doc, chunk, text);
        bytes memory actual = this.decrypt(key, jobId, doc, chunk, text);
        vm.assertEq(actual.length, expected.length, "length");
        vm.assertEq(keccak256(actual), keccak256(expected), "bytes");
        vm.assertEq(keccak256(this.decrypt(key, jobId, doc, chunk, actual)), keccak256(text), "and back");
    }

    function test_everyLengthUpToAChunk() public view {
        for (uint256 length = 0; length <= 100; ++length) {
            bytes memory text = new bytes(length);
            bytes memory expected = TestDocuments.encryptSlowly("key", "job", 3, 4, text);
            vm.assertEq(keccak256(this.decrypt("key", "job", 3, 4, text)), keccak256(expected), "bytes");
        }
        bytes memory full = new bytes(1024);
        vm.assertEq(
            keccak256(this.decrypt("key", "job", 3, 4, full)),
            keccak256(TestDocuments.encryptSlowly("key", "job", 3, 4, full)),
            "a whole chunk"
        );
    }

    // ------------------------------------------------------------ trees

    function leavesOf(uint256 count) private pure returns (bytes32[] memory all) {
        all = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            all[i] = keccak256(abi.encode("leaf", i));
        }
    }

    function testFuzz_everyChunkOpensAtItsPlaceOnly(uint8 count, uint8 place, uint8 other) public {
        uint256 chunks = bound(count, 1, 20);
        uint256 at = bound(place, 0, chunks - 1);
        bytes32[] memory all = leavesOf(chunks);
        IDocuments.DocumentOpening memory document;
        (document.viewSteps, document.payloadChunks) = (chunks / 2, chunks - chunks / 2);
        document.chunksRoot = TestDocuments.rootOf(all);
        IDocuments.ChunkOpening memory chunk;
        chunk = IDocuments.ChunkOpening(at, all[at], TestDocuments.path(all, 0, at));
        this.requireChunk(document, chunk);
        chunk.chunk = bound(other, 0, chunks - 1);
        if (chunk.chunk == at) return;
        vm.expectPartialRevert(IDocuments.WrongChunk.selector);
        this.requireChunk(document, chunk);
    }

    function testFuzz_everyCiphertextOpensAsItselfOnly(uint8 count, uint8 place, uint8 bent) public {
        uint256 chunks = bound(count, 1, 20);
        uint256 at = bound(place, 0, chunks - 1);
        bytes32[] memory all = leavesOf(chunks);
        all[at] = TestDocuments.cipherLeaf(7, 8, "ciphertext");
        bytes32 root = TestDocuments.ciphertextRoot(all);
        IDocuments.CipherOpening memory cipher;
        cipher = IDocuments.CipherOpening(at, "ciphertext", TestDocuments.path(all, 0, at));
        this.requireCiphertext(root, chunks, 7, 8, cipher);
        bent %= 3;
        if (bent == 2) cipher.ciphertext = "Ciphertext";
        vm.expectPartialRevert(IDocuments.WrongCiphertext.selector);
        this.requireCiphertext(root, chunks, bent == 0 ? 8 : 7, bent == 1 ? 7 : 8, cipher);
    }

    function test_aDocumentWithoutChunksHasNone() public {
        IDocuments.DocumentOpening memory document;
        IDocuments.ChunkOpening memory chunk;
        vm.expectRevert(abi.encodeWithSelector(IDocuments.NoSuchChunk.selector, 0, 0));
        this.requireChunk(document, chunk);
    }

    // ------------------------------------------------------------ steps

    function test_elementsAreSigned() public view {
        int32[6] memory integers = [int32(0), 1, -1, 2 ** 24 - 1, type(int32).max, type(int32).min];
        bytes memory step = new bytes(80);
        for (uint256 i = 0; i < integers.length; ++i) {
            step = abi.encodePacked(step, integers[i]);
        }
        uint256[] memory field = this.elements(step);
        vm.assertEq(field.length, integers.length, "count");
        for (uint256 i = 0; i < integers.length; ++i) {
            vm.assertEq(field[i], TestDocuments.fieldOf(integers[i]), "element");
        }
    }

    // ------------------------------------------------------------ bitmap

    function testFuzz_batchesFillTheirPlace(uint8 log, uint16 index, uint256 bits, uint16 total_) public {
        uint256 batch = 1 << (log % 9);
        uint256 total = bound(total_, 1, 3000);
        uint256 at = bound(index, 0, (total - 1) / batch);
        if (batch < 256) bits &= (1 << batch) - 1;
        vm.assertFalse(RetrievalBits.tooWide(bits, batch), "within the batch");
        (, uint256 found) = RetrievalBits.setBatch(bitmap, at, bits, batch, total);
        uint256 counted;
        for (uint256 j = 0; j < batch; ++j) {
            bool expected = at * batch + j < total && (bits >> j) % 2 == 1;
            vm.assertTrue(RetrievalBits.get(bitmap, at * batch + j) == expected, "bit");
            if (expected) ++counted;
        }
        vm.assertEq(found, counted, "found");
    }

    function testFuzz_widthOfBits(uint8 log, uint256 bits) public pure {
        uint256 batch = 1 << (log % 9);
        vm.assertTrue(RetrievalBits.tooWide(bits, batch) == (batch < 256 && bits >= 2 ** batch), "too wide");
    }
}
