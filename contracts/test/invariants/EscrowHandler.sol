// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IAccuracyEscrow} from "../../src/interfaces/IAccuracyEscrow.sol";
import {EscrowFixture} from "../utils/EscrowFixture.sol";

/// @title Plays jobs at random: every call picks a job, a move and a moment
/// @notice Moves that the protocol forbids are skipped here, so that any revert left is a fault of the escrow.
///         4 examples in 2 batches of 2; two buyers, one of which refuses to be paid.
contract EscrowHandler is EscrowFixture {
    uint256 private constant MAX_JOBS = 12;

    address public refuser;
    address[] public parties;
    bytes32[] public jobs;

    constructor(address refuser_) {
        refuser = refuser_;
        EscrowFixture.setUp();
        parties = [buyer, seller, feeRecipient, refuser];
        vm.deal(refuser, 1000 ether);
    }

    function setUp() public override {}

    function batchSize() internal pure override returns (uint32) {
        return 2;
    }

    function total() internal pure override returns (uint32) {
        return 4;
    }

    // ------------------------------------------------------------ moves

    function open(uint256 nonce, uint256 seed) external {
        if (jobs.length == MAX_JOBS) return;
        IAccuracyEscrow.AccuracyTerms memory terms = defaultTerms();
        terms.buyer = seed % 3 == 0 ? refuser : buyer;
        terms.nonce = nonce;
        terms.target = uint32(1 + seed % 4);
        terms.fee = uint128(seed % 1000);
        terms.maxAborts = 1000;
        if (escrow.jobOfTag(escrow.jobTag(terms)) != 0) return;
        jobs.push(openJob(terms));
    }

    function accept(uint256 pick, bytes32 seed) external {
        (bytes32 jobId, bool ready) = choose(pick, IAccuracyEscrow.State.Open);
        if (!ready) return;
        uint256 deposit = depositOf(escrow.terms(jobId));
        vm.prank(seller);
        escrow.accept{value: deposit}(jobId, seed);
    }

    function handOver(uint256 pick, bytes32 root) external {
        (bytes32 jobId, bool ready) = choose(pick, IAccuracyEscrow.State.Accepted);
        if (!ready) return;
        address mover = escrow.terms(jobId).buyer;
        vm.prank(mover);
        escrow.handOver(jobId, root);
    }

    function decide(uint256 pick, bool abort) external {
        (bytes32 jobId, bool ready) = choose(pick, IAccuracyEscrow.State.HandedOver);
        if (!ready) return;
        vm.prank(seller);
        if (abort) escrow.abort(jobId);
        else escrow.proceed(jobId);
    }

    function submitBatch(uint256 pick, uint256 batchIndex, uint256 count) external {
        (bytes32 jobId, bool ready) = choose(pick, IAccuracyEscrow.State.Proving);
        batchIndex %= 2;
        if (!ready || escrow.batchDone(jobId, batchIndex)) return;
        submit(jobId, batchIndex, count % 3);
    }

    function finalise(uint256 pick) external {
        if (jobs.length == 0) return;
        bytes32 jobId = jobs[pick % jobs.length];
        if (isLive(jobId) && block.timestamp >= escrow.job(jobId).deadline) {
            escrow.finalise(jobId);
        }
    }

    function withdraw(uint256 pick) external {
        address who = parties[pick % parties.length];
        if (who != refuser && escrow.owed(who) != 0) escrow.withdrawFor(who);
    }

    /// @dev Mostly a short while, sometimes past every deadline.
    function pass(uint256 time) external {
        vm.warp(block.timestamp + (time % 8 == 0 ? 5 hours : time % 30 minutes));
    }

    // ------------------------------------------------------------ what the invariants look at

    function choose(uint256 pick, IAccuracyEscrow.State needed) private view returns (bytes32 jobId, bool ready) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            jobId = jobs[(pick % jobs.length + i) % jobs.length];
            IAccuracyEscrow.Job memory job = escrow.job(jobId);
            if (job.state == needed && block.timestamp < job.deadline) return (jobId, true);
        }
    }

    function isLive(bytes32 jobId) public view returns (bool) {
        return escrow.job(jobId).state <= IAccuracyEscrow.State.Proving;
    }

    /// @dev Deposits of jobs still running.
    function locked() external view returns (uint256 amount) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            if (!isLive(jobs[i])) continue;
            bool both = escrow.job(jobs[i]).state != IAccuracyEscrow.State.Open;
            amount += (both ? 2 : 1) * depositOf(escrow.terms(jobs[i]));
        }
    }

    function booked() external view returns (uint256 amount) {
        for (uint256 i = 0; i < parties.length; ++i) {
            amount += escrow.owed(parties[i]);
        }
    }

    function held() external view returns (uint256) {
        return address(escrow).balance;
    }

    /// @dev Time passes, anyone finalises what is left, everyone who takes money fetches it.
    function end() external {
        vm.warp(block.timestamp + 366 days);
        for (uint256 i = 0; i < jobs.length; ++i) {
            if (isLive(jobs[i])) escrow.finalise(jobs[i]);
        }
        for (uint256 i = 0; i < parties.length; ++i) {
            if (parties[i] != refuser && escrow.owed(parties[i]) != 0) escrow.withdrawFor(parties[i]);
        }
    }

    function consistent() external view returns (bool) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            IAccuracyEscrow.Job memory job = escrow.job(jobs[i]);
            uint32 target = escrow.terms(jobs[i]).target;
            bool completed = job.state == IAccuracyEscrow.State.Completed;
            if (completed != (job.correct >= target)) return false;
            if (job.correct > total() || job.batchesVerified > 2) return false;
        }
        return true;
    }

    function owedTo(address who) external view returns (uint256) {
        return escrow.owed(who);
    }

    function wealth() external view returns (uint256) {
        return buyer.balance + seller.balance + feeRecipient.balance + refuser.balance + address(escrow).balance
            + address(registry).balance;
    }
}
