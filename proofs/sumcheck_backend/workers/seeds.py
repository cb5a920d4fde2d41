"""The seed of a witness's salts and pads: derived, so that a shard proven twice, anywhere, has the same bytes."""

from __future__ import annotations

import hashlib
import hmac

from proofs.encoding import domain

WITNESS_SEED_DOMAIN = domain("assay/sumcheck-witness-seed/v1")
"""To be raised with every change of how a witness is laid out: the same statement then has another vector."""

HIDING_SEED_DOMAIN = domain("assay/sumcheck-hiding-seed/v1")
"""To be raised with every change of what a zero-knowledge proof sends: old work must not go on under its old pads."""


def witness_seed(model_seed: bytes, statement: bytes) -> bytes:
    """32 secret bytes for the witness of one shard: HMAC-SHA256 under the model's own secret seed.

    Never one seed for two vectors: ``statement`` is what the shard's proof absorbs first, the whole statement and the
    shard's place. It binds the model's weights and the examples by their roots, the claim and the shard, and from
    these every entry of the witness follows: activations, remainders, marks and multiplicities. So two vectors have two
    statements (or their owner knows a collision of SHA-256), and for two statements HMAC gives independent seeds.
    Two model commitments have independent random seeds, and a model's own salts come from another function, SHAKE-256.

    Args:
        model_seed: 32 random bytes, secret, of the model's commitment.
        statement: ``SumcheckStatement.bytes_for`` of the shard.
    """
    return hmac.digest(model_seed, WITNESS_SEED_DOMAIN + hashlib.sha256(statement).digest(), "sha256")


def hiding_witness_seed(model_seed: bytes, nonce: bytes, statement: bytes) -> bytes:
    """32 secret bytes that all salts, blocks, masks and one-time pads of one shard's zero-knowledge proof follow from.

    As ``witness_seed``, and of one run alone: a pad under two different messages would give away their difference.
    Messages of one run follow from statement and seed, so whoever proves a shard again in the same run, after a
    crash or beside another worker, sends the same ones. Another run draws another nonce.

    Args:
        nonce: 32 random bytes, secret, of the run (``resume.nonce_of``).
    """
    message = HIDING_SEED_DOMAIN + nonce + hashlib.sha256(statement).digest()
    return hmac.digest(model_seed, message, "sha256")
