// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IHalo2Verifier} from "./interfaces/IHalo2Verifier.sol";
import {IProofVerifier} from "./interfaces/IProofVerifier.sol";
import {CodeHash} from "./libraries/CodeHash.sol";
import {Commitments} from "./libraries/Commitments.sol";
import {JobTag} from "./libraries/JobTag.sol";

/// @title What every adapter over one generated halo2 verifier shares
/// @notice The circuit's instances are built here, never taken from a caller, in the circuit's order:
///         h_0..h_{b-1}, tagHash, [weightsCommitment if hashed], the outputs, 16 tag limbs.
/// @dev All parameters are immutables and hence part of an adapter's code hash: whoever agrees on the code hash has
///      agreed on the generated verifier and on the weights binding.
abstract contract Halo2Base is IProofVerifier {
    /// @notice How a proof is tied to the weights.
    /// @param Fixed      the verifying key contains them; `weightsCommitment` is not looked at (public models only)
    /// @param PolyCommit the first `points` curve points of the proof commit to them; the commitment is their keccak256
    /// @param Hashed     an instance holds their in-circuit hash; the commitment is that field element
    enum Binding {
        Fixed,
        PolyCommit,
        Hashed
    }

    uint256 internal constant MAX_BATCH = 256;
    uint256 private constant POINT_BYTES = 64;

    /// @notice The contract generated for the circuit's verifying key.
    address public immutable halo2Verifier;
    /// @notice Its code hash, compared at every call.
    bytes32 public immutable halo2Codehash;
    /// @notice How weights are bound.
    Binding public immutable binding;
    /// @notice Number of commitment points at the proof's start; zero unless `binding` is PolyCommit.
    uint8 public immutable points;

    /// @notice Constructor arguments that contradict each other: a binding beyond 2, points without polycommit or
    ///         polycommit without points, or a scale above 64 bits.
    error BadParameters();
    /// @notice inputHash or outputHash is not the digest of the metadata.
    error HashMismatch();
    /// @notice An instance is no canonical field element.
    error NotInField(uint256 instance);
    /// @notice The proof was made with other weights than the committed ones.
    error WrongWeights();
    /// @notice The generated verifier refused the proof.
    error ProofRejected();

    /// @param halo2Verifier_ the generated verifier, already deployed
    /// @param halo2Codehash_ the code hash the deployer believes it has
    /// @param binding_       0 fixed, 1 polycommit, 2 hashed
    /// @param points_        commitment points in a polycommit proof, else 0
    constructor(address halo2Verifier_, bytes32 halo2Codehash_, uint8 binding_, uint8 points_) {
        CodeHash.requireCode(halo2Verifier_, halo2Codehash_);
        if (binding_ > uint8(Binding.Hashed)) revert BadParameters();
        if ((Binding(binding_) == Binding.PolyCommit) != (points_ != 0)) revert BadParameters();
        halo2Verifier = halo2Verifier_;
        halo2Codehash = halo2Codehash_;
        binding = Binding(binding_);
        points = points_;
    }

    /// @dev The generated verifier is still the agreed code.
    function _requireAgreedVerifier() internal view {
        CodeHash.requireCode(halo2Verifier, halo2Codehash);
    }

    /// @dev The proof was made with the committed weights and shows `outputs` for the inputs hashing to `h`.
    /// @param h       circuit hashes of the batch's inputs
    /// @param outputs the circuit's outputs before the tag limbs, as field elements
    function _requireProven(
        bytes32 weightsCommitment,
        bytes32 tag,
        uint256 tagHash,
        uint256[] memory h,
        uint256[] memory outputs,
        bytes calldata proof
    ) internal view {
        if (binding == Binding.PolyCommit) _requireCommittedWeights(weightsCommitment, proof);
        _requireValid(proof, _instances(weightsCommitment, tag, tagHash, h, outputs));
    }

    function _requireCommittedWeights(bytes32 weightsCommitment, bytes calldata proof) private view {
        uint256 prefix = POINT_BYTES * points;
        if (proof.length < prefix || keccak256(proof[:prefix]) != weightsCommitment) revert WrongWeights();
    }

    /// @dev The circuit's public values, in its order: hashed inputs, hashed weights, outputs.
    function _instances(
        bytes32 weightsCommitment,
        bytes32 tag,
        uint256 tagHash,
        uint256[] memory h,
        uint256[] memory outputs
    ) private view returns (uint256[] memory instances) {
        bool hashed = binding == Binding.Hashed;
        instances = new uint256[](h.length + (hashed ? 2 : 1) + outputs.length + JobTag.LIMBS);
        uint256 next = _copy(h, instances, 0);
        instances[next++] = _inField(tagHash);
        if (hashed) instances[next++] = _inField(uint256(weightsCommitment));
        next = _copy(outputs, instances, next);
        for (uint256 j = 0; j < JobTag.LIMBS; ++j) {
            instances[next++] = JobTag.limb(tag, j);
        }
    }

    function _copy(uint256[] memory from, uint256[] memory to, uint256 next) private pure returns (uint256) {
        for (uint256 i = 0; i < from.length; ++i) {
            to[next++] = _inField(from[i]);
        }
        return next;
    }

    /// @dev Asks the generated verifier. A low-level call, because it refuses with empty data and because nothing but
    ///      the exact word `true` may count as acceptance.
    function _requireValid(bytes calldata proof, uint256[] memory instances) internal view virtual {
        (bool success, bytes memory answer) =
            halo2Verifier.staticcall(abi.encodeCall(IHalo2Verifier.verifyProof, (proof, instances)));
        if (!success || answer.length != 32 || abi.decode(answer, (uint256)) != 1) revert ProofRejected();
    }

    function _inField(uint256 value) private pure returns (uint256) {
        if (value >= Commitments.FIELD_ORDER) revert NotInField(value);
        return value;
    }
}
