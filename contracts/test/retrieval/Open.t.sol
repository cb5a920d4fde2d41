// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IRetrievalEscrow} from "../../src/interfaces/IRetrievalEscrow.sol";
import {CodeHash} from "../../src/libraries/CodeHash.sol";
import {RetrievalEscrow} from "../../src/RetrievalEscrow.sol";
import {RetrievalFixture} from "../utils/RetrievalFixture.sol";

contract OpenRetrievalTest is RetrievalFixture {
    uint8 private constant THRESHOLD = uint8(IRetrievalEscrow.Predicate.Threshold);

    function refuse(IRetrievalEscrow.RetrievalTerms memory terms, string memory field) private {
        uint256 funds = requesterFunds(terms);
        vm.deal(terms.requester, funds);
        vm.prank(terms.requester);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.BadTerms.selector, field));
        escrow.open{value: funds}(terms);
    }

    function test_opens() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        bytes32 tag = escrow.jobTag(terms);
        bytes32 jobId = keccak256(abi.encode(keccak256("assay/retrieval-job/v1"), tag, terms));
        vm.expectEmit(address(escrow));
        emit IRetrievalEscrow.JobOpened(jobId, requester, responder, "model", tag);
        vm.assertEq(openJob(terms), jobId, "job id");
        vm.assertEq(escrow.jobIdOf(terms), jobId, "foretold");
        vm.assertEq(escrow.jobOfTag(tag), jobId, "tag taken");
        vm.assertEq(escrow.job(jobId).tag, tag, "tag");
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + terms.acceptWindow, "clock");
        vm.assertEq(keccak256(abi.encode(escrow.terms(jobId))), keccak256(abi.encode(terms)), "terms kept");
        vm.assertEq(address(escrow).balance, requesterFunds(terms), "funds");
        (uint256 fromRequester, uint256 fromResponder) = escrow.amountsOf(terms);
        vm.assertEq(fromRequester, requesterFunds(terms), "requester's funds");
        vm.assertEq(fromResponder, responderFunds(terms), "responder's funds");
    }

    function test_tagIsTheOneAllJobsHave() public view {
        bytes32 tag = keccak256(
            abi.encode(
                keccak256("assay/job-tag/v1"),
                block.chainid,
                address(escrow),
                requester,
                responder,
                bytes32("model"),
                uint256(1)
            )
        );
        vm.assertEq(escrow.jobTag(defaultTerms()), tag, "tag");
    }

    function test_onlyTheRequesterOpens() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        vm.deal(stranger, 1 ether);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NotYourMove.selector, stranger, requester));
        escrow.open{value: 1 ether}(terms);
    }

    function test_aTagServesOnce() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        openJob(terms);
        terms.corpusRoot = "another corpus";
        uint256 funds = requesterFunds(terms);
        bytes32 tag = escrow.jobTag(terms);
        vm.prank(requester);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.TagUsed.selector, tag));
        escrow.open{value: funds}(terms);
    }

    function test_exactFunds() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        uint256 due = requesterFunds(terms);
        for (uint256 sent = due - 1; sent <= due + 1; sent += 2) {
            vm.prank(requester);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, sent, due));
            escrow.open{value: sent}(terms);
        }
    }

    function test_parties() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        terms.responder = requester;
        refuse(terms, "responder");
        address[4] memory bad = [address(0), requester, responder, address(escrow)];
        for (uint256 i = 0; i < bad.length; ++i) {
            terms = defaultTerms();
            terms.feeRecipient = bad[i];
            refuse(terms, "feeRecipient");
        }
    }

    function test_sizes() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        terms.total = 0;
        refuse(terms, "total");
        terms = defaultTerms();
        uint32[3] memory batchesRefused = [uint32(0), 6, 512];
        for (uint256 i = 0; i < batchesRefused.length; ++i) {
            terms.batch = batchesRefused[i];
            refuse(terms, "batch");
        }
        terms = defaultTerms();
        terms.cap = 0;
        refuse(terms, "cap");
        terms.cap = terms.total + 1;
        refuse(terms, "cap");
    }

    function test_predicates() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        terms.predicate = 3;
        refuse(terms, "predicate");
        terms = defaultTerms();
        terms.outputs = 4097;
        refuse(terms, "outputs");
        (terms.outputs, terms.selected) = (0, 0);
        refuse(terms, "outputs");
        (terms.outputs, terms.selected) = (10, 10);
        refuse(terms, "selected");
        terms = defaultTerms();
        terms.threshold = 1;
        refuse(terms, "threshold");
        terms.threshold = -1;
        refuse(terms, "threshold");
        terms = defaultTerms();
        terms.scaleBits = 0;
        refuse(terms, "scaleBits");
        terms.scaleBits = 17;
        refuse(terms, "scaleBits");
    }

    function test_thresholdsUpToTheirEdge() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        terms.predicate = THRESHOLD;
        int64[4] memory beyond = [int64(2 ** 24), -(2 ** 24), type(int64).max, type(int64).min];
        for (uint256 i = 0; i < beyond.length; ++i) {
            terms.threshold = beyond[i];
            refuse(terms, "threshold");
        }
        vm.deal(requester, 1000 ether);
        int64[3] memory within = [int64(2 ** 24 - 1), -(2 ** 24 - 1), 0];
        for (uint256 i = 0; i < within.length; ++i) {
            (terms.threshold, terms.nonce) = (within[i], i);
            openJob(terms);
        }
    }

    function test_amounts() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        --terms.baseFee;
        refuse(terms, "baseFee");
        terms = defaultTerms();
        terms.deposit = terms.baseFee - 1;
        refuse(terms, "deposit");
        (terms.provingCost, terms.baseFee, terms.deposit) = (0, 0, 0);
        refuse(terms, "deposit");
    }

    function test_windows() public {
        string[7] memory names = [
            "acceptWindow",
            "proveWindow",
            "topUpWindow",
            "deliverWindow",
            "receiptWindow",
            "revealWindow",
            "complainWindow"
        ];
        uint64[3] memory bad = [MIN_WINDOW - 1, 365 days + 1, type(uint64).max];
        for (uint256 i = 0; i < names.length; ++i) {
            for (uint256 j = 0; j < bad.length; ++j) {
                IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
                if (i == 0) terms.acceptWindow = bad[j];
                if (i == 1) terms.proveWindow = bad[j];
                if (i == 2) terms.topUpWindow = bad[j];
                if (i == 3) terms.deliverWindow = bad[j];
                if (i == 4) terms.receiptWindow = bad[j];
                if (i == 5) terms.revealWindow = bad[j];
                if (i == 6) terms.complainWindow = bad[j];
                refuse(terms, names[i]);
            }
        }
    }

    function test_verifierIsTheAgreedCode() public {
        IRetrievalEscrow.RetrievalTerms memory terms = defaultTerms();
        uint256 funds = requesterFunds(terms);
        terms.verifierCodehash = "other";
        vm.prank(requester);
        vm.expectPartialRevert(CodeHash.CodeChanged.selector);
        escrow.open{value: funds}(terms);
        terms.verifier = stranger;
        vm.prank(requester);
        vm.expectPartialRevert(CodeHash.NoContract.selector);
        escrow.open{value: funds}(terms);
    }

    function test_aSampleHasNoTermsOfASearch() public {
        string[6] memory names = ["outputs", "selected", "threshold", "scaleBits", "verifier", "verifierCodehash"];
        for (uint256 i = 0; i < names.length; ++i) {
            IRetrievalEscrow.RetrievalTerms memory terms = sampleTerms();
            if (i == 0) terms.outputs = 1;
            if (i == 1) terms.selected = 1;
            if (i == 2) terms.threshold = 1;
            if (i == 3) terms.scaleBits = 1;
            if (i == 4) terms.verifier = address(verifier);
            if (i == 5) terms.verifierCodehash = address(verifier).codehash;
            refuse(terms, names[i]);
        }
    }

    function test_aSampleIsAllOrAtMostHalfAndAtMost256() public {
        IRetrievalEscrow.RetrievalTerms memory terms = sampleTerms();
        for (terms.cap = 3; terms.cap < 5; ++terms.cap) {
            refuse(terms, "cap");
        }
        (terms.total, terms.cap) = (257, 257);
        refuse(terms, "cap");
        (terms.total, terms.cap) = (type(uint32).max, 257);
        refuse(terms, "cap");
        vm.deal(requester, 1000 ether);
        for (terms.nonce = 0; terms.nonce < 2; ++terms.nonce) {
            (terms.total, terms.cap) = terms.nonce == 0 ? (256, 256) : (512, 256);
            openJob(terms);
        }
    }

    function test_construction() public {
        vm.expectRevert(IEscrow.BadConstruction.selector);
        new RetrievalEscrow(0);
        vm.expectRevert(IEscrow.BadConstruction.selector);
        new RetrievalEscrow(365 days + 1);
        vm.assertTrue(address(escrow.judge()).code.length != 0, "the judge is there");
    }
}
