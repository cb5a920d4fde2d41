// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {AccuracyEscrow} from "../../src/AccuracyEscrow.sol";
import {Halo2Adapter} from "../../src/Halo2Adapter.sol";
import {IAccuracyEscrow} from "../../src/interfaces/IAccuracyEscrow.sol";
import {ModelRegistry} from "../../src/ModelRegistry.sol";
import {BaseTest} from "./BaseTest.sol";
import {FakeHalo2Verifier, FakeProof} from "./FakeHalo2Verifier.sol";
import {TestSet} from "./TestSet.sol";

/// @title A registry, an escrow, a polycommit adapter, two parties, and jobs brought to any state
abstract contract EscrowFixture is BaseTest {
    uint64 internal constant COOLDOWN = 7 days;
    uint64 internal constant MIN_WINDOW = 1 hours;
    uint8 internal constant SCALE_BITS = 10;
    uint256 internal constant STAKE = 1 ether;
    uint256 internal constant TAG_HASH = 4711;
    bytes32 internal constant NOTE = "note";
    bytes32 internal constant FORMAT = keccak256("some input format");

    address payable internal buyer = account("buyer");
    address payable internal seller = account("seller");
    address payable internal feeRecipient = account("fee recipient");
    address payable internal stranger = account("stranger");

    ModelRegistry internal registry;
    AccuracyEscrow internal escrow;
    Halo2Adapter internal adapter;
    bytes internal point = bytes.concat(keccak256("x"), keccak256("y"));
    bytes32 internal modelId;

    function setUp() public virtual {
        registry = new ModelRegistry(COOLDOWN);
        escrow = new AccuracyEscrow(registry, MIN_WINDOW);
        adapter = newAdapter(batchSize());
        vm.deal(buyer, 1000 ether);
        vm.deal(seller, 1000 ether);
        vm.prank(seller);
        modelId = registry.register{value: STAKE}("architecture", keccak256(point), "quantisation", FORMAT);
    }

    function batchSize() internal pure virtual returns (uint32) {
        return 4;
    }

    function total() internal pure virtual returns (uint32) {
        return 12;
    }

    function newAdapter(uint256 batch) internal returns (Halo2Adapter) {
        FakeHalo2Verifier halo2 = new FakeHalo2Verifier(64, batch + 18);
        return new Halo2Adapter(address(halo2), address(halo2).codehash, 1, 1, SCALE_BITS);
    }

    /// @dev 12 examples in 3 batches of 4, target 7.
    function defaultTerms() internal view returns (IAccuracyEscrow.AccuracyTerms memory terms) {
        terms.buyer = buyer;
        terms.seller = seller;
        terms.modelId = modelId;
        terms.nonce = 1;
        terms.dataRoot = TestSet.dataRoot(total(), FORMAT);
        terms.formatDigest = FORMAT;
        terms.total = total();
        terms.batch = batchSize();
        terms.target = 7;
        terms.verifier = address(adapter);
        terms.verifierCodehash = address(adapter).codehash;
        terms.srsDigest = keccak256("srs");
        terms.exampleCost = 3 ether / 1000;
        terms.provingCost = 2 ether / 1000;
        terms.inferenceCost = 1 ether / 1000;
        terms.fee = 1 ether / 10_000;
        terms.feeRecipient = feeRecipient;
        terms.minStake = uint128(STAKE);
        terms.maxAborts = 2;
        terms.acceptWindow = 1 hours;
        terms.handOverWindow = 2 hours;
        terms.decideWindow = 3 hours;
        terms.proveWindow = 4 hours;
    }

    function depositOf(IAccuracyEscrow.AccuracyTerms memory terms) internal pure returns (uint256) {
        return 2 * uint256(terms.total) * terms.exampleCost + terms.fee;
    }

    // ------------------------------------------------------------ moves by their rightful movers

    function openJob(IAccuracyEscrow.AccuracyTerms memory terms) internal returns (bytes32 jobId) {
        vm.prank(terms.buyer);
        return escrow.open{value: depositOf(terms)}(terms);
    }

    function accepted(IAccuracyEscrow.AccuracyTerms memory terms) internal returns (bytes32 jobId) {
        jobId = openJob(terms);
        vm.prank(terms.seller);
        escrow.accept{value: depositOf(terms)}(jobId, "seed");
    }

    function handedOver(IAccuracyEscrow.AccuracyTerms memory terms) internal returns (bytes32 jobId) {
        jobId = accepted(terms);
        vm.prank(terms.buyer);
        escrow.handOver(jobId, "ciphertext root");
    }

    function proving(IAccuracyEscrow.AccuracyTerms memory terms) internal returns (bytes32 jobId) {
        jobId = handedOver(terms);
        vm.prank(terms.seller);
        escrow.proceed(jobId);
    }

    function submit(bytes32 jobId, uint256 batchIndex, uint256 count) internal {
        (uint256[] memory h, bytes32[] memory payloadRoots) = TestSet.batchOf(batchIndex, batchSize());
        bytes memory proof = proofFor(boundTag(jobId), h, count);
        bytes32[] memory path = TestSet.path(total(), batchSize(), batchIndex);
        escrow.submitBatch(
            jobId, IAccuracyEscrow.BatchProof(batchIndex, h, payloadRoots, path, NOTE, TAG_HASH, count, proof)
        );
    }

    function boundTag(bytes32 jobId) internal view returns (bytes32) {
        return keccak256(abi.encode(keccak256("assay/bound-tag/v1"), escrow.job(jobId).tag, NOTE));
    }

    function proofFor(bytes32 tag, uint256[] memory h, uint256 count) internal view returns (bytes memory) {
        return FakeProof.make(point, instancesFor(tag, h, count));
    }

    /// @dev The polycommit circuit's public values, written anew from their definition.
    function instancesFor(bytes32 tag, uint256[] memory h, uint256 count) internal pure returns (uint256[] memory all) {
        all = new uint256[](h.length + 18);
        for (uint256 i = 0; i < h.length; ++i) {
            all[i] = h[i];
        }
        all[h.length] = TAG_HASH;
        all[h.length + 1] = count * 2 ** SCALE_BITS;
        for (uint256 j = 0; j < 16; ++j) {
            all[h.length + 2 + j] = uint16(bytes2(tag << (16 * j)));
        }
    }

    // ------------------------------------------------------------ expectations

    function expectState(bytes32 jobId, IAccuracyEscrow.State state) internal view {
        vm.assertEq(uint256(escrow.job(jobId).state), uint256(state), "state");
    }

    /// @dev Nothing else is booked or held: only for tests with a single job.
    function expectPayoffs(uint256 toBuyer, uint256 toSeller, uint256 toFee) internal view {
        vm.assertEq(escrow.owed(buyer), toBuyer, "owed to buyer");
        vm.assertEq(escrow.owed(seller), toSeller, "owed to seller");
        vm.assertEq(escrow.owed(feeRecipient), toFee, "owed to fee recipient");
        vm.assertEq(address(escrow).balance, toBuyer + toSeller + toFee, "conservation");
    }
}
