// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IPredictionEscrow} from "../../src/interfaces/IPredictionEscrow.sol";
import {PredictionFixture} from "../utils/PredictionFixture.sol";
import {SilentToken, TestToken} from "../utils/Tokens.sol";

/// @dev Who may end a job when, and what it pays exactly. Run in ether and in tokens.
abstract contract PredictionEndings is PredictionFixture {
    function finaliseAs(address who, bytes32 jobId) internal {
        vm.prank(who);
        escrow.finalise(jobId);
    }

    function refuseBefore(uint64 deadline, address who, bytes32 jobId) internal {
        vm.prank(who);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.TooEarly.selector, deadline));
        escrow.finalise(jobId);
    }

    // ------------------------------------------------------------ exact amounts; Z = 2e15, p = 1e14, fee = 1e13

    function test_expired() public {
        bytes32 jobId = openJob(defaultTerms());
        uint64 deadline = escrow.job(jobId).deadline;
        vm.warp(deadline - 1);
        refuseBefore(deadline, client, jobId);
        vm.warp(deadline);
        vm.expectEmit(address(escrow));
        emit IPredictionEscrow.JobExpired(jobId);
        finaliseAs(stranger, jobId);
        expectState(jobId, IPredictionEscrow.State.Expired);
        expectPayoffs(41_010_000_000_000_000, 0, 0);
    }

    function test_completedWithoutAnAnswer() public {
        bytes32 jobId = serving(defaultTerms());
        vm.warp(endOfRound(jobId));
        finaliseAs(provider, jobId);
        expectState(jobId, IPredictionEscrow.State.Completed);
        expectPayoffs(41_000_000_000_000_000, 60_000_000_000_000_000, 20_000_000_000_000);
    }

    /// @dev 2 contests proven, 7 answers receipted: 4 * 2e15 + 7 * 1e14 = 8.7e15.
    function test_completedWithContestsAndReceipts() public {
        bytes32 jobId = serving(defaultTerms());
        collect(jobId, 7);
        contest(jobId, 0);
        contest(jobId, 9);
        prove(jobId, 9);
        vm.warp(endOfRound(jobId) + 1);
        prove(jobId, 0);
        vm.expectEmit(address(escrow));
        emit IPredictionEscrow.JobCompleted(jobId, 7, 2);
        finaliseAs(provider, jobId);
        expectPayoffs(32_300_000_000_000_000, 68_700_000_000_000_000, 20_000_000_000_000);
    }

    function test_rejectedWithOneContestOpen() public {
        bytes32 jobId = serving(defaultTerms());
        collect(jobId, 10);
        contest(jobId, 0);
        contest(jobId, 1);
        prove(jobId, 1);
        vm.warp(escrow.job(jobId).deadline);
        vm.expectEmit(address(escrow));
        emit IPredictionEscrow.JobRejected(jobId, 1);
        finaliseAs(stranger, jobId);
        expectState(jobId, IPredictionEscrow.State.Rejected);
        expectPayoffs(101_000_000_000_000_000, 0, 20_000_000_000_000);
    }

    function test_everybodyFetchesItsShare() public {
        bytes32 jobId = serving(defaultTerms());
        collect(jobId, 7);
        vm.warp(endOfRound(jobId));
        finaliseAs(provider, jobId);
        address[3] memory all = [client, provider, feeRecipient];
        for (uint256 i = 0; i < 3; ++i) {
            if (currency() == address(0)) escrow.withdrawFor(all[i]);
            else escrow.withdrawTokenFor(currency(), all[i]);
            vm.assertEq(escrow.owedIn(currency(), all[i]), 0, "fetched");
        }
        vm.assertEq(heldIn(currency()), 0, "nothing is left");
    }

    // ------------------------------------------------------------ who may, and when

    function test_aServedRoundIsEndedByTheProviderAtTheRoundsEnd() public {
        bytes32 jobId = serving(defaultTerms());
        contest(jobId, 0);
        prove(jobId, 0);
        uint64 roundEnd = escrow.job(jobId).roundEnd;
        vm.warp(roundEnd - 1);
        refuseBefore(roundEnd, provider, jobId);
        vm.warp(roundEnd);
        uint64 proveEnd = escrow.job(jobId).deadline;
        refuseBefore(proveEnd, client, jobId);
        refuseBefore(proveEnd, stranger, jobId);
        finaliseAs(provider, jobId);
        expectState(jobId, IPredictionEscrow.State.Completed);
    }

    function test_withAContestOpenNobodyEndsTheJobBeforeTheProveEnd() public {
        bytes32 jobId = serving(defaultTerms());
        contest(jobId, 0);
        uint64 proveEnd = escrow.job(jobId).deadline;
        vm.warp(proveEnd - 1);
        refuseBefore(proveEnd, provider, jobId);
        refuseBefore(proveEnd, client, jobId);
        vm.warp(proveEnd);
        finaliseAs(provider, jobId);
        expectState(jobId, IPredictionEscrow.State.Rejected);
    }

    function test_anyoneEndsAServedRoundAtTheProveEnd() public {
        bytes32 jobId = serving(defaultTerms());
        uint64 proveEnd = escrow.job(jobId).deadline;
        vm.warp(proveEnd - 1);
        refuseBefore(proveEnd, stranger, jobId);
        vm.warp(proveEnd);
        finaliseAs(stranger, jobId);
        expectState(jobId, IPredictionEscrow.State.Completed);
    }

    function test_endedAndUnknownJobsCannotBeFinalised() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32[4] memory ended = [bytes32("unknown"), openJob(terms), 0, 0];
        terms.nonce = 2;
        ended[2] = serving(terms);
        terms.nonce = 3;
        ended[3] = serving(terms);
        contest(ended[3], 0);
        vm.warp(block.timestamp + 1 days);
        uint8[4] memory states = [0, 5, 3, 4];
        for (uint256 i = 0; i < 4; ++i) {
            if (i != 0) escrow.finalise(ended[i]);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.NothingToFinalise.selector, states[i]));
            escrow.finalise(ended[i]);
        }
    }

    /// @dev Amounts, sizes and the path are free: nothing is lost or made on any of them.
    function testFuzz_fundsAreConservedOnEveryEnding(
        uint128 provingCost,
        uint128 answerPrice,
        uint128 fee,
        uint32 beta,
        uint32 answered,
        uint8 path
    ) public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        terms.provingCost = uint128(bound(provingCost, 1, 1e24));
        terms.answerPrice = uint128(bound(answerPrice, 0, 1e24));
        terms.fee = uint128(bound(fee, 0, 1e24));
        terms.beta = uint32(bound(beta, 2, 1000));
        enrich(clientFunds(terms), providerFunds(terms));
        bytes32 jobId = path % 6 == 0 ? openJob(terms) : serving(terms);
        if (path % 6 != 0) {
            if (answered % 11 != 0) collect(jobId, answered % 11);
            for (uint32 i = 0; i < path % 3; ++i) {
                contest(jobId, i);
            }
            for (uint32 i = 0; path % 2 == 0 && i < path % 3; ++i) {
                prove(jobId, i);
            }
        }
        vm.warp(escrow.job(jobId).deadline);
        escrow.finalise(jobId);
        uint256 paidIn = clientFunds(terms) + (path % 6 == 0 ? 0 : providerFunds(terms));
        address token = currency();
        uint256 booked =
            escrow.owedIn(token, client) + escrow.owedIn(token, provider) + escrow.owedIn(token, feeRecipient);
        vm.assertEq(booked, paidIn, "funds out");
        vm.assertEq(heldIn(token), paidIn, "funds in");
    }

    function enrich(uint256 forClient, uint256 forProvider) internal virtual;
}

contract PredictionEndingsInEtherTest is PredictionEndings {
    function enrich(uint256 forClient, uint256 forProvider) internal override {
        vm.deal(client, forClient);
        vm.deal(provider, forProvider);
    }
}

contract PredictionEndingsInTokensTest is PredictionEndings {
    address internal token;

    function setUp() public override {
        super.setUp();
        token = address(new TestToken());
        enrich(1000 ether, 1000 ether);
    }

    function currency() internal view override returns (address) {
        return token;
    }

    function enrich(uint256 forClient, uint256 forProvider) internal override {
        TestToken(token).mint(client, forClient);
        TestToken(token).mint(provider, forProvider);
    }
}

/// @dev Tokens that return nothing are tokens all the same.
contract PredictionEndingsInSilentTokensTest is PredictionEndings {
    address internal token;

    function setUp() public override {
        super.setUp();
        token = address(new SilentToken());
        enrich(1000 ether, 1000 ether);
    }

    function currency() internal view override returns (address) {
        return token;
    }

    function enrich(uint256 forClient, uint256 forProvider) internal override {
        SilentToken(token).mint(client, forClient);
        SilentToken(token).mint(provider, forProvider);
    }
}
