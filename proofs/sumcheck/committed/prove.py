"""Proving an instance without a conversation."""

from __future__ import annotations

from proofs.networks.execution import execute
from proofs.sumcheck.committed.hidden.binding import bound_seed
from proofs.sumcheck.committed.hidden.prover import prove_hidden
from proofs.sumcheck.committed.hidden.rows import commit_witness, draw_covers, put_pads
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.prover import prove_all
from proofs.sumcheck.committed.running import OnStage, Running
from proofs.sumcheck.committed.transcripts import transcript
from proofs.sumcheck.committed.trees import count_lookups
from proofs.sumcheck.committed.witness import Secret, empty_witness, put_network
from proofs.sumcheck.exchange import Prover
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.ligero.commit import commit
from proofs.sumcheck.transcript import run_prover

__all__ = ["Secret", "prove"]


def prove(field: Field, instance: Instance, statement: bytes, secret: Secret, on_stage: OnStage | None = None) -> bytes:
    """A proof of ``instance``: zero-knowledge if its matrices hide; else opened columns are equations in the weights.

    Args:
        statement: absorbed first; binds what the instance does not name (parties, job, other shards).
        on_stage: called with the name of each stage as it begins.

    Raises:
        InvalidInput: the claim is not true of the network and these examples, or sizes do not fit.
        UnsupportedModel: accumulators of the network outgrow their bound.
    """
    stage = on_stage or (lambda name: None)
    stage("planning")
    plan = make_plan(instance)
    stage("executing")
    execution = execute(instance.network, secret.weights, secret.x)
    stage("committing")
    witness = empty_witness(field, plan, secret)
    put_network(field, witness, execution)
    running = Running(field, plan, secret, execution, witness, stage)
    del execution
    plan.head.put(running)
    count_lookups(field, witness)
    begun = transcript(instance, statement)
    branch = (_prover(running, begun.state), field.scalars)
    return run_prover([branch], begun)[0]


def _prover(running: Running, begun: bytes) -> Prover[None]:
    """Commit to the witness, in the instance's mode. begun: the transcript's state."""
    field, plan, witness, seed = running.field, running.plan, running.witness, running.secret.seed
    if not plan.instance.hiding:
        return prove_all(running, commit(field, witness.own, seed, plan.instance.log_columns))
    seed = bound_seed(seed, witness, field.scalars, begun)
    covers = draw_covers(field, plan, seed)
    put_pads(witness, covers)
    return prove_hidden(running, covers, commit_witness(field, witness, covers, seed))
