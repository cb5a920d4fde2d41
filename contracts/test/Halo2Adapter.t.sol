// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Halo2Adapter} from "../src/Halo2Adapter.sol";
import {Halo2Base} from "../src/Halo2Base.sol";
import {IHalo2Verifier} from "../src/interfaces/IHalo2Verifier.sol";
import {CodeHash} from "../src/libraries/CodeHash.sol";
import {Commitments} from "../src/libraries/Commitments.sol";
import {BaseTest} from "./utils/BaseTest.sol";
import {FakeHalo2Verifier, FakeProof, FixedAnswer, TrueInFailure} from "./utils/FakeHalo2Verifier.sol";

/// @dev Every field of a statement and every byte region of a proof is tampered with once.
contract Halo2AdapterTest is BaseTest {
    uint8 private constant FIXED = 0;
    uint8 private constant POLYCOMMIT = 1;
    uint8 private constant HASHED = 2;
    uint8 private constant SCALE_BITS = 10;

    struct Claim {
        bytes32 weights;
        bytes32 tag;
        uint256 tagHash;
        uint256[] h;
        uint256 count;
    }

    bytes private points = bytes.concat(keccak256("x1"), keccak256("y1"), keccak256("x2"), keccak256("y2"));

    function deploy(uint8 binding) private returns (Halo2Adapter) {
        bool poly = binding == POLYCOMMIT;
        address halo2 = address(new FakeHalo2Verifier(poly ? 128 : 0, binding == HASHED ? 21 : 20));
        return new Halo2Adapter(halo2, halo2.codehash, binding, poly ? 2 : 0, SCALE_BITS);
    }

    /// @dev Two examples, one right.
    function claim() private view returns (Claim memory c) {
        c = Claim({weights: keccak256(points), tag: keccak256("tag"), tagHash: 99, h: new uint256[](2), count: 1});
        (c.h[0], c.h[1]) = (11, Commitments.FIELD_ORDER - 1);
    }

    function instances(Claim memory c, bool hashed) private pure returns (uint256[] memory all) {
        all = new uint256[](hashed ? 21 : 20);
        (all[0], all[1], all[2]) = (c.h[0], c.h[1], c.tagHash);
        uint256 next = 3;
        if (hashed) all[next++] = uint256(c.weights);
        all[next++] = c.count * 1024;
        for (uint256 j = 0; j < 16; ++j) {
            all[next++] = uint16(bytes2(c.tag << (16 * j)));
        }
    }

    function proofOf(Claim memory c) private view returns (bytes memory) {
        return FakeProof.make(points, instances(c, false));
    }

    function verify(Halo2Adapter adapter, Claim memory c, bytes memory proof) private view returns (bool) {
        bytes32 inputHash = keccak256(abi.encode(c.weights, c.tag, c.h));
        bytes32 outputHash = keccak256(abi.encode(c.count));
        return adapter.verify(inputHash, outputHash, abi.encode(c.weights, c.tag, c.tagHash, c.h, c.count), proof);
    }

    // ------------------------------------------------------------ accepted

    function test_polycommitAccepts() public {
        Halo2Adapter adapter = deploy(POLYCOMMIT);
        Claim memory c = claim();
        bytes memory proof = proofOf(c);
        vm.expectCall(adapter.halo2Verifier(), abi.encodeCall(IHalo2Verifier.verifyProof, (proof, instances(c, false))));
        vm.assertTrue(verify(adapter, c, proof), "accepted");
    }

    function test_hashedAcceptsWithTheCommitmentAsInstance() public {
        Claim memory c = claim();
        c.weights = bytes32(uint256(12345));
        vm.assertTrue(verify(deploy(HASHED), c, FakeProof.make("", instances(c, true))), "accepted");
    }

    function test_fixedLeavesTheWeightsToTheKey() public {
        Claim memory c = claim();
        c.weights = "anything";
        vm.assertTrue(verify(deploy(FIXED), c, FakeProof.make("", instances(c, false))), "accepted");
    }

    function test_countOfTheWholeBatchIsAccepted() public {
        Claim memory c = claim();
        c.count = 2;
        vm.assertTrue(verify(deploy(POLYCOMMIT), c, proofOf(c)), "accepted");
    }

    // ------------------------------------------------------------ refused

    function test_anyChangedByteOfTheProofIsRefused() public {
        Halo2Adapter adapter = deploy(POLYCOMMIT);
        Claim memory c = claim();
        bytes memory proof = proofOf(c);
        for (uint256 i = 0; i < proof.length; ++i) {
            proof[i] ^= 0x01;
            vm.expectRevert(i < 128 ? Halo2Base.WrongWeights.selector : Halo2Base.ProofRejected.selector);
            this.verifyExternally(adapter, c, proof);
            proof[i] ^= 0x01;
        }
    }

    function test_wrongLengthIsRefused() public {
        Halo2Adapter adapter = deploy(POLYCOMMIT);
        Claim memory c = claim();
        vm.expectRevert(Halo2Base.ProofRejected.selector);
        this.verifyExternally(adapter, c, bytes.concat(proofOf(c), hex"00"));
        vm.expectRevert(Halo2Base.WrongWeights.selector);
        this.verifyExternally(adapter, c, new bytes(127));
        vm.expectRevert(Halo2Base.WrongWeights.selector);
        this.verifyExternally(adapter, c, "");
    }

    function test_anyChangedFieldIsRefused() public {
        Halo2Adapter adapter = deploy(POLYCOMMIT);
        bytes memory proof = proofOf(claim());
        for (uint256 field = 0; field < 5; ++field) {
            Claim memory c = claim();
            if (field == 0) c.tag = bytes32(uint256(c.tag) ^ 1);
            if (field == 1) c.tag = bytes32(uint256(c.tag) ^ (1 << 255));
            if (field == 2) c.tagHash += 1;
            if (field == 3) (c.h[0], c.h[1]) = (c.h[1], c.h[0]);
            if (field == 4) c.count = 2;
            vm.expectRevert(Halo2Base.ProofRejected.selector);
            this.verifyExternally(adapter, c, proof);
        }
    }

    function test_otherWeightsAreRefused() public {
        Claim memory c = claim();
        bytes memory proof = proofOf(c);
        c.weights = keccak256("another model");
        Halo2Adapter poly = deploy(POLYCOMMIT);
        vm.expectRevert(Halo2Base.WrongWeights.selector);
        this.verifyExternally(poly, c, proof);

        c.weights = bytes32(uint256(1));
        bytes memory hashedProof = FakeProof.make("", instances(c, true));
        c.weights = bytes32(uint256(2));
        Halo2Adapter hashed = deploy(HASHED);
        vm.expectRevert(Halo2Base.ProofRejected.selector);
        this.verifyExternally(hashed, c, hashedProof);
    }

    function test_digestsMustMatchTheMetadata() public {
        Halo2Adapter adapter = deploy(POLYCOMMIT);
        Claim memory c = claim();
        bytes memory proof = proofOf(c);
        bytes32 inputHash = keccak256(abi.encode(c.weights, c.tag, c.h));
        bytes32 outputHash = keccak256(abi.encode(c.count));
        bytes memory metadata = abi.encode(c.weights, c.tag, c.tagHash, c.h, c.count);
        vm.expectRevert(Halo2Base.HashMismatch.selector);
        adapter.verify(inputHash ^ bytes32(uint256(1)), outputHash, metadata, proof);
        vm.expectRevert(Halo2Base.HashMismatch.selector);
        adapter.verify(inputHash, outputHash ^ bytes32(uint256(1)), metadata, proof);
    }

    function test_secondEncodingOfAFieldElementIsRefused() public {
        Halo2Adapter adapter = deploy(POLYCOMMIT);
        Claim memory c = claim();
        bytes memory proof = proofOf(c);
        c.h[0] += Commitments.FIELD_ORDER;
        vm.expectRevert(abi.encodeWithSelector(Halo2Base.NotInField.selector, c.h[0]));
        this.verifyExternally(adapter, c, proof);
        c = claim();
        c.tagHash += Commitments.FIELD_ORDER;
        vm.expectRevert(abi.encodeWithSelector(Halo2Base.NotInField.selector, c.tagHash));
        this.verifyExternally(adapter, c, proof);
        c = claim();
        c.weights = bytes32(Commitments.FIELD_ORDER);
        Halo2Adapter hashed = deploy(HASHED);
        vm.expectRevert(abi.encodeWithSelector(Halo2Base.NotInField.selector, Commitments.FIELD_ORDER));
        this.verifyExternally(hashed, c, FakeProof.make("", instances(c, true)));
    }

    function test_countAndBatchAreBounded() public {
        Halo2Adapter adapter = deploy(POLYCOMMIT);
        Claim memory c = claim();
        for (uint256 count = 3; count != 0; count = count == 3 ? type(uint256).max : 0) {
            c.count = count;
            vm.expectRevert(abi.encodeWithSelector(Halo2Adapter.BadCount.selector, count, 2));
            this.verifyExternally(adapter, c, "");
        }
        c.count = 0;
        c.h = new uint256[](0);
        vm.expectRevert(abi.encodeWithSelector(Halo2Adapter.BadCount.selector, 0, 0));
        this.verifyExternally(adapter, c, "");
        c.h = new uint256[](257);
        vm.expectRevert(abi.encodeWithSelector(Halo2Adapter.BadCount.selector, 0, 257));
        this.verifyExternally(adapter, c, "");
    }

    function test_onlyTheExactWordTrueCountsAsAcceptance() public {
        Claim memory c = claim();
        bytes[5] memory answers =
            [bytes(""), hex"01", abi.encode(false), abi.encode(uint256(2)), abi.encode(true, uint256(0))];
        for (uint256 i = 0; i < answers.length; ++i) {
            address halo2 = address(new FixedAnswer(answers[i]));
            Halo2Adapter adapter = new Halo2Adapter(halo2, halo2.codehash, FIXED, 0, SCALE_BITS);
            vm.expectRevert(Halo2Base.ProofRejected.selector);
            this.verifyExternally(adapter, c, "");
        }
    }

    function test_theWordTrueInAFailedCallIsNoAcceptance() public {
        address halo2 = address(new TrueInFailure());
        Halo2Adapter adapter = new Halo2Adapter(halo2, halo2.codehash, FIXED, 0, SCALE_BITS);
        vm.expectRevert(Halo2Base.ProofRejected.selector);
        this.verifyExternally(adapter, claim(), "");
    }

    function test_changedVerifierCodeIsNoticedAtEveryCall() public {
        Halo2Adapter adapter = deploy(POLYCOMMIT);
        Claim memory c = claim();
        address halo2 = adapter.halo2Verifier();
        bytes32 agreed = halo2.codehash;
        vm.etch(halo2, address(new FixedAnswer(abi.encode(true))).code);
        vm.expectRevert(abi.encodeWithSelector(CodeHash.CodeChanged.selector, halo2, halo2.codehash, agreed));
        this.verifyExternally(adapter, c, proofOf(c));
        vm.etch(halo2, "");
        vm.expectRevert(abi.encodeWithSelector(CodeHash.NoContract.selector, halo2));
        this.verifyExternally(adapter, c, proofOf(c));
    }

    // ------------------------------------------------------------ construction

    function test_constructionChecksCodeAndParameters() public {
        address halo2 = address(new FakeHalo2Verifier(0, 20));
        bytes32 codehash = halo2.codehash;
        address nobody = account("nobody");
        vm.expectRevert(abi.encodeWithSelector(CodeHash.NoContract.selector, nobody));
        new Halo2Adapter(nobody, nobody.codehash, FIXED, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(CodeHash.CodeChanged.selector, halo2, codehash, bytes32("other")));
        new Halo2Adapter(halo2, "other", FIXED, 0, 0);
        vm.expectRevert(Halo2Base.BadParameters.selector);
        new Halo2Adapter(halo2, codehash, 3, 0, 0);
        vm.expectRevert(Halo2Base.BadParameters.selector);
        new Halo2Adapter(halo2, codehash, POLYCOMMIT, 0, 0);
        vm.expectRevert(Halo2Base.BadParameters.selector);
        new Halo2Adapter(halo2, codehash, HASHED, 1, 0);
        vm.expectRevert(Halo2Base.BadParameters.selector);
        new Halo2Adapter(halo2, codehash, FIXED, 0, 65);
    }

    function test_anEip7702DelegationIsNoVerifier() public {
        address wallet = account("delegating wallet");
        vm.etch(wallet, abi.encodePacked(hex"ef0100", account("delegate")));
        vm.expectRevert(abi.encodeWithSelector(CodeHash.NoContract.selector, wallet));
        new Halo2Adapter(wallet, wallet.codehash, FIXED, 0, 0);
    }

    function test_parametersAreReadable() public {
        Halo2Adapter adapter = deploy(POLYCOMMIT);
        vm.assertEq(adapter.halo2Codehash(), adapter.halo2Verifier().codehash, "codehash");
        vm.assertEq(uint256(adapter.binding()), POLYCOMMIT, "binding");
        vm.assertEq(adapter.points(), 2, "points");
        vm.assertEq(adapter.scaleBits(), SCALE_BITS, "scaleBits");
    }

    /// @dev A call of its own, so that {Vm-expectRevert} applies to the adapter's revert passed on by it.
    function verifyExternally(Halo2Adapter adapter, Claim calldata c, bytes calldata proof) external view {
        verify(adapter, c, proof);
    }
}
