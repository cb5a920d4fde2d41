// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "../../src/interfaces/IDocuments.sol";
import {IRetrievalEscrow} from "../../src/interfaces/IRetrievalEscrow.sol";
import {RetrievalFixture} from "../utils/RetrievalFixture.sol";
import {TestDocuments} from "../utils/TestDocuments.sol";

/// @dev Documents committed with a view that does not hash to h: some step gives it away. Document 1 has two steps of 32
///      and 8 elements; a step is 16 bytes of salt, two words of state, 4 bytes an element.
contract FaultyViewTest is RetrievalFixture {
    uint256 private constant SALT = 16;
    uint256 private constant HEAD = 80;

    bytes[] private honest;
    uint256 private nonce;

    function setUp() public override {
        super.setUp();
        honest = contents[1];
    }

    /// @dev A new revealed job over a corpus whose document 1 has this step instead of its own.
    function withStep(uint256 chunk, bytes memory content) private returns (bytes32 jobId) {
        bytes[] memory chunks = honest;
        chunks[chunk] = content;
        commit(1, chunks, hashes[1]);
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        terms.nonce = ++nonce;
        return revealed(terms);
    }

    function complain(bytes32 jobId, uint256 chunk) private {
        escrow.complainView(jobId, opening(1), stepOpening(1, chunk), stepOpening(1, 1));
    }

    function expectUpheld(bytes32 jobId, uint256 chunk) private {
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.ComplaintUpheld(jobId, 1, chunk, IRetrievalEscrow.Complaint.View);
        vm.prank(stranger);
        complain(jobId, chunk);
        expectState(jobId, IRetrievalEscrow.State.Rejected);
    }

    function expectHonest(bytes32 jobId, uint256 chunk) private {
        IDocuments.DocumentOpening memory document = opening(1);
        IDocuments.StepOpening memory step = stepOpening(1, chunk);
        IDocuments.StepOpening memory next = stepOpening(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.ViewIsHonest.selector, 1, chunk));
        escrow.complainView(jobId, document, step, next);
    }

    /// @dev The salt binds nothing but itself. A wrong state is found in front of it, or in step 0 by itself.
    function testFuzz_anyCorruptedByteIsFound(bool second, uint256 byteAt, uint8 flip) public {
        uint256 chunk = second ? 1 : 0;
        bytes memory content = honest[chunk];
        byteAt %= content.length;
        content[byteAt] ^= bytes1(uint8(bound(flip, 1, 255)));
        bytes32 jobId = withStep(chunk, content);
        if (byteAt < SALT) {
            expectHonest(jobId, 0);
            expectHonest(jobId, 1);
        } else {
            expectUpheld(jobId, byteAt < HEAD ? 0 : chunk);
        }
    }

    function test_exactPayoffs() public {
        bytes memory content = honest[1];
        content[HEAD] ^= 0x01;
        expectUpheld(withStep(1, content), 1);
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        expectPayoffs(uint256(terms.cap) * terms.price + terms.deposit, terms.baseFee, 2 * terms.fee);
    }

    function test_wrongHash() public {
        commit(1, chunksOf(1), hashes[1] ^ 1);
        bytes32 jobId = revealed(defaultTerms());
        expectHonest(jobId, 0);
        expectUpheld(jobId, 1);
    }

    /// @dev A view hashed from another start agrees with itself throughout; only its first step tells.
    function test_anotherStart() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        for (uint256 lane = 0; lane < 2; ++lane) {
            (bytes[] memory chunks, uint256 h) =
                TestDocuments.chunksFrom(1 - lane, 2 ** 64 + lane, 1, width(), payloadBytes(1));
            commit(1, chunks, h);
            (terms.nonce, terms.corpusRoot) = (lane, corpusRoot());
            bytes32 jobId = revealed(terms);
            expectHonest(jobId, 1);
            expectUpheld(jobId, 0);
        }
    }

    /// @dev The same state plus the field's order: found by its own step and by the one in front.
    function test_stateOutOfTheField() public {
        for (uint256 lane = 0; lane < 2; ++lane) {
            for (uint256 chunk = 0; chunk < 2; ++chunk) {
                expectUpheld(withStep(1, addedToWord(honest[1], SALT + 32 * lane)), chunk);
            }
        }
    }

    function addedToWord(bytes memory content, uint256 from) private pure returns (bytes memory) {
        uint256 word = uint256(bytes32(TestDocuments.slice(content, from, from + 32)));
        if (word > type(uint256).max - TestDocuments.FIELD) return content;
        return bytes.concat(
            TestDocuments.slice(content, 0, from),
            bytes32(word + TestDocuments.FIELD),
            TestDocuments.slice(content, from + 32, content.length)
        );
    }

    /// @dev A malformed step is found by itself and, if not the first, by the one in front.
    function test_malformedSteps() public {
        uint256[7] memory lengths = [uint256(0), 15, 79, 80, 80 + 31 * 4, 80 + 32 * 4 - 1, 80 + 33 * 4];
        for (uint256 i = 0; i < lengths.length; ++i) {
            expectUpheld(withStep(0, resized(honest[0], lengths[i])), 0);
        }
        uint256[6] memory lastLengths = [uint256(0), 79, 80, 81, 80 + 8 * 4 + 2, 80 + 33 * 4];
        for (uint256 i = 0; i < lastLengths.length; ++i) {
            for (uint256 chunk = 0; chunk < 2; ++chunk) {
                expectUpheld(withStep(1, resized(honest[1], lastLengths[i])), chunk);
            }
        }
    }

    function resized(bytes memory content, uint256 length) private pure returns (bytes memory) {
        return TestDocuments.slice(bytes.concat(content, new bytes(256)), 0, length);
    }

    function test_aStepOfAnotherDocument() public {
        expectUpheld(withStep(0, chunksOf(2)[0]), 0);
    }
}

/// @dev Views of a single step: it is the first and the last at once.
contract SingleStepViewTest is RetrievalFixture {
    function width() internal pure override returns (uint256) {
        return 32;
    }

    function complain(bytes32 jobId) private {
        IDocuments.StepOpening memory none;
        escrow.complainView(jobId, opening(1), stepOpening(1, 0), none);
    }

    function test_honest() public {
        bytes32 jobId = revealed(defaultTerms());
        vm.expectRevert(abi.encodeWithSelector(IRetrievalEscrow.ViewIsHonest.selector, 1, 0));
        this.complainAs(jobId);
    }

    function complainAs(bytes32 jobId) external {
        complain(jobId);
    }

    function test_wrongStartOrElement() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        bytes[] memory chunks = chunksOf(1);
        for (uint256 byteAt = 16; byteAt < 208; byteAt += 32) {
            chunks[0][byteAt] ^= 0x01;
            commit(1, chunks, hashes[1]);
            chunks[0][byteAt] ^= 0x01;
            (terms.nonce, terms.corpusRoot) = (byteAt, corpusRoot());
            bytes32 jobId = revealed(terms);
            complain(jobId);
            expectState(jobId, IRetrievalEscrow.State.Rejected);
        }
    }
}
