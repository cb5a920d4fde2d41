"""Proving: run the network on everything, state what came out, then prove it shard by shard."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from proofs.accuracy import NO_CONTEXT
from proofs.errors import InvalidInput, MalformedProof, ProverFailed, RejectedProof
from proofs.networks.execution import logits as run_network
from proofs.statements.sumcheck import SumcheckStatement
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.prove import prove as prove_instance
from proofs.sumcheck.committed.witness import Secret
from proofs.sumcheck.ligero.commit import Committed
from proofs.sumcheck.soundness import Round
from proofs.sumcheck_backend import resume
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.chunks import Shard, shards
from proofs.sumcheck_backend.cost import Progress, StageClock, peak_memory_mb
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.examples import Examples
from proofs.sumcheck_backend.matrices import proof_field
from proofs.sumcheck_backend.memory import choose_shard
from proofs.sumcheck_backend.questions import PROTOCOL_OF, Question, answer, check_question
from proofs.sumcheck_backend.secret_network import SecretNetwork
from proofs.sumcheck_backend.subjects import instances, statement_of
from proofs.sumcheck_backend.verifying import Soundness, soundness_of, verified

SEED_BYTES = 32
OnShard = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SumcheckOutcome:
    """A finished proof and what it cost.

    Args:
        bundle: the proof. Public, and it hides nothing.
        soundness: of the proofs, each of which was verified here.
        prove_s: wall seconds, running the network included. stages: the same by stage.
        peak_memory_mb: largest resident memory of this process so far.
        reused: shards read back from earlier, interrupted work.
    """

    bundle: SumcheckBundle
    soundness: Soundness
    prove_s: float
    peak_memory_mb: float
    reused: int
    stages: dict[str, float] = field(default_factory=dict)


def prove(
    model: SecretNetwork,
    examples: Examples,
    data: DataCommitment,
    question: Question,
    *,
    shard: int | None = None,
    context: bytes = NO_CONTEXT,
    progress: Progress | None = None,
    on_shard: OnShard | None = None,
) -> SumcheckOutcome:
    """Answer a question about committed examples and prove the answer.

    Finished shards stay in the cache until ``resume.forget``, so that interrupted work goes on.

    Args:
        data: the examples' own commitment. shard: examples a proof; by default as many as fit into memory.
        on_shard: called with (shards done, shards in all).

    Raises:
        InvalidInput: another format, a claim that is false, or secret parts that are not of the commitments.
        ResourceExceeded: it does not fit into memory; nothing has been proven then.
    """
    clock = StageClock(progress)
    work = _Work(model, examples, data, clock)
    work.require_fit(question)
    size = _size(work, question, shard, context)
    clock("running the network")
    parts = shards(data.total, data.chunk, size)
    claim, answers = answer(question, work.logits(), examples.labels, parts)
    statement = SumcheckStatement.from_bytes(statement_of(model.commitment, data, size, claim, context).to_bytes())
    resume.keep_size(statement)
    proven = _proofs(work, SumcheckBundle(statement, answers, ()), on_shard)
    clock.stop()
    return SumcheckOutcome(
        bundle=SumcheckBundle(statement, answers, tuple(proven.proofs)),
        soundness=soundness_of(proven.rounds),
        prove_s=clock.total,
        peak_memory_mb=peak_memory_mb(),
        reused=proven.reused,
        stages=clock.seconds,
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """What is proven about, and matrices made when they are needed."""

    model: SecretNetwork
    examples: Examples
    data: DataCommitment
    clock: StageClock
    matrices: dict[int | None, Committed] = field(default_factory=dict)

    def require_fit(self, question: Question) -> None:
        """Raises InvalidInput where model, examples and question do not belong together."""
        wanted, given = self.model.commitment.format, self.data.format
        if wanted != given or self.model.commitment.log_columns != self.data.log_columns:
            raise InvalidInput(
                f"the model takes {wanted}, the examples are {given}: commit the data again with --format taken from "
                "the model's commitment"
            )
        check_question(question, wanted, self.data.labelled)

    def logits(self) -> NDArray[np.int64]:
        """The network's logits (N, classes) on all examples."""
        network, weights = self.model.commitment.network, self.model.weights
        pieces = [run_network(network, weights, self.examples.arrays(span.slice)[0]) for span in self.data.chunks]
        return np.concatenate(pieces)

    def model_matrix(self) -> Committed:
        """The weights' matrix."""
        if None not in self.matrices:
            self.matrices[None] = self.model.matrix()
        return self.matrices[None]

    def chunk_matrix(self, index: int) -> Committed:
        """A chunk's matrix; one at a time is kept. Raises InvalidInput: it is not the committed one."""
        if index not in self.matrices:
            for other in [kept for kept in self.matrices if kept is not None]:
                del self.matrices[other]
            found = self.examples.matrix(index)
            if found.root != self.data.roots[index]:
                raise InvalidInput("the secret part of the data commitment is not of this commitment: commit it again")
            self.matrices[index] = found
        return self.matrices[index]

    def secret(self, shard: Shard) -> Secret:
        """What the protocol needs to prove a shard."""
        self.clock("encoding")
        model, chunk = self.model_matrix(), self.chunk_matrix(shard.chunk)
        x, labels = self.examples.arrays(shard.overall.slice)
        return Secret(self.model.weights, x, labels, model, chunk, secrets.token_bytes(SEED_BYTES))


def _size(work: _Work, question: Question, wanted: int | None, context: bytes) -> int:
    """Examples a proof: as asked for, as in interrupted work on the same, or as many as fit."""
    model, data = work.model.commitment, work.data
    if wanted is None:
        wanted = resume.kept_size(PROTOCOL_OF[type(question)], model.model_id, data.root, context)
    return choose_shard(model, data, question, wanted)


def _proofs(work: _Work, draft: SumcheckBundle, on_shard: OnShard | None) -> _Proven:
    """Every shard's proof, each verified: a kept one may be damaged, a new one is not handed out unchecked."""
    statement = draft.statement
    instance = instances(draft, work.model.commitment, work.data)
    parts, found = statement.shards, _Proven()
    for shard in parts:
        subject = instance(shard)
        proof = resume.kept_proof(statement, shard.index)
        rounds = None if proof is None else _rounds(statement, shard, subject, proof)
        if proof is None or rounds is None:
            proof = prove_instance(proof_field(), subject, statement.bytes_for(shard), work.secret(shard), work.clock)
            work.clock("verifying")
            rounds = _rounds(statement, shard, subject, proof)
            if rounds is None:
                raise ProverFailed("proving", f"shard {shard.index} does not verify; please report it")
            resume.keep_proof(statement, shard.index, proof)
        else:
            found.reused += 1
        found.proofs.append(proof)
        found.rounds.append(rounds)
        if on_shard is not None:
            on_shard(shard.index + 1, len(parts))
    return found


@dataclass(slots=True)
class _Proven:
    """Proofs and their rounds, shard by shard, and how many were there already."""

    proofs: list[bytes] = field(default_factory=list)
    rounds: list[list[Round]] = field(default_factory=list)
    reused: int = 0


def _rounds(statement: SumcheckStatement, shard: Shard, subject: Instance, proof: bytes) -> list[Round] | None:
    """The rounds of a proof that verifies, else None."""
    try:
        return verified(statement, shard, subject, proof)
    except (RejectedProof, MalformedProof):
        return None
