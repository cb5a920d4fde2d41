"""Client of the Halo2Adapter contract: one circuit's generated verifier behind the escrow's interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from eth_typing import ChecksumAddress

from escrow.chain import Chain
from escrow.client import ContractClient
from escrow.signers import Signer, checked_address
from proofs.encoding import abi_digest


class Halo2Adapter(ContractClient):
    """One deployed adapter."""

    artifact_name = "Halo2Adapter"
    step_prefix = "adapter"

    @classmethod
    def deploy(
        cls,
        chain: Chain,
        signer: Signer,
        *,
        verifier: str,
        codehash: bytes,
        binding: int,
        points: int,
        scale_bits: int,
    ) -> Self:
        """Deploy an adapter for the verifier at ``verifier``; it refuses one with another code hash."""
        return cls._deploy(chain, signer, checked_address(verifier), codehash, binding, points, scale_bits)

    def halo2_verifier(self) -> ChecksumAddress:
        """Address of the generated verifier it asks."""
        return checked_address(self._read("halo2Verifier"))

    def verify(
        self, *, weights_commitment: bytes, tag: bytes, tag_hash: int, h: Sequence[int], count: int, proof: bytes
    ) -> bool:
        """Ask the contract, without a transaction, whether a proof shows ``count`` right answers for this job tag.

        Args:
            weights_commitment: keccak of the proof's commitment points, or the weights' in-circuit hash (32 bytes).
            tag, tag_hash: the job tag (32 bytes) and its in-circuit hash.
            h: circuit hashes of the batch's examples.
            count: claimed number of right answers.
            proof: the proof's bytes.

        Raises:
            Reverted: WrongWeights, ProofRejected, BadCount, NotInField: the contract refuses rather than return False.
        """
        arguments = self.encode(weights_commitment, tag, tag_hash, h, count, proof)
        return bool(self._read("verify", *arguments))

    def encode(
        self, weights_commitment: bytes, tag: bytes, tag_hash: int, h: Sequence[int], count: int, proof: bytes
    ) -> tuple[bytes, bytes, bytes, bytes]:
        """The four arguments of the contract's ``verify``: input hash, output hash, metadata, proof."""
        input_hash = abi_digest(["bytes32", "bytes32", "uint256[]"], [weights_commitment, tag, list(h)])
        output_hash = abi_digest(["uint256"], [count])
        metadata = self.chain.w3.codec.encode(
            ["bytes32", "bytes32", "uint256", "uint256[]", "uint256"],
            [weights_commitment, tag, tag_hash, list(h), count],
        )
        return input_hash, output_hash, metadata, proof
