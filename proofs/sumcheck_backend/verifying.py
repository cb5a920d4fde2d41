"""Verifying a bundle against commitments its reader trusts. Imports nothing of the prover."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from proofs.canonical import to_hex
from proofs.errors import InvalidInput, RejectedProof
from proofs.statements.sumcheck import SumcheckStatement
from proofs.statements.sumcheck_claims import Logits, Score, Selection
from proofs.sumcheck.committed.instance import Instance
from proofs.sumcheck.committed.verify import verify as verify_shard
from proofs.sumcheck.soundness import Round, error_bits
from proofs.sumcheck_backend.answers import logits_digest, selected_digest
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.chunks import Shard
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.matrices import proof_field
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.subjects import SOUNDNESS_BITS, instances, modes, statement_of

OnShard = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Soundness:
    """How likely a false statement passes.

    Args:
        total_bits: by the union bound over all rounds of one shard, of the shard where it is worst: a false statement
            has a false shard.
        worst_bits: of the worst single round, what one hash of a forger is worth.
        rounds: messages that challenges follow, in all shards.
    """

    total_bits: float
    worst_bits: float
    rounds: int


@dataclass(frozen=True, slots=True)
class SumcheckVerdict:
    """An accepted bundle.

    Args:
        verify_s: wall seconds.
    """

    statement: SumcheckStatement
    soundness: Soundness
    verify_s: float


def verify(
    bundle: SumcheckBundle,
    model: NetworkCommitment,
    data: DataCommitment,
    on_shard: OnShard | None = None,
) -> SumcheckVerdict:
    """Verify every shard of a bundle; the context is its reader's business.

    A bundle may be about any root of the model's chain: their matrices are proven to hold the same weights.

    Raises:
        RejectedProof: with the name of the check that failed, and the shard where there is one.
        MalformedProof: a shard's proof is no message of the protocol.
    """
    began = time.monotonic()
    model = model.under(bundle.statement.weights)
    check_statement(bundle, model, data)
    instance = instances(bundle, model, data)
    parts = bundle.statement.shards
    found = []
    for shard, proof in zip(parts, bundle.proofs, strict=True):
        found.append(verified(bundle.statement, shard, instance(shard), proof))
        if on_shard is not None:
            on_shard(shard.index + 1, len(parts))
    soundness = soundness_of(found)
    if soundness.worst_bits < bundle.statement.soundness_bits:
        raise RejectedProof(
            "soundness", f"{soundness.worst_bits:g} bits, the statement says {bundle.statement.soundness_bits}"
        )
    return SumcheckVerdict(bundle.statement, soundness, time.monotonic() - began)


def check_statement(bundle: SumcheckBundle, model: NetworkCommitment, data: DataCommitment) -> None:
    """Compare a statement with the commitments, and its digests with the answers. Raises RejectedProof."""
    statement = bundle.statement
    if model.format != data.format:
        raise RejectedProof("input-format", f"the model takes {model.format}, the examples are {data.format}")
    if model.log_columns != data.log_columns:
        raise RejectedProof("log-columns", "the examples are not committed in rows as long as the model's")
    if model.block != data.block:
        raise RejectedProof("hiding", f"{modes(model, data)}: no proof is about both")
    expected = statement_of(model, data, statement.shard, statement.claim, statement.context)
    for name, what in _COMPARED.items():
        said, own = getattr(statement, name), getattr(expected, name)
        if said != own:
            detail = f"the proof is about {what} {_words(said)}, here: {_words(own)}"
            if name == "weights" and model.hiding:
                detail += "; the model id is the same: if the model was renewed since, verify with the newer commitment"
            raise RejectedProof(f"statement-{name}", detail)
    if statement.soundness_bits < SOUNDNESS_BITS:
        raise RejectedProof("soundness", f"{statement.soundness_bits} bits claimed, {SOUNDNESS_BITS} are required")
    _check_claim(bundle, model)


def verified(statement: SumcheckStatement, shard: Shard, instance: Instance, proof: bytes) -> list[Round]:
    """Verify one shard's proof; returns its rounds. Raises RejectedProof naming the shard, MalformedProof."""
    try:
        return verify_shard(proof_field(), instance, statement.bytes_for(shard), proof)
    except RejectedProof as rejection:
        raise RejectedProof(rejection.check, rejection.detail, shard.index, "proof") from None
    except InvalidInput as error:  # nobody can prove such a statement, and the user's files are not at fault
        raise RejectedProof("instance", str(error), shard.index, "proof") from None


def soundness_of(shards: Sequence[Sequence[Round]]) -> Soundness:
    """The bits of a bundle from the rounds its verifier ran, shard by shard."""
    extension = proof_field().scalars
    chances = [[round_.chance(extension) for round_ in rounds if round_.challenges] for rounds in shards]
    total = max((sum(shard, Fraction(0)) for shard in chances), default=Fraction(0))
    worst = max((max(shard, default=Fraction(0)) for shard in chances), default=Fraction(0))
    return Soundness(error_bits(total), error_bits(worst), sum(map(len, chances)))


_COMPARED = {
    "network": "the integer network",
    "format": "the input format",
    "zero_knowledge": "zero knowledge:",
    "total": "this number of examples:",
    "labelled": "examples with labels:",
    "model": "the model",
    "weights": "the weights",
    "model_rows": "this number of rows of weights:",
    "log_columns": "rows of two to the",
    "chunk": "chunks of",
    "data": "the examples",
}
"""Fields of a statement in the order they are compared, so that the plainest difference is named."""


def _check_claim(bundle: SumcheckBundle, model: NetworkCommitment) -> None:
    claim, classes = bundle.statement.claim, model.network.classes
    if isinstance(claim, Score) and claim.top_k >= classes:
        raise RejectedProof("statement-top_k", f"top {claim.top_k} of {classes} classes says nothing")
    if isinstance(claim, Logits):
        if claim.classes != classes:
            raise RejectedProof("statement-classes", f"{claim.classes} logits, the network has {classes}")
        if claim.outputs != logits_digest(bundle.answers):
            raise RejectedProof("statement-outputs", "the logits are not those the statement names")
        last, logits = model.network.tensors[-1], bundle.logits
        if int(logits.min()) < last.low or int(logits.max()) > last.high:
            raise RejectedProof("outputs-range", f"logits lie between {last.low} and {last.high}")
    if isinstance(claim, Selection):
        if claim.predicate.selected >= classes:
            raise RejectedProof("predicate", f"the model has {classes} outputs")
        if claim.selected != selected_digest(bundle.answers):
            raise RejectedProof("statement-selected", "the bits are not those the statement names")


def _words(value: object) -> str:
    return to_hex(value) if isinstance(value, bytes) else str(value)
