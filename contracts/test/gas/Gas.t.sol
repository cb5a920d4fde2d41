// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IAccuracyEscrow} from "../../src/interfaces/IAccuracyEscrow.sol";
import {EscrowFixture} from "../utils/EscrowFixture.sol";

/// @dev Gas of every transaction of a job, as snapshots in contracts/snapshots. Run with --isolate: each call is then a
///      transaction of its own, its calldata and cold storage paid for. The stand-in verifier costs next to nothing, so
///      a batch's figure is the contracts' own share; the generated verifier's comes on top.
abstract contract GasFixture is EscrowFixture {
    /// @dev EIP-7825.
    uint256 internal constant TRANSACTION_GAS_LIMIT = 16_777_216;

    /// @dev What a generated verifier costs at most by measurement: 2M gas at batch 32 and about 1,000 an instance.
    uint256 internal constant GENERATED_VERIFIER_GAS = 3_000_000;

    function record(string memory name) internal returns (uint256 gasUsed) {
        return vm.snapshotGasLastCall("AccuracyEscrow", name);
    }

    function submitAndRecord(string memory name, bytes32 jobId, uint256 batchIndex, uint256 count) internal {
        submit(jobId, batchIndex, count);
        uint256 gasUsed = record(name);
        vm.assertLt(gasUsed + GENERATED_VERIFIER_GAS, TRANSACTION_GAS_LIMIT, "fits into a transaction");
    }
}

/// @dev The demo's size: 64 examples in batches of 8.
contract JobGasTest is GasFixture {
    function batchSize() internal pure override returns (uint32) {
        return 8;
    }

    function total() internal pure override returns (uint32) {
        return 64;
    }

    function test_completedJob() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        terms.target = 24;
        bytes32 jobId = openJob(terms);
        record("open");
        vm.prank(seller);
        escrow.accept{value: depositOf(terms)}(jobId, "seed");
        record("accept");
        vm.prank(buyer);
        escrow.handOver(jobId, "ciphertext root");
        record("handOver");
        vm.prank(seller);
        escrow.proceed(jobId);
        record("proceed");
        submitAndRecord("submitBatch of 8, first", jobId, 0, 8);
        submitAndRecord("submitBatch of 8, next", jobId, 1, 8);
        submitAndRecord("submitBatch of 8, completing", jobId, 7, 8);
        vm.prank(seller);
        escrow.withdraw();
        record("withdraw");
    }

    function test_abort() public {
        bytes32 jobId = handedOver(defaultTerms());
        vm.prank(seller);
        escrow.abort(jobId);
        record("abort");
    }

    function test_finalise() public {
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        bytes32 open = openJob(terms);
        terms.nonce = 2;
        bytes32 handed = handedOver(terms);
        terms.nonce = 3;
        bytes32 unproven = proving(terms);
        vm.warp(block.timestamp + 1 days);
        escrow.finalise(open);
        record("finalise, from Open");
        escrow.finalise(handed);
        record("finalise, from HandedOver");
        escrow.finalise(unproven);
        record("finalise, from Proving");
    }
}

/// @dev The largest batch there is.
contract LargeBatchGasTest is GasFixture {
    function batchSize() internal pure override returns (uint32) {
        return 256;
    }

    function total() internal pure override returns (uint32) {
        return 512;
    }

    function test_submitBatch() public {
        submitAndRecord("submitBatch of 256, first", proving(defaultTerms()), 1, 6);
    }
}

/// @dev The registry's transactions.
contract RegistryGasTest is GasFixture {
    function recordRegistry(string memory name) private {
        vm.snapshotGasLastCall("ModelRegistry", name);
    }

    function test_lifeOfAModel() public {
        vm.prank(seller);
        bytes32 id = registry.register{value: 1 ether}("a", "w", "q", FORMAT);
        recordRegistry("register");
        vm.prank(seller);
        registry.addStake{value: 1 ether}(id);
        recordRegistry("addStake");
        vm.prank(seller);
        registry.requestUnstake(id);
        recordRegistry("requestUnstake");
        vm.warp(block.timestamp + COOLDOWN);
        vm.prank(seller);
        registry.unstake(id);
        recordRegistry("unstake");
        vm.prank(seller);
        registry.withdraw();
        recordRegistry("withdraw");
    }
}
