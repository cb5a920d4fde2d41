"""The worked example of docs/corpus-format.md against the golden corpus."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from proofs.commitment.corpus_commitment import CorpusCommitment

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/corpus-format.md").read_text()
LINE = re.compile(r"^[0-9a-f]{8}: ((?:[0-9a-f]{2} ?)+) ", re.MULTILINE)
ROW = re.compile(r"^\| ([^|]+) \| `(0x[0-9a-f]{64})` \|$", re.MULTILINE)


def golden() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((ROOT / "tests/escrow/golden_corpus.json").read_text())
    return parsed


def test_dumped_commitment_parses_to_the_listed_root() -> None:
    dump = PAGE.split("<!-- example: corpus.commit -->")[1].split("```")[1]
    raw = b"".join(bytes.fromhex(text) for text in LINE.findall(dump))
    commitment = CorpusCommitment.from_bytes(raw)
    assert raw == (ROOT / "tests/golden/corpus-v1/corpus.commit").read_bytes()
    assert "0x" + commitment.root.hex() == dict(ROW.findall(PAGE))["corpusRoot"]


def test_listed_values_are_the_golden_ones() -> None:
    corpus, sent = golden()["corpus"], golden()["delivery"]
    document = corpus["documents"][3]
    place = list(zip(sent["documents"], sent["chunks"], strict=True)).index((3, 2))
    assert dict(ROW.findall(PAGE)) == {
        "formatDigest": corpus["formatDigest"],
        "h_3": document["h"],
        "digest of chunk 0": document["chunkDigests"][0],
        "digest of chunk 2": document["chunkDigests"][2],
        "chunksRoot_3": document["chunksRoot"],
        "documentRoot_3": document["documentRoot"],
        "leaf_3": document["leaf"],
        "treeRoot": corpus["treeRoot"],
        "corpusRoot": corpus["corpusRoot"],
        "keyHash": sent["keyHash"],
        "cipher leaf of chunk 2 of document 3": sent["leaves"][place],
        "ciphertextRoot": sent["ciphertextRoot"],
    }
    assert [len(chunk) // 2 - 1 for chunk in document["chunks"]] == [208, 128, 1024, 17]
