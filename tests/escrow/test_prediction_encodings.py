"""Digests of protocol B: the values of contracts/test/prediction/Encodings.t.sol, which the contract computes too."""

from __future__ import annotations

import re
from pathlib import Path

from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import _hash_eip191_message, encode_typed_data

from proofs.encoding import keccak256
from protocols.eip712 import Domain, TypedFields, TypedValues, sign_typed
from protocols.predictions.terms import PredictionTerms, job_id, job_tag

SOLIDITY = Path(__file__).resolve().parents[2] / "contracts" / "test" / "prediction" / "Encodings.t.sol"
ESCROW = f"0x{0xABC:040x}"
DOMAIN = Domain(31_337, ESCROW)
ANSWER: dict[str, TypedFields] = {
    "Answer": [
        {"name": "jobId", "type": "bytes32"},
        {"name": "index", "type": "uint32"},
        {"name": "h", "type": "uint256"},
        {"name": "outputsHash", "type": "bytes32"},
    ]
}
RECEIPT: dict[str, TypedFields] = {
    "Receipt": [{"name": "jobId", "type": "bytes32"}, {"name": "answered", "type": "uint32"}]
}


def in_solidity(name: str) -> bytes:
    """The value of a bytes32 constant of the Solidity test."""
    (found,) = re.findall(rf"constant {name} = 0x([0-9a-f]{{64}});", SOLIDITY.read_text(encoding="utf-8"))
    return bytes.fromhex(found)


def golden_terms() -> PredictionTerms:
    client, provider, verifier, token, fees = (f"0x{n:040x}" for n in (0xC, 0x9, 0xE, 0x70, 0xF))
    return PredictionTerms(
        client=client,
        provider=provider,
        model_id=(1).to_bytes(32, "big"),
        weights_commitment=(2).to_bytes(32, "big"),
        nonce=42,
        format_digest=(3).to_bytes(32, "big"),
        round=100,
        contests=5,
        outputs=10,
        verifier=verifier,
        verifier_codehash=(6).to_bytes(32, "big"),
        srs_digest=(7).to_bytes(32, "big"),
        token=token,
        proving_cost=20,
        answer_price=4,
        beta=3,
        fee=1,
        fee_recipient=fees,
        accept_window=3_600,
        round_window=7_200,
        prove_window=10_800,
    )


def test_tag_id_and_amounts() -> None:
    terms = golden_terms()
    tag = job_tag(31_337, ESCROW, terms)
    assert tag == in_solidity("TAG")
    assert job_id(tag, terms) == in_solidity("JOB")
    assert (terms.client_funds, terms.provider_funds) == (4_401, 6_001)


def test_digests_and_signatures_of_the_standard_encoder() -> None:
    outputs = keccak256(encode(["int256[]"], [[5, -3, 0]]))
    assert outputs == in_solidity("OUTPUTS")
    job = in_solidity("JOB")
    check("ANSWER", ANSWER, {"jobId": job, "index": 7, "h": 11, "outputsHash": outputs}, b"provider key")
    check("RECEIPT", RECEIPT, {"jobId": job, "answered": 9}, b"client key")


def check(name: str, types: dict[str, TypedFields], values: TypedValues, key: bytes) -> None:
    digest = _hash_eip191_message(encode_typed_data(DOMAIN.as_typed(), types, values))
    assert digest == in_solidity(name)
    signature = sign_typed(Account.from_key(keccak256(key)), DOMAIN, types, values)
    text = SOLIDITY.read_text(encoding="utf-8")
    assert signature[:32].hex() in text
    assert signature[32:64].hex() in text
