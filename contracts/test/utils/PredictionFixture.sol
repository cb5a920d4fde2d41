// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {Halo2OutputsAdapter} from "../../src/Halo2OutputsAdapter.sol";
import {PredictionEscrow} from "../../src/PredictionEscrow.sol";
import {IPredictionEscrow} from "../../src/interfaces/IPredictionEscrow.sol";
import {Commitments} from "../../src/libraries/Commitments.sol";
import {BaseTest} from "./BaseTest.sol";
import {FakeHalo2Verifier, FakeProof} from "./FakeHalo2Verifier.sol";

/// @dev ERC-20's approve, whatever it returns, if anything.
interface Approval {
    function approve(address spender, uint256 amount) external;
}

/// @title An escrow, a polycommit adapter over one input and three outputs, two parties with keys, jobs in any state
/// @notice The round has K = 10 inputs, K1 = 3 of which may be contested.
abstract contract PredictionFixture is BaseTest {
    uint64 internal constant MIN_WINDOW = 1 hours;
    uint256 internal constant TAG_HASH = 4711;
    bytes32 internal constant NOTE = "note";

    uint256 internal constant CLIENT_KEY = uint256(keccak256("client key"));
    uint256 internal constant PROVIDER_KEY = uint256(keccak256("provider key"));
    uint256 internal constant STRANGER_KEY = uint256(keccak256("stranger key"));

    address internal client = vm.addr(CLIENT_KEY);
    address internal provider = vm.addr(PROVIDER_KEY);
    address internal stranger = vm.addr(STRANGER_KEY);
    address internal feeRecipient = account("fee recipient");

    PredictionEscrow internal escrow;
    Halo2OutputsAdapter internal adapter;
    bytes internal point = bytes.concat(keccak256("x"), keccak256("y"));

    function setUp() public virtual {
        escrow = new PredictionEscrow(MIN_WINDOW);
        adapter = newAdapter(outputCount());
        vm.deal(client, 1000 ether);
        vm.deal(provider, 1000 ether);
    }

    function outputCount() internal pure virtual returns (uint32) {
        return 3;
    }

    /// @dev What the jobs are paid in; ether.
    function currency() internal view virtual returns (address) {
        return address(0);
    }

    function newAdapter(uint256 outputs) internal returns (Halo2OutputsAdapter) {
        FakeHalo2Verifier halo2 = new FakeHalo2Verifier(64, outputs + 19);
        return new Halo2OutputsAdapter(address(halo2), address(halo2).codehash, 1, 1);
    }

    function defaultTerms() internal view returns (IPredictionEscrow.PredictionTerms memory terms) {
        terms.client = client;
        terms.provider = provider;
        terms.modelId = "model";
        terms.weightsCommitment = keccak256(point);
        terms.nonce = 1;
        terms.formatDigest = "format";
        terms.round = 10;
        terms.contests = 3;
        terms.outputs = outputCount();
        terms.verifier = address(adapter);
        terms.verifierCodehash = address(adapter).codehash;
        terms.srsDigest = "srs";
        terms.token = currency();
        terms.provingCost = 2 ether / 1000;
        terms.answerPrice = 1 ether / 10_000;
        terms.beta = 3;
        terms.fee = 1 ether / 100_000;
        terms.feeRecipient = feeRecipient;
        terms.acceptWindow = 1 hours;
        terms.roundWindow = 2 hours;
        terms.proveWindow = 3 hours;
    }

    /// @dev 2KZ + Kp + fee, written anew.
    function clientFunds(IPredictionEscrow.PredictionTerms memory t) internal pure returns (uint256) {
        return 2 * uint256(t.round) * t.provingCost + uint256(t.round) * t.answerPrice + t.fee;
    }

    /// @dev beta*K*Z + fee, written anew.
    function providerFunds(IPredictionEscrow.PredictionTerms memory t) internal pure returns (uint256) {
        return uint256(t.beta) * t.round * t.provingCost + t.fee;
    }

    // ------------------------------------------------------------ moves by their rightful movers

    /// @dev The next call is `who`'s; returns the ether to send along with it.
    function paying(address token, address who, uint256 amount) internal returns (uint256 value) {
        if (token != address(0)) {
            vm.prank(who);
            Approval(token).approve(address(escrow), amount);
        }
        vm.prank(who);
        return token == address(0) ? amount : 0;
    }

    function openJob(IPredictionEscrow.PredictionTerms memory terms) internal returns (bytes32 jobId) {
        uint256 value = paying(terms.token, terms.client, clientFunds(terms));
        return escrow.open{value: value}(terms);
    }

    function serving(IPredictionEscrow.PredictionTerms memory terms) internal returns (bytes32 jobId) {
        jobId = openJob(terms);
        uint256 value = paying(terms.token, terms.provider, providerFunds(terms));
        escrow.accept{value: value}(jobId);
    }

    function contest(bytes32 jobId, uint32 index) internal {
        bytes memory signature = signedAnswer(jobId, index);
        vm.prank(client);
        escrow.contest(jobId, answerOf(index), signature);
    }

    function prove(bytes32 jobId, uint32 index) internal {
        bytes memory proof = proofOf(jobId, index);
        escrow.proveAnswer(jobId, index, NOTE, TAG_HASH, outputsOf(index), proof);
    }

    function collect(bytes32 jobId, uint32 answered) internal {
        bytes memory signature = signedReceipt(jobId, answered);
        vm.prank(provider);
        escrow.collect(jobId, answered, signature);
    }

    function endOfRound(bytes32 jobId) internal view returns (uint256) {
        return escrow.job(jobId).roundEnd;
    }

    // ------------------------------------------------------------ answers, receipts, proofs

    function outputsOf(uint32 index) internal pure returns (int256[] memory outputs) {
        outputs = new int256[](outputCount());
        for (uint256 j = 0; j < outputs.length; ++j) {
            outputs[j] = (j % 2 == 0 ? int256(1) : int256(-1)) * int256(1 + j + 100 * uint256(index));
        }
    }

    function hashOf(uint32 index) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("input", index))) >> 3;
    }

    function answerOf(uint32 index) internal pure returns (IPredictionEscrow.Answer memory) {
        return IPredictionEscrow.Answer(index, hashOf(index), keccak256(abi.encode(outputsOf(index))));
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function signedAnswer(bytes32 jobId, uint32 index) internal view returns (bytes memory) {
        return sign(PROVIDER_KEY, escrow.answerDigest(jobId, answerOf(index)));
    }

    function signedReceipt(bytes32 jobId, uint32 answered) internal view returns (bytes memory) {
        return sign(CLIENT_KEY, escrow.receiptDigest(jobId, answered));
    }

    function proofOf(bytes32 jobId, uint32 index) internal view returns (bytes memory) {
        return FakeProof.make(point, instancesFor(boundTag(jobId, NOTE), hashOf(index), outputsOf(index)));
    }

    function boundTag(bytes32 jobId, bytes32 note) internal view returns (bytes32) {
        return keccak256(abi.encode(keccak256("assay/bound-tag/v1"), escrow.job(jobId).tag, note));
    }

    /// @dev The polycommit circuit's public values, written anew: hash, tag hash, outputs, the zero void, limbs.
    function instancesFor(bytes32 tag, uint256 h, int256[] memory outputs)
        internal
        pure
        returns (uint256[] memory all)
    {
        all = new uint256[](outputs.length + 19);
        (all[0], all[1]) = (h, TAG_HASH);
        for (uint256 j = 0; j < outputs.length; ++j) {
            all[2 + j] = outputs[j] < 0 ? Commitments.FIELD_ORDER - uint256(-outputs[j]) : uint256(outputs[j]);
        }
        for (uint256 j = 0; j < 16; ++j) {
            all[3 + outputs.length + j] = uint16(bytes2(tag << (16 * j)));
        }
    }

    // ------------------------------------------------------------ expectations

    function expectState(bytes32 jobId, IPredictionEscrow.State state) internal view {
        vm.assertEq(uint256(escrow.job(jobId).state), uint256(state), "state");
    }

    /// @dev Nothing else is booked or held: only for tests with a single job.
    function expectPayoffs(uint256 toClient, uint256 toProvider, uint256 toFee) internal view {
        address token = currency();
        vm.assertEq(escrow.owedIn(token, client), toClient, "owed to client");
        vm.assertEq(escrow.owedIn(token, provider), toProvider, "owed to provider");
        vm.assertEq(escrow.owedIn(token, feeRecipient), toFee, "owed to fee recipient");
        vm.assertEq(heldIn(token), toClient + toProvider + toFee, "conservation");
    }

    function heldIn(address token) internal view returns (uint256) {
        return token == address(0) ? address(escrow).balance : IERC20(token).balanceOf(address(escrow));
    }
}
