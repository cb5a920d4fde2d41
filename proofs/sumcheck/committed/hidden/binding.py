"""One-time pads that no two conversations can share, whatever becomes of seeds.

A pad under two different messages gives away their difference. So what masks and pads are drawn from is bound to all
that messages follow from: the transcript's beginning (protocol, version, parameters, statement, roots), the messages'
outline, and the witness itself. A seed that is used again, by a restored cache or another release, gives the same pads
only where every message is the same as well.

*Source*: as synthetic nonces: Rogaway, Shrimpton, "Deterministic authenticated encryption", 2006.
"""

from __future__ import annotations

import hashlib
import hmac

from proofs.canonical import canonical_bytes
from proofs.sumcheck.committed.outline import outline
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.committed.witness import Witness
from proofs.sumcheck.fields.extension import Extension

LABEL = b"assay/sumcheck/hidden/seed/v1"


def bound_seed(seed: bytes, witness: Witness, scalars: Extension, begun: bytes) -> bytes:
    """32 secret bytes for one proof.

    Args:
        seed: secret. witness: complete but for pads. begun: the transcript's state before the first message.
    """
    digest = hashlib.sha256(begun + _outlined(witness.plan, scalars))
    digest.update(witness.own.data)
    return hmac.digest(seed, LABEL + digest.digest(), "sha256")


def _outlined(plan: Plan, scalars: Extension) -> bytes:
    """Every message's label, lengths, products and challenges."""
    lines = [
        [m.label, m.elements, m.raw_bytes, m.challenges, list(map(list, m.products))] for m in outline(plan, scalars)
    ]
    return hashlib.sha256(canonical_bytes(lines)).digest()
