"""Messages foretold are those a verifier asks for, and their bytes are a proof's, whatever is proven."""

from __future__ import annotations

import pytest
from committed_kit import PLAIN, Case, checked, drawn_case, every_kind, of_class, proven

from proofs.sumcheck.committed.instance import Head, Reaching
from proofs.sumcheck.committed.outline import outline
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.sizes import most_siblings, proof_size, usual_siblings
from proofs.sumcheck.ligero.merkle import proof_bytes
from proofs.sumcheck.ligero.parameters import DIGEST_BYTES, QUERIES, Code, positions
from proofs.sumcheck.soundness import Round, proof_bits


def head_of(case: Case, name: str) -> Head | None:
    if name == "correct":
        return case.right(1)
    if name == "class":
        return of_class(case, 1)
    if name == "reaching":
        threshold = int(case.logits[:, 2].max())
        return Reaching(2, threshold, tuple(bool(v) for v in case.logits[:, 2] >= threshold))
    return None


def compare(case: Case, head: Head | None) -> None:
    instance = case.instance(head)
    proof = proven(case, instance)
    rounds = checked(case, instance, proof)
    foretold = outline(make_plan(instance), PLAIN.scalars)
    assert [Round(m.label, m.degree, m.challenges, m.error) for m in foretold] == rounds
    size = proof_size(make_plan(instance), PLAIN.scalars)
    assert abs(size.proof_bytes - len(proof)) < 0.08 * len(proof)  # few positions: every query that falls twice shows
    assert len(proof) <= size.most_bytes
    asked = [r for r in rounds if r.challenges]
    assert (size.total_bits, size.worst_bits) == proof_bits(asked, PLAIN.scalars)
    assert size.rounds == len(asked)


@pytest.mark.parametrize("name", ["outputs", "correct", "class", "reaching"])
@pytest.mark.parametrize("count", [1, 3])
def test_every_claim(name: str, count: int) -> None:
    case = every_kind(PLAIN, count)
    compare(case, head_of(case, name))


@pytest.mark.parametrize("seed", range(6))
def test_random_networks(seed: int) -> None:
    compare(drawn_case(PLAIN, seed, 2 + seed), None)


@pytest.mark.parametrize("log_columns", [0, 3, 8, 15])
def test_siblings(log_columns: int) -> None:
    n = positions(log_columns)
    spread = sorted({i * n // QUERIES for i in range(QUERIES)})
    columns, siblings = most_siblings(Code(log_columns))
    usual, given = usual_siblings(Code(log_columns))
    assert usual <= columns and given <= siblings
    assert proof_bytes(spread, n.bit_length() - 1) <= siblings * DIGEST_BYTES
    assert len(spread) <= columns
