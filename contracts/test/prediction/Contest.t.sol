// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IPredictionEscrow} from "../../src/interfaces/IPredictionEscrow.sol";
import {PredictionFixture} from "../utils/PredictionFixture.sol";

/// @dev What a contest needs: the round, the client, an answer of the round, and the provider's word for exactly it.
contract PredictionContestTest is PredictionFixture {
    function refuse(bytes32 jobId, IPredictionEscrow.Answer memory answer, bytes memory signed, bytes memory reason)
        private
    {
        vm.prank(client);
        vm.expectRevert(reason);
        escrow.contest(jobId, answer, signed);
    }

    function badSignature(bytes32 jobId, IPredictionEscrow.Answer memory answer) private view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPredictionEscrow.BadSignature.selector, provider, escrow.answerDigest(jobId, answer)
            );
    }

    function test_contestRecordsTheSignedAnswer() public {
        bytes32 jobId = serving(defaultTerms());
        IPredictionEscrow.Answer memory answer = answerOf(7);
        vm.assertFalse(escrow.contestOf(jobId, 7).contested, "not yet");
        vm.expectEmit(address(escrow));
        emit IPredictionEscrow.AnswerContested(jobId, 7, answer.h, answer.outputsHash);
        contest(jobId, 7);
        IPredictionEscrow.Contest memory known = escrow.contestOf(jobId, 7);
        vm.assertTrue(known.contested, "contested");
        vm.assertFalse(known.proven, "not proven");
        vm.assertEq(known.h, answer.h, "h");
        vm.assertEq(known.outputsHash, answer.outputsHash, "outputs");
        vm.assertEq(escrow.job(jobId).contested, 1, "counted");
        vm.assertEq(escrow.job(jobId).proven, 0, "none proven");
    }

    function test_contestIsAllowedInTheRoundsLastSecondAndNotAtItsEnd() public {
        bytes32 jobId = serving(defaultTerms());
        uint64 roundEnd = escrow.job(jobId).roundEnd;
        vm.warp(roundEnd);
        refuse(jobId, answerOf(0), signedAnswer(jobId, 0), abi.encodeWithSelector(IEscrow.TooLate.selector, roundEnd));
        vm.warp(roundEnd - 1);
        contest(jobId, 0);
        contest(jobId, 1);
        contest(jobId, 2);
        vm.assertEq(escrow.job(jobId).deadline - block.timestamp, 3 hours + 1, "the whole prove window is left");
    }

    function test_onlyTheClientContests() public {
        bytes32 jobId = serving(defaultTerms());
        bytes memory signed = signedAnswer(jobId, 0);
        address[2] memory others = [provider, stranger];
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.NotYourMove.selector, others[i], client));
            escrow.contest(jobId, answerOf(0), signed);
        }
    }

    function test_onlyWhileServing() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        refuse(jobId, answerOf(0), signedAnswer(jobId, 0), abi.encodeWithSelector(IEscrow.WrongState.selector, 1, 2));
        refuse("?", answerOf(0), signedAnswer("?", 0), abi.encodeWithSelector(IEscrow.WrongState.selector, 0, 2));
        terms.nonce = 2;
        jobId = serving(terms);
        vm.warp(endOfRound(jobId));
        vm.prank(provider);
        escrow.finalise(jobId);
        refuse(jobId, answerOf(0), signedAnswer(jobId, 0), abi.encodeWithSelector(IEscrow.WrongState.selector, 3, 2));
    }

    function test_answersBeyondTheRoundDoNotExist() public {
        bytes32 jobId = serving(defaultTerms());
        uint32[2] memory beyond = [uint32(10), type(uint32).max];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory reason = abi.encodeWithSelector(IPredictionEscrow.NoSuchAnswer.selector, beyond[i], 10);
            IPredictionEscrow.Answer memory answer = answerOf(0);
            answer.index = beyond[i];
            refuse(jobId, answer, sign(PROVIDER_KEY, escrow.answerDigest(jobId, answer)), reason);
        }
        contest(jobId, 9);
    }

    function test_anAnswerIsContestedOnceEvenAfterItsProof() public {
        bytes32 jobId = serving(defaultTerms());
        bytes memory twice = abi.encodeWithSelector(IPredictionEscrow.AlreadyContested.selector, 4);
        contest(jobId, 4);
        refuse(jobId, answerOf(4), signedAnswer(jobId, 4), twice);
        prove(jobId, 4);
        refuse(jobId, answerOf(4), signedAnswer(jobId, 4), twice);
        vm.assertEq(escrow.job(jobId).contested, 1, "one contest");
    }

    /// @dev A provider that signs two answers for one index has to prove the one the client picks, and only that one.
    function test_twoSignedAnswersForOneIndexAreOneContest() public {
        bytes32 jobId = serving(defaultTerms());
        IPredictionEscrow.Answer memory second = answerOf(4);
        second.outputsHash = keccak256("another answer");
        bytes memory signed = sign(PROVIDER_KEY, escrow.answerDigest(jobId, second));
        vm.prank(client);
        escrow.contest(jobId, second, signed);
        refuse(
            jobId,
            answerOf(4),
            signedAnswer(jobId, 4),
            abi.encodeWithSelector(IPredictionEscrow.AlreadyContested.selector, 4)
        );
        bytes memory proof = proofOf(jobId, 4);
        bytes32 given = answerOf(4).outputsHash;
        vm.expectRevert(
            abi.encodeWithSelector(IPredictionEscrow.WrongOutputs.selector, given, keccak256("another answer"))
        );
        escrow.proveAnswer(jobId, 4, NOTE, TAG_HASH, outputsOf(4), proof);
    }

    function test_noMoreContestsThanAgreedEvenOnceProven() public {
        bytes32 jobId = serving(defaultTerms());
        for (uint32 i = 0; i < 3; ++i) {
            contest(jobId, i);
            prove(jobId, i);
        }
        refuse(
            jobId,
            answerOf(3),
            signedAnswer(jobId, 3),
            abi.encodeWithSelector(IPredictionEscrow.TooManyContests.selector, 3)
        );
    }

    /// @dev An answer never given, or given with other contents, has no signature of the provider's.
    function test_anAnswerTheProviderDidNotSignIsNoAnswer() public {
        bytes32 jobId = serving(defaultTerms());
        bytes memory signed = signedAnswer(jobId, 4);
        for (uint256 field = 0; field < 3; ++field) {
            IPredictionEscrow.Answer memory answer = answerOf(4);
            if (field == 0) answer.index = 5;
            if (field == 1) answer.h ^= 1;
            if (field == 2) answer.outputsHash ^= bytes32(uint256(1));
            refuse(jobId, answer, signed, badSignature(jobId, answer));
        }
        bytes memory byClient = sign(CLIENT_KEY, escrow.answerDigest(jobId, answerOf(4)));
        refuse(jobId, answerOf(4), byClient, badSignature(jobId, answerOf(4)));
        refuse(jobId, answerOf(4), "", badSignature(jobId, answerOf(4)));
    }

    function test_answersOfAnotherJobAreNone() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 first = serving(terms);
        terms.nonce = 2;
        bytes32 second = serving(terms);
        refuse(second, answerOf(0), signedAnswer(first, 0), badSignature(second, answerOf(0)));
    }

    function testFuzz_anyFlippedBitOfTheSignatureIsRefused(uint256 bit) public {
        bytes32 jobId = serving(defaultTerms());
        bytes memory signed = signedAnswer(jobId, 4);
        bit = bound(bit, 0, 65 * 8 - 1);
        signed[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
        refuse(jobId, answerOf(4), signed, badSignature(jobId, answerOf(4)));
    }
}
