"""Client of the ModelRegistry contract: committed models and the stakes behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from web3.types import BlockIdentifier

from escrow.chain import Chain
from escrow.client import PullPaymentsClient
from escrow.logs import single_event
from escrow.sending import Receipt
from escrow.signers import Signer, checked_address
from proofs.encoding import abi_digest, domain
from proofs.errors import ChainError


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A registered model; all of it is public.

    Attributes:
        owner: who registered it and alone may sell with it.
        architecture_digest, weights_commitment, quantisation_digest, format_digest: 32 bytes each.
        stake_wei: wei at stake.
        unstake_at: Unix time from which the stake is free; 0 while the model is on offer.
    """

    owner: str
    architecture_digest: bytes
    weights_commitment: bytes
    quantisation_digest: bytes
    format_digest: bytes
    stake_wei: int
    unstake_at: int


def model_id_of(
    owner: str,
    architecture_digest: bytes,
    weights_commitment: bytes,
    quantisation_digest: bytes,
    format_digest: bytes,
) -> bytes:
    """The 32-byte model id: keccak256(abi.encode(D("assay/model/v1"), owner, the four digests))."""
    return abi_digest(
        ["bytes32", "address", "bytes32", "bytes32", "bytes32", "bytes32"],
        [
            domain("assay/model/v1"),
            checked_address(owner),
            architecture_digest,
            weights_commitment,
            quantisation_digest,
            format_digest,
        ],
    )


class ModelRegistry(PullPaymentsClient):
    """One deployed model registry."""

    artifact_name = "ModelRegistry"
    step_prefix = "registry"

    @classmethod
    def deploy(cls, chain: Chain, signer: Signer, cooldown_s: int) -> Self:
        """Deploy a registry whose stakes stay for ``cooldown_s`` seconds after their owner asks for them."""
        return cls._deploy(chain, signer, cooldown_s)

    def register(
        self,
        signer: Signer,
        architecture_digest: bytes,
        weights_commitment: bytes,
        quantisation_digest: bytes,
        format_digest: bytes,
        *,
        stake_wei: int = 0,
    ) -> tuple[bytes, Receipt]:
        """Register a model of the signer's with a stake; returns its id, which is checked against our own formula.

        Raises:
            Reverted: AlreadyRegistered.
            ChainError: insufficient funds, unreachable, or a registry that computes another id.
        """
        digests = (architecture_digest, weights_commitment, quantisation_digest, format_digest)
        receipt = self._send(signer, "register", *digests, value_wei=stake_wei)
        model_id = model_id_of(signer.address, *digests)
        event = single_event(self.contract, receipt.raw["logs"], "ModelRegistered")
        if event.arguments["modelId"] != model_id:
            raise ChainError(f"registry {self.address} computes other model ids than this version; use a matching one")
        return model_id, receipt

    def add_stake(self, signer: Signer, model_id: bytes, stake_wei: int) -> Receipt:
        """Add wei to a model's stake; anyone may, only the owner gets it back."""
        return self._send(signer, "addStake", model_id, value_wei=stake_wei)

    def request_unstake(self, signer: Signer, model_id: bytes) -> Receipt:
        """Take the signer's model off offer for good and start the cooldown."""
        return self._send(signer, "requestUnstake", model_id)

    def unstake(self, signer: Signer, model_id: bytes) -> Receipt:
        """After the cooldown: book the stake for the model's owner."""
        return self._send(signer, "unstake", model_id)

    def model(self, model_id: bytes, block: BlockIdentifier = "latest") -> ModelRecord:
        """The record of a model. Raises ChainError when this registry does not know it."""
        record = ModelRecord(*self._read("model", model_id, block=block))
        if int(record.owner, 16) == 0:
            raise ChainError(f"registry {self.address} knows no model 0x{model_id.hex()}; check the id and the chain")
        return record

    def eligible(self, model_id: bytes, owner: str, format_digest: bytes, min_stake_wei: int) -> bool:
        """Whether ``owner`` may sell with the model now, in this input format, with at least this stake."""
        return bool(self._read("eligible", model_id, checked_address(owner), format_digest, min_stake_wei))

    def cooldown(self) -> int:
        """Seconds between asking for a stake and getting it."""
        return int(self._read("cooldown"))
