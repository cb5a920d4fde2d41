"""Renewing a model commitment whose openings are nearly spent: new random blocks, and a proof that nothing else is new.

The new matrix' seed, and the mask of the proof, follow from the old seed: renewing again, after a crash or on another
machine, gives the same root and the same proof, shows nothing that was not shown before, and costs nothing. Another
renewal of the same commitment, with other blocks, would show more: the journal of this machine refuses it. It cannot
know of other machines: keep a model's secret part where its journal is.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace

from proofs.canonical import canonical_bytes, to_hex
from proofs.encoding import domain
from proofs.errors import InvalidInput
from proofs.sumcheck.renewal.code import openings_taken
from proofs.sumcheck.renewal.messages import rounds_of
from proofs.sumcheck.renewal.pair import Pair, Side, make_pair
from proofs.sumcheck.renewal.prover import prove_equal
from proofs.sumcheck.soundness import proof_bits
from proofs.sumcheck_backend.blocks import KEPT_FOR_RENEWAL, check_block
from proofs.sumcheck_backend.cost import Progress
from proofs.sumcheck_backend.lineage import MAX_RENEWALS, SOUNDNESS_BITS, Root
from proofs.sumcheck_backend.matrices import commit_weights, proof_field
from proofs.sumcheck_backend.secret_network import SecretNetwork
from proofs.sumcheck_backend.spending import renewal_budget

SEED_DOMAIN = domain("assay/sumcheck-renewed-seed/v1")
MASK_DOMAIN = domain("assay/sumcheck-renewal-mask/v1")
"""To be raised with every change of what the proof sends: one mask must not cover two different proofs."""
RENEWAL, BIRTH = "renewal", "made by renewal"
"""Kinds of openings, in journals: what the old matrix is opened for, and the new one; once each."""


@dataclass(frozen=True, slots=True, eq=False)
class Renewed:
    """A renewed model. Secret, but for its commitment.

    Args:
        again: whether this very renewal had been paid for before.
        proof_bytes: of the new link. total_bits, worst_bits: its soundness.
    """

    secret: SecretNetwork
    again: bool
    proof_bytes: int
    total_bits: float
    worst_bits: float


def renew(model: SecretNetwork, block: int | None = None, progress: Progress | None = None) -> Renewed:
    """The same model under a new root and with a new budget. Its id, its owner and all else stay what they are.

    Of the old matrix it takes the opening kept for it, of the new one it takes one (more where ``block`` is another
    length), both written down before the proof is begun.

    Args:
        block: random entries behind the new matrix' rows, as many as before by default; examples committed for the
            model fit it only then.

    Raises:
        InvalidInput: the commitment hides nothing, or was renewed too often; rows are too many or have no such block.
        BudgetSpent: the old matrix was renewed otherwise, or too few openings are left of it or in the new one.
    """
    say, own = progress or (lambda _: None), model.commitment
    block = check_block(own.block if block is None else block, own.log_columns)
    if not own.hiding or not block:
        raise InvalidInput("a commitment that hides nothing has no budget, and is not renewed: commit the model again")
    if len(own.earlier) >= MAX_RENEWALS:
        raise InvalidInput(
            f"the commitment was renewed {MAX_RENEWALS} times, no chain is longer: commit the model anew"
        )
    say("encoding")
    old, seed = model.matrix(), new_seed(model, block)
    new = commit_weights(own.network, model.weights, seed, own.log_columns, block)
    pair = make_pair(own.log_columns, own.rows, Side(old.root, own.block), Side(new.root, block))
    extension = proof_field().scalars
    total, worst = proof_bits(rounds_of(pair, extension), extension)
    if worst < SOUNDNESS_BITS:
        raise InvalidInput(f"{own.rows} rows of 2^{own.log_columns} entries are too many: {worst:g} bits of soundness")
    again = not _spend(model, pair)
    say("proving")
    proof = prove_equal(proof_field(), pair, old, new, mask_seed(model, pair))
    say("verifying")
    commitment = own.verified(Root(new.root, block), proof)
    secret = SecretNetwork(commitment, model.weights, seed, model.onnx_sha256)
    return Renewed(secret, again, len(proof), total, worst)


def new_seed(model: SecretNetwork, block: int) -> bytes:
    """32 secret bytes for the new matrix: HMAC-SHA256 under the old seed, which has no other use for this domain."""
    return hmac.digest(model.seed, SEED_DOMAIN + model.commitment.weights_commitment + block.to_bytes(4), "sha256")


def mask_seed(model: SecretNetwork, pair: Pair) -> bytes:
    """32 secret bytes for the proof's mask: of this conversation alone, its beginning and its messages' outline."""
    messages = [[r.label, r.degree, r.challenges] for r in rounds_of(pair, proof_field().scalars)]
    outline = hashlib.sha256(canonical_bytes(messages)).digest()
    return hmac.digest(model.seed, MASK_DOMAIN + pair.transcript().state + outline, "sha256")


def _spend(model: SecretNetwork, pair: Pair) -> bool:
    """Write down both openings, unless they are; says whether it had to. Raises InvalidInput or BudgetSpent."""
    own, code = model.commitment, pair.code()
    old = renewal_budget(own)
    new = renewal_budget(own.renewed(Root(pair.new.root, pair.new.block), b""))
    if old is None or new is None:
        raise InvalidInput("a commitment that hides nothing has no budget")
    cost = openings_taken(code, pair.new.block)
    if new.limit <= cost + KEPT_FOR_RENEWAL:
        raise InvalidInput(f"a matrix with blocks of {pair.new.block} entries hides no proof after this renewal")
    old, new = (replace(budget, way="Commit the model again: a new root, a new model id") for budget in (old, new))
    spent = old.spend_once(RENEWAL, f"to {to_hex(pair.new.root)}", openings_taken(code, pair.old.block))
    new.spend_once(BIRTH, f"of {to_hex(pair.old.root)}", cost)
    return spent
