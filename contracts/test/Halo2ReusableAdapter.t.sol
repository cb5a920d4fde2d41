// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Halo2Base} from "../src/Halo2Base.sol";
import {Halo2Reusable} from "../src/Halo2Reusable.sol";
import {Halo2ReusableAdapter} from "../src/Halo2ReusableAdapter.sol";
import {IHalo2VerifierReusable} from "../src/interfaces/IHalo2VerifierReusable.sol";
import {CodeHash} from "../src/libraries/CodeHash.sol";
import {Commitments} from "../src/libraries/Commitments.sol";
import {BaseTest} from "./utils/BaseTest.sol";
import {FakeSharedVerifier, FixedSharedAnswer} from "./utils/FakeSharedVerifier.sol";

/// @dev The key, the proof's length and every way a verifier can answer; {Halo2AdapterTest} has the statement's fields.
contract Halo2ReusableAdapterTest is BaseTest {
    uint8 private constant FIXED = 0;
    uint8 private constant SCALE_BITS = 10;
    uint32 private constant PROOF_BYTES = 32;
    bytes32 private constant WEIGHTS = keccak256("weights");
    bytes32 private constant TAG = keccak256("tag");
    address private key = account("key");

    function words(uint256 count) private pure returns (bytes32[] memory all) {
        all = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            all[i] = keccak256(abi.encode("word", i));
        }
    }

    function digestOf(bytes32[] memory all) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(all));
    }

    function store(bytes32[] memory all) private {
        vm.etch(key, abi.encodePacked(bytes1(0), all));
    }

    function build(address shared, bytes32 digest, uint32 proofBytes) public returns (Halo2ReusableAdapter) {
        return new Halo2ReusableAdapter(shared, shared.codehash, key, digest, proofBytes, FIXED, 0, SCALE_BITS);
    }

    function deploy() private returns (Halo2ReusableAdapter) {
        store(words(5));
        return build(address(new FakeSharedVerifier()), digestOf(words(5)), PROOF_BYTES);
    }

    function hashes() private pure returns (uint256[] memory h) {
        h = new uint256[](2);
        (h[0], h[1]) = (11, Commitments.FIELD_ORDER - 1);
    }

    function instances() private pure returns (uint256[] memory all) {
        all = new uint256[](20);
        (all[0], all[1], all[2], all[3]) = (hashes()[0], hashes()[1], 99, 1024);
        for (uint256 j = 0; j < 16; ++j) {
            all[4 + j] = uint16(bytes2(TAG << (16 * j)));
        }
    }

    function proofFor(bytes32[] memory all) private pure returns (bytes memory) {
        return abi.encode(keccak256(abi.encode(instances(), digestOf(all))));
    }

    function verify(Halo2ReusableAdapter adapter, uint256[] memory h, uint256 count, bytes memory proof)
        public
        view
        returns (bool)
    {
        bytes32 inputHash = keccak256(abi.encode(WEIGHTS, TAG, h));
        bytes32 outputHash = keccak256(abi.encode(count));
        return adapter.verify(inputHash, outputHash, abi.encode(WEIGHTS, TAG, uint256(99), h, count), proof);
    }

    function refused(Halo2ReusableAdapter adapter, bytes memory proof, bytes memory why) private {
        vm.expectRevert(why);
        this.verify(adapter, hashes(), 1, proof);
    }

    function rejected() private pure returns (bytes memory) {
        return abi.encodeWithSelector(Halo2Base.ProofRejected.selector);
    }

    // ------------------------------------------------------------ proofs

    function test_acceptsThroughTheMalformedAnswer() public {
        Halo2ReusableAdapter adapter = deploy();
        bytes memory proof = proofFor(words(5));
        vm.expectCall(
            adapter.halo2Verifier(),
            abi.encodeCall(IHalo2VerifierReusable.verifyProof, (proof, instances(), words(5)))
        );
        vm.assertTrue(verify(adapter, hashes(), 1, proof), "accepted");
    }

    function test_onlyTheExactLengthIsAccepted() public {
        Halo2ReusableAdapter adapter = deploy();
        bytes memory proof = proofFor(words(5));
        refused(adapter, bytes.concat(proof, hex"00"), rejected());
        refused(adapter, bytes.concat(proof, bytes32(0)), rejected());
        refused(adapter, "", rejected());
        bytes memory short = new bytes(31);
        for (uint256 i = 0; i < 31; ++i) {
            short[i] = proof[i];
        }
        refused(adapter, short, rejected());
    }

    function test_wrongProofOrStatementIsRefused() public {
        Halo2ReusableAdapter adapter = deploy();
        bytes memory proof = proofFor(words(5));
        vm.expectRevert(rejected());
        this.verify(adapter, hashes(), 2, proof);
        for (uint256 i = 0; i < proof.length; ++i) {
            proof[i] ^= 0x01;
            refused(adapter, proof, rejected());
            proof[i] ^= 0x01;
        }
    }

    function test_instancesBeyondTheFieldAreRefused() public {
        Halo2ReusableAdapter adapter = deploy();
        uint256[] memory h = hashes();
        h[0] += Commitments.FIELD_ORDER;
        vm.expectRevert(abi.encodeWithSelector(Halo2Base.NotInField.selector, h[0]));
        this.verify(adapter, h, 1, proofFor(words(5)));
    }

    function test_anotherModelsProofIsRefusedThoughItsKeyIsRegistered() public {
        Halo2ReusableAdapter adapter = deploy();
        FakeSharedVerifier(adapter.halo2Verifier()).registerVka(words(7));
        refused(adapter, proofFor(words(7)), rejected());
    }

    /// @dev The same arguments with their tails in another order and a gap between: another encoding, the same statement.
    function test_shiftedOffsetsChangeNothingThatIsAsked() public {
        Halo2ReusableAdapter adapter = deploy();
        bytes memory proof = proofFor(words(5));
        bytes memory metadata = abi.encode(WEIGHTS, TAG, uint256(99), hashes(), uint256(1));
        bytes memory shifted = abi.encodePacked(
            adapter.verify.selector,
            keccak256(abi.encode(WEIGHTS, TAG, hashes())),
            keccak256(abi.encode(uint256(1))),
            uint256(0x80 + 0x60), // metadata after the proof and a gap
            uint256(0x80 + 0x20), // proof after the gap
            bytes32("gap"),
            abi.encodePacked(proof.length, proof),
            abi.encodePacked(metadata.length, metadata)
        );
        vm.expectCall(
            adapter.halo2Verifier(),
            abi.encodeCall(IHalo2VerifierReusable.verifyProof, (proof, instances(), words(5)))
        );
        (bool success, bytes memory answer) = address(adapter).staticcall(shifted);
        vm.assertTrue(success && abi.decode(answer, (bool)), "accepted");
        shifted[shifted.length - 1] ^= 0x01;
        (success,) = address(adapter).staticcall(shifted);
        vm.assertFalse(success, "another count");
    }

    // ------------------------------------------------------------ answers

    function test_onlyTheWordTrueAndTheAgreedDigestCountAsAcceptance() public {
        bytes32 digest = digestOf(words(5));
        bytes[6] memory answers = [
            bytes(""),
            abi.encode(true),
            bytes.concat(abi.encode(true), bytes31(digest)),
            abi.encode(false, digest),
            abi.encode(uint256(2), digest),
            abi.encode(true, digest)
        ];
        store(words(5));
        for (uint256 i = 0; i < answers.length; ++i) {
            address shared = address(new FixedSharedAnswer(answers[i], 0, false));
            Halo2ReusableAdapter adapter = build(shared, digest, PROOF_BYTES);
            if (i == 5) vm.assertTrue(verify(adapter, hashes(), 1, new bytes(32)), "the one right answer");
            else refused(adapter, new bytes(32), rejected());
        }
    }

    function test_anotherKeysDigestInTheAnswerIsRefused() public {
        (bytes32 digest, bytes32 other) = (digestOf(words(5)), digestOf(words(7)));
        store(words(5));
        address shared = address(new FixedSharedAnswer(abi.encode(true, other), 0, false));
        Halo2ReusableAdapter adapter = build(shared, digest, PROOF_BYTES);
        refused(adapter, new bytes(32), abi.encodeWithSelector(Halo2Reusable.WrongVka.selector, other, digest));
    }

    function test_theRightAnswerInAFailedCallIsNoAcceptance() public {
        bytes32 digest = digestOf(words(5));
        store(words(5));
        address shared = address(new FixedSharedAnswer(abi.encode(true, digest), 0, true));
        refused(build(shared, digest, PROOF_BYTES), new bytes(32), rejected());
    }

    // ------------------------------------------------------------ the key

    function test_aMalformedKeyIsRefused() public {
        address shared = address(new FakeSharedVerifier());
        bytes32 digest = digestOf(words(5));
        bytes[7] memory codes = [
            bytes(""),
            hex"00",
            abi.encodePacked(words(5)),
            abi.encodePacked(bytes1(0x01), words(5)),
            abi.encodePacked(bytes1(0), words(5), bytes1(0)),
            abi.encodePacked(bytes2(0), words(5)),
            abi.encodePacked(bytes1(0), words(768))
        ];
        for (uint256 i = 0; i < codes.length; ++i) {
            vm.etch(key, codes[i]);
            vm.expectRevert(abi.encodeWithSelector(Halo2Reusable.MalformedVka.selector, key, codes[i].length));
            this.build(shared, i == 6 ? digestOf(words(768)) : digest, PROOF_BYTES);
        }
    }

    function test_theLargestKeyIsAccepted() public {
        store(words(767));
        bytes32 digest = digestOf(words(767));
        Halo2ReusableAdapter adapter = build(address(new FakeSharedVerifier()), digest, PROOF_BYTES);
        vm.assertTrue(verify(adapter, hashes(), 1, proofFor(words(767))), "accepted");
    }

    function test_anotherKeyIsRefused() public {
        address shared = address(new FakeSharedVerifier());
        bytes32 digest = digestOf(words(5));
        bytes32[] memory changed = words(5);
        changed[4] ^= bytes32(uint256(1));
        bytes32[][3] memory others = [words(4), words(6), changed];
        for (uint256 i = 0; i < 3; ++i) {
            store(others[i]);
            bytes32 found = digestOf(others[i]);
            vm.expectRevert(abi.encodeWithSelector(Halo2Reusable.WrongVka.selector, found, digest));
            this.build(shared, digest, PROOF_BYTES);
        }
    }

    function test_aKeyChangedLaterIsNoticedAtEveryCall() public {
        Halo2ReusableAdapter adapter = deploy();
        store(words(7));
        bytes32 found = digestOf(words(7));
        bytes memory why = abi.encodeWithSelector(Halo2Reusable.WrongVka.selector, found, digestOf(words(5)));
        refused(adapter, proofFor(words(7)), why);
        vm.etch(key, "");
        refused(adapter, proofFor(words(5)), abi.encodeWithSelector(Halo2Reusable.MalformedVka.selector, key, 0));
    }

    // ------------------------------------------------------------ construction

    function test_constructionRegistersTheKey() public {
        Halo2ReusableAdapter adapter = deploy();
        vm.assertTrue(FakeSharedVerifier(adapter.halo2Verifier()).registered(digestOf(words(5))), "registered");
        build(adapter.halo2Verifier(), digestOf(words(5)), PROOF_BYTES);
    }

    function test_aVerifierThatRegistersAnotherDigestIsRefused() public {
        store(words(5));
        address shared = address(new FixedSharedAnswer("", "other", false));
        vm.expectRevert(
            abi.encodeWithSelector(Halo2Reusable.WrongVka.selector, bytes32("other"), digestOf(words(5)))
        );
        this.build(shared, digestOf(words(5)), PROOF_BYTES);
    }

    function test_proofsWithoutBytesAreNoParameters() public {
        store(words(5));
        address shared = address(new FakeSharedVerifier());
        vm.expectRevert(Halo2Base.BadParameters.selector);
        this.build(shared, digestOf(words(5)), 0);
    }

    function test_theBasesChecksHoldHereToo() public {
        store(words(5));
        address shared = address(new FakeSharedVerifier());
        bytes32 codehash = shared.codehash;
        bytes32 digest = digestOf(words(5));
        vm.expectRevert(abi.encodeWithSelector(CodeHash.CodeChanged.selector, shared, codehash, bytes32("other")));
        new Halo2ReusableAdapter(shared, "other", key, digest, PROOF_BYTES, FIXED, 0, SCALE_BITS);
        vm.expectRevert(Halo2Base.BadParameters.selector);
        new Halo2ReusableAdapter(shared, codehash, key, digest, PROOF_BYTES, FIXED, 1, SCALE_BITS);
        Halo2ReusableAdapter adapter = build(shared, digest, PROOF_BYTES);
        vm.etch(shared, hex"0000000000000000000000000000000000000000000000000000000000");
        refused(
            adapter,
            proofFor(words(5)),
            abi.encodeWithSelector(CodeHash.CodeChanged.selector, shared, shared.codehash, codehash)
        );
    }

    function test_parametersAreReadable() public {
        Halo2ReusableAdapter adapter = deploy();
        vm.assertEq(adapter.vka(), key, "vka");
        vm.assertEq(adapter.vkaDigest(), digestOf(words(5)), "digest");
        vm.assertEq(adapter.proofBytes(), PROOF_BYTES, "length");
        vm.assertEq(uint256(adapter.binding()), FIXED, "binding");
    }

    /// @dev Two adapters differ in code wherever they differ in what they ask.
    function test_theCodeHashBindsKeyAndVerifier() public {
        Halo2ReusableAdapter one = deploy();
        bytes32 digest = digestOf(words(5));
        Halo2ReusableAdapter same = build(one.halo2Verifier(), digest, PROOF_BYTES);
        Halo2ReusableAdapter longer = build(one.halo2Verifier(), digest, 64);
        Halo2ReusableAdapter elsewhere = build(address(new FakeSharedVerifier()), digest, PROOF_BYTES);
        store(words(7));
        Halo2ReusableAdapter other = build(one.halo2Verifier(), digestOf(words(7)), PROOF_BYTES);
        vm.assertEq(address(one).codehash, address(same).codehash, "same");
        vm.assertTrue(address(one).codehash != address(longer).codehash, "length");
        vm.assertTrue(address(one).codehash != address(elsewhere).codehash, "verifier");
        vm.assertTrue(address(one).codehash != address(other).codehash, "key");
    }
}
