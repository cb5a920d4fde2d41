"""The golden corpus: reproduced by the code, and recomputed from its bytes with Solidity's own ABI encoding."""

from __future__ import annotations

import json
from typing import Any

import pytest
from eth_abi.abi import encode
from make_golden_corpus import FILE, golden

from proofs.encoding import keccak256
from proofs.poseidon import hash_elements, sponge_states


def raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def named(label: str) -> bytes:
    return keccak256(label.encode())


def digest(types: list[str], values: list[object]) -> bytes:
    return keccak256(encode(types, values))


def root(leaves: list[bytes]) -> bytes:
    """Of the perfect tree, by the definition."""
    while len(leaves) & (len(leaves) - 1):
        leaves = [*leaves, named("assay/empty-leaf/v1")]
    while len(leaves) > 1:
        leaves = [
            digest(["bytes32"] * 3, [named("assay/node/v1"), *leaves[i : i + 2]]) for i in range(0, len(leaves), 2)
        ]
    return leaves[0]


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(FILE.read_text())
    return parsed


def test_the_code_still_writes_it(written: dict[str, Any]) -> None:
    assert json.loads(json.dumps(golden())) == written


def test_format_digest(written: dict[str, Any]) -> None:
    form = written["corpus"]["format"]
    code = {"uint8": 1, "int16": 2, "fixed": 3}[form["dtype"]]
    values = [form["shape"], code, form["unitBits"], form["scaleBits"], form["saltLimbs"], form["batch"]]
    found = digest(["bytes32", "uint256[]", *["uint256"] * 5], [named("assay/view-format/v1"), *values])
    assert found == raw(written["corpus"]["formatDigest"])


@pytest.mark.parametrize("index", range(8))
def test_documents_from_their_parts(written: dict[str, Any], index: int) -> None:
    document = written["corpus"]["documents"][index]
    elements, payload = document["elements"], raw(document["payload"])
    assert hash_elements(elements) == int(document["h"], 16)
    steps = [
        left.to_bytes(32)
        + right.to_bytes(32)
        + b"".join(e.to_bytes(4, signed=True) for e in elements[32 * c : 32 * c + 32])
        for c, (left, right) in enumerate(sponge_states(elements))
    ]
    contents = steps + [payload[i : i + 1008] for i in range(0, len(payload), 1008)]
    chunks = [raw(chunk) for chunk in document["chunks"]]
    assert [chunk[16:] for chunk in chunks] == contents
    assert len({chunk[:16] for chunk in chunks}) == len(chunks)
    assert (document["viewSteps"], document["payloadChunks"]) == (2, len(contents) - 2)
    digests = [keccak256(named("assay/chunk/v1") + chunk) for chunk in chunks]
    assert digests == [raw(text) for text in document["chunkDigests"]]
    sizes = [len(payload), 2, len(contents) - 2]
    bound = digest(["bytes32", *["uint256"] * 3, "bytes32"], [named("assay/document/v1"), *sizes, root(digests)])
    assert bound == raw(document["documentRoot"])
    leaf = [named("assay/leaf/v1"), index, int(document["h"], 16), bound]
    assert digest(["bytes32", "uint256", "uint256", "bytes32"], leaf) == raw(document["leaf"])


def test_corpus_root(written: dict[str, Any]) -> None:
    corpus = written["corpus"]
    tree = root([raw(document["leaf"]) for document in corpus["documents"]])
    assert tree == raw(corpus["treeRoot"])
    bound = [named("assay/data-root/v1"), 6, raw(corpus["formatDigest"]), tree]
    assert digest(["bytes32", "uint256", "bytes32", "bytes32"], bound) == raw(corpus["corpusRoot"])


def test_delivery(written: dict[str, Any]) -> None:
    sent = written["delivery"]
    key, job = raw(sent["key"]), raw(sent["jobId"])
    leaves = []
    for document, chunk, text in zip(sent["documents"], sent["chunks"], sent["ciphertexts"], strict=True):
        plain = raw(written["corpus"]["documents"][document]["chunks"][chunk])
        blocks = range((len(plain) + 31) // 32)
        stream = b"".join(digest(["bytes32"] * 2 + ["uint256"] * 3, [key, job, document, chunk, k]) for k in blocks)
        assert raw(text) == bytes(a ^ b for a, b in zip(plain, stream, strict=False))
        head = encode(["bytes32", "uint256", "uint256"], [named("assay/cipher-chunk/v1"), document, chunk])
        leaves.append(keccak256(head + raw(text)))
    assert leaves == [raw(text) for text in sent["leaves"]]
    bound = [named("assay/ciphertext-root/v1"), len(leaves), root(leaves)]
    assert digest(["bytes32", "uint256", "bytes32"], bound) == raw(sent["ciphertextRoot"])
    secret = [named("assay/key/v1"), job, sent["responder"], key]
    assert digest(["bytes32", "bytes32", "address", "bytes32"], secret) == raw(sent["keyHash"])


def test_both_complaints_are_there(written: dict[str, Any]) -> None:
    assert set(written["complainDecryption"]["openings"]) == {"document", "chunk", "cipher"}
    assert set(written["complainView"]["openings"]) == {"kind", "document", "step", "next"}
