"""Points of a polynomial commitment: both signs, off the curve, the identity, and out-of-range coordinates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.encoding import keccak256
from proofs.errors import ProverFailed
from proofs.halo2.points import P, commitment_digest, decompress

SIGN, IDENTITY = 1 << 255, 1 << 254


def root(x: int) -> int | None:
    """A square root of x^3 + 3, by trying Euler's criterion first."""
    square = (x**3 + 3) % P
    return pow(square, (P + 1) // 4, P) if pow(square, (P - 1) // 2, P) == 1 else None


def written(value: int) -> str:
    return value.to_bytes(32, "little").hex()


@given(st.integers(0, P - 1))
def test_every_abscissa(x: int) -> None:
    y = root(x)
    if y is None:
        with pytest.raises(ProverFailed):
            decompress(written(x))
        return
    points = {decompress(written(x)), decompress(written(x | SIGN))}
    assert points == {x.to_bytes(32, "big") + v.to_bytes(32, "big") for v in (y, P - y)}


def test_the_sign_bit_is_the_ordinates_parity() -> None:
    for flag, parity in ((0, 0), (SIGN, 1)):
        assert decompress(written(1 | flag))[-1] & 1 == parity
        assert decompress("0x" + written(1 | flag)) == decompress(written(1 | flag))


@pytest.mark.parametrize("value", [IDENTITY, IDENTITY | SIGN, 1 | IDENTITY, P, P + 1, (P + 1) | SIGN])
def test_identity_and_unreduced_coordinates(value: int) -> None:
    with pytest.raises(ProverFailed):
        decompress(written(value))


def test_digest_is_over_the_points_in_order() -> None:
    one, two = decompress(written(1)), decompress(written(1 | SIGN))
    assert commitment_digest([one, two]) == keccak256(one + two) != commitment_digest([two, one])
