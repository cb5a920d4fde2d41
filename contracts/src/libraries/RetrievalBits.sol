// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IRetrievalEscrow} from "../interfaces/IRetrievalEscrow.sol";
import {Commitments} from "./Commitments.sol";

/// @title The bitmap of matching documents: how proofs and the chain's draw fill it
/// @notice Bit i of word w stands for document 256 * w + i.
library RetrievalBits {
    bytes32 internal constant SAMPLE = keccak256("assay/sample/v1");

    /// @notice Whether document `doc` is in the bitmap.
    function get(mapping(uint256 => uint256) storage bitmap, uint256 doc) internal view returns (bool) {
        return (bitmap[doc >> 8] >> (doc & 0xff)) & 1 == 1;
    }

    /// @notice Whether any of the bits stands beyond a batch of 1..256.
    function tooWide(uint256 bits, uint256 batch) internal pure returns (bool) {
        return batch < 256 && bits >> batch != 0;
    }

    /// @notice Adds a batch, whose bits were not added before.
    /// @param batch a power of two up to 256, so that a batch lies within one word
    /// @param total number of real documents; bits of those beyond are dropped
    /// @return kept  the bits added
    /// @return found their number
    function setBatch(
        mapping(uint256 => uint256) storage bitmap,
        uint256 batchIndex,
        uint256 bits,
        uint256 batch,
        uint256 total
    ) internal returns (uint256 kept, uint256 found) {
        uint256 first = batchIndex * batch;
        uint256 real = total - first;
        kept = real < 256 ? bits & ((1 << real) - 1) : bits;
        if (kept != 0) bitmap[first >> 8] |= kept << (first & 0xff);
        for (uint256 rest = kept; rest != 0; rest &= rest - 1) {
            ++found;
        }
    }

    /// @notice Adds `count` different documents, drawn from `seed`.
    /// @dev Try t is document keccak256(abi.encode(SAMPLE, jobId, seed, t)) % total, unless drawn before. At most half of
    ///      all documents are drawn, so that a try succeeds with probability 1/2 at least; or all of them.
    function drawSample(
        mapping(uint256 => uint256) storage bitmap,
        bytes32 jobId,
        bytes32 seed,
        uint256 count,
        uint256 total
    ) internal {
        if (count == total) {
            bitmap[0] = type(uint256).max >> (256 - total);
            return;
        }
        for (uint256 attempt = 0; count != 0; ++attempt) {
            uint256 doc = uint256(keccak256(abi.encode(SAMPLE, jobId, seed, attempt))) % total;
            if (get(bitmap, doc)) continue;
            bitmap[doc >> 8] |= 1 << (doc & 0xff);
            --count;
        }
    }

    /// @notice What the circuit outputs for a batch in which exactly `bits` match, built here from the terms and never
    ///         taken from a caller: b words, bit j on the circuit's scale; C words, the selector, 1 on that scale at the
    ///         selected output, else 0; for Threshold one more, the threshold as a field element.
    function outputs(IRetrievalEscrow.RetrievalTerms storage agreed, uint256 bits)
        internal
        view
        returns (uint256[] memory words)
    {
        uint256 batch = agreed.batch;
        uint256 scaleBits = agreed.scaleBits;
        bool compares = agreed.predicate == uint8(IRetrievalEscrow.Predicate.Threshold);
        words = new uint256[](batch + agreed.outputs + (compares ? 1 : 0));
        for (uint256 j = 0; j < batch; ++j) {
            words[j] = ((bits >> j) & 1) << scaleBits;
        }
        words[batch + agreed.selected] = 1 << scaleBits;
        if (compares) words[words.length - 1] = Commitments.element(agreed.threshold);
    }
}
