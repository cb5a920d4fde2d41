// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IPredictionEscrow} from "../../src/interfaces/IPredictionEscrow.sol";
import {PredictionFixture} from "../utils/PredictionFixture.sol";

/// @dev Receipts only ever count up, and pay once, at the end.
contract PredictionCollectTest is PredictionFixture {
    function refuse(bytes32 jobId, uint32 answered, bytes memory signed, bytes memory reason) private {
        vm.prank(provider);
        vm.expectRevert(reason);
        escrow.collect(jobId, answered, signed);
    }

    function badSignature(bytes32 jobId, uint32 answered) private view returns (bytes memory) {
        bytes32 digest = escrow.receiptDigest(jobId, answered);
        return abi.encodeWithSelector(IPredictionEscrow.BadSignature.selector, client, digest);
    }

    function nothingNew(uint32 answered, uint32 collected) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPredictionEscrow.NothingNew.selector, answered, collected);
    }

    function test_theHighestReceiptIsRecordedAndPaidAtTheEnd() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = serving(terms);
        vm.expectEmit(address(escrow));
        emit IPredictionEscrow.ReceiptCollected(jobId, 3);
        collect(jobId, 3);
        vm.assertEq(escrow.job(jobId).answered, 3, "three");
        collect(jobId, 10);
        vm.assertEq(escrow.job(jobId).answered, 10, "all");
        vm.assertEq(escrow.owed(provider), 0, "nothing before the end");
        vm.warp(endOfRound(jobId));
        vm.prank(provider);
        escrow.finalise(jobId);
        vm.assertEq(escrow.owed(provider), 10 * uint256(terms.answerPrice) + providerFunds(terms) - terms.fee, "paid");
    }

    function test_receiptsDoNotGoBackwardsAndCountOnce() public {
        bytes32 jobId = serving(defaultTerms());
        bytes memory older = signedReceipt(jobId, 4);
        collect(jobId, 5);
        refuse(jobId, 5, signedReceipt(jobId, 5), nothingNew(5, 5));
        refuse(jobId, 4, older, nothingNew(4, 5));
        refuse(jobId, 0, signedReceipt(jobId, 0), nothingNew(0, 5));
        vm.assertEq(escrow.job(jobId).answered, 5, "five");
    }

    function test_noReceiptForMoreThanTheRound() public {
        bytes32 jobId = serving(defaultTerms());
        uint32[2] memory beyond = [uint32(11), type(uint32).max];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory reason = abi.encodeWithSelector(IPredictionEscrow.NoSuchAnswer.selector, beyond[i], 10);
            refuse(jobId, beyond[i], signedReceipt(jobId, beyond[i]), reason);
        }
    }

    function test_onlyTheProviderCollects() public {
        bytes32 jobId = serving(defaultTerms());
        bytes memory signed = signedReceipt(jobId, 1);
        address[2] memory others = [client, stranger];
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IEscrow.NotYourMove.selector, others[i], provider));
            escrow.collect(jobId, 1, signed);
        }
    }

    function test_fromTheAcceptanceUntilTheEndAndAtNoOtherTime() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = openJob(terms);
        refuse(jobId, 1, signedReceipt(jobId, 1), abi.encodeWithSelector(IEscrow.WrongState.selector, 1, 2));
        terms.nonce = 2;
        jobId = serving(terms);
        collect(jobId, 1);
        vm.warp(endOfRound(jobId));
        collect(jobId, 2);
        vm.warp(escrow.job(jobId).deadline + 1 days);
        collect(jobId, 3);
        escrow.finalise(jobId);
        refuse(jobId, 4, signedReceipt(jobId, 4), abi.encodeWithSelector(IEscrow.WrongState.selector, 3, 2));
    }

    function test_onlyTheClientsWordForThisJobAndNumberCounts() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 first = serving(terms);
        terms.nonce = 2;
        bytes32 second = serving(terms);
        refuse(second, 3, signedReceipt(first, 3), badSignature(second, 3));
        refuse(first, 4, signedReceipt(first, 3), badSignature(first, 4));
        refuse(first, 3, sign(PROVIDER_KEY, escrow.receiptDigest(first, 3)), badSignature(first, 3));
        refuse(first, 3, "", badSignature(first, 3));
    }

    /// @dev One message type cannot pass for the other, whatever its fields.
    function test_anAnswerIsNoReceipt() public {
        bytes32 jobId = serving(defaultTerms());
        bytes memory signed = sign(CLIENT_KEY, escrow.answerDigest(jobId, answerOf(3)));
        refuse(jobId, 3, signed, badSignature(jobId, 3));
    }

    /// @dev What the client signed for is not paid when the provider fails a contest.
    function test_aReceiptPaysNothingInARejectedJob() public {
        IPredictionEscrow.PredictionTerms memory terms = defaultTerms();
        bytes32 jobId = serving(terms);
        collect(jobId, 10);
        contest(jobId, 0);
        vm.warp(escrow.job(jobId).deadline);
        escrow.finalise(jobId);
        expectPayoffs(clientFunds(terms) + providerFunds(terms) - 2 * terms.fee, 0, 2 * terms.fee);
    }
}
