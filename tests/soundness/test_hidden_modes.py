"""Two modes that are never one: proofs, matrices and blocks of the other are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from committed_cheats import FAST, Cheat, accepts, refused
from committed_kit import PLAIN, STATEMENT, Case, least, proven
from hidden_cheats import refusal_of

from proofs.errors import InvalidInput, MalformedProof, RejectedProof
from proofs.sumcheck.committed.hidden.rows import draw_covers
from proofs.sumcheck.committed.hidden.verifier import verify_hidden
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.prove import prove
from proofs.sumcheck.committed.verify import verify
from proofs.sumcheck.ligero.commit import Committed, Rows


@pytest.fixture(scope="module")
def open_case() -> Case:
    return replace(least(FAST, 3), log_columns=9)


@pytest.fixture(scope="module")
def hidden_case(open_case: Case) -> Case:
    return open_case.hidden()


def with_blocks(instance: Instance, model: int, chunk: int | None = None) -> Instance:
    """The same roots, and others' blocks."""
    matrix = replace(instance.chunk.matrix, block=model if chunk is None else chunk)
    return replace(instance, model=replace(instance.model, block=model), chunk=replace(instance.chunk, matrix=matrix))


@pytest.mark.parametrize(
    "block", [1, 2, 3, 128, 255, 257, 300, 384, 511, 513, 1024, 1536, 2048, 1 << 40, -1, -256, -512]
)
def test_blocks_that_cannot_be(hidden_case: Case, block: int) -> None:
    """Too short for the queries, no power of two, longer than rows, below zero."""
    instance = hidden_case.instance()
    proof = proven(hidden_case, instance)
    with pytest.raises(InvalidInput, match="random blocks"):
        make_plan(with_blocks(instance, block))
    with pytest.raises(InvalidInput, match="random blocks"):
        verify(FAST, with_blocks(instance, block), STATEMENT, proof)


@pytest.mark.parametrize(("model", "chunk"), [(512, 0), (0, 512), (512, 256), (256, 512), (0, 1), (512, 511)])
def test_blocks_that_differ(hidden_case: Case, model: int, chunk: int) -> None:
    instance = hidden_case.instance()
    with pytest.raises(InvalidInput, match="hidden by blocks of"):
        make_plan(with_blocks(instance, model, chunk))
    with pytest.raises(InvalidInput, match="hidden by blocks of"):
        verify(FAST, with_blocks(instance, model, chunk), STATEMENT, proven(hidden_case, instance))


@pytest.mark.parametrize(("log_columns", "block"), [(8, 256), (8, 128), (7, 128), (0, 1)])
def test_rows_too_short_to_hide(open_case: Case, log_columns: int, block: int) -> None:
    """A block of 256 in rows as long masks all queries, one of 128 does not."""
    case = replace(open_case, log_columns=log_columns)
    instance = with_blocks(case.instance(), block)
    if block == 256:
        assert make_plan(instance).pad_plan is not None
        return
    with pytest.raises(InvalidInput):
        make_plan(instance)


def test_a_proof_of_the_other_mode(open_case: Case, hidden_case: Case) -> None:
    """Of the same weights and examples; and under the same roots."""
    for case, other in ((open_case, hidden_case), (hidden_case, open_case)):
        proof = proven(case, case.instance())
        for instance in (other.instance(), with_blocks(case.instance(), other.block)):
            with pytest.raises((RejectedProof, MalformedProof)):
                verify(FAST, instance, STATEMENT, proof)


@pytest.mark.parametrize("f", [FAST, PLAIN], ids=["fast", "plain"])
def test_honest_provers_show_no_rows_that_are_to_be_hidden(open_case: Case, hidden_case: Case, f: object) -> None:
    """Nor do they hide in name what has no blocks, or shorter ones than is said."""
    instance = with_blocks(hidden_case.instance(), 0)
    with pytest.raises(ValueError, match="rows with random blocks hide something"):
        proven(hidden_case, instance, f)  # type: ignore[arg-type]
    short = replace(hidden_case, block=256)
    for case in (open_case, short):
        with pytest.raises(ValueError, match="blocks"):
            proven(case, with_blocks(case.instance(), 512), f)  # type: ignore[arg-type]
    mixed = hidden_case.secret(hidden_case.instance())
    for changed in (replace(mixed, model=open_case.model), replace(mixed, chunk=short.chunk)):
        with pytest.raises(ValueError, match="blocks"):
            prove(FAST, hidden_case.instance(), STATEMENT, changed)


def test_plans_in_the_open_have_no_pads(open_case: Case) -> None:
    """Neither side of a hidden proof begins with one."""
    plan = make_plan(open_case.instance())
    with pytest.raises(ValueError, match="in the open"):
        draw_covers(FAST, plan, b"seed")
    with pytest.raises(ValueError, match="in the open"):
        next(verify_hidden(FAST, plan))
    with pytest.raises(ValueError, match="in the open"):
        _ = plan.place_of_pads


def test_a_hidden_proof_under_roots_that_hide_nothing(open_case: Case) -> None:
    """Rows without blocks are rows whose blocks are zero: such a proof is as true as any.

    What it lacks is hiding, which is the committer's to want, and honest provers refuse to make it.
    """
    instance = with_blocks(open_case.instance(), 512)
    proof = Cheat().prove(open_case, instance)
    assert accepts(open_case, instance, proof)


def cut(matrix: Committed, block: int) -> Committed:
    """The words are as they were, what the prover says is under them has shorter blocks, or none."""
    part = matrix.parts[0]
    shorter = None if not block else np.ascontiguousarray(part.block[:, :block])
    return replace(matrix, parts=(Rows(part.entries, shorter),))


@pytest.mark.parametrize("block", [0, 256])
def test_blocks_left_out(hidden_case: Case, block: int) -> None:
    """The columns are of words with longer blocks: no rows of the shorter code."""
    instance = with_blocks(hidden_case.instance(), block)
    secret = hidden_case.secret(instance)
    secret = replace(secret, model=cut(hidden_case.model, block), chunk=cut(hidden_case.chunk, block))
    proof = Cheat(secret=secret).prove(hidden_case, instance)
    if block:
        assert refusal_of(instance, proof) == ("opening-columns", [])
    else:
        refused(hidden_case, instance, proof, "opening-columns")
