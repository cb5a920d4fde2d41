// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {PredictionEscrow} from "../../src/PredictionEscrow.sol";
import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IPredictionEscrow} from "../../src/interfaces/IPredictionEscrow.sol";
import {CodeHash} from "../../src/libraries/CodeHash.sol";
import {FixedAnswer} from "../utils/FakeHalo2Verifier.sol";
import {PredictionFixture} from "../utils/PredictionFixture.sol";

contract PredictionOpenTest is PredictionFixture {
    function refuse(IPredictionEscrow.PredictionTerms memory terms, bytes memory reason) private {
        uint256 funds = clientFunds(terms);
        vm.deal(terms.client, funds);
        vm.prank(terms.client);
        vm.expectRevert(reason);
        escrow.open{value: funds}(terms);
    }

    function refuseField(IPredictionEscrow.PredictionTerms memory terms, string memory field) private {
        refuse(terms, abi.encodeWithSelector(IEscrow.BadTerms.selector, field));
    }

    function test_openTakesTheFundsAndRecordsTheTerms() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 tag = escrow.jobTag(terms);
        bytes32 expected = escrow.jobIdOf(terms);
        vm.expectEmit(address(escrow));
        emit IPredictionEscrow.JobOpened(expected, client, provider, terms.modelId, tag);
        bytes32 jobId = openJob(terms);
        vm.assertEq(jobId, expected, "id");
        vm.assertEq(escrow.jobOfTag(tag), jobId, "tag");
        vm.assertEq(address(escrow).balance, 41_010_000_000_000_000, "2 * 10 * 0.002 + 10 * 0.0001 + 0.00001 ether");
        vm.assertEq(keccak256(abi.encode(escrow.terms(jobId))), keccak256(abi.encode(terms)), "terms");
        IPredictionEscrow.Job memory job = escrow.job(jobId);
        expectState(jobId, IPredictionEscrow.State.Open);
        vm.assertEq(job.deadline, block.timestamp + terms.acceptWindow, "deadline");
        vm.assertEq(job.tag, tag, "job's tag");
        vm.assertEq(job.roundEnd, 0, "no round yet");
    }

    function test_amounts() public view {
        (uint256 fromClient, uint256 fromProvider) = escrow.amountsOf(defaultTerms());
        vm.assertEq(fromClient, clientFunds(defaultTerms()), "client");
        vm.assertEq(fromProvider, 60_010_000_000_000_000, "3 * 10 * 0.002 + 0.00001 ether");
    }

    function test_onlyTheClientOpens() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        address[2] memory others = [provider, stranger];
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.NotYourMove.selector, others[i], client));
            escrow.open(terms);
        }
    }

    function test_openTakesTheExactFunds() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        uint256 due = clientFunds(terms);
        for (uint256 sent = due - 1; sent <= due + 1; sent += 2) {
            vm.prank(client);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, sent, due));
            escrow.open{value: sent}(terms);
        }
    }

    function test_aTagServesOneJobOnly() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        bytes memory used = abi.encodeWithSelector(IEscrow.TagUsed.selector, escrow.jobTag(terms));
        refuse(terms, used);
        terms.round = 20;
        refuse(terms, used);
        vm.warp(escrow.job(jobId).deadline);
        escrow.finalise(jobId);
        refuse(terms, used);
    }

    function test_everyTermIsInTheJobId() public view {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes memory words = abi.encode(terms);
        bytes32 before = escrow.jobIdOf(terms);
        vm.assertEq(words.length, 21 * 32, "every field is a word");
        for (uint256 i = 0; i < 21; ++i) {
            words[32 * i + 31] ^= 0x01;
            bytes32 other = escrow.jobIdOf(abi.decode(words, (IPredictionEscrow.PredictionTerms)));
            vm.assertFalse(other == before, "another job");
            words[32 * i + 31] ^= 0x01;
        }
    }

    function test_partiesAndFeeRecipientDiffer() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        terms.provider = client;
        refuseField(terms, "provider");
        terms.provider = address(0);
        refuseField(terms, "provider");
        address[4] memory barred = [client, provider, address(escrow), address(0)];
        for (uint256 i = 0; i < 4; ++i) {
            terms = defaultTerms();
            terms.feeRecipient = barred[i];
            refuseField(terms, "feeRecipient");
        }
    }

    function test_sizesAreBounded() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        terms.round = 0;
        refuseField(terms, "round");
        terms.round = 65_536;
        refuseField(terms, "round");
        terms = defaultTerms();
        terms.contests = 0;
        refuseField(terms, "contests");
        terms.contests = 11;
        refuseField(terms, "contests");
        terms = defaultTerms();
        terms.outputs = 0;
        refuseField(terms, "outputs");
        terms.outputs = 4097;
        refuseField(terms, "outputs");
        terms = defaultTerms();
        terms.provingCost = 0;
        refuseField(terms, "provingCost");
        terms = defaultTerms();
        terms.beta = 1;
        refuseField(terms, "beta");
    }

    function test_theLargestTermsOverflowNothing() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        (terms.round, terms.contests, terms.outputs) = (65_535, 65_535, 4096);
        (terms.provingCost, terms.answerPrice, terms.fee) = (type(uint128).max, type(uint128).max, type(uint128).max);
        terms.beta = type(uint32).max;
        vm.deal(client, clientFunds(terms));
        vm.deal(provider, providerFunds(terms));
        bytes32 jobId = serving(terms);
        vm.warp(escrow.job(jobId).deadline);
        escrow.finalise(jobId);
        expectPayoffs(clientFunds(terms) - terms.fee, providerFunds(terms) - terms.fee, 2 * uint256(terms.fee));
    }

    function test_windowsAreBounded() public {
        string[3] memory names = ["acceptWindow", "roundWindow", "proveWindow"];
        uint64[4] memory bad = [uint64(0), MIN_WINDOW - 1, 365 days + 1, type(uint64).max];
        for (uint256 field = 0; field < 3; ++field) {
            for (uint256 i = 0; i < 4; ++i) {
                IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
                if (field == 0) terms.acceptWindow = bad[i];
                if (field == 1) terms.roundWindow = bad[i];
                if (field == 2) terms.proveWindow = bad[i];
                refuseField(terms, names[field]);
            }
        }
    }

    function test_theVerifierIsTheAgreedCode() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        terms.verifier = stranger;
        refuse(terms, abi.encodeWithSelector(CodeHash.NoContract.selector, stranger));
        address yes = address(new FixedAnswer(abi.encode(true)));
        terms.verifier = yes;
        bytes memory changed =
            abi.encodeWithSelector(CodeHash.CodeChanged.selector, yes, yes.codehash, terms.verifierCodehash);
        refuse(terms, changed);
    }

    function test_theMinimumWindowIsBounded() public {
        uint64[3] memory bad = [uint64(0), 365 days + 1, type(uint64).max];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(IEscrow.BadConstruction.selector);
            new PredictionEscrow(bad[i]);
        }
        vm.assertEq(new PredictionEscrow(365 days).minWindow(), 365 days, "a year");
    }
}
