"""Digests that contracts/ repeats: the ids of a sampled accuracy job."""

from __future__ import annotations

import re

from escrow.build import CONTRACTS
from protocols.sampled.terms import SampledTerms, job_id, job_tag

SOLIDITY = CONTRACTS / "test" / "sampled" / "Encodings.t.sol"


def address(number: int) -> str:
    return f"0x{number:040x}"


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def in_solidity(name: str) -> bytes:
    (found,) = re.findall(rf"constant {name} = 0x([0-9a-f]{{64}});", SOLIDITY.read_text(encoding="utf-8"))
    return bytes.fromhex(found)


def golden_terms() -> SampledTerms:
    return SampledTerms(
        buyer=address(0xB),
        seller=address(0x5),
        model_id=word(1),
        nonce=42,
        data_root=word(2),
        format_digest=word(3),
        total=600,
        batch=8,
        sample=48,
        target=500,
        verifier=address(0xE),
        verifier_codehash=word(6),
        srs_digest=word(7),
        example_cost=30,
        proving_cost=20,
        inference_cost=10,
        fee=3,
        fee_recipient=address(0xF),
        min_stake=11,
        max_aborts=2,
        accept_window=3600,
        hand_over_window=7200,
        decide_window=10_800,
        key_window=14_400,
        complain_window=18_000,
        prove_window=21_600,
    )


def test_ids_of_a_job() -> None:
    terms = golden_terms()
    tag = job_tag(31_337, address(0xABC), terms)
    assert tag == in_solidity("TAG")
    assert job_id(tag, terms) == in_solidity("JOB")
