// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {PredictionEscrow} from "../../src/PredictionEscrow.sol";
import {IPredictionEscrow} from "../../src/interfaces/IPredictionEscrow.sol";
import {BaseTest} from "../utils/BaseTest.sol";

/// @dev Golden vectors, computed in Python by protocols.predictions and eth-account's EIP-712 encoder (the same values are
///      in tests/escrow/test_prediction_encodings.py). Neither language may change an encoding without the other.
contract PredictionEncodingsTest is BaseTest {
    bytes32 private constant TAG = 0x478b46b1926cf4f9254efcb1f92da218d26e1a42c45ae6cd9e2579be34bd1cd1;
    bytes32 private constant JOB = 0x8b158a9b90c581c15ce13334a149a9b94f0fdbf769f21cf8e5ad4a530488460c;
    bytes32 private constant OUTPUTS = 0xc2e2b44d697c3954a679f814bf3b35948d8154841c0b5b3b67a95e53d66a8f87;
    bytes32 private constant ANSWER = 0x2451be9e21a1710ed4c294137c67823b9dc4e406333a073a0aab8fb68784c163;
    bytes32 private constant RECEIPT = 0xca90975dbb5c4d79754026f40b249490974ab55f45bfeef5470bc805d753bb59;

    PredictionEscrow private escrow = PredictionEscrow(address(0xabc));

    function setUp() public {
        vm.etch(address(escrow), address(new PredictionEscrow(1)).code);
        vm.chainId(31_337);
    }

    function word(uint256 n) private pure returns (bytes32) {
        return bytes32(n);
    }

    function goldenTerms() private pure returns (IPredictionEscrow.PredictionTerms memory) {
        return IPredictionEscrow.PredictionTerms({
            client: address(0xc),
            provider: address(0x9),
            modelId: word(1),
            weightsCommitment: word(2),
            nonce: 42,
            formatDigest: word(3),
            round: 100,
            contests: 5,
            outputs: 10,
            verifier: address(0xe),
            verifierCodehash: word(6),
            srsDigest: word(7),
            token: address(0x70),
            provingCost: 20,
            answerPrice: 4,
            beta: 3,
            fee: 1,
            feeRecipient: address(0xf),
            acceptWindow: 3600,
            roundWindow: 7200,
            proveWindow: 10_800
        });
    }

    function test_job() public view {
        vm.assertEq(escrow.jobTag(goldenTerms()), TAG, "tag");
        vm.assertEq(escrow.jobIdOf(goldenTerms()), JOB, "job id");
        (uint256 fromClient, uint256 fromProvider) = escrow.amountsOf(goldenTerms());
        vm.assertEq(fromClient, 4401, "client funds");
        vm.assertEq(fromProvider, 6001, "provider funds");
    }

    function test_signedMessages() public view {
        int256[] memory outputs = new int256[](3);
        (outputs[0], outputs[1]) = (5, -3);
        vm.assertEq(keccak256(abi.encode(outputs)), OUTPUTS, "outputs");
        vm.assertEq(escrow.answerDigest(JOB, IPredictionEscrow.Answer(7, 11, OUTPUTS)), ANSWER, "answer");
        vm.assertEq(escrow.receiptDigest(JOB, 9), RECEIPT, "receipt");
    }

    /// @dev Signed by eth-account with the keys keccak256("provider key") and keccak256("client key"); forge signs alike.
    function test_signatures() public pure {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(uint256(keccak256("provider key")), ANSWER);
        vm.assertEq(r, 0xe556c081f31d61c66c71ab8c18828a4a0fb00b7fdcb87080c2725bdf01d189d5, "r");
        vm.assertEq(s, 0x7cd583ba71f90f11e8a1d8204c764044a130b46fcd29ddf4299087baa7dfdb68, "s");
        vm.assertEq(v, 28, "v");
        (v, r, s) = vm.sign(uint256(keccak256("client key")), RECEIPT);
        vm.assertEq(r, 0x7062878bf89a79ee12f1a26a1642bf624c4acb96ae8a74f425608d81d133d52f, "r");
        vm.assertEq(s, 0x736ee1a795880059b3bf0b215a97774125a513c43ae6e78a3a7af5440094f9fb, "s");
        vm.assertEq(v, 28, "v");
    }
}
