// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "../../src/interfaces/IDocuments.sol";
import {ISampledEscrow} from "../../src/interfaces/ISampledEscrow.sol";
import {SampledFixture} from "../utils/SampledFixture.sol";

/// @title Plays sampled jobs at random: every call picks a job, a move and a moment
/// @notice Moves that the protocol forbids are skipped here, so that any revert left is a fault of the escrow.
///         6 examples in batches of 1, two of them drawn; a buyer that refuses to be paid; every second hand-over has
///         one corrupted ciphertext.
contract SampledHandler is SampledFixture {
    uint256 private constant MAX_JOBS = 10;

    address public refuser;
    address[] public parties;
    bytes32[] public jobs;

    /// @dev Where a hand-over is corrupt: 1 + example.
    mapping(bytes32 jobId => uint256) public corrupt;
    mapping(bytes32 jobId => uint256) private seen;
    uint256 private blamed;
    /// @notice A job has gone back to an earlier state, or on from an ending.
    bool public wentBack;
    /// @notice An honest chunk was complained against, or a corrupt one was not.
    bool public misjudged;

    constructor(address refuser_) {
        refuser = refuser_;
        SampledFixture.setUp();
        parties = [buyer, seller, feeRecipient, refuser];
        vm.deal(refuser, 1000 ether);
    }

    function setUp() public override {}

    function total() internal pure override returns (uint32) {
        return 6;
    }

    function batchSize() internal pure override returns (uint32) {
        return 1;
    }

    function sampleSize() internal pure override returns (uint32) {
        return 2;
    }

    function width() internal pure override returns (uint256) {
        return 9;
    }

    // ------------------------------------------------------------ moves

    /// @dev Looks at every job before and after each move.
    modifier watched() {
        _;
        for (uint256 i = 0; i < jobs.length; ++i) {
            ISampledEscrow.State state = escrow.job(jobs[i]).state;
            bool ended = seen[jobs[i]] > uint256(ISampledEscrow.State.Proving);
            if (uint256(state) < seen[jobs[i]] || (ended && uint256(state) != seen[jobs[i]])) wentBack = true;
            if (!ended && _countsAgainstTheModel(seen[jobs[i]], state)) ++blamed;
            seen[jobs[i]] = uint256(state);
        }
    }

    function _countsAgainstTheModel(uint256 before, ISampledEscrow.State state) private pure returns (bool) {
        if (state == ISampledEscrow.State.Expired) return before == uint256(ISampledEscrow.State.Sampled);
        return state == ISampledEscrow.State.Aborted;
    }

    function open(uint256 nonce, uint256 seed) external watched {
        if (jobs.length == MAX_JOBS) return;
        ISampledEscrow.SampledTerms memory terms = defaultTerms();
        terms.buyer = seed % 3 == 0 ? refuser : buyer;
        terms.nonce = nonce;
        terms.sample = uint32(1 + seed % 3);
        terms.target = uint32(1 + (seed >> 8) % (6 - terms.sample));
        terms.inferenceCost = uint128(1 + (seed >> 16) % 1e12);
        terms.provingCost = terms.inferenceCost + uint128(1 + (seed >> 32) % 1e12);
        terms.exampleCost = terms.provingCost + uint128(1 + (seed >> 64) % 1e12);
        terms.fee = uint128((seed >> 128) % 1000);
        terms.maxAborts = 100;
        if (escrow.jobOfTag(escrow.jobTag(terms)) != 0) return;
        jobs.push(openJob(terms));
    }

    function accept(uint256 pick, bytes32 seed) external watched {
        (bytes32 jobId, bool ready) = choose(pick, ISampledEscrow.State.Open);
        if (!ready) return;
        uint256 due = depositOf(escrow.terms(jobId));
        vm.prank(seller);
        escrow.accept{value: due}(jobId, seed);
    }

    function handOverOne(uint256 pick, bool honest) external watched {
        (bytes32 jobId, bool ready) = choose(pick, ISampledEscrow.State.Accepted);
        if (!ready) return;
        if (!honest) corrupt[jobId] = 1 + restOf(jobId)[0];
        handOver(jobId, sent(jobId));
    }

    function postOne(uint256 pick) external watched {
        (bytes32 jobId, bool ready) = choose(pick, ISampledEscrow.State.Sampled);
        if (!ready) return;
        (bytes[] memory ciphertexts, address by) = (sent(jobId), escrow.terms(jobId).buyer);
        vm.prank(by);
        escrow.postCiphertext(jobId, SAMPLE_KEY, ciphertexts, "");
    }

    function proceedOne(uint256 pick) external watched {
        (bytes32 jobId, bool ready) = choose(pick, ISampledEscrow.State(3 + pick % 2));
        if (ready) proceed(jobId);
    }

    function abort(uint256 pick) external watched {
        (bytes32 jobId, bool ready) = choose(pick, ISampledEscrow.State(3 + pick % 2));
        if (!ready) return;
        vm.prank(seller);
        escrow.abort(jobId);
    }

    function confirm(uint256 pick) external watched {
        (bytes32 jobId, bool ready) = choose(pick, ISampledEscrow.State(5 + pick % 2));
        if (!ready) return;
        vm.prank(seller);
        escrow.confirm(jobId);
    }

    function revealOne(uint256 pick) external watched {
        (bytes32 jobId, bool ready) = choose(pick, ISampledEscrow.State.HandedOver);
        if (ready) reveal(jobId);
    }

    /// @dev Upheld if and only if that example was corrupted; the sample is out of reach.
    function complain(uint256 pick, uint256 which) external watched {
        (bytes32 jobId, bool ready) = choose(pick, ISampledEscrow.State.Revealed);
        if (!ready) return;
        uint256 i = which % total();
        IDocuments.DocumentOpening memory document = opening(i);
        IDocuments.CipherOpening memory cipher = cipherOpening(sent(jobId), i, 0);
        bool faulty = corrupt[jobId] == 1 + i;
        vm.prank(seller);
        try escrow.complainDecryption(jobId, document, chunkOpening(i, 0), cipher) {
            if (!faulty) misjudged = true;
        } catch {
            if (faulty) misjudged = true;
        }
    }

    /// @dev Views are honest here: never upheld.
    function complainView(uint256 pick, uint256 which) external watched {
        (bytes32 jobId, bool ready) = choose(pick, ISampledEscrow.State.Revealed);
        if (!ready) return;
        IDocuments.DocumentOpening memory document = opening(which % total());
        IDocuments.StepOpening memory step = stepOpening(document.index, 0);
        vm.prank(seller);
        try escrow.complainView(jobId, document, step, step) {
            misjudged = true;
        } catch {}
    }

    function prove(uint256 pick, uint256 which, bool right) external watched {
        (bytes32 jobId, bool ready) = choose(pick, ISampledEscrow.State.Proving);
        if (!ready) return;
        uint32[] memory rest = restOf(jobId);
        if (rest.length == 0) return;
        uint32[] memory indices = new uint32[](1);
        indices[0] = rest[which % rest.length];
        submit(jobId, indices, right ? 1 : 0);
    }

    function finalise(uint256 pick) external watched {
        if (jobs.length == 0) return;
        bytes32 jobId = jobs[pick % jobs.length];
        if (isLive(jobId) && block.timestamp >= escrow.job(jobId).deadline) escrow.finalise(jobId);
    }

    function withdraw(uint256 pick) external {
        address who = parties[pick % parties.length];
        if (who != refuser && escrow.owed(who) != 0) escrow.withdrawFor(who);
    }

    /// @dev Mostly a short while, sometimes past every deadline.
    function pass(uint256 time) external {
        vm.warp(block.timestamp + (time % 8 == 0 ? 8 hours : time % 30 minutes));
    }

    /// @dev What was handed over, or is about to be; of a job of which nothing is proven yet.
    function sent(bytes32 jobId) private view returns (bytes[] memory all) {
        all = ciphertextsOf(jobId);
        if (corrupt[jobId] == 0) return all;
        bytes memory text = all[corrupt[jobId] - 1];
        text[uint256(jobId) % text.length] ^= 0x10;
    }

    // ------------------------------------------------------------ what the invariants look at

    function choose(uint256 pick, ISampledEscrow.State needed) private view returns (bytes32 jobId, bool ready) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            jobId = jobs[(pick % jobs.length + i) % jobs.length];
            ISampledEscrow.Job memory job = escrow.job(jobId);
            if (job.state == needed && block.timestamp < job.deadline) return (jobId, true);
        }
    }

    function isLive(bytes32 jobId) public view returns (bool) {
        return escrow.job(jobId).state <= ISampledEscrow.State.Proving;
    }

    /// @dev What jobs still running hold.
    function locked() external view returns (uint256 amount) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            if (!isLive(jobs[i])) continue;
            bool both = escrow.job(jobs[i]).state > ISampledEscrow.State.Open;
            amount += depositOf(escrow.terms(jobs[i])) * (both ? 2 : 1);
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

    function owedTo(address who) external view returns (uint256) {
        return escrow.owed(who);
    }

    function wealth() external view returns (uint256 amount) {
        for (uint256 i = 0; i < parties.length; ++i) {
            amount += parties[i].balance;
        }
        return amount + address(escrow).balance;
    }

    /// @dev Spent examples are the sample and one for each proof; right answers are no more than proofs; aborts are those
    ///      that were seen.
    function consistent() external view returns (bool) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            ISampledEscrow.Job memory job = escrow.job(jobs[i]);
            ISampledEscrow.SampledTerms memory terms = escrow.terms(jobs[i]);
            uint256 bits = escrow.bitmapWord(jobs[i], 0);
            if (bits >> total() != 0 || job.correct > job.batchesVerified) return false;
            uint256 counted;
            for (uint256 rest = bits; rest != 0; rest &= rest - 1) {
                ++counted;
            }
            bool drawn = counted != 0;
            if (drawn && counted != terms.sample + job.batchesVerified) return false;
            if (!drawn && job.state != ISampledEscrow.State.Open && job.state != ISampledEscrow.State.Expired) {
                return false;
            }
            if (job.state == ISampledEscrow.State.Proving && job.correct >= terms.target) return false;
        }
        return escrow.aborts(modelId) == blamed;
    }

    /// @dev Lets all time pass and everybody fetch what is theirs. Silence after a key only begins the proofs' clock.
    function end() external {
        for (uint256 round = 0; round < 2; ++round) {
            vm.warp(block.timestamp + 365 days);
            for (uint256 i = 0; i < jobs.length; ++i) {
                if (isLive(jobs[i])) escrow.finalise(jobs[i]);
            }
        }
        for (uint256 i = 0; i < parties.length; ++i) {
            if (parties[i] != refuser && escrow.owed(parties[i]) != 0) escrow.withdrawFor(parties[i]);
        }
    }
}
