"""The worked example of docs/bundle-format.md, recomputed from its own bytes."""

from __future__ import annotations

import re
from pathlib import Path

from proofs.commitment.merkle import leaf_digest, node_digest
from proofs.commitment.test_set import TestSetCommitment
from proofs.halo2.tag import bound_tag, limbs

PAGE = (Path(__file__).resolve().parents[2] / "docs/bundle-format.md").read_text()
LINE = re.compile(r"^[0-9a-f]{8}: ((?:[0-9a-f]{2} )+) ", re.MULTILINE)
ROW = re.compile(r"^\| ([^|]+) \| `0x([0-9a-f]{64})` \|$", re.MULTILINE)


def values() -> dict[str, bytes]:
    return {name: bytes.fromhex(text) for name, text in ROW.findall(PAGE.split("<!-- example: values -->")[1])}


def dumped(section: str) -> bytes:
    return b"".join(bytes.fromhex(hexes) for hexes in LINE.findall(section.split("```")[1]))


def test_dumped_commitment_parses_to_the_listed_root() -> None:
    raw = dumped(PAGE.split("<!-- example: data.commit -->")[1])
    commitment = TestSetCommitment.from_bytes(raw)
    assert len(raw) == 191 and commitment.to_bytes() == raw
    listed = values()
    assert commitment.format.digest == listed["formatDigest"]
    assert commitment.tree_root == listed["treeRoot"]
    assert commitment.root == listed["dataRoot"]


def test_batch_folds_to_the_listed_root() -> None:
    listed = values()
    leaves = [leaf_digest(i, int.from_bytes(listed[f"h_{i}"]), listed[f"payloadRoot_{i}"]) for i in (0, 1)]
    assert leaves == [listed["leaf_0"], listed["leaf_1"]]
    assert node_digest(*leaves) == listed["node over both"]
    assert node_digest(listed["node over both"], listed["sibling"]) == listed["treeRoot"]


def test_dumped_batch_carries_the_listed_values() -> None:
    listed, raw = values(), dumped(PAGE.split("begins at byte 0x4e1")[1])
    assert raw[:4] == b"BTCH" and int.from_bytes(raw[4:12]) == 0x10F0
    assert raw[54:86] == listed["h_0"] and raw[86:118] == listed["payloadRoot_0"]
    assert raw[118:150] == listed["h_1"] and raw[150:182] == listed["payloadRoot_1"]
    assert raw[182:184] == b"\0\1" and raw[184:216] == listed["sibling"]
    assert int.from_bytes(raw[216:220]) == 4128


def test_bound_tag_is_made_of_context_and_note() -> None:
    listed = values()
    tag = bound_tag(bytes(32), listed["note"])
    assert tag == listed["bound tag (context zero)"]
    assert limbs(tag)[:3] == (59469, 65342, 52155)
