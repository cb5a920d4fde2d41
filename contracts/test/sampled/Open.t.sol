// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {ISampledEscrow} from "../../src/interfaces/ISampledEscrow.sol";
import {CodeHash} from "../../src/libraries/CodeHash.sol";
import {SampledEscrow} from "../../src/SampledEscrow.sol";
import {SampledFixture} from "../utils/SampledFixture.sol";

contract OpenSampledTest is SampledFixture {
    function refuse(ISampledEscrow.SampledTerms memory terms, string memory field) private {
        refuseFor(terms, abi.encodeWithSelector(IEscrow.BadTerms.selector, field));
    }

    function refuseFor(ISampledEscrow.SampledTerms memory terms, bytes memory reason) private {
        uint256 due = depositOf(terms);
        vm.deal(terms.buyer, due);
        vm.prank(terms.buyer);
        vm.expectRevert(reason);
        escrow.open{value: due}(terms);
    }

    function test_opens() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        bytes32 tag = escrow.jobTag(terms);
        bytes32 jobId = keccak256(abi.encode(keccak256("assay/sampled-job/v1"), tag, terms));
        vm.expectEmit(address(escrow));
        emit ISampledEscrow.JobOpened(jobId, buyer, seller, modelId, tag);
        vm.assertEq(openJob(terms), jobId, "job id");
        vm.assertEq(escrow.jobIdOf(terms), jobId, "foretold");
        vm.assertEq(escrow.jobOfTag(tag), jobId, "tag taken");
        vm.assertEq(escrow.job(jobId).tag, tag, "tag");
        vm.assertEq(escrow.job(jobId).deadline, block.timestamp + terms.acceptWindow, "clock");
        vm.assertEq(keccak256(abi.encode(escrow.terms(jobId))), keccak256(abi.encode(terms)), "terms kept");
        vm.assertEq(address(escrow).balance, depositOf(terms), "deposit");
    }

    function testFuzz_amounts(uint32 total_, uint32 sample, uint128[4] memory costs) public view {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        (terms.total, terms.sample) = (total_, uint32(bound(sample, 0, total_)));
        (terms.exampleCost, terms.provingCost, terms.inferenceCost) = (costs[0], costs[1], costs[2]);
        terms.fee = costs[3];
        (uint256 deposit, uint256 payment, uint256 abortFee) = escrow.amountsOf(terms);
        vm.assertEq(deposit, uint256(total_) * costs[0] * 2 + costs[3], "2NE + fee");
        uint256 rest = total_ - terms.sample;
        vm.assertEq(payment, 2 * rest * costs[1] + 2 * uint256(terms.sample) * costs[2], "2(N1 P + N2 Z)");
        vm.assertEq(abortFee, uint256(terms.sample) * costs[2], "N1 P");
    }

    function test_tagIsTheOneAllJobsHave() public view {
        bytes32 tag = keccak256(
            abi.encode(
                keccak256("assay/job-tag/v1"), block.chainid, address(escrow), buyer, seller, modelId, uint256(1)
            )
        );
        vm.assertEq(escrow.jobTag(defaultTerms()), tag, "tag");
    }

    function test_onlyTheBuyerOpens() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        vm.deal(stranger, 1 ether);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NotYourMove.selector, stranger, buyer));
        escrow.open{value: 1 ether}(terms);
    }

    function test_aTagServesOnce() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        openJob(terms);
        terms.dataRoot = "another test set";
        refuseFor(terms, abi.encodeWithSelector(IEscrow.TagUsed.selector, escrow.jobTag(terms)));
    }

    function test_exactDeposit() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        uint256 due = depositOf(terms);
        for (uint256 sent = due - 1; sent <= due + 1; sent += 2) {
            vm.prank(buyer);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongValue.selector, sent, due));
            escrow.open{value: sent}(terms);
        }
    }

    function test_parties() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.seller = buyer;
        refuse(terms, "seller");
        address[4] memory bad = [address(0), buyer, seller, address(escrow)];
        for (uint256 i = 0; i < bad.length; ++i) {
            terms = defaultTerms();
            terms.feeRecipient = bad[i];
            refuse(terms, "feeRecipient");
        }
    }

    function test_sizes() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        uint32[3] memory batches = [uint32(0), 6, 512];
        for (uint256 i = 0; i < batches.length; ++i) {
            terms.batch = batches[i];
            refuse(terms, "batch");
        }
        terms = defaultTerms();
        terms.total = 0;
        refuse(terms, "total");
        terms.total = 13;
        refuse(terms, "total");
        terms = defaultTerms();
        terms.target = 0;
        refuse(terms, "target");
        terms.target = 9;
        refuse(terms, "target");
        terms.target = 8;
        vm.deal(buyer, 1 ether);
        openJob(terms);
    }

    /// @dev Positive, whole batches, at most half of all and at most 256.
    function test_samples() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        uint32[5] memory bad = [uint32(0), 1, 3, 8, type(uint32).max - 1];
        for (uint256 i = 0; i < bad.length; ++i) {
            terms.sample = bad[i];
            refuse(terms, "sample");
        }
        (terms.total, terms.sample) = (516, 258);
        refuse(terms, "sample");
        vm.deal(buyer, 1000 ether);
        uint32[2][3] memory good = [[uint32(12), 6], [uint32(4), 2], [uint32(512), 256]];
        for (terms.nonce = 0; terms.nonce < 3; ++terms.nonce) {
            (terms.total, terms.sample) = (good[terms.nonce][0], good[terms.nonce][1]);
            terms.target = 1;
            openJob(terms);
        }
    }

    function test_costs() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.inferenceCost = 0;
        refuse(terms, "inferenceCost");
        terms = defaultTerms();
        terms.provingCost = terms.inferenceCost;
        refuse(terms, "provingCost");
        terms = defaultTerms();
        terms.exampleCost = terms.provingCost;
        refuse(terms, "exampleCost");
    }

    function test_windows() public {
        string[6] memory names =
            ["acceptWindow", "handOverWindow", "decideWindow", "keyWindow", "complainWindow", "proveWindow"];
        uint64[3] memory bad = [MIN_WINDOW - 1, 365 days + 1, type(uint64).max];
        for (uint256 i = 0; i < names.length; ++i) {
            for (uint256 j = 0; j < bad.length; ++j) {
                ISampledEscrow.SampledTerms memory terms = defaultTerms();
                if (i == 0) terms.acceptWindow = bad[j];
                if (i == 1) terms.handOverWindow = bad[j];
                if (i == 2) terms.decideWindow = bad[j];
                if (i == 3) terms.keyWindow = bad[j];
                if (i == 4) terms.complainWindow = bad[j];
                if (i == 5) terms.proveWindow = bad[j];
                refuse(terms, names[i]);
            }
        }
    }

    function test_verifierIsTheAgreedCode() public {
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.verifierCodehash = "other";
        bytes32 actual = address(verifier).codehash;
        refuseFor(terms, abi.encodeWithSelector(CodeHash.CodeChanged.selector, verifier, actual, bytes32("other")));
        terms.verifier = stranger;
        refuseFor(terms, abi.encodeWithSelector(CodeHash.NoContract.selector, stranger));
    }

    function test_theModelIsOnOfferByTheSeller() public {
        for (uint256 i = 0; i < 4; ++i) {
            ISampledEscrow.SampledTerms memory terms = defaultTerms();
            if (i == 0) terms.seller = stranger;
            if (i == 1) ++terms.minStake;
            if (i == 2) terms.formatDigest = "another format";
            if (i == 3) terms.modelId = "another model";
            refuseFor(terms, abi.encodeWithSelector(ISampledEscrow.NotEligible.selector, terms.modelId));
        }
    }

    function test_construction() public {
        vm.expectRevert(IEscrow.BadConstruction.selector);
        new SampledEscrow(registry, 0);
        vm.expectRevert(IEscrow.BadConstruction.selector);
        new SampledEscrow(registry, 365 days + 1);
        vm.expectRevert(IEscrow.BadConstruction.selector);
        new SampledEscrow(IModelRegistry(stranger), MIN_WINDOW);
        vm.assertEq(address(escrow.registry()), address(registry), "registry");
        vm.assertEq(escrow.minWindow(), MIN_WINDOW, "window");
        vm.assertTrue(address(escrow.judge()).code.length != 0, "the judge is there");
    }
}
