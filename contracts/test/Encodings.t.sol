// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IAccuracyEscrow} from "../src/interfaces/IAccuracyEscrow.sol";
import {AccuracyTermsLib} from "../src/libraries/AccuracyTermsLib.sol";
import {Commitments} from "../src/libraries/Commitments.sol";
import {JobTag} from "../src/libraries/JobTag.sol";
import {BaseTest} from "./utils/BaseTest.sol";
import {TestSet} from "./utils/TestSet.sol";

/// @dev Golden vectors: every digest here was computed in Python by proofs.encoding.abi_digest. Neither language may
///      change an encoding without the other.
contract EncodingsTest is BaseTest {
    bytes32 private constant LEAF = 0x7fb32f61c84b6b9d03d2daf58cc7d465adabc15bc87d213f7064135aa8fb575c;
    bytes32 private constant NODE = 0xcba3d8caceebc29e5d4ef74ca59a260479633e2836547e38ce733a7d7666c817;
    bytes32 private constant ROOT = 0x9a8cbf1780e778db47ef4064c153ea47cc4f4f5cf7203a61fd515bc872a9dfdf;
    bytes32 private constant MODEL = 0xbb91bdb55831a517dda5978c66f268f4ce80a5165af637446110d59b8f911894;
    bytes32 private constant TAG = 0x45736703e65f05f02829ead830ffa3beebf0d7de33bb761631d418c2dbf734aa;
    bytes32 private constant BOUND = 0x000eac6ff93abaed9062a71f3fbc61d295b7f2adac38a2d32c7e5415bea32096;
    bytes32 private constant JOB = 0xb1e5f01caefc05c96e333af7ba4ef3e99c539bb3b1f53e0d12f77b85d1b913c9;

    function word(uint256 n) private pure returns (bytes32) {
        return bytes32(n);
    }

    function goldenTerms() private pure returns (IAccuracyEscrow.AccuracyTerms memory) {
        return IAccuracyEscrow.AccuracyTerms({
            buyer: address(0xb),
            seller: address(0x5),
            modelId: MODEL,
            nonce: 42,
            dataRoot: ROOT,
            formatDigest: word(4),
            total: 600,
            batch: 8,
            target: 500,
            verifier: address(0xe),
            verifierCodehash: word(6),
            srsDigest: word(7),
            exampleCost: 30,
            provingCost: 20,
            inferenceCost: 10,
            fee: 3,
            feeRecipient: address(0xf),
            minStake: 1000,
            maxAborts: 2,
            acceptWindow: 3600,
            handOverWindow: 7200,
            decideWindow: 10_800,
            proveWindow: 14_400
        });
    }

    function test_commitments() public pure {
        vm.assertEq(Commitments.leaf(5, 7, word(9)), LEAF, "leaf");
        vm.assertEq(Commitments.node(LEAF, TestSet.EMPTY_LEAF), NODE, "node");
        vm.assertEq(Commitments.dataRoot(600, word(3), NODE), ROOT, "data root");
        vm.assertEq(Commitments.modelId(address(0x11), word(1), word(2), word(3), word(4)), MODEL, "model id");
    }

    function test_job() public {
        vm.chainId(31_337);
        IAccuracyEscrow.AccuracyTerms memory terms = goldenTerms();
        vm.assertEq(AccuracyTermsLib.tagOf(terms, address(0xabc)), TAG, "tag");
        vm.assertEq(JobTag.bound(TAG, word(8)), BOUND, "bound tag");
        vm.assertEq(AccuracyTermsLib.idOf(terms, TAG), JOB, "job id");
        vm.assertEq(JobTag.limb(TAG, 0), 0x4573, "first limb");
        vm.assertEq(JobTag.limb(TAG, 15), 0x34aa, "last limb");
    }
}
