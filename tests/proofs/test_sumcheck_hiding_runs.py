"""Runs of zero-knowledge proofs: no pad serves two messages, interrupted work goes on, sizes are foretold."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace

import pytest
from helpers.tiny_hiding import hidden, hidden_score, replenish
from helpers.tiny_sumcheck import CONTEXT, SHARD, inputs, question, subject

from proofs.machine_speed import Speed
from proofs.networks.execution import logits as run_network
from proofs.statements.sumcheck import SumcheckStatement
from proofs.sumcheck.committed.hidden.rows import draw_covers
from proofs.sumcheck.committed.outline import outline
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck_backend import resume
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.foretold import foretell
from proofs.sumcheck_backend.matrices import proof_field
from proofs.sumcheck_backend.proving import prove
from proofs.sumcheck_backend.subjects import instances
from proofs.sumcheck_backend.verifying import verify
from proofs.sumcheck_backend.workers.seeds import hiding_witness_seed, witness_seed


def proven_anew(stop_after: int | None = None, *, keep: bool = False) -> SumcheckBundle:
    """The hidden score proven by another run; interrupted after some shards if that is asked for."""
    own = hidden()
    replenish(own)

    def on_shard(done: int, number: int) -> None:
        if done == stop_after:
            raise KeyboardInterrupt

    given = (own.model, own.examples, own.data, question("score"))
    outcome = prove(*given, shard=SHARD, context=CONTEXT, on_shard=on_shard)
    if not keep:
        resume.forget(outcome.bundle.statement)
    return outcome.bundle


def messages(bundle: SumcheckBundle, index: int) -> Iterator[tuple[str, bytes]]:
    """The messages of a shard's proof, all but the columns."""
    own, scalars = hidden(), proof_field().scalars
    shard = bundle.statement.shards[index]
    plan = make_plan(instances(bundle, own.model.commitment, own.data)(shard))
    proof, place = bundle.proofs[index], 0
    for message in outline(plan, scalars):
        size = message.elements * scalars.scalar_bytes + message.raw_bytes
        if size:
            yield message.label, proof[place : place + size]
        place += size
    assert place < len(proof)


def test_two_runs_of_one_statement_share_no_message() -> None:
    """Every message lies under a pad, a mask or a salt of its own run."""
    first, second = hidden_score(), proven_anew()
    assert first.statement == second.statement
    own = hidden()
    for bundle in (first, second):
        assert verify(bundle, own.model.commitment, own.data).soundness.worst_bits >= 100
    for index in range(len(first.proofs)):
        one, two = (dict(messages(bundle, index)) for bundle in (first, second))
        assert len(one) > 50 and one.keys() == two.keys()
        assert not [label for label in one if one[label] == two[label]]


def test_interrupted_work_goes_on_with_the_same_bytes() -> None:
    statement = hidden_score().statement
    with pytest.raises(KeyboardInterrupt):
        proven_anew(2)
    place = resume._folder(statement) / "nonce"
    nonce = place.read_bytes()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600 and len(nonce) == 32
    whole = proven_anew(keep=True)
    for index in range(4):
        (resume._folder(statement) / f"shard-{index:05d}").unlink()
    assert proven_anew() == whole, "all shards made again under the run's own nonce"
    assert not place.exists()


def test_a_nonce_is_drawn_for_every_run_and_kept_until_its_end() -> None:
    statement = proof_statement(b"\1" * 32)
    first = resume.nonce_of(statement)
    assert resume.nonce_of(statement) == first != resume.nonce_of(proof_statement(b"\2" * 32))
    resume.forget(statement)
    second = resume.nonce_of(statement)
    assert second != first
    (resume._folder(statement) / "nonce").write_bytes(second[:-1])
    assert resume.nonce_of(statement) not in (first, second), "what is left of a torn one is no nonce"
    for context in (b"\1", b"\2"):
        resume.forget(proof_statement(context * 32))


def proof_statement(context: bytes) -> SumcheckStatement:
    return replace(hidden_score().statement, context=context)


def test_seeds_are_of_one_run_one_shard_and_one_model() -> None:
    statement, model = hidden_score().statement, hidden().model.seed
    said = [statement.bytes_for(shard) for shard in statement.shards]
    runs = [(seed, nonce * 32) for seed in (model, bytes(32)) for nonce in (b"1", b"2")]
    seeds = [hiding_witness_seed(*run, one) for run in runs for one in said]
    seeds += [witness_seed(model, one) for one in said]
    assert len(set(seeds)) == len(seeds) and {len(seed) for seed in seeds} == {32}


def test_pads_of_two_seeds_have_nothing_in_common() -> None:
    own, bundle, field = hidden(), hidden_score(), proof_field()
    plan = make_plan(instances(bundle, own.model.commitment, own.data)(bundle.statement.shards[0]))
    one, two, again = (draw_covers(field, plan, seed * 32) for seed in (b"1", b"2", b"1"))
    assert (one.pads.table == again.pads.table).all()
    assert (one.pads.table == two.pads.table).mean() < 0.01 and (one.masks.row == two.masks.row).mean() < 0.01


REFERENCE = Speed(1.0, 1.0, 2)


def test_what_is_foretold_is_what_it_takes() -> None:
    own, bundle = hidden(), hidden_score()
    found = foretell(own.model.commitment, own.data, question("score"), SHARD, REFERENCE)
    assert found.proof_bytes == pytest.approx(len(bundle.to_bytes()), rel=0.02)
    verdict = verify(bundle, own.model.commitment, own.data)
    assert found.worst_round_bits == verdict.soundness.worst_bits >= 100
    assert (found.rounds, found.shards) == (verdict.soundness.rounds, 4)
    open_, data = subject().model.commitment, subject().data
    assert found.peak_memory_mb >= foretell(open_, data, question("score"), SHARD, REFERENCE).peak_memory_mb


def test_hidden_logits_are_the_networks() -> None:
    own = hidden()
    replenish(own)
    outcome = prove(own.model, own.examples, own.data, question("logits"), shard=5, context=b"\3" * 32)
    resume.forget(outcome.bundle.statement)
    expected = run_network(own.model.commitment.network, own.model.weights, own.examples.arrays(slice(None))[0])
    assert (outcome.bundle.logits == expected).all() and len(expected) == len(inputs()[0])
    assert verify(outcome.bundle, own.model.commitment, own.data).statement.zero_knowledge
