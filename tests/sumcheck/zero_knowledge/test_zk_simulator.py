"""Proofs written without a witness are accepted by the product's verifier, wherever challenges can be foreseen."""

from __future__ import annotations

import numpy as np
import pytest
from committed_kit import FAST, PLAIN, Case, drawn_case, every_head, every_kind
from zk_kit import SLOW, TINY, accepts, drawn_challenges, prove_under, tiny_sizes
from zk_samples import Samples, seed_of
from zk_views import opened_columns

from proofs.sumcheck.circle import plain
from proofs.sumcheck.committed.instance import Instance, Outputs
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.simulator import Fixed, draw_fixed, simulate
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.interactive import prepared_challenges

ENCODE = plain.encode


@pytest.fixture(scope="module")
def case() -> Case:
    return every_kind(FAST).hidden()


def simulated(
    field: Field, instance: Instance, seed: int, fixed: Fixed | None = None, asked: list[int] | None = None
) -> tuple[Instance, list[bytes], bool]:
    """A simulation: the instance with its roots, the messages, and whether they are accepted."""
    challenges = drawn_challenges(field, make_plan(instance), seed, asked)
    fixed = draw_fixed(field, instance, seed_of("fixed", seed)) if fixed is None else fixed
    messages = simulate(field, instance, prepared_challenges(challenges), fixed, seed_of(seed))
    instance = fixed.under(instance)
    return instance, messages, accepts(field, instance, messages, challenges)


@pytest.mark.parametrize("head", ["outputs", "top 1", "top k", "of class", "reaching"])
def test_every_claim_is_simulated(case: Case, head: str) -> None:
    assert simulated(FAST, case.instance(every_head(case)[head]), 1)[2]


def test_without_compiled_kernels() -> None:
    assert simulated(PLAIN, drawn_case(FAST, 2, 2).hidden().instance(), 2)[2]


def test_modulo_127(samples: Samples) -> None:
    with tiny_sizes():
        _, _, accepted = simulated(TINY, samples.instance, 3)
    assert accepted


def test_quicker_kernels_modulo_127_are_the_plain_ones(samples: Samples) -> None:
    """Proofs are the same bytes without them."""
    with tiny_sizes():
        case, messages = samples.proof("A", seed_of("quick"))
        case.field = SLOW
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(plain, "encode", ENCODE)
            assert prove_under(case, case.instance(), samples.reader.challenges, seed_of("quick")) == messages
            assert accepts(SLOW, case.instance(), messages, samples.reader.challenges)


def test_false_claims_are_simulated_as_well(case: Case) -> None:
    """Nothing is proven to whoever lets challenges be foreseen."""
    assert simulated(FAST, case.instance(Outputs(case.logits + 1)), 4)[2]


def test_messages_are_as_many_and_as_long_as_real_ones(samples: Samples) -> None:
    with tiny_sizes():
        case, real = samples.proof("A", seed_of("as long"))
        challenges = samples.reader.challenges
        fixed = draw_fixed(TINY, case.instance(), seed_of("fixed"))
        written = simulate(TINY, case.instance(), prepared_challenges(challenges), fixed, seed_of("written"))
    assert [len(message) for message in real] == [len(message) for message in written]


def test_several_proofs_of_one_model_show_the_same_columns(case: Case) -> None:
    instance, code = case.instance(), case.instance().code()
    fixed = draw_fixed(FAST, instance, seed_of("one model"))
    asked = list(range(0, 3 * code.queries, 3))
    for seed, places in ((5, asked), (6, asked), (7, None)):
        under, messages, accepted = simulated(FAST, instance, seed, fixed, places)
        assert accepted and under.model.root == fixed.model.root and under.chunk.matrix.root == fixed.chunk.root
        if places is not None:
            plan, challenges = make_plan(under), drawn_challenges(FAST, make_plan(under), seed, places)
            model, chunk, _ = opened_columns(plan, FAST.scalars.p, challenges, messages[-1])
            assert np.array_equal(model.T, fixed.model.columns(FAST, asked))
            assert np.array_equal(chunk.T, fixed.chunk.columns(FAST, asked))


def test_another_column_of_the_fixed_matrices_is_refused(case: Case) -> None:
    instance = case.instance()
    _, messages, _ = simulated(FAST, instance, 8)
    other = draw_fixed(FAST, instance, seed_of("other")).under(instance)
    challenges = drawn_challenges(FAST, make_plan(instance), 8)
    assert not accepts(FAST, other, messages, challenges)


def test_other_challenges_refuse_a_simulation(case: Case) -> None:
    """Foreseen challenges are what it takes."""
    instance, messages, accepted = simulated(FAST, case.instance(), 9)
    assert accepted
    challenges = drawn_challenges(FAST, make_plan(instance), 9)
    for place in (0, 5, len(challenges) // 2, -3, -2, -1):
        changed = list(challenges)
        changed[place] = drawn_challenges(FAST, make_plan(instance), 10)[place]
        assert not accepts(FAST, instance, messages, changed), place


def test_one_seed_writes_one_proof(case: Case) -> None:
    assert simulated(FAST, case.instance(), 11)[1] == simulated(FAST, case.instance(), 11)[1]


def test_proofs_in_the_open_are_not_simulated() -> None:
    instance = every_kind(FAST).instance()
    with pytest.raises(ValueError, match="in the open"):
        simulate(FAST, instance, lambda count: (), draw_fixed(FAST, instance, seed_of(0)), seed_of(0))
