"""Forgeries of a proven prediction, each as good as its maker can make it without a proof, and what refuses them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from secrets import token_bytes

import numpy as np

from proofs.errors import MalformedProof, RejectedProof
from proofs.networks.weights import NodeWeights
from proofs.statements.sumcheck_claims import Logits
from proofs.sumcheck_backend.answers import logits_bytes, logits_digest
from proofs.sumcheck_backend.bundle import SumcheckBundle
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.matrices import commit_weights
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.secret_network import SEED_BYTES, SecretNetwork
from proofs.sumcheck_backend.subjects import statement_of
from proofs.sumcheck_backend.verifying import verify

NOT_REFUSED = "nothing"


@dataclass(frozen=True, slots=True)
class Public:
    """What a verifier is given: a proof, and the commitments it trusts."""

    bundle: SumcheckBundle
    model: NetworkCommitment
    data: DataCommitment


@dataclass(frozen=True, slots=True)
class Refusal:
    """What became of a forgery.

    Args:
        name: what was forged. refused_by: the verifier's check, or ``NOT_REFUSED``. seconds: the verifier's.
    """

    name: str
    refused_by: str
    seconds: float

    @property
    def refused(self) -> bool:
        """Whether the verifier did its work."""
        return self.refused_by != NOT_REFUSED

    def to_json(self) -> dict[str, object]:
        """For ``--json``."""
        return asdict(self)


def changed_logit(honest: Public) -> Public:
    """The runner-up's logit raised above the winner's, digest and statement made to fit."""
    logits = honest.bundle.logits.copy()
    winner, second = np.argsort(-logits[0], kind="stable")[:2]
    high = honest.model.network.tensors[-1].high
    logits[0, second], logits[0, winner] = min(int(logits[0, winner]) + 1, high), int(logits[0, second])
    raw = logits_bytes(logits)
    claim = Logits(logits.shape[1], logits_digest(raw))
    statement = replace(honest.bundle.statement, claim=claim)
    return replace(honest, bundle=replace(honest.bundle, statement=statement, answers=raw))


def another_model(honest: Public, model: SecretNetwork) -> Public:
    """The proof offered for a model one of whose weights is another by 1, its statement made to fit."""
    other = neighbour(model)
    own = honest.bundle.statement
    statement = statement_of(other, honest.data, own.shard, own.claim, own.context)
    return Public(replace(honest.bundle, statement=statement), other, honest.data)


def neighbour(model: SecretNetwork) -> NetworkCommitment:
    """The commitment to the same network with the first weight of its last layer changed by 1."""
    last = max(model.weights)
    hidden = model.weights[last]
    weight = hidden.weight.copy()
    weight.flat[0] += -1 if weight.flat[0] > 0 else 1
    weights = {**model.weights, last: NodeWeights(weight, hidden.bias)}
    committed = model.commitment
    seed = token_bytes(SEED_BYTES)  # of its own: two matrices with the same random entries would show their difference
    root = commit_weights(committed.network, weights, seed, committed.log_columns, committed.block).root
    return replace(committed, weights_commitment=root, receipt=None)


def flipped_byte(honest: Public) -> Public:
    """All bits of the byte in the middle of the proof inverted."""
    proof = bytearray(honest.bundle.proofs[0])
    proof[len(proof) // 2] ^= 0xFF
    return replace(honest, bundle=replace(honest.bundle, proofs=(bytes(proof), *honest.bundle.proofs[1:])))


def refusal(name: str, forge: Callable[[], Public]) -> Refusal:
    """Forge, and have the bytes of the forgery verified."""
    forged = forge()
    raw, began = forged.bundle.to_bytes(), time.monotonic()
    try:
        verify(SumcheckBundle.from_bytes(raw), forged.model, forged.data)
        found = NOT_REFUSED
    except RejectedProof as rejection:
        found = rejection.check
    except MalformedProof:
        found = "malformed"
    return Refusal(name, found, time.monotonic() - began)


def refusals(honest: Public, model: SecretNetwork) -> list[Refusal]:
    """Every forgery, tried."""
    tried: tuple[tuple[str, Callable[[], Public]], ...] = (
        ("a logit changed so that another class wins", lambda: changed_logit(honest)),
        ("the commitment of another model, one weight off by 1", lambda: another_model(honest, model)),
        ("a byte of the proof flipped", lambda: flipped_byte(honest)),
    )
    return [refusal(name, forge) for name, forge in tried]
