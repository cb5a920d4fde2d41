"""Bytes and gas of a circuit, from its rows and how its weights are bound: exact, or nearly so.

Columns are the same for every model (``layout``), so keys are so many polynomials of 2^k scalars; a commitment point
more is a column more. Figures are of ezkl 23.0.5, solc 0.8 and the contracts of this release (docs/estimate.md).
"""

from __future__ import annotations

SCALAR = 32
SRS_POWERS, SRS_HEAD = 128, 260
"""A reference string holds a point in two forms for each row, and the verifier's points."""
KEY_POLYNOMIALS, POINT_POLYNOMIALS = 314, 10
"""Of a proving key, in scalars a row; and of each commitment point, whose column takes part in the permutation."""
SELECTOR_BYTES = 2.375
"""A bit a row for each of 19 selectors."""
VERIFYING_KEY, VERIFYING_POINT, PROVING_HEAD, PROVING_POINT = 1863, 64, 732, 24
PROOF, FIRST_POINT, MORE_POINT = 3840, 288, 128
"""Bytes of a proof; the first point also begins another product of the permutation argument."""
CONTRACT, HASHED_CONTRACT, FIRST_POINT_CODE, MORE_POINT_CODE = 17_985, 18_026, 507, 236
"""Bytes of a generated verifier; one more public word, the hash of the weights, counts."""
VERIFY_GAS = {"fixed": 683_300, "hashed": 684_400, "polycommit": 710_800}
"""Of a transaction that verifies a batch through the adapter, without what its public words add."""
POINT_GAS, HASH_GAS, WORD_GAS = 16_700, 1_850, 1_920
"""A commitment point more; an input's hash; an output's word, negative as often as not."""
OUTPUT_GAS = -1_500
SETTLING_GAS, SETTLING_EXAMPLE_GAS = 145_000, 3_200
"""What ``submitBatch`` adds: the Merkle path, the escrow's books and, with the last batch, the settlement."""
MAX_CONTRACT_BYTES = 24_576
"""EIP-170: a chain stores no larger contract."""
MAX_TRANSACTION_GAS = 16_777_216
"""EIP-7825: no transaction may use more."""


def srs_bytes(logrows: int) -> int:
    """A reference string of 2^logrows rows."""
    return SRS_HEAD + (SRS_POWERS << logrows)


def proving_key_bytes(logrows: int, points: int) -> int:
    """On disk."""
    each = SCALAR * (KEY_POLYNOMIALS + POINT_POLYNOMIALS * points) + SELECTOR_BYTES
    return int(each * (1 << logrows)) + VERIFYING_KEY + PROVING_HEAD + (VERIFYING_POINT + PROVING_POINT) * points


def verifying_key_bytes(logrows: int, points: int) -> int:
    """On disk."""
    return int(SELECTOR_BYTES * (1 << logrows)) + VERIFYING_KEY + VERIFYING_POINT * points


def proof_bytes(points: int) -> int:
    """One proof alone."""
    return PROOF + (FIRST_POINT + MORE_POINT * (points - 1) if points else 0)


def contract_bytes(binding: str, points: int) -> int:
    """Runtime code of the generated verifier, a few bytes off."""
    base = HASHED_CONTRACT if binding == "hashed" else CONTRACT
    return base + (FIRST_POINT_CODE + MORE_POINT_CODE * (points - 1) if points else 0)


def verify_gas(binding: str, points: int, hashes: int, words: int) -> int:
    """A transaction that verifies one batch through the adapter.

    Args:
        hashes: examples of the batch. words: public outputs but the count; 0 for a score.
    """
    more = POINT_GAS * max(points - 1, 0) + HASH_GAS * hashes + (OUTPUT_GAS + WORD_GAS * words if words else 0)
    return VERIFY_GAS[binding] + more


def settling_gas(verify: int, hashes: int) -> int:
    """The largest transaction of an audit: it verifies a batch and pays."""
    return verify + SETTLING_GAS + SETTLING_EXAMPLE_GAS * hashes
