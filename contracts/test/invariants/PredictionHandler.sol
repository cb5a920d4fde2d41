// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IPredictionEscrow} from "../../src/interfaces/IPredictionEscrow.sol";
import {PredictionFixture} from "../utils/PredictionFixture.sol";
import {TestToken} from "../utils/Tokens.sol";

/// @title Plays rounds at random, in ether and in a token: every call picks a job, a move and a moment
/// @notice Moves that the protocol forbids are skipped here, so that any revert left is a fault of the escrow.
///         K = 4 inputs, of which 3 may be contested.
contract PredictionHandler is PredictionFixture {
    uint256 private constant MAX_JOBS = 12;
    uint32 private constant ROUND = 4;

    TestToken public immutable token = new TestToken();
    address[] public parties;
    bytes32[] public jobs;

    constructor() {
        PredictionFixture.setUp();
        parties = [client, provider, feeRecipient];
        token.mint(client, 1000 ether);
        token.mint(provider, 1000 ether);
    }

    function setUp() public override {}

    // ------------------------------------------------------------ moves

    function open(uint256 nonce, uint256 seed) external {
        if (jobs.length == MAX_JOBS) return;
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        terms.token = seed % 2 == 0 ? address(0) : address(token);
        terms.nonce = nonce;
        (terms.round, terms.contests) = (ROUND, uint32(1 + seed % 3));
        terms.beta = uint32(2 + seed % 5);
        terms.fee = uint128(seed % 1000);
        terms.answerPrice = uint128(seed % 1 ether);
        if (escrow.jobOfTag(escrow.jobTag(terms)) != 0) return;
        jobs.push(openJob(terms));
    }

    function accept(uint256 pick) external {
        (bytes32 jobId, bool ready) = choose(pick, IPredictionEscrow.State.Open);
        if (!ready) return;
        IPredictionEscrow.PredictionTerms memory terms = escrow.terms(jobId);
        uint256 value = paying(terms.token, provider, providerFunds(terms));
        escrow.accept{value: value}(jobId);
    }

    function contest(uint256 pick, uint256 index) external {
        (bytes32 jobId, bool ready) = choose(pick, IPredictionEscrow.State.Serving);
        if (!ready || block.timestamp >= endOfRound(jobId)) return;
        uint32 answer = uint32(index % ROUND);
        bool full = escrow.job(jobId).contested == escrow.terms(jobId).contests;
        if (full || escrow.contestOf(jobId, answer).contested) return;
        contest(jobId, answer);
    }

    function prove(uint256 pick, uint256 index) external {
        (bytes32 jobId, bool ready) = choose(pick, IPredictionEscrow.State.Serving);
        for (uint32 i = 0; ready && i < ROUND; ++i) {
            uint32 answer = uint32((index % ROUND + i) % ROUND);
            IPredictionEscrow.Contest memory known = escrow.contestOf(jobId, answer);
            if (known.contested && !known.proven) return prove(jobId, answer);
        }
    }

    function collect(uint256 pick, uint256 more) external {
        (bytes32 jobId, bool ready) = choose(pick, IPredictionEscrow.State.Serving);
        if (!ready || escrow.job(jobId).answered == ROUND) return;
        collect(jobId, uint32(bound(more, escrow.job(jobId).answered + 1, ROUND)));
    }

    function finalise(uint256 pick, bool byProvider) external {
        if (jobs.length == 0) return;
        bytes32 jobId = jobs[pick % jobs.length];
        IPredictionEscrow.Job memory job = escrow.job(jobId);
        bool early = byProvider && job.state == IPredictionEscrow.State.Serving && job.contested == job.proven;
        if (!isLive(jobId) || block.timestamp < (early ? job.roundEnd : job.deadline)) return;
        if (byProvider) vm.prank(provider);
        escrow.finalise(jobId);
    }

    function withdraw(uint256 pick) external {
        withdrawAll(parties[pick % 3]);
    }

    /// @dev Mostly a short while, sometimes past every deadline.
    function pass(uint256 time) external {
        vm.warp(block.timestamp + (time % 16 == 0 ? 5 hours : time % 20 minutes));
    }

    // ------------------------------------------------------------ what the invariants look at

    function choose(uint256 pick, IPredictionEscrow.State needed) private view returns (bytes32 jobId, bool ready) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            jobId = jobs[(pick % jobs.length + i) % jobs.length];
            IPredictionEscrow.Job memory job = escrow.job(jobId);
            if (job.state == needed && block.timestamp < job.deadline) return (jobId, true);
        }
    }

    function isLive(bytes32 jobId) public view returns (bool) {
        return escrow.job(jobId).state <= IPredictionEscrow.State.Serving;
    }

    function withdrawAll(address who) private {
        if (escrow.owed(who) != 0) escrow.withdrawFor(who);
        if (escrow.owedIn(address(token), who) != 0) escrow.withdrawTokenFor(address(token), who);
    }

    /// @dev Funds of jobs still running, in ether (`kind` zero) or the token.
    function locked(address kind) external view returns (uint256 amount) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            IPredictionEscrow.PredictionTerms memory terms = escrow.terms(jobs[i]);
            if (!isLive(jobs[i]) || terms.token != kind) continue;
            amount += clientFunds(terms);
            if (escrow.job(jobs[i]).state == IPredictionEscrow.State.Serving) amount += providerFunds(terms);
        }
    }

    function booked(address kind) external view returns (uint256 amount) {
        for (uint256 i = 0; i < 3; ++i) {
            amount += escrow.owedIn(kind, parties[i]);
        }
    }

    function held(address kind) external view returns (uint256) {
        return heldIn(kind);
    }

    /// @dev Time passes, anyone finalises what is left, everyone fetches what is booked.
    function end() external {
        vm.warp(block.timestamp + 3 * 365 days);
        for (uint256 i = 0; i < jobs.length; ++i) {
            if (isLive(jobs[i])) escrow.finalise(jobs[i]);
        }
        for (uint256 i = 0; i < 3; ++i) {
            withdrawAll(parties[i]);
        }
    }

    /// @dev Counters equal the contests on record, stay within the terms, and decide how a job ends.
    function consistent() external view returns (bool) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            IPredictionEscrow.Job memory job = escrow.job(jobs[i]);
            (uint256 contested, uint256 proven) = (0, 0);
            for (uint32 answer = 0; answer < ROUND; ++answer) {
                IPredictionEscrow.Contest memory known = escrow.contestOf(jobs[i], answer);
                if (known.contested) ++contested;
                if (known.proven) ++proven;
            }
            if (job.contested != contested || job.proven != proven || proven > contested) return false;
            if (contested > escrow.terms(jobs[i]).contests || job.answered > ROUND) return false;
            if (job.state == IPredictionEscrow.State.Completed && proven != contested) return false;
            if (job.state == IPredictionEscrow.State.Rejected && proven == contested) return false;
        }
        return true;
    }

    function wealth(address kind) external view returns (uint256 amount) {
        amount = heldIn(kind);
        for (uint256 i = 0; i < 3; ++i) {
            amount += kind == address(0) ? parties[i].balance : token.balanceOf(parties[i]);
        }
    }
}
