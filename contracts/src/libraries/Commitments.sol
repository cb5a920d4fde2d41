// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The commitments both parties fix before a job: model identity and the labelled test set
/// @notice A test set of N examples is a perfect binary tree of depth ceil(log2 N). Leaf i binds example i's
///         in-circuit hash h_i; places N and up hold the empty leaf. A batch of b = 2^m examples starting at a multiple
///         of b is one aligned subtree, so its proof of membership is a single path.
/// @dev Every digest is keccak256 over 32-byte words, the first being a domain separator of its own.
library Commitments {
    /// @dev Order of the BN254 scalar field: halo2 instances are elements of it.
    uint256 internal constant FIELD_ORDER =
        21888242871839275222246405745257275088548364400416034343698204186575808495617;

    bytes32 internal constant LEAF = keccak256("assay/leaf/v1");
    bytes32 internal constant NODE = keccak256("assay/node/v1");
    bytes32 internal constant DATA_ROOT = keccak256("assay/data-root/v1");
    bytes32 internal constant MODEL = keccak256("assay/model/v1");

    /// @notice A hash that is no canonical field element: h and h + order would name the same circuit input.
    error HashNotInField(uint256 h);
    /// @notice The batch is empty, no power of two, or does not have one payload root per hash.
    error MisshapenBatch(uint256 hashes, uint256 payloadRoots);
    /// @notice The Merkle path has the wrong length for a tree of this size.
    error MisshapenPath(uint256 length, uint256 expected);

    /// @notice An integer as the circuits have it: -x stands for order - x. Magnitude below the order.
    function element(int256 integer) internal pure returns (uint256) {
        return integer < 0 ? FIELD_ORDER - uint256(-integer) : uint256(integer);
    }

    /// @notice Identity of a model: binds its owner, so that a copied commitment is another model.
    function modelId(
        address owner,
        bytes32 architectureDigest,
        bytes32 weightsCommitment,
        bytes32 quantisationDigest,
        bytes32 formatDigest
    ) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(MODEL, owner, architectureDigest, weightsCommitment, quantisationDigest, formatDigest)
        );
    }

    /// @notice Root of a test set: binds its size and input format as well as the tree.
    function dataRoot(uint256 total, bytes32 formatDigest, bytes32 tree) internal pure returns (bytes32) {
        return keccak256(abi.encode(DATA_ROOT, total, formatDigest, tree));
    }

    /// @notice Leaf of example `i` with circuit hash `h`.
    function leaf(uint256 i, uint256 h, bytes32 payloadRoot) internal pure returns (bytes32) {
        if (h >= FIELD_ORDER) revert HashNotInField(h);
        return keccak256(abi.encode(LEAF, i, h, payloadRoot));
    }

    /// @notice Inner node over two children.
    function node(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return keccak256(abi.encode(NODE, left, right));
    }

    /// @notice Depth of the tree over `total` examples, total >= 1.
    function depth(uint256 total) internal pure returns (uint256) {
        return Math.log2(total, Math.Rounding.Ceil);
    }

    /// @notice Tree root implied by batch `batchIndex` and its path.
    /// @param total        number of examples in the whole test set
    /// @param batchIndex   position of the batch; its first example is batchIndex * h.length
    /// @param h            circuit hashes of the batch's examples, a power of two of them
    /// @param payloadRoots one per hash
    /// @param path         siblings from the batch's subtree upwards, exactly depth(total) - log2(h.length)
    function treeRoot(
        uint256 total,
        uint256 batchIndex,
        uint256[] calldata h,
        bytes32[] calldata payloadRoots,
        bytes32[] calldata path
    ) internal pure returns (bytes32 root) {
        root = subtree(batchIndex * h.length, h, payloadRoots);
        return climb(root, batchIndex, path, depth(total) - Math.log2(h.length));
    }

    /// @notice Root of a tree in which `digest` stands at `position` of its height, `height` levels below the root.
    /// @param path siblings from `digest` upwards, exactly `height`
    function climb(bytes32 digest, uint256 position, bytes32[] calldata path, uint256 height)
        internal
        pure
        returns (bytes32 root)
    {
        if (path.length != height) revert MisshapenPath(path.length, height);
        root = digest;
        for (uint256 level = 0; level < height; ++level) {
            bool isRight = (position >> level) & 1 == 1;
            root = isRight ? node(path[level], root) : node(root, path[level]);
        }
    }

    /// @notice Root of the aligned subtree over consecutive examples, the first of them being number `first`.
    function subtree(uint256 first, uint256[] calldata h, bytes32[] calldata payloadRoots)
        internal
        pure
        returns (bytes32)
    {
        uint256 width = h.length;
        if (width == 0 || width & (width - 1) != 0 || payloadRoots.length != width) {
            revert MisshapenBatch(width, payloadRoots.length);
        }
        bytes32[] memory level = new bytes32[](width);
        for (uint256 j = 0; j < width; ++j) {
            level[j] = leaf(first + j, h[j], payloadRoots[j]);
        }
        for (width >>= 1; width != 0; width >>= 1) {
            for (uint256 j = 0; j < width; ++j) {
                level[j] = node(level[2 * j], level[2 * j + 1]);
            }
        }
        return level[0];
    }
}
