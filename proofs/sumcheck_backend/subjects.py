"""What each shard's proof is about, in the protocol's own terms; the same for prover and verifier."""

from __future__ import annotations

from collections.abc import Callable

from proofs.accuracy import NO_CONTEXT
from proofs.statements.sumcheck import SumcheckStatement
from proofs.statements.sumcheck_claims import Claim, Logits, Score
from proofs.sumcheck.committed.instance import Chunk, Correct, Head, Instance, Matrix, OfClass, Outputs, Reaching
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.chunks import Shard
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.model_commitment import NetworkCommitment

SOUNDNESS_BITS = 100
"""Bits of the worst round that a proof must reach: the design's target."""


def statement_of(
    model: NetworkCommitment, data: DataCommitment, shard: int, claim: Claim, context: bytes = NO_CONTEXT
) -> SumcheckStatement:
    """The statement about a committed network and committed examples."""
    return SumcheckStatement(
        zero_knowledge=model.hiding,
        soundness_bits=SOUNDNESS_BITS,
        network=model.architecture_digest,
        model=model.model_id,
        weights=model.weights_commitment,
        model_rows=model.rows,
        log_columns=model.log_columns,
        data=data.root,
        format=data.format.digest,
        labelled=data.labelled,
        total=data.total,
        chunk=data.chunk,
        shard=shard,
        context=context,
        claim=claim,
    )


def modes(model: NetworkCommitment, data: DataCommitment) -> str:
    """In words, how two commitments differ in what they hide."""
    if model.hiding and data.hiding:
        return f"the model is hidden by blocks of {model.block} entries, the examples by {data.block}"
    own, other = ("a hiding", "an open") if model.hiding else ("an open", "a hiding")
    return f"the model has {own} commitment, the examples have {other} one"


def instances(bundle: SumcheckBundle, model: NetworkCommitment, data: DataCommitment) -> Callable[[Shard], Instance]:
    """For each shard the instance its proof is about."""
    head = _heads(bundle)
    spans = data.chunks

    def instance(shard: Shard) -> Instance:
        rows = data.rows(shard.chunk)
        return Instance(
            network=model.network,
            log_columns=model.log_columns,
            model=Matrix(model.weights_commitment, model.rows, model.block),
            chunk=Chunk(Matrix(data.roots[shard.chunk], rows, data.block), spans[shard.chunk].count, data.labelled),
            first=shard.within.first,
            count=shard.within.count,
            head=head(shard),
        )

    return instance


def _heads(bundle: SumcheckBundle) -> Callable[[Shard], Head]:
    claim = bundle.statement.claim
    if isinstance(claim, Score):
        return lambda shard: Correct(claim.top_k, claim.counts[shard.index])
    if isinstance(claim, Logits):
        logits = bundle.logits
        return lambda shard: Outputs(logits[shard.overall.slice])
    selected, predicate = bundle.selected, claim.predicate

    def head(shard: Shard) -> Head:
        bits = tuple(bool(bit) for bit in selected[shard.overall.slice])
        if predicate.threshold is None:
            return OfClass(predicate.selected, bits)
        return Reaching(predicate.selected, predicate.threshold, bits)

    return head
