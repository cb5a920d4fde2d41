"""SafetyNets bundles without a prover: one byte form, strict parsing, and what the sheet says of them."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.bundle import MAGIC, VERSION
from proofs.container import pack
from proofs.errors import MalformedProof
from proofs.exact_integers import encode
from proofs.read_bundle import read_bundle
from proofs.safetynets_bundle import SECTIONS, SafetyNetsBundle
from proofs.sheets import SECTIONS as SHEET_SECTIONS
from proofs.sheets import leaks_of, sheet_of
from proofs.statements.safetynets import SafetyNets

P, Q = 2**61 - 1, 2**61 - 45
ONE = SafetyNets(
    network=b"n" * 32, alpha=Fraction(7), betas=(Fraction(16), Fraction(7, 2)), fields=("m61",), challenge_degree=2,
    rounds=((2, 6), (3, 5), (12, 1)), total=2, input_shape=(1, 6, 6), input_box=(0, 7), classes=3,
    inputs=b"i" * 32, outputs=b"o" * 32, context=bytes(32),
)  # fmt: skip
TWO = replace(ONE, fields=("m61", "m61b"))
SMALL = [[-5, 0, (P - 1) // 2], [-(P - 1) // 2, 7, 7]]
LARGE = [[-(2**120), 0, (P * Q - 1) // 2], [-(P * Q - 1) // 2, 2**64, -1]]


def bundle(statement: SafetyNets, outputs: list[list[int]]) -> SafetyNetsBundle:
    return SafetyNetsBundle(statement, encode(np.array(outputs, dtype=object), statement.output_bytes), b"messages")


@pytest.mark.parametrize(("statement", "outputs"), [(ONE, SMALL), (TWO, LARGE), (TWO, SMALL)])
def test_bundles_come_back_as_they_were(statement: SafetyNets, outputs: list[list[int]]) -> None:
    honest = bundle(statement, outputs)
    parsed = read_bundle(honest.to_bytes())
    assert isinstance(parsed, SafetyNetsBundle)
    assert (parsed, parsed.to_bytes()) == (honest, honest.to_bytes())
    assert parsed.integers.tolist() == outputs
    assert statement.output_bytes == (8 if statement is ONE else 16)


@pytest.mark.parametrize(
    ("statement", "modulus", "value"),
    [(ONE, P, 1), (ONE, P, 0), (ONE, -P, 7), (TWO, P * Q, 1), (TWO, -P * Q, 0), (TWO, P * Q, 2**64)],
)
def test_outputs_have_no_second_spelling(statement: SafetyNets, modulus: int, value: int) -> None:
    """v and v + P are the same residues: were both read, a proof of the one would be a proof of the other."""
    with pytest.raises(MalformedProof, match="larger than"):
        SafetyNetsBundle.from_bytes(bundle(statement, [[value + modulus, 0, 0], [0, 0, 0]]).to_bytes())


def test_sections_are_those_three_in_order() -> None:
    sections = list(zip(SECTIONS, (ONE.to_bytes(), bundle(ONE, SMALL).outputs, b""), strict=True))
    assert read_bundle(pack(MAGIC, VERSION, sections)) == replace(bundle(ONE, SMALL), proof=b"")
    wrong = [
        sections[::-1], sections[:1] + sections[2:], [*sections, sections[2]], [*sections, (b"CIRC", b"{}")],
        [sections[0], (b"OUTP", b""), sections[2]], [(b"SUMC", b"")], [*sections, (b"BTCH", b"")],
    ]  # fmt: skip
    for changed in wrong:
        with pytest.raises(MalformedProof, match="STMT, OUTS and SUMC"):
            read_bundle(pack(MAGIC, VERSION, changed))


@given(st.binary(max_size=200), st.sampled_from([0, 1]))
def test_arbitrary_sections_are_refused_in_words(noise: bytes, place: int) -> None:
    payloads = [ONE.to_bytes(), bundle(ONE, SMALL).outputs, b""]
    payloads[place] = noise
    with pytest.raises(MalformedProof):
        read_bundle(pack(MAGIC, VERSION, list(zip(SECTIONS, payloads, strict=True))))


def test_sheet_computes_its_bits_from_the_rounds() -> None:
    sheet = sheet_of(bundle(ONE, SMALL))
    assert tuple(name for name, _ in sheet.sections) == SHEET_SECTIONS
    sections, text = dict(sheet.sections), sheet.to_text()
    total, worst = (math.floor(100 * (122 - math.log2(degree))) / 100 for degree in (2 * 6 + 3 * 5 + 12, 12))
    assert f"{total:g} bits of soundness" in text and f"at most Q 2^-{worst:g}" in text
    assert "12 rounds of challenges (6 of degree 2, 5 of degree 3, 1 of degree 12)" in text
    assert "integrity proof, not zero-knowledge" in sections["Hidden"][0]
    assert "beta = 16, 7/2" in text and "eprint 2025/118" in text and "8 bytes of sum-check messages" in text
    assert sections["Leaks"] == leaks_of(bundle(ONE, SMALL))
    assert "classes (first largest output) are: 2, 1." in text


def test_sheet_of_two_primes_names_both() -> None:
    text = sheet_of(bundle(TWO, LARGE)).to_text()
    assert f"p = {P} (m61) and p = {Q} (m61b), run in each of the 2 fields" in text
    assert "wrong modulo at least one of the primes" in text
