// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {AccuracyEscrow} from "../../src/AccuracyEscrow.sol";
import {IAccuracyEscrow} from "../../src/interfaces/IAccuracyEscrow.sol";
import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {CodeHash} from "../../src/libraries/CodeHash.sol";
import {EscrowFixture} from "../utils/EscrowFixture.sol";

contract OpenTest is EscrowFixture {
    function refuse(IAccuracyEscrow.AccuracyTerms memory terms, bytes memory reason) private {
        uint256 deposit = depositOf(terms);
        vm.deal(terms.buyer, deposit);
        vm.prank(terms.buyer);
        vm.expectRevert(reason);
        escrow.open{value: deposit}(terms);
    }

    function refuseField(IAccuracyEscrow.AccuracyTerms memory terms, string memory field) private {
        refuse(terms, abi.encodeWithSelector(IEscrow.BadTerms.selector, field));
    }

    function test_openTakesTheDepositAndRecordsTheTerms() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32 tag = escrow.jobTag(terms);
        bytes32 expected = escrow.jobIdOf(terms);
        vm.expectEmit(address(escrow));
        emit IAccuracyEscrow.JobOpened(expected, buyer, seller, modelId, tag);
        bytes32 jobId = openJob(terms);
        vm.assertEq(jobId, expected, "id");
        vm.assertEq(keccak256(abi.encode(escrow.terms(jobId))), keccak256(abi.encode(terms)), "terms");
        IAccuracyEscrow.Job memory job = escrow.job(jobId);
        vm.assertEq(job.tag, tag, "tag");
        vm.assertEq(job.deadline, block.timestamp + terms.acceptWindow, "deadline");
        vm.assertEq(escrow.jobOfTag(tag), jobId, "tag index");
        vm.assertEq(address(escrow).balance, depositOf(terms), "deposit");
        expectState(jobId, IAccuracyEscrow.State.Open);
    }

    function test_onlyTheBuyerOpens() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        uint256 deposit = depositOf(terms);
        vm.deal(stranger, deposit);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NotYourMove.selector, stranger, buyer));
        escrow.open{value: deposit}(terms);
    }

    function test_depositIsExact() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        uint256 due = depositOf(terms);
        for (uint256 sent = due - 1; sent <= due + 1; sent += 2) {
            vm.prank(buyer);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, sent, due));
            escrow.open{value: sent}(terms);
        }
    }

    /// @dev One proof serves every job with its tag, so a tag is used once, whatever the other terms are.
    function test_tagIsUsedOnce() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        openJob(terms);
        bytes memory used = abi.encodeWithSelector(IEscrow.TagUsed.selector, escrow.jobTag(terms));
        refuse(terms, used);
        terms.target = 8;
        refuse(terms, used);
        terms.nonce = 2;
        vm.deal(buyer, depositOf(terms));
        openJob(terms);
    }

    function test_tagIsUsedOnceEvenAfterTheJobEnded() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        vm.warp(block.timestamp + terms.acceptWindow);
        escrow.finalise(jobId);
        refuse(terms, abi.encodeWithSelector(IEscrow.TagUsed.selector, escrow.jobTag(terms)));
    }

    function test_tagNamesChainAndEscrow() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32 here = escrow.jobTag(terms);
        vm.assertFalse(new AccuracyEscrow(registry, MIN_WINDOW).jobTag(terms) == here, "escrow");
        vm.chainId(block.chainid + 1);
        vm.assertFalse(escrow.jobTag(terms) == here, "chain");
    }

    function test_partiesAndFeeRecipientAreDistinct() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        terms.seller = buyer;
        refuseField(terms, "seller");
        address[4] memory wrong = [address(0), buyer, seller, address(escrow)];
        for (uint256 i = 0; i < wrong.length; ++i) {
            terms = defaultTerms();
            terms.feeRecipient = wrong[i];
            refuseField(terms, "feeRecipient");
        }
    }

    function test_sizesAreChecked() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        uint32[4] memory batches = [uint32(0), 3, 12, 512];
        for (uint256 i = 0; i < batches.length; ++i) {
            terms.batch = batches[i];
            refuseField(terms, "batch");
        }
        terms = defaultTerms();
        uint32[3] memory totals = [uint32(0), 3, 13];
        for (uint256 i = 0; i < totals.length; ++i) {
            terms.total = totals[i];
            refuseField(terms, "total");
        }
        terms = defaultTerms();
        terms.target = 0;
        refuseField(terms, "target");
        terms.target = terms.total + 1;
        refuseField(terms, "target");
    }

    function test_costsAreOrdered() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        terms.inferenceCost = 0;
        refuseField(terms, "inferenceCost");
        terms = defaultTerms();
        terms.provingCost = terms.inferenceCost;
        refuseField(terms, "provingCost");
        terms = defaultTerms();
        terms.exampleCost = terms.provingCost;
        refuseField(terms, "exampleCost");
    }

    function test_windowsAreBounded() public {
        string[4] memory names = ["acceptWindow", "handOverWindow", "decideWindow", "proveWindow"];
        for (uint256 i = 0; i < 8; ++i) {
            IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
            uint64 window = i < 4 ? MIN_WINDOW - 1 : 365 days + 1;
            if (i % 4 == 0) terms.acceptWindow = window;
            if (i % 4 == 1) terms.handOverWindow = window;
            if (i % 4 == 2) terms.decideWindow = window;
            if (i % 4 == 3) terms.proveWindow = window;
            refuseField(terms, names[i % 4]);
        }
    }

    function test_modelMustBeEligible() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        terms.formatDigest = "another format";
        refuse(terms, abi.encodeWithSelector(IAccuracyEscrow.NotEligible.selector, modelId));
        terms = defaultTerms();
        terms.minStake = uint128(STAKE + 1);
        refuse(terms, abi.encodeWithSelector(IAccuracyEscrow.NotEligible.selector, modelId));
        terms = defaultTerms();
        terms.seller = stranger;
        refuse(terms, abi.encodeWithSelector(IAccuracyEscrow.NotEligible.selector, modelId));
        vm.prank(seller);
        registry.requestUnstake(modelId);
        refuse(defaultTerms(), abi.encodeWithSelector(IAccuracyEscrow.NotEligible.selector, modelId));
    }

    function test_verifierMustBeTheAgreedCode() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32 actual = terms.verifierCodehash;
        terms.verifierCodehash = "other";
        refuse(
            terms, abi.encodeWithSelector(CodeHash.CodeChanged.selector, terms.verifier, actual, terms.verifierCodehash)
        );
        terms.verifier = stranger;
        terms.verifierCodehash = keccak256("");
        refuse(terms, abi.encodeWithSelector(CodeHash.NoContract.selector, stranger));
    }

    function test_largestAmountsDoNotOverflow() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        terms.total = type(uint32).max;
        (terms.batch, terms.target) = (1, type(uint32).max);
        (terms.exampleCost, terms.provingCost) = (type(uint128).max, type(uint128).max - 1);
        (terms.inferenceCost, terms.fee) = (type(uint128).max - 2, type(uint128).max);
        (uint256 deposit, uint256 payment, uint256 abortFee) = escrow.amountsOf(terms);
        vm.assertEq(deposit, depositOf(terms), "deposit");
        vm.assertEq(payment, 2 * uint256(terms.total) * terms.provingCost, "payment");
        vm.assertEq(abortFee, uint256(terms.total) * terms.inferenceCost, "abort fee");
        vm.deal(buyer, deposit);
        openJob(terms);
    }

    function test_constructionIsChecked() public {
        vm.expectRevert(IEscrow.BadConstruction.selector);
        new AccuracyEscrow(IModelRegistry(stranger), MIN_WINDOW);
        vm.expectRevert(IEscrow.BadConstruction.selector);
        new AccuracyEscrow(registry, 0);
        vm.expectRevert(IEscrow.BadConstruction.selector);
        new AccuracyEscrow(registry, 365 days + 1);
    }

    function test_plainEtherIsRefused() public {
        vm.prank(buyer);
        (bool success,) = address(escrow).call{value: 1}("");
        vm.assertFalse(success, "no receive function");
    }
}
