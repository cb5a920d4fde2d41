"""The golden jobs: real proofs of a tiny circuit, one job for each way to bind weights, under a fresh anvil's tags."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from protocols.accuracy.terms import AccuracyTerms

BINDINGS = ("polycommit", "hashed", "fixed")
DEPLOYER, SELLER, BUYER, FEE_RECIPIENT, STRANGER = (9, 1, 2, 3, 4)  # places among anvil's development accounts
SELLER_ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
BUYER_ADDRESS = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
ESCROW_ADDRESS = "0xA15BB66138824a1c7167f5E85b957d04Dd34E468"  # second contract of account 9
CHAIN_ID = 31337
NONCE = 1
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class GoldenBatch:
    """One batch as ``submitBatch`` takes it."""

    h: tuple[int, ...]
    payload_roots: tuple[bytes, ...]
    path: tuple[bytes, ...]
    tag_hash: int
    count: int
    proof: bytes


@dataclass(frozen=True, slots=True)
class GoldenJob:
    """Everything a job with real proofs needs besides the chain.

    ``impostor`` is batch 0 proven with other weights of the same architecture under this job's tag.
    """

    source: str
    binding: str
    points: int
    scale_bits: int
    architecture_digest: bytes
    weights_commitment: bytes
    quantisation_digest: bytes
    format_digest: bytes
    model_id: bytes
    data_root: bytes
    srs_digest: bytes
    tag: bytes
    note: bytes
    verifier_codehash: bytes
    total: int
    batch: int
    batches: tuple[GoldenBatch, ...]
    impostor: GoldenBatch

    @property
    def digests(self) -> tuple[bytes, bytes, bytes, bytes]:
        """The four arguments of ``register``."""
        return (self.architecture_digest, self.weights_commitment, self.quantisation_digest, self.format_digest)

    def terms(self, **changes: object) -> AccuracyTerms:
        """Terms of the job, with one-day windows and a target that the golden proofs reach with their last batch."""
        fields: dict[str, object] = {
            "buyer": BUYER_ADDRESS,
            "seller": SELLER_ADDRESS,
            "model_id": self.model_id,
            "nonce": NONCE,
            "data_root": self.data_root,
            "format_digest": self.format_digest,
            "total": self.total,
            "batch": self.batch,
            "target": sum(batch.count for batch in self.batches),
            "srs_digest": self.srs_digest,
            "example_cost": 3 * 10**15,
            "proving_cost": 2 * 10**15,
            "inference_cost": 10**15,
            "fee": 10**16,
            "min_stake": 10**18,
            "max_aborts": 0,
            "accept_window": DAY_S,
            "hand_over_window": DAY_S,
            "decide_window": DAY_S,
            "prove_window": DAY_S,
        }
        return AccuracyTerms(**{**fields, **changes})  # type: ignore[arg-type]


def golden_folder(binding: str) -> Path:
    """Where the golden files of a binding are kept."""
    return Path(__file__).resolve().parent / "golden" / binding


def load_golden(binding: str = "polycommit") -> GoldenJob:
    """The committed golden job of a binding."""
    stored = json.loads((golden_folder(binding) / "job.json").read_text())
    batches = tuple(_batch(batch) for batch in stored.pop("batches"))
    impostor = _batch(stored.pop("impostor"))
    digests = {key: bytes.fromhex(value) for key, value in stored.pop("digests").items()}
    source = (golden_folder(binding) / "Halo2Verifier.sol").read_text()
    return GoldenJob(source=source, batches=batches, impostor=impostor, **digests, **stored)


def _batch(stored: dict[str, Any]) -> GoldenBatch:
    return GoldenBatch(
        h=tuple(int(value, 16) for value in stored["h"]),
        payload_roots=tuple(bytes.fromhex(value) for value in stored["payload_roots"]),
        path=tuple(bytes.fromhex(value) for value in stored["path"]),
        tag_hash=int(stored["tag_hash"], 16),
        count=stored["count"],
        proof=bytes.fromhex(stored["proof"]),
    )
