"""What sheets say of zero-knowledge proofs of the sumcheck backend, and that none is said of integrity proofs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.tiny_sumcheck import NAMES, proven

from proofs.sheets import HIDES_NOTHING, SECTIONS, leaks_of, mode_of, sheet_of
from proofs.statements.sumcheck_claims import Score
from proofs.sumcheck_backend.bundle import SumcheckBundle


def hiding(name: str) -> SumcheckBundle:
    """A bundle that says it hides; sheets look at nothing but what it says."""
    own = proven(name)
    return replace(own, statement=replace(own.statement, zero_knowledge=True))


@pytest.mark.parametrize("name", NAMES)
def test_the_mode_decides_what_is_said_to_be_hidden(name: str) -> None:
    for bundle, title in ((hiding(name), "zero-knowledge"), (proven(name), "an integrity proof")):
        sheet = sheet_of(bundle)
        said = dict(sheet.sections)
        assert tuple(said) == SECTIONS and all(said.values()) and title in sheet.title
        nothing = HIDES_NOTHING in sheet.to_text()
        assert nothing is not bundle.statement.zero_knowledge
        assert said["Leaks"] == leaks_of(bundle)
        assert mode_of(bundle.statement).startswith("zero-knowledge" if not nothing else "integrity proof")
        assert ("AES-256" in sheet.to_text()) is bundle.statement.zero_knowledge


@pytest.mark.parametrize(
    ("name", "hidden", "leaks"),
    [
        ("score", "which examples were right", "How many of each proof's examples are correct"),
        ("top2", "which examples were right", "How many of each proof's examples are correct"),
        ("logits", "nothing: the logits are what is claimed", "The logits teach"),
        ("class", "of selected documents and of all others", "One bit of every document"),
        ("threshold", "of selected documents and of all others", "One bit of every document"),
    ],
)
def test_what_a_claim_leaves_hidden(name: str, hidden: str, leaks: str) -> None:
    said = dict(sheet_of(hiding(name)).sections)
    assert hidden in " ".join(said["Hidden"]) and leaks in " ".join(said["Leaks"])
    for always in ("derived from the hidden weights", "how long it took", "one budget among them all", "backup"):
        assert always in " ".join(said["Leaks"]), always
    assert ("labels" in said["Hidden"][1]) is hiding(name).statement.labelled


def test_single_examples_are_told_by_their_counts() -> None:
    own = hiding("score")
    assert "which examples were right" not in " ".join(leaks_of(own))
    assert isinstance(own.statement.claim, Score)
    counts = (1,) * own.statement.claim.correct + (0,) * (own.statement.total - own.statement.claim.correct)
    alone = replace(own.statement, shard=1, claim=replace(own.statement.claim, counts=counts))
    assert "that is which examples were right" in " ".join(leaks_of(replace(own, statement=alone)))
