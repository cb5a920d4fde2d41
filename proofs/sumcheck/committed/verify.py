"""Checking a proof of an instance."""

from __future__ import annotations

from proofs.sumcheck.committed.hidden.verifier import verify_hidden
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck.committed.transcripts import transcript
from proofs.sumcheck.committed.verifier import verify_all
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.soundness import Round, recorded
from proofs.sumcheck.transcript import run_verifier


def verify(field: Field, instance: Instance, statement: bytes, proof: bytes) -> list[Round]:
    """Check a proof; returns its rounds, from which its soundness follows.

    Args:
        instance: the verifier's own: network, roots, sizes and claim are what it wants to know about.
        statement: as the prover absorbed it.

    Raises:
        MalformedProof: not exactly as many canonical elements as the rounds have.
        RejectedProof: an equation does not hold; the check is named.
        InvalidInput: the instance itself cannot be proven.
    """
    rounds: list[Round] = []
    plan = make_plan(instance)
    walk = verify_hidden(field, plan) if instance.hiding else verify_all(field, plan)
    verifier = recorded(walk, rounds)
    run_verifier([(verifier, field.scalars)], proof, transcript(instance, statement))
    return rounds
