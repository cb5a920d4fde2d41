// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Halo2Base} from "../src/Halo2Base.sol";
import {Halo2OutputsAdapter} from "../src/Halo2OutputsAdapter.sol";
import {IHalo2Verifier} from "../src/interfaces/IHalo2Verifier.sol";
import {CodeHash} from "../src/libraries/CodeHash.sol";
import {Commitments} from "../src/libraries/Commitments.sol";
import {BaseTest} from "./utils/BaseTest.sol";
import {FakeHalo2Verifier, FakeProof, FixedAnswer, TrueInFailure} from "./utils/FakeHalo2Verifier.sol";

/// @dev Every field of a statement about outputs is tampered with once. Two inputs, three outputs, one of them negative.
contract Halo2OutputsAdapterTest is BaseTest {
    uint8 private constant FIXED = 0;
    uint8 private constant POLYCOMMIT = 1;
    uint8 private constant HASHED = 2;
    uint256 private constant MINUS_FIVE = Commitments.FIELD_ORDER - 5;

    struct Claim {
        bytes32 weights;
        bytes32 tag;
        uint256 tagHash;
        uint256[] h;
        uint256[] outputs;
    }

    bytes private points = bytes.concat(keccak256("x1"), keccak256("y1"), keccak256("x2"), keccak256("y2"));

    function deploy(uint8 binding) private returns (Halo2OutputsAdapter) {
        bool poly = binding == POLYCOMMIT;
        address halo2 = address(new FakeHalo2Verifier(poly ? 128 : 0, binding == HASHED ? 24 : 23));
        return new Halo2OutputsAdapter(halo2, halo2.codehash, binding, poly ? 2 : 0);
    }

    function claim() private view returns (Claim memory c) {
        c = Claim(keccak256(points), keccak256("tag"), 99, new uint256[](2), new uint256[](3));
        (c.h[0], c.h[1]) = (11, Commitments.FIELD_ORDER - 1);
        (c.outputs[0], c.outputs[1], c.outputs[2]) = (7, MINUS_FIVE, 0);
    }

    /// @dev Written anew from the definition: the void, zero, stands between outputs and limbs.
    function instances(Claim memory c, bool hashed) private pure returns (uint256[] memory all) {
        all = new uint256[](hashed ? 24 : 23);
        (all[0], all[1], all[2]) = (c.h[0], c.h[1], c.tagHash);
        uint256 next = 3;
        if (hashed) all[next++] = uint256(c.weights);
        (all[next], all[next + 1], all[next + 2]) = (c.outputs[0], c.outputs[1], c.outputs[2]);
        for (uint256 j = 0; j < 16; ++j) {
            all[next + 4 + j] = uint16(bytes2(c.tag << (16 * j)));
        }
    }

    function proofOf(Claim memory c) private view returns (bytes memory) {
        return FakeProof.make(points, instances(c, false));
    }

    function verify(Halo2OutputsAdapter adapter, Claim memory c, bytes memory proof) private view returns (bool) {
        bytes32 inputHash = keccak256(abi.encode(c.weights, c.tag, c.h));
        bytes32 outputHash = keccak256(abi.encode(c.outputs));
        return adapter.verify(inputHash, outputHash, abi.encode(c.weights, c.tag, c.tagHash, c.h, c.outputs), proof);
    }

    function refuse(Halo2OutputsAdapter adapter, Claim memory c, bytes memory proof, bytes memory reason) private {
        vm.expectRevert(reason);
        this.verifyExternally(adapter, c, proof);
    }

    // ------------------------------------------------------------ accepted

    function test_polycommitAccepts() public {
        Halo2OutputsAdapter adapter = deploy(POLYCOMMIT);
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

    function testFuzz_anyCanonicalOutputsAreAccepted(uint256 a, uint256 b, uint256 h) public {
        Claim memory c = claim();
        (c.outputs[0], c.outputs[1]) = (a % Commitments.FIELD_ORDER, b % Commitments.FIELD_ORDER);
        c.h[0] = h % Commitments.FIELD_ORDER;
        vm.assertTrue(verify(deploy(POLYCOMMIT), c, proofOf(c)), "accepted");
    }

    // ------------------------------------------------------------ refused

    function test_anyChangedByteOfTheProofIsRefused() public {
        Halo2OutputsAdapter adapter = deploy(POLYCOMMIT);
        Claim memory c = claim();
        bytes memory proof = proofOf(c);
        for (uint256 i = 0; i < proof.length; ++i) {
            proof[i] ^= 0x01;
            vm.expectRevert(i < 128 ? Halo2Base.WrongWeights.selector : Halo2Base.ProofRejected.selector);
            this.verifyExternally(adapter, c, proof);
            proof[i] ^= 0x01;
        }
    }

    function test_anyChangedFieldIsRefused() public {
        Halo2OutputsAdapter adapter = deploy(POLYCOMMIT);
        bytes memory proof = proofOf(claim());
        for (uint256 field = 0; field < 7; ++field) {
            Claim memory c = claim();
            if (field == 0) c.tag = bytes32(uint256(c.tag) ^ 1);
            if (field == 1) c.tag = bytes32(uint256(c.tag) ^ (1 << 255));
            if (field == 2) c.tagHash += 1;
            if (field == 3) (c.h[0], c.h[1]) = (c.h[1], c.h[0]);
            if (field == 4) c.outputs[0] += 1;
            if (field == 5) (c.outputs[0], c.outputs[1]) = (c.outputs[1], c.outputs[0]);
            if (field == 6) c.outputs[1] = 5;
            refuse(adapter, c, proof, abi.encodeWithSelector(Halo2Base.ProofRejected.selector));
        }
    }

    function test_otherShapesThanTheCircuitsAreRefused() public {
        Halo2OutputsAdapter adapter = deploy(POLYCOMMIT);
        Claim memory c = claim();
        bytes memory proof = proofOf(c);
        c.outputs = new uint256[](4);
        refuse(adapter, c, proof, abi.encodeWithSelector(Halo2Base.ProofRejected.selector));
        c.outputs = new uint256[](2);
        refuse(adapter, c, proof, abi.encodeWithSelector(Halo2Base.ProofRejected.selector));
        c.outputs = new uint256[](0);
        refuse(adapter, c, proof, abi.encodeWithSelector(Halo2OutputsAdapter.BadShape.selector, 2, 0));
        c = claim();
        c.h = new uint256[](0);
        refuse(adapter, c, proof, abi.encodeWithSelector(Halo2OutputsAdapter.BadShape.selector, 0, 3));
        c.h = new uint256[](257);
        refuse(adapter, c, proof, abi.encodeWithSelector(Halo2OutputsAdapter.BadShape.selector, 257, 3));
    }

    function test_otherWeightsAreRefused() public {
        Claim memory c = claim();
        bytes memory proof = proofOf(c);
        c.weights = keccak256("another model");
        refuse(deploy(POLYCOMMIT), c, proof, abi.encodeWithSelector(Halo2Base.WrongWeights.selector));

        c.weights = bytes32(uint256(1));
        bytes memory hashedProof = FakeProof.make("", instances(c, true));
        c.weights = bytes32(uint256(2));
        refuse(deploy(HASHED), c, hashedProof, abi.encodeWithSelector(Halo2Base.ProofRejected.selector));
    }

    function test_digestsMustMatchTheMetadata() public {
        Halo2OutputsAdapter adapter = deploy(POLYCOMMIT);
        Claim memory c = claim();
        bytes memory proof = proofOf(c);
        bytes32 inputHash = keccak256(abi.encode(c.weights, c.tag, c.h));
        bytes32 outputHash = keccak256(abi.encode(c.outputs));
        bytes memory metadata = abi.encode(c.weights, c.tag, c.tagHash, c.h, c.outputs);
        vm.expectRevert(Halo2Base.HashMismatch.selector);
        adapter.verify(inputHash ^ bytes32(uint256(1)), outputHash, metadata, proof);
        vm.expectRevert(Halo2Base.HashMismatch.selector);
        adapter.verify(inputHash, outputHash ^ bytes32(uint256(1)), metadata, proof);
    }

    function test_secondEncodingOfAFieldElementIsRefused() public {
        Halo2OutputsAdapter adapter = deploy(POLYCOMMIT);
        bytes memory proof = proofOf(claim());
        Claim memory c = claim();
        c.h[0] += Commitments.FIELD_ORDER;
        refuse(adapter, c, proof, abi.encodeWithSelector(Halo2Base.NotInField.selector, c.h[0]));
        c = claim();
        c.outputs[1] += Commitments.FIELD_ORDER;
        refuse(adapter, c, proof, abi.encodeWithSelector(Halo2Base.NotInField.selector, c.outputs[1]));
        c = claim();
        c.tagHash = Commitments.FIELD_ORDER;
        refuse(adapter, c, proof, abi.encodeWithSelector(Halo2Base.NotInField.selector, c.tagHash));
        c = claim();
        c.weights = bytes32(Commitments.FIELD_ORDER);
        proof = FakeProof.make("", instances(c, true));
        refuse(deploy(HASHED), c, proof, abi.encodeWithSelector(Halo2Base.NotInField.selector, c.weights));
    }

    // ------------------------------------------------------------ verifiers that say yes to everything

    function test_onlyTheExactWordTrueCountsAsAcceptance() public {
        bytes[5] memory answers =
            [bytes(""), hex"01", abi.encode(false), abi.encode(uint256(2)), abi.encode(true, uint256(0))];
        for (uint256 i = 0; i < answers.length; ++i) {
            refuseFrom(address(new FixedAnswer(answers[i])));
        }
        refuseFrom(address(new TrueInFailure()));
    }

    function refuseFrom(address halo2) private {
        Halo2OutputsAdapter adapter = new Halo2OutputsAdapter(halo2, halo2.codehash, FIXED, 0);
        refuse(adapter, claim(), "", abi.encodeWithSelector(Halo2Base.ProofRejected.selector));
    }

    /// @dev A stub that answers true is not the verifier that was agreed on: neither when the adapter is made nor later.
    function test_aStubThatAnswersTrueIsRefusedByItsCodeHash() public {
        Halo2OutputsAdapter adapter = deploy(POLYCOMMIT);
        address halo2 = adapter.halo2Verifier();
        bytes32 agreed = halo2.codehash;
        address yes = address(new FixedAnswer(abi.encode(true)));
        vm.expectRevert(abi.encodeWithSelector(CodeHash.CodeChanged.selector, yes, yes.codehash, agreed));
        new Halo2OutputsAdapter(yes, agreed, POLYCOMMIT, 2);

        Claim memory c = claim();
        bytes memory proof = proofOf(c);
        vm.etch(halo2, yes.code);
        bytes memory changed = abi.encodeWithSelector(CodeHash.CodeChanged.selector, halo2, yes.codehash, agreed);
        refuse(adapter, c, proof, changed);
        vm.etch(halo2, "");
        refuse(adapter, c, proof, abi.encodeWithSelector(CodeHash.NoContract.selector, halo2));
        vm.etch(halo2, abi.encodePacked(hex"ef0100", yes));
        refuse(adapter, c, proof, abi.encodeWithSelector(CodeHash.NoContract.selector, halo2));
    }

    /// @dev Two adapters over two verifiers are two code hashes: terms that name one cannot be served by the other.
    function test_theCodeHashOfAnAdapterNamesItsVerifierAndBinding() public {
        address honest = address(new FakeHalo2Verifier(0, 22));
        address yes = address(new FixedAnswer(abi.encode(true)));
        bytes32 first = address(new Halo2OutputsAdapter(honest, honest.codehash, FIXED, 0)).codehash;
        bytes32 second = address(new Halo2OutputsAdapter(yes, yes.codehash, FIXED, 0)).codehash;
        bytes32 third = address(new Halo2OutputsAdapter(honest, honest.codehash, HASHED, 0)).codehash;
        vm.assertFalse(first == second, "verifier");
        vm.assertFalse(first == third, "binding");
    }

    // ------------------------------------------------------------ construction

    function test_constructionChecksCodeAndParameters() public {
        address halo2 = address(new FakeHalo2Verifier(0, 22));
        bytes32 codehash = halo2.codehash;
        address nobody = account("nobody");
        vm.expectRevert(abi.encodeWithSelector(CodeHash.NoContract.selector, nobody));
        new Halo2OutputsAdapter(nobody, nobody.codehash, FIXED, 0);
        vm.expectRevert(Halo2Base.BadParameters.selector);
        new Halo2OutputsAdapter(halo2, codehash, 3, 0);
        vm.expectRevert(Halo2Base.BadParameters.selector);
        new Halo2OutputsAdapter(halo2, codehash, POLYCOMMIT, 0);
        vm.expectRevert(Halo2Base.BadParameters.selector);
        new Halo2OutputsAdapter(halo2, codehash, HASHED, 1);
    }

    function test_parametersAreReadable() public {
        Halo2OutputsAdapter adapter = deploy(POLYCOMMIT);
        vm.assertEq(adapter.halo2Codehash(), adapter.halo2Verifier().codehash, "codehash");
        vm.assertEq(uint256(adapter.binding()), POLYCOMMIT, "binding");
        vm.assertEq(adapter.points(), 2, "points");
    }

    /// @dev A call of its own, so that {Vm-expectRevert} applies to the adapter's revert passed on by it.
    function verifyExternally(Halo2OutputsAdapter adapter, Claim calldata c, bytes calldata proof) external view {
        verify(adapter, c, proof);
    }
}
