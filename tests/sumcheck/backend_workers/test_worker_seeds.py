"""Salt seeds of witnesses: one for each shard of each statement under each model, wherever it is proven."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

from helpers.tiny_sumcheck import proven, subject

from proofs.encoding import domain
from proofs.sumcheck_backend.workers.seeds import witness_seed

SEED = bytes(range(32))


def test_no_two_shards_statements_or_models_share_a_seed() -> None:
    statement = proven("score").statement
    others = [statement, replace(statement, context=bytes(32)), proven("top2").statement, proven("logits").statement]
    seeds = [witness_seed(SEED, said.bytes_for(shard)) for said in others for shard in said.shards]
    seeds += [witness_seed(subject().model.seed, statement.bytes_for(shard)) for shard in statement.shards]
    assert len(set(seeds)) == len(seeds) == 5 * len(statement.shards)
    assert {len(seed) for seed in seeds} == {32}


def test_the_seed_is_the_hmac_the_documentation_names() -> None:
    message = domain("assay/sumcheck-witness-seed/v1") + hashlib.sha256(b"a shard").digest()
    assert witness_seed(SEED, b"a shard") == hmac.new(SEED, message, hashlib.sha256).digest()
