"""Constants and digests that contracts/ repeats: the sponge's table, the ids of a retrieval job."""

from __future__ import annotations

import re

from escrow.build import CONTRACTS
from escrow.poseidon_table import TABLE, solidity
from proofs.poseidon.constants import parameters
from protocols.retrieval.terms import RetrievalTerms, job_id, job_tag

SOLIDITY = CONTRACTS / "test" / "retrieval" / "Encodings.t.sol"


def address(number: int) -> str:
    return f"0x{number:040x}"


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def in_solidity(name: str) -> bytes:
    (found,) = re.findall(rf"constant {name} = 0x([0-9a-f]{{64}});", SOLIDITY.read_text(encoding="utf-8"))
    return bytes.fromhex(found)


def golden_terms() -> RetrievalTerms:
    return RetrievalTerms(
        requester=address(0xB),
        responder=address(0x5),
        model_id=word(1),
        weights_commitment=word(2),
        nonce=42,
        corpus_root=word(3),
        format_digest=word(4),
        total=600,
        batch=8,
        predicate=1,
        outputs=10,
        selected=3,
        threshold=-77,
        scale_bits=7,
        verifier=address(0xE),
        verifier_codehash=word(6),
        srs_digest=word(7),
        token=address(0x70),
        proving_cost=20,
        base_fee=24_000,
        price=30,
        cap=50,
        deposit=24_001,
        fee=3,
        fee_recipient=address(0xF),
        accept_window=3600,
        prove_window=7200,
        top_up_window=10_800,
        deliver_window=14_400,
        receipt_window=18_000,
        reveal_window=21_600,
        complain_window=25_200,
    )


def test_ids_of_a_job() -> None:
    terms = golden_terms()
    tag = job_tag(31_337, address(0xABC), terms)
    assert tag == in_solidity("TAG")
    assert job_id(tag, terms) == in_solidity("JOB")


def test_the_sponges_table_is_the_one_the_proofs_use() -> None:
    assert TABLE.read_text(encoding="utf-8") == solidity(parameters())
