// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Halo2Base} from "./Halo2Base.sol";
import {IHalo2VerifierReusable} from "./interfaces/IHalo2VerifierReusable.sol";

/// @title {Halo2Base} over the verifier that all circuits share, and one circuit's verifying key
/// @notice The key's words (ezkl's verifying key artifact, VKA) are the code of a contract of their own: a zero byte, so
///         that the code cannot run, then 32 bytes each. They are read and hashed at every call.
/// @dev All parameters are immutables and hence part of an adapter's code hash: whoever agrees on it has agreed on the
///      shared verifier's code, on the key, and on a proof's exact length.
abstract contract Halo2Reusable is Halo2Base {
    uint256 private constant WORD_BYTES = 32;
    /// @dev A contract holds 24,576 bytes (EIP-170), the first of which is no part of the key.
    uint256 private constant MAX_VKA_WORDS = 767;
    /// @dev What is read of the verifier's answer: the word `true` and the key's digest.
    uint256 private constant ANSWER_BYTES = 64;

    /// @notice The contract whose code holds the key.
    address public immutable vka;
    /// @notice keccak256 over the key's words, compared at every call with the words and with the verifier's answer.
    bytes32 public immutable vkaDigest;
    /// @notice Exact number of bytes of a proof; the shared verifier itself would take longer ones.
    uint32 public immutable proofBytes;

    /// @notice The code at `vka` is no whole number of words between 1 and 767 after a zero byte.
    error MalformedVka(address vka, uint256 codeBytes);
    /// @notice The key has another digest than the agreed one.
    error WrongVka(bytes32 actual, bytes32 agreed);

    /// @param vka_        the deployed key
    /// @param vkaDigest_  the digest the deployer believes it has
    /// @param proofBytes_ length of the circuit's proofs
    constructor(address vka_, bytes32 vkaDigest_, uint32 proofBytes_) {
        if (proofBytes_ == 0) revert BadParameters();
        vka = vka_;
        vkaDigest = vkaDigest_;
        proofBytes = proofBytes_;
        bytes32 registered = IHalo2VerifierReusable(halo2Verifier).registerVka(_words(vka_, vkaDigest_));
        if (registered != vkaDigest_) revert WrongVka(registered, vkaDigest_);
    }

    /// @dev Asks the shared verifier about the agreed key, in a call encoded here and nowhere else.
    function _requireValid(bytes calldata proof, uint256[] memory instances) internal view virtual override {
        if (proof.length != proofBytes) revert ProofRejected();
        bytes32[] memory words = _words(vka, vkaDigest);
        bytes memory question = abi.encodeCall(IHalo2VerifierReusable.verifyProof, (proof, instances, words));
        (bool answered, uint256 accepted, bytes32 digest) = _ask(question);
        if (!answered || accepted != 1) revert ProofRejected();
        if (digest != vkaDigest) revert WrongVka(digest, vkaDigest);
    }

    /// @dev The first two words of the verifier's answer. The rest is no valid ABI and never read.
    function _ask(bytes memory question) private view returns (bool answered, uint256 accepted, bytes32 digest) {
        address verifier = halo2Verifier;
        assembly ("memory-safe") {
            // Into scratch space, 0x00..0x3f; whoever asks looks at `answered` first.
            answered := staticcall(gas(), verifier, add(question, 0x20), mload(question), 0x00, ANSWER_BYTES)
            answered := and(answered, gt(returndatasize(), sub(ANSWER_BYTES, 1)))
            accepted := mload(0x00)
            digest := mload(0x20)
        }
    }

    /// @dev The key in the code at `holder`, once it is found to be the agreed one.
    function _words(address holder, bytes32 agreed) private view returns (bytes32[] memory words) {
        uint256 size = holder.code.length;
        if (size <= WORD_BYTES || size % WORD_BYTES != 1 || size / WORD_BYTES > MAX_VKA_WORDS) {
            revert MalformedVka(holder, size);
        }
        words = new bytes32[](size / WORD_BYTES);
        bytes32 digest;
        uint256 first;
        assembly ("memory-safe") {
            extcodecopy(holder, 0x00, 0, 1)
            first := byte(0, mload(0x00))
            extcodecopy(holder, add(words, 0x20), 1, sub(size, 1))
            digest := keccak256(add(words, 0x20), sub(size, 1))
        }
        if (first != 0) revert MalformedVka(holder, size);
        if (digest != agreed) revert WrongVka(digest, agreed);
    }
}
