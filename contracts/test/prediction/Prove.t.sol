// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Halo2Base} from "../../src/Halo2Base.sol";
import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IPredictionEscrow} from "../../src/interfaces/IPredictionEscrow.sol";
import {CodeHash} from "../../src/libraries/CodeHash.sol";
import {Commitments} from "../../src/libraries/Commitments.sol";
import {FakeProof, FixedAnswer} from "../utils/FakeHalo2Verifier.sol";
import {PredictionFixture} from "../utils/PredictionFixture.sol";

/// @dev Every part of what a contested answer's proof must show is tampered with once.
contract PredictionProveTest is PredictionFixture {
    struct Submission {
        bytes32 jobId;
        uint32 index;
        bytes32 note;
        uint256 tagHash;
        int256[] outputs;
        bytes proof;
    }

    function honest(bytes32 jobId, uint32 index) private view returns (Submission memory s) {
        s = Submission(jobId, index, NOTE, TAG_HASH, outputsOf(index), proofOf(jobId, index));
    }

    function send(Submission memory s) private {
        escrow.proveAnswer(s.jobId, s.index, s.note, s.tagHash, s.outputs, s.proof);
    }

    function refuse(Submission memory s, bytes memory reason) private {
        vm.expectRevert(reason);
        send(s);
    }

    function refuseAs(Submission memory s, bytes4 selector) private {
        refuse(s, abi.encodeWithSelector(selector));
    }

    /// @dev A job in which the provider has signed `outputs` for input 0 and the client has contested that.
    function contested(int256[] memory outputs) private returns (bytes32 jobId) {
        jobId = serving(defaultTerms());
        IPredictionEscrow.Answer memory answer = answerOf(0);
        answer.outputsHash = keccak256(abi.encode(outputs));
        bytes memory signed = sign(PROVIDER_KEY, escrow.answerDigest(jobId, answer));
        vm.prank(client);
        escrow.contest(jobId, answer, signed);
    }

    function proofFor(bytes32 jobId, int256[] memory outputs) private view returns (bytes memory) {
        return FakeProof.make(point, instancesFor(boundTag(jobId, NOTE), hashOf(0), outputs));
    }

    // ------------------------------------------------------------ accepted

    function test_anyoneProvesAndTheProviderIsPaid() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = serving(terms);
        contest(jobId, 4);
        Submission memory s = honest(jobId, 4);
        vm.expectEmit(address(escrow));
        emit IPredictionEscrow.AnswerProven(jobId, 4);
        vm.prank(stranger);
        send(s);
        vm.assertTrue(escrow.contestOf(jobId, 4).proven, "proven");
        vm.assertEq(escrow.job(jobId).proven, 1, "counted");
        vm.warp(endOfRound(jobId));
        vm.prank(provider);
        escrow.finalise(jobId);
        vm.assertEq(escrow.owed(stranger), 0, "not to the caller");
        uint256 toProvider = providerFunds(terms) - terms.fee + 2 * uint256(terms.provingCost);
        vm.assertEq(escrow.owed(provider), toProvider, "to the provider");
    }

    function test_allowedUntilTheProveEndsLastSecond() public {
        bytes32 jobId = serving(defaultTerms());
        contest(jobId, 0);
        contest(jobId, 1);
        uint64 proveEnd = escrow.job(jobId).deadline;
        vm.warp(proveEnd - 1);
        send(honest(jobId, 0));
        vm.warp(proveEnd);
        refuse(honest(jobId, 1), abi.encodeWithSelector(IEscrow.TooLate.selector, proveEnd));
    }

    function testFuzz_outputsKeepTheirSign(int256 a, int256 b) public {
        int256 largest = int256(Commitments.FIELD_ORDER / 2);
        int256[] memory outputs = new int256[](3);
        (outputs[0], outputs[1], outputs[2]) = (a % (largest + 1), b % (largest + 1), -largest);
        bytes32 jobId = contested(outputs);
        Submission memory s = honest(jobId, 0);
        (s.outputs, s.proof) = (outputs, proofFor(jobId, outputs));
        send(s);
        vm.assertEq(escrow.job(jobId).proven, 1, "proven");
    }

    // ------------------------------------------------------------ refused

    function test_onlyContestedAnswersAndEachOnce() public {
        bytes32 jobId = serving(defaultTerms());
        refuse(honest(jobId, 4), abi.encodeWithSelector(IPredictionEscrow.NotContested.selector, 4));
        contest(jobId, 4);
        refuse(honest(jobId, 5), abi.encodeWithSelector(IPredictionEscrow.NotContested.selector, 5));
        send(honest(jobId, 4));
        refuse(honest(jobId, 4), abi.encodeWithSelector(IPredictionEscrow.AlreadyProven.selector, 4));
        vm.assertEq(escrow.job(jobId).proven, 1, "once");
    }

    function test_onlyWhileServing() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        refuse(honest(jobId, 0), abi.encodeWithSelector(IEscrow.WrongState.selector, 1, 2));
        refuse(honest("?", 0), abi.encodeWithSelector(IEscrow.WrongState.selector, 0, 2));
        terms.nonce = 2;
        jobId = serving(terms);
        contest(jobId, 0);
        Submission memory s = honest(jobId, 0);
        vm.warp(escrow.job(jobId).deadline);
        escrow.finalise(jobId);
        refuse(s, abi.encodeWithSelector(IEscrow.WrongState.selector, 4, 2));
    }

    function test_otherOutputsThanTheSignedAreRefused() public {
        bytes32 jobId = serving(defaultTerms());
        contest(jobId, 0);
        for (uint256 j = 0; j < 4; ++j) {
            Submission memory s = honest(jobId, 0);
            if (j < 3) s.outputs[j] += 1;
            else s.outputs = new int256[](0);
            bytes32 given = keccak256(abi.encode(s.outputs));
            bytes32 signed = answerOf(0).outputsHash;
            refuse(s, abi.encodeWithSelector(IPredictionEscrow.WrongOutputs.selector, given, signed));
        }
    }

    /// @dev What the provider signed must itself be provable: it answers for nonsense with its deposit.
    function test_aSignedAnswerOfAnotherShapeCannotBeProven() public {
        for (uint256 length = 0; length < 5; ++length) {
            if (length == 3) continue;
            setUp();
            int256[] memory outputs = new int256[](length);
            bytes32 jobId = contested(outputs);
            Submission memory s = honest(jobId, 0);
            (s.outputs, s.proof) = (outputs, proofFor(jobId, outputs));
            refuse(s, abi.encodeWithSelector(IPredictionEscrow.WrongOutputCount.selector, length, 3));
        }
    }

    /// @dev x and x - order are one field element, but two answers to whoever reads them.
    function test_aSecondNameOfAFieldElementCannotBeProven() public {
        int256 order = int256(Commitments.FIELD_ORDER);
        int256[4] memory names = [7 - order, order / 2 + 1, -(order / 2) - 1, type(int256).min];
        for (uint256 i = 0; i < 4; ++i) {
            setUp();
            int256[] memory outputs = outputsOf(0);
            bytes memory proof = FakeProof.make(point, new uint256[](22));
            outputs[1] = names[i];
            bytes32 jobId = contested(outputs);
            Submission memory s = honest(jobId, 0);
            (s.outputs, s.proof) = (outputs, proof);
            refuse(s, abi.encodeWithSelector(IPredictionEscrow.NotCanonical.selector, names[i]));
        }
    }

    function test_anInputHashBeyondTheFieldCannotBeProven() public {
        bytes32 jobId = serving(defaultTerms());
        IPredictionEscrow.Answer memory answer = answerOf(0);
        answer.h += Commitments.FIELD_ORDER;
        bytes memory signed = sign(PROVIDER_KEY, escrow.answerDigest(jobId, answer));
        vm.prank(client);
        escrow.contest(jobId, answer, signed);
        refuse(honest(jobId, 0), abi.encodeWithSelector(Halo2Base.NotInField.selector, answer.h));
    }

    function test_aTamperedProofIsRefused() public {
        bytes32 jobId = serving(defaultTerms());
        contest(jobId, 0);
        Submission memory s = honest(jobId, 0);
        s.proof[95] ^= 0x01;
        refuseAs(s, Halo2Base.ProofRejected.selector);
        s = honest(jobId, 0);
        s.proof[0] ^= 0x01;
        refuseAs(s, Halo2Base.WrongWeights.selector);
        s = honest(jobId, 0);
        s.note = "another note";
        refuseAs(s, Halo2Base.ProofRejected.selector);
        s = honest(jobId, 0);
        s.tagHash ^= 1;
        refuseAs(s, Halo2Base.ProofRejected.selector);
        s = honest(jobId, 0);
        s.proof = bytes.concat(s.proof, hex"00");
        refuseAs(s, Halo2Base.ProofRejected.selector);
        s.proof = "";
        refuseAs(s, Halo2Base.WrongWeights.selector);
    }

    function test_aProofServesOneInputAndOneJob() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 first = serving(terms);
        terms.nonce = 2;
        bytes32 second = serving(terms);
        contest(first, 0);
        contest(second, 0);
        Submission memory s = honest(first, 0);
        s.jobId = second;
        refuseAs(s, Halo2Base.ProofRejected.selector);

        int256[] memory outputs = outputsOf(0);
        IPredictionEscrow.Answer memory sameOutputs = answerOf(1);
        sameOutputs.outputsHash = keccak256(abi.encode(outputs));
        bytes memory signed = sign(PROVIDER_KEY, escrow.answerDigest(first, sameOutputs));
        vm.prank(client);
        escrow.contest(first, sameOutputs, signed);
        s = honest(first, 0);
        s.index = 1;
        refuseAs(s, Halo2Base.ProofRejected.selector);
    }

    function test_otherWeightsThanTheTermsAreRefused() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        terms.weightsCommitment = keccak256("another model");
        bytes32 jobId = serving(terms);
        contest(jobId, 0);
        refuseAs(honest(jobId, 0), Halo2Base.WrongWeights.selector);
    }

    function test_aVerifierThatSaysFalseIsHeeded() public {
        FixedAnswer no = new FixedAnswer(abi.encode(false));
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        (terms.verifier, terms.verifierCodehash) = (address(no), address(no).codehash);
        bytes32 jobId = serving(terms);
        contest(jobId, 0);
        refuseAs(honest(jobId, 0), IPredictionEscrow.ProofRefused.selector);
    }

    /// @dev A stub that says yes to everything in the adapter's or the generated verifier's place is not the agreed code.
    function test_aVerifierThatSaysYesIsRefusedByItsCodeHash() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = serving(terms);
        contest(jobId, 0);
        Submission memory s = honest(jobId, 0);
        bytes memory yes = address(new FixedAnswer(abi.encode(true))).code;
        address halo2 = adapter.halo2Verifier();
        bytes32 agreed = halo2.codehash;
        vm.etch(halo2, yes);
        refuse(s, abi.encodeWithSelector(CodeHash.CodeChanged.selector, halo2, halo2.codehash, agreed));
        vm.etch(terms.verifier, yes);
        bytes32 found = terms.verifier.codehash;
        agreed = terms.verifierCodehash;
        refuse(s, abi.encodeWithSelector(CodeHash.CodeChanged.selector, terms.verifier, found, agreed));
        vm.etch(terms.verifier, abi.encodePacked(hex"ef0100", halo2));
        refuse(s, abi.encodeWithSelector(CodeHash.NoContract.selector, terms.verifier));
    }
}
