"""Unselected documents stay hidden: two corpora differing in one of them look alike, field by field."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from helpers.tiny_outputs import CLASS_0, IN_CLASS_0, SEED, ProvenOutputs, prove_outputs, views

from proofs.commitment.corpus import Document, commit_corpus
from proofs.commitment.corpus_salts import Salts
from proofs.outputs_bundle import OutputsBundle
from proofs.sheets import sheet_of

# Salted digests, and the bytes of proofs, which are random: whatever else is public must be equal.
SALTED = {"statement.data", "hashes", "payload_roots", "path", "tag_hash", "proof"}
CHANGED = 1
"""The unselected document."""


def twin_of(proven: ProvenOutputs) -> ProvenOutputs:
    """The same retrieval from a corpus whose document 1 has another view, and another payload of the same length."""
    x = np.array(views())
    x[CHANGED] = views(4)[3]
    payloads = [b"payload 0", b"PAYLOAD 1", b"payload 2"]
    documents = [Document(payload, view) for payload, view in zip(payloads, x, strict=True)]
    return prove_outputs(proven.model, commit_corpus(documents, proven.corpus.format, Salts(SEED)), CLASS_0)


def flat(bundle: OutputsBundle) -> dict[str, object]:
    """Every public value by name; per document where there is one per document."""
    values: dict[str, object] = {f"statement.{key}": value for key, value in bundle.statement.to_json().items()}
    values["circuit"], values["length"] = bundle.circuit, len(bundle.to_bytes())
    for number, batch in enumerate(bundle.batches):
        for field in fields(batch.opening):
            values[f"{number}.opening.{field.name}"] = getattr(batch.opening, field.name)
        values |= {f"{number}.{name}": getattr(batch, name) for name in ("tag_hash", "words", "proof")}
        values[f"{number}.proof length"] = len(batch.proof)
    return values


def test_corpora_differing_in_one_unselected_document(proven_class: ProvenOutputs) -> None:
    twin = twin_of(proven_class)
    assert proven_class.verify() == twin.verify() == IN_CLASS_0
    assert CHANGED not in IN_CLASS_0
    mine, other = flat(proven_class.bundle), flat(twin.bundle)
    assert set(mine) == set(other)
    differing = {name for name in mine if mine[name] != other[name]}
    assert {name if name in SALTED else name.split(".")[-1] for name in differing} <= SALTED
    assert {name for name in differing if name.startswith("0.opening")} == {
        "0.opening.hashes",
        "0.opening.payload_roots",
    }
    assert {name for name in differing if name.startswith("1.opening")} == {"1.opening.path"}  # leads to batch 0
    ours, theirs = proven_class.bundle.batches[0].opening, twin.bundle.batches[0].opening
    for ours_i, theirs_i in ((ours.hashes, theirs.hashes), (ours.payload_roots, theirs.payload_roots)):
        assert [i for i in range(2) if ours_i[i] != theirs_i[i]] == [CHANGED]


def test_commitments_differ_in_the_root_alone(proven_class: ProvenOutputs) -> None:
    x = np.array(views())
    x[CHANGED] = views(4)[3]
    twin = commit_corpus([Document(b"payload %d" % i, view) for i, view in enumerate(x)], proven_class.corpus.format)
    assert replace(twin.commitment, tree_root=proven_class.data.tree_root) == proven_class.data
    assert len(twin.commitment.to_bytes()) == len(proven_class.data.to_bytes())


def test_no_digest_without_its_salt(proven_class: ProvenOutputs) -> None:
    """The same documents under fresh salts share no digest with these, blank document included."""
    documents = [proven_class.corpus.document(i) for i in range(3)]
    again = commit_corpus(documents, proven_class.corpus.format)
    assert not set(again.hashes) & set(proven_class.corpus.hashes)
    assert not set(again.document_roots) & set(proven_class.corpus.document_roots)


def test_the_sheet_says_the_same(proven_class: ProvenOutputs) -> None:
    """What a person is told depends on the bits and nothing else of the documents."""
    sheet = sheet_of(proven_class.bundle)
    moved = replace(proven_class.bundle, statement=replace(proven_class.bundle.statement, data=bytes(32)))
    pairs = zip(sheet.sections, sheet_of(moved).sections, strict=True)
    differing = [(line, other) for (_, ours), (_, theirs) in pairs for line, other in zip(ours, theirs, strict=True)
                 if line != other]  # fmt: skip
    assert len(differing) == 1
    assert "0x" + "00" * 32 in differing[0][1]
