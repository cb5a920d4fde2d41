"""A model for sale: the public file from which a buyer rebuilds and checks everything before it locks a wei."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from escrow.accuracy import AccuracyEscrow
from escrow.chain import Chain
from escrow.code_check import CodeMismatch
from escrow.deployment import CircuitDeployment, check_escrow, check_sampled_escrow
from escrow.parties.deployed import OwnBuild, check_on_chain, own_build, put_on_chain
from escrow.registry import ModelRegistry
from escrow.reusable import is_reusable
from escrow.reverts import Reverted
from escrow.sampled import SampledEscrow
from escrow.signers import Signer, checked_address
from proofs.canonical import canonical_bytes, expect_int, expect_keys, parse_canonical, to_hex
from proofs.commitment.model import ModelCommitment
from proofs.errors import ChainError, MalformedProof, RejectedProof
from proofs.halo2.architecture import Weights
from proofs.halo2.artefacts import Artefacts, build
from proofs.halo2.description import CircuitDescription
from proofs.halo2.runner import Progress
from proofs.halo2.verifier import check_commitment

MAX_LISTING_BYTES = 1 << 22
_KEYS = {"chain_id", "escrow", "registry", "adapter", "model_commitment"}


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a model is registered and settled. Public.

    Args:
        chain_id: the chain. escrow, registry, adapter: its contracts there.
        commitment: the model's public commitment.
    """

    chain_id: int
    escrow: str
    registry: str
    adapter: str
    commitment: ModelCommitment

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical_bytes(
            {
                "chain_id": self.chain_id,
                "escrow": self.escrow,
                "registry": self.registry,
                "adapter": self.adapter,
                "model_commitment": to_hex(self.commitment.to_bytes()),
            }
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> Listing:
        """Parse untrusted bytes. Raises MalformedProof."""
        if len(raw) > MAX_LISTING_BYTES:
            raise MalformedProof(f"a listing of {len(raw)} bytes; none is larger than {MAX_LISTING_BYTES}")
        fields = expect_keys(parse_canonical(raw, "listing"), _KEYS, "listing")
        texts = [fields[name] for name in ("escrow", "registry", "adapter", "model_commitment")]
        if not all(isinstance(text, str) for text in texts):
            raise MalformedProof("listing: addresses and model commitment must be strings")
        try:
            commitment = bytes.fromhex(texts[3].removeprefix("0x"))
        except ValueError:
            raise MalformedProof("listing: the model commitment is not hex") from None
        return cls(
            expect_int(fields["chain_id"], 1, 1 << 62, "listing: chain_id"),
            checked_address(texts[0]),
            checked_address(texts[1]),
            checked_address(texts[2]),
            ModelCommitment.from_bytes(commitment),
        )


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A listing whose circuit this party has rebuilt and found on chain; its escrow is not looked at yet."""

    listing: Listing
    description: CircuitDescription
    artefacts: Artefacts
    deployment: CircuitDeployment
    registry: ModelRegistry

    @property
    def vk_digest(self) -> bytes:
        """sha-256 of our own verifying key."""
        return bytes.fromhex(self.artefacts.vk_sha256)

    @property
    def settings_digest(self) -> bytes:
        """sha-256 of our own settings."""
        return hashlib.sha256(self.artefacts.settings.read_bytes()).digest()


@dataclass(frozen=True, slots=True)
class Checked(Rebuilt):
    """A listing found on chain whole, settled by an accuracy escrow."""

    escrow: AccuracyEscrow


@dataclass(frozen=True, slots=True)
class CheckedSampled(Rebuilt):
    """A listing found on chain whole, settled by an escrow of protocol A'."""

    escrow: SampledEscrow


def publish(
    chain: Chain,
    signer: Signer,
    commitment: ModelCommitment,
    escrow: AccuracyEscrow | SampledEscrow,
    stake_wei: int,
    weights: Weights | None = None,
    known: Listing | None = None,
    *,
    reusable: bool = False,
    verifier: str | None = None,
) -> Listing:
    """Seller: put the circuit's contracts on chain, register the model with its stake, and describe both.

    Does only what is missing: contracts found again are used again, a registered model is topped up to the stake. So an
    interrupted run is simply repeated.

    Args:
        commitment: owned by ``signer``. weights: of a ``fixed`` model, whose weights are public.
        known: an earlier listing; its contracts are used if they are what they must be.
        reusable: deploy the circuit's key alone, for the verifier all circuits share.
        verifier: address of that verifier, anybody's; None finds the signer's own or deploys it.

    Raises:
        ChainError: another account's model, a stake asked back, and whatever the chain refuses.
    """
    description = check_commitment(commitment)
    if commitment.owner != bytes.fromhex(signer.address[2:]):
        raise ChainError(
            f"the model is committed for owner {to_hex(commitment.owner)}, the account is {signer.address}: "
            "commit it again with --owner"
        )
    own = own_build(description, build(description, weights), reusable)
    adapter = _listed_adapter(chain, known, own, description, verifier)
    if adapter is None:
        adapter = put_on_chain(chain, signer, own, description, verifier).adapter
    registry = ModelRegistry(chain, escrow.registry())
    _register(registry, signer, commitment, stake_wei)
    return Listing(chain.chain_id, escrow.address, registry.address, adapter, commitment)


def _listed_adapter(
    chain: Chain,
    known: Listing | None,
    own: OwnBuild,
    description: CircuitDescription,
    verifier: str | None,
) -> str | None:
    if known is None or known.chain_id != chain.chain_id or not chain.code(known.adapter):
        return None
    try:
        found = check_on_chain(chain, known.adapter, own, description)
    except (CodeMismatch, ChainError):
        return None
    return found.adapter if verifier is None or checked_address(verifier) == found.verifier else None


def _register(registry: ModelRegistry, signer: Signer, commitment: ModelCommitment, stake_wei: int) -> None:
    """Register the model, or find it registered (its id binds the owner) and bring its stake up to ``stake_wei``."""
    digests = (
        commitment.architecture_digest,
        commitment.weights_commitment,
        commitment.quantisation_digest,
        commitment.format.digest,
    )
    try:
        registry.register(signer, *digests, stake_wei=stake_wei)
    except Reverted as refusal:
        if refusal.name != "AlreadyRegistered":
            raise
        record = registry.model(commitment.model_id)
        if record.unstake_at:
            raise ChainError(
                f"model {to_hex(commitment.model_id)} was taken off offer: its stake was asked back; commit the model "
                "again to sell it again"
            ) from None
        if record.stake_wei < stake_wei:
            registry.add_stake(signer, commitment.model_id, stake_wei - record.stake_wei)


def check_listing(
    chain: Chain, listing: Listing, weights: Weights | None = None, progress: Progress | None = None
) -> Checked:
    """Either party: rebuild the circuit from its public description and compare everything on chain with it.

    Raises: as ``rebuild_listing``.
    """
    rebuilt = rebuild_listing(chain, listing, weights, progress)
    escrow = AccuracyEscrow(chain, listing.escrow)
    check_escrow(chain, escrow, registry=rebuilt.registry)
    parts = (rebuilt.listing, rebuilt.description, rebuilt.artefacts, rebuilt.deployment, rebuilt.registry)
    return Checked(*parts, escrow)


def check_sampled_listing(
    chain: Chain, listing: Listing, weights: Weights | None = None, progress: Progress | None = None
) -> CheckedSampled:
    """As ``check_listing``, for a model listed with an escrow of protocol A'."""
    rebuilt = rebuild_listing(chain, listing, weights, progress)
    escrow = SampledEscrow(chain, listing.escrow)
    check_sampled_escrow(chain, escrow, registry=rebuilt.registry)
    parts = (rebuilt.listing, rebuilt.description, rebuilt.artefacts, rebuilt.deployment, rebuilt.registry)
    return CheckedSampled(*parts, escrow)


def rebuild_listing(
    chain: Chain, listing: Listing, weights: Weights | None = None, progress: Progress | None = None
) -> Rebuilt:
    """Rebuild the circuit and compare its contracts and the registry's entry; the escrow is the caller's to check.

    Raises:
        CodeMismatch: a contract is not what our own build gives. RejectedProof: the commitment contradicts itself.
        MissingArtifact: the reference string is not on this machine, that is, not on its allow-list.
        ChainError: another chain, or the model is not registered as listed.
    """
    if chain.chain_id != listing.chain_id:
        raise ChainError(f"the listing is for chain {listing.chain_id}, this is chain {chain.chain_id}")
    description = check_commitment(listing.commitment)
    artefacts = build(description, weights, progress)
    own = own_build(description, artefacts, is_reusable(chain, listing.adapter), progress)
    deployment = check_on_chain(chain, listing.adapter, own, description)
    registry = ModelRegistry(chain, listing.registry)
    record = registry.model(listing.commitment.model_id)
    if bytes.fromhex(record.owner[2:]) != listing.commitment.owner:
        raise RejectedProof(
            "model-registered", "the registry knows no such model of this owner; ask the seller to register it"
        )
    return Rebuilt(listing, description, artefacts, deployment, registry)
