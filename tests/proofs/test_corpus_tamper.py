"""The corpus tamper manifest, run: every mutation is refused by the check that should refuse it."""

from __future__ import annotations

from dataclasses import fields

import pytest
from corpus_tamper_manifest import MALFORMED, RECORDS, ROOT, TAMPERS, Case, Tamper
from helpers.dishonest_corpus import JOB, KEY, honest_corpus

from proofs.canonical import parse_canonical
from proofs.commitment.corpus_commitment import MAGIC, VERSION, CorpusCommitment
from proofs.commitment.delivery import Delivery, build_delivery
from proofs.commitment.delivery_check import check_delivery
from proofs.container import unpack
from proofs.errors import MalformedProof, RejectedProof

SELECTED = [1, 3, 5]
CORPUS = honest_corpus()
HONEST = build_delivery(CORPUS, SELECTED, JOB, KEY)
CASE = Case(CORPUS.commitment.to_bytes(), CORPUS.opening(0), HONEST.to_bytes())


def verdict(case: Case) -> str:
    """What a requester makes of it who knows corpus root, bitmap, ciphertext root and count from the chain."""
    try:
        commitment = CorpusCommitment.from_bytes(case.commitment)
        if commitment.root != CORPUS.commitment.root:
            return ROOT
        commitment.check_opening(case.opening)
        delivery = Delivery.from_bytes(case.delivery)
        check_delivery(delivery, commitment, SELECTED, HONEST.ciphertext_root, HONEST.chunk_count)
    except MalformedProof:
        return MALFORMED
    except RejectedProof as rejection:
        return rejection.check
    return "accepted"


def test_the_honest_case_is_accepted() -> None:
    assert verdict(CASE) == "accepted"


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda tamper: tamper.id)
def test_tampered_case_is_refused(tamper: Tamper) -> None:
    changed = tamper.apply(CASE)
    assert changed != CASE
    assert verdict(changed) == tamper.expected


def test_every_field_has_a_line() -> None:
    covered = {tamper.field for tamper in TAMPERS}
    wanted = {f"{place}.{field.name}" for place, record in RECORDS.items() for field in fields(record)}
    ((_, raw),) = unpack(CASE.commitment, MAGIC, VERSION, "commitment")
    written = parse_canonical(raw, "head")
    wanted |= {f"commitment.{name}.{key}" for name in ("format", "recipe") for key in written[name]}
    assert wanted | {f"commitment.{name}" for name in written} <= covered


def test_a_changed_recipe_is_another_commitment_but_not_another_root() -> None:
    """Documented: no contract reads payloads, so the root does not bind how views follow from them."""
    other = CASE.commitment.replace(b'"kind":"array"', b'"kind":"image"'[:-1] + b's"')
    size = int.from_bytes(other[16:24]) + 1
    parsed = CorpusCommitment.from_bytes(other[:16] + size.to_bytes(8) + other[24:])
    assert parsed.recipe.kind == "images" and parsed.root == CORPUS.commitment.root


@pytest.mark.parametrize("wrong", ["root", "count", "both"])
def test_other_commitments_on_chain(wrong: str) -> None:
    root = bytes(32) if wrong != "count" else HONEST.ciphertext_root
    count = HONEST.chunk_count + (wrong != "root")
    with pytest.raises(RejectedProof) as caught:
        check_delivery(HONEST, CORPUS.commitment, SELECTED, root, count)
    assert caught.value.check == ("ciphertext-root" if wrong == "root" else "ciphertext-count")


def test_every_truncation_is_malformed() -> None:
    for length in range(0, len(CASE.delivery), 13):
        with pytest.raises(MalformedProof):
            Delivery.from_bytes(CASE.delivery[:length])
