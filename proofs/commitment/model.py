"""A committed model: the hash of its weights, and everything public that gives the hash its meaning.

One model id everywhere, computed alike here and in the registry contract:
keccak256(domain, owner, architectureDigest, weightsCommitment, quantisationDigest, formatDigest).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from proofs.canonical import canonical_bytes, expect_hex, expect_keys, parse_canonical, to_hex
from proofs.commitment.input_format import InputFormat
from proofs.container import pack, unpack
from proofs.encoding import abi_digest, domain
from proofs.errors import MalformedProof

MAGIC = b"ASSAYMDL"
VERSION = 1
MODEL_DOMAIN = domain("assay/model/v1")
NO_OWNER = bytes(20)


@dataclass(frozen=True, slots=True)
class ModelCommitment:
    """The public side of a committed model.

    Args:
        backend: which prover the commitment is for.
        owner: 20-byte address of the seller, zero off chain.
        architecture_digest: digest of the circuit description.
        weights_commitment: 32 bytes; its meaning depends on the backend's binding.
        quantisation_digest: digest of the fixed-point parameters.
        format: the input format a test set must share.
        details: the backend's own public description, canonical JSON; checked by the backend against the digests.
    """

    backend: str
    owner: bytes
    architecture_digest: bytes
    weights_commitment: bytes
    quantisation_digest: bytes
    format: InputFormat
    details: Any

    @property
    def model_id(self) -> bytes:
        """The 32-byte model id."""
        return abi_digest(
            ["bytes32", "address", "bytes32", "bytes32", "bytes32", "bytes32"],
            [
                MODEL_DOMAIN,
                self.owner,
                self.architecture_digest,
                self.weights_commitment,
                self.quantisation_digest,
                self.format.digest,
            ],
        )

    def owned_by(self, owner: bytes) -> ModelCommitment:
        """The same commitment under another owner, hence another id."""
        return replace(self, owner=owner)

    def to_bytes(self) -> bytes:
        """The file ``model.commit``."""
        head = {
            "backend": self.backend,
            "owner": to_hex(self.owner),
            "architecture": to_hex(self.architecture_digest),
            "weights": to_hex(self.weights_commitment),
            "quantisation": to_hex(self.quantisation_digest),
            "format": self.format.to_json(),
        }
        return pack(MAGIC, VERSION, [(b"HEAD", canonical_bytes(head)), (b"CIRC", canonical_bytes(self.details))])

    @classmethod
    def from_bytes(cls, raw: bytes) -> ModelCommitment:
        """Parse untrusted bytes. Raises MalformedProof. The backend checks ``details`` against the digests."""
        what = "model commitment"
        sections = unpack(raw, MAGIC, VERSION, what)
        if [name for name, _ in sections] != [b"HEAD", b"CIRC"]:
            raise MalformedProof(f"{what} must have the sections HEAD and CIRC, in this order")
        keys = {"backend", "owner", "architecture", "weights", "quantisation", "format"}
        head = expect_keys(parse_canonical(sections[0][1], what), keys, what)
        if not isinstance(head["backend"], str):
            raise MalformedProof(f"{what}: backend must be a string")
        return cls(
            backend=head["backend"],
            owner=expect_hex(head["owner"], 20, f"{what}: owner"),
            architecture_digest=expect_hex(head["architecture"], 32, f"{what}: architecture"),
            weights_commitment=expect_hex(head["weights"], 32, f"{what}: weights"),
            quantisation_digest=expect_hex(head["quantisation"], 32, f"{what}: quantisation"),
            format=InputFormat.from_json(head["format"]),
            details=parse_canonical(sections[1][1], f"{what}: circuit"),
        )
