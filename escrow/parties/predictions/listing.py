"""A model that answers for money: the public file from which a client rebuilds and checks everything before it pays."""

from __future__ import annotations

from dataclasses import dataclass

from escrow.parties.corpus_listing import MAX_LISTING_BYTES, Prices, listed_address, listed_bytes
from proofs.canonical import canonical_bytes, expect_int, expect_keys, parse_canonical, to_hex
from proofs.commitment.model import ModelCommitment
from proofs.commitment.view_format import ViewFormat
from proofs.errors import MalformedProof
from proofs.halo2.description import CircuitDescription
from proofs.halo2.task import INFERENCE, TaskCircuit
from proofs.halo2.verifier import check_commitment
from protocols.solidity import address

_KEYS = {"chain_id", "escrow", "adapter", "model_commitment", "prices"}


@dataclass(frozen=True, slots=True)
class RoundListing:
    """Where rounds with a model are settled, and what they cost. Public.

    Args:
        chain_id, escrow: the chain and the prediction escrow there.
        adapter: address of the verifier adapter of the model's inference circuit, one input to a proof.
        model: commitment of the model; its owner is the provider.
        prices: Z of an answer, least price of one, most the provider deposits, and the currency of all three.
    """

    chain_id: int
    escrow: str
    adapter: str
    model: ModelCommitment
    prices: Prices

    @property
    def provider(self) -> str:
        """The account that answers."""
        return address("0x" + self.model.owner.hex(), "owner")

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical_bytes(
            {
                "chain_id": self.chain_id,
                "escrow": self.escrow,
                "adapter": self.adapter,
                "model_commitment": to_hex(self.model.to_bytes()),
                "prices": self.prices.to_json(),
            }
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> RoundListing:
        """Parse untrusted bytes. Raises MalformedProof."""
        if len(raw) > MAX_LISTING_BYTES:
            raise MalformedProof(f"a listing of {len(raw)} bytes; none is larger than {MAX_LISTING_BYTES}")
        fields = expect_keys(parse_canonical(raw, "listing"), _KEYS, "listing")
        return cls(
            expect_int(fields["chain_id"], 1, 1 << 62, "listing: chain_id"),
            listed_address(fields["escrow"], "listing: escrow"),
            listed_address(fields["adapter"], "listing: adapter"),
            ModelCommitment.from_bytes(listed_bytes(fields["model_commitment"], "listing: model_commitment")),
            Prices.from_json(fields["prices"]),
        )


def input_format(base: CircuitDescription) -> ViewFormat:
    """How the inputs of a round become integers: real numbers at the model's own scale, one input to a proof."""
    shape = base.format
    return ViewFormat(shape.shape, "fixed", shape.scale_bits, shape.scale_bits, 1, shape.salt_limbs)


def inference_circuit(model: ModelCommitment) -> TaskCircuit:
    """The circuit that proves a contested answer of ``model``. Raises RejectedProof: no commitment of this backend."""
    base = check_commitment(model)
    return TaskCircuit(base, INFERENCE, input_format(base))
