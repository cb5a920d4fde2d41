"""Client of the Halo2ReusableAdapter contract: one circuit's verifying key before the verifier all circuits share."""

from __future__ import annotations

from typing import Self

from eth_typing import ChecksumAddress

from escrow.adapter import Halo2Adapter
from escrow.chain import Chain
from escrow.signers import Signer, checked_address


class Halo2ReusableAdapter(Halo2Adapter):
    """One deployed adapter; asked exactly like a ``Halo2Adapter``."""

    artifact_name = "Halo2ReusableAdapter"

    @classmethod
    def deploy_with_key(
        cls,
        chain: Chain,
        signer: Signer,
        *,
        verifier: str,
        codehash: bytes,
        vka: str,
        vka_digest: bytes,
        proof_bytes: int,
        binding: int,
        points: int,
        scale_bits: int,
    ) -> Self:
        """Deploy an adapter; it refuses other code or another key, and registers the key with the shared verifier."""
        key = (checked_address(vka), vka_digest, proof_bytes)
        return cls._deploy(chain, signer, checked_address(verifier), codehash, *key, binding, points, scale_bits)

    def vka(self) -> ChecksumAddress:
        """Address of the contract whose code holds the verifying key."""
        return checked_address(self._read("vka"))
