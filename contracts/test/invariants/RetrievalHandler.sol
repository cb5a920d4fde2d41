// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IDocuments} from "../../src/interfaces/IDocuments.sol";
import {IRetrievalEscrow} from "../../src/interfaces/IRetrievalEscrow.sol";
import {RetrievalFixture} from "../utils/RetrievalFixture.sol";
import {TestDocuments} from "../utils/TestDocuments.sol";
import {TestToken} from "../utils/Tokens.sol";

/// @title Plays retrieval jobs at random: every call picks a job, a move and a moment
/// @notice Moves that the protocol forbids are skipped here, so that any revert left is a fault of the escrow.
///         3 documents in 2 batches of 2, searches and samples, ether and a token; a requester that refuses to be paid;
///         deliveries of which every second has one corrupted ciphertext.
contract RetrievalHandler is RetrievalFixture {
    uint256 private constant MAX_JOBS = 10;

    address public refuser;
    TestToken public coin;
    address[] public parties;
    bytes32[] public jobs;

    /// @dev Where a delivery is corrupt: 1 + document.
    mapping(bytes32 jobId => uint256) public corrupt;
    mapping(bytes32 jobId => uint256) private seen;
    /// @notice A job has gone back to an earlier state, or on from an ending.
    bool public wentBack;
    /// @notice An honest chunk was complained against, or a corrupt one was not.
    bool public misjudged;

    constructor(address refuser_) {
        refuser = refuser_;
        RetrievalFixture.setUp();
        coin = new TestToken();
        parties = [requester, responder, feeRecipient, refuser];
        vm.deal(refuser, 1000 ether);
        for (uint256 i = 0; i < parties.length; ++i) {
            coin.mint(parties[i], 1000 ether);
            vm.prank(parties[i]);
            coin.approve(address(escrow), type(uint256).max);
        }
    }

    function setUp() public override {}

    function total() internal pure override returns (uint32) {
        return 3;
    }

    function batchSize() internal pure override returns (uint32) {
        return 2;
    }

    function width() internal pure override returns (uint256) {
        return 9;
    }

    function payloadBytes(uint256 doc) internal pure override returns (uint256) {
        return doc == 1 ? 40 : 0;
    }

    // ------------------------------------------------------------ moves

    /// @dev Looks at every job before and after each move.
    modifier watched() {
        _;
        for (uint256 i = 0; i < jobs.length; ++i) {
            uint256 state = uint256(escrow.job(jobs[i]).state);
            bool ended = seen[jobs[i]] > uint256(IRetrievalEscrow.State.Revealed);
            if (state < seen[jobs[i]] || (ended && state != seen[jobs[i]])) wentBack = true;
            seen[jobs[i]] = state;
        }
    }

    function open(uint256 nonce, uint256 seed) external watched {
        if (jobs.length == MAX_JOBS) return;
        IRetrievalEscrow.RetrievalTerms memory terms = seed % 4 == 0 ? sampleTerms() : defaultTerms();
        terms.requester = seed % 3 == 0 ? refuser : requester;
        terms.token = seed % 5 < 2 ? address(coin) : address(0);
        terms.nonce = nonce;
        terms.cap = uint32(1 + seed % 2);
        if (seed % 4 == 0) terms.cap = seed % 8 == 0 ? 1 : 3;
        terms.price = uint128(seed % 1e15);
        terms.fee = uint128(seed % 1000);
        if (escrow.jobOfTag(escrow.jobTag(terms)) != 0) return;
        jobs.push(openJob(terms));
    }

    function accept(uint256 pick) external watched {
        (bytes32 jobId, bool ready) = choose(pick, IRetrievalEscrow.State.Open);
        if (!ready) return;
        IRetrievalEscrow.RetrievalTerms memory terms = escrow.terms(jobId);
        vm.prank(responder);
        escrow.accept{value: terms.token == address(0) ? responderFunds(terms) : 0}(jobId);
    }

    function search(uint256 pick, uint256 index, uint256 bits) external watched {
        (bytes32 jobId, bool ready) = choose(pick, IRetrievalEscrow.State.Proving);
        if (!ready) return;
        if (escrow.terms(jobId).predicate != 0) return draw(jobId, bits);
        index %= 2;
        if (escrow.batchDone(jobId, index)) index ^= 1;
        submit(jobId, index, bits % 4);
    }

    function draw(bytes32 jobId, uint256 seed) private {
        uint256 drawBlock = escrow.job(jobId).drawBlock;
        if (block.number <= drawBlock) blocks.roll(drawBlock + 1);
        if (seed % 3 == 0) blocks.roll(drawBlock + 9000);
        else blocks.setBlockhash(drawBlock, bytes32(seed | 1));
        escrow.draw(jobId);
    }

    function topUp(uint256 pick) external watched {
        (bytes32 jobId, bool ready) = choose(pick, IRetrievalEscrow.State.OverCap);
        if (!ready) return;
        IRetrievalEscrow.RetrievalTerms memory terms = escrow.terms(jobId);
        uint256 due = uint256(escrow.job(jobId).matches - terms.cap) * terms.price;
        vm.prank(terms.requester);
        escrow.topUp{value: terms.token == address(0) ? due : 0}(jobId);
    }

    function deliver(uint256 pick, bool honest) external watched {
        (bytes32 jobId, bool ready) = choose(pick, IRetrievalEscrow.State.Proven);
        if (!ready) return;
        if (!honest) corrupt[jobId] = 1 + firstSold(jobId);
        bytes32[] memory all = deliveredLeaves(jobId);
        deliverRoot(jobId, TestDocuments.ciphertextRoot(all), uint64(all.length));
    }

    function acknowledgeOne(uint256 pick) external watched {
        (bytes32 jobId, bool ready) = choose(pick, IRetrievalEscrow.State.Delivered);
        if (ready) acknowledge(jobId);
    }

    function reveal(uint256 pick) external watched {
        (bytes32 jobId, bool ready) = choose(pick, IRetrievalEscrow.State.Locked);
        if (!ready) return;
        vm.prank(responder);
        escrow.reveal(jobId, KEY);
    }

    /// @dev A complaint about the first chunk of a document sold: upheld if and only if that was corrupted.
    function complain(uint256 pick, uint256 which) external watched {
        (bytes32 jobId, bool ready) = choose(pick, IRetrievalEscrow.State.Revealed);
        if (!ready) return;
        uint256 doc = which % total();
        bytes32[] memory all = deliveredLeaves(jobId);
        IDocuments.CipherOpening memory cipher;
        cipher.position = positionOf(jobId, doc, 0);
        if (cipher.position >= all.length) return;
        cipher.ciphertext = ciphertextOf(jobId, doc);
        cipher.path = TestDocuments.path(all, 0, cipher.position);
        bool faulty = corrupt[jobId] == 1 + doc;
        try escrow.complainDecryption(jobId, opening(doc), chunkOpening(doc, 0), cipher) {
            if (!faulty) misjudged = true;
        } catch {
            if (faulty) misjudged = true;
        }
    }

    /// @dev Views are honest here: never upheld.
    function complainView(uint256 pick, uint256 which) external watched {
        (bytes32 jobId, bool ready) = choose(pick, IRetrievalEscrow.State.Revealed);
        if (!ready) return;
        uint256 doc = which % total();
        IDocuments.StepOpening memory step = stepOpening(doc, 0);
        try escrow.complainView(jobId, opening(doc), step, step) {
            misjudged = true;
        } catch {}
    }

    function finalise(uint256 pick) external watched {
        if (jobs.length == 0) return;
        bytes32 jobId = jobs[pick % jobs.length];
        if (isLive(jobId) && block.timestamp >= escrow.job(jobId).deadline) escrow.finalise(jobId);
    }

    function withdraw(uint256 pick) external {
        address who = parties[pick % parties.length];
        if (who != refuser && escrow.owed(who) != 0) escrow.withdrawFor(who);
        if (escrow.owedIn(address(coin), who) != 0) escrow.withdrawTokenFor(address(coin), who);
    }

    /// @dev Mostly a short while, sometimes past every deadline.
    function pass(uint256 time) external {
        vm.warp(block.timestamp + (time % 8 == 0 ? 8 hours : time % 30 minutes));
    }

    // ------------------------------------------------------------ deliveries

    function firstSold(bytes32 jobId) private view returns (uint256 doc) {
        while (!escrow.selected(jobId, doc)) ++doc;
    }

    function ciphertextOf(bytes32 jobId, uint256 doc) private view returns (bytes memory ciphertext) {
        ciphertext = TestDocuments.encrypt(KEY, jobId, doc, 0, chunksOf(doc)[0]);
        if (corrupt[jobId] == 1 + doc) ciphertext[uint256(jobId) % ciphertext.length] ^= 0x10;
    }

    function deliveredLeaves(bytes32 jobId) private view returns (bytes32[] memory all) {
        all = cipherLeaves(jobId);
        if (corrupt[jobId] == 0) return all;
        uint256 doc = corrupt[jobId] - 1;
        all[positionOf(jobId, doc, 0)] = TestDocuments.cipherLeaf(doc, 0, ciphertextOf(jobId, doc));
    }

    // ------------------------------------------------------------ what the invariants look at

    function choose(uint256 pick, IRetrievalEscrow.State needed) private view returns (bytes32 jobId, bool ready) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            jobId = jobs[(pick % jobs.length + i) % jobs.length];
            IRetrievalEscrow.Job memory job = escrow.job(jobId);
            if (job.state == needed && block.timestamp < job.deadline) return (jobId, true);
        }
    }

    function isLive(bytes32 jobId) public view returns (bool) {
        return escrow.job(jobId).state <= IRetrievalEscrow.State.Revealed;
    }

    /// @dev What jobs still running hold in `token`.
    function locked(address token) external view returns (uint256 amount) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            IRetrievalEscrow.RetrievalTerms memory terms = escrow.terms(jobs[i]);
            if (!isLive(jobs[i]) || terms.token != token) continue;
            IRetrievalEscrow.Job memory job = escrow.job(jobs[i]);
            amount += requesterFunds(terms) + job.toppedUp;
            if (job.state > IRetrievalEscrow.State.Open) amount += responderFunds(terms);
            if (job.state > IRetrievalEscrow.State.Proving) amount -= terms.baseFee;
        }
    }

    function booked(address token) external view returns (uint256 amount) {
        for (uint256 i = 0; i < parties.length; ++i) {
            amount += escrow.owedIn(token, parties[i]);
        }
    }

    function held(address token) external view returns (uint256) {
        return token == address(0) ? address(escrow).balance : coin.balanceOf(address(escrow));
    }

    function wealth() external view returns (uint256 amount) {
        for (uint256 i = 0; i < parties.length; ++i) {
            amount += parties[i].balance;
        }
        return amount + address(escrow).balance;
    }

    /// @dev Bits, matches and batches agree with each other in every job.
    function consistent() external view returns (bool) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            IRetrievalEscrow.Job memory job = escrow.job(jobs[i]);
            uint256 bits = escrow.bitmapWord(jobs[i], 0);
            if (bits >> total() != 0 || job.batchesVerified > batches()) return false;
            uint256 counted;
            for (; bits != 0; bits &= bits - 1) {
                ++counted;
            }
            if (counted != job.matches) return false;
        }
        return true;
    }

    /// @dev Time passes, anyone finalises what is left, everyone who takes money fetches it.
    function end() external {
        vm.warp(block.timestamp + 366 days);
        for (uint256 i = 0; i < jobs.length; ++i) {
            if (isLive(jobs[i])) escrow.finalise(jobs[i]);
        }
        for (uint256 i = 0; i < parties.length; ++i) {
            if (escrow.owedIn(address(coin), parties[i]) != 0) escrow.withdrawTokenFor(address(coin), parties[i]);
            if (parties[i] != refuser && escrow.owed(parties[i]) != 0) escrow.withdrawFor(parties[i]);
        }
    }

    function owedTo(address who) external view returns (uint256) {
        return escrow.owed(who);
    }
}
