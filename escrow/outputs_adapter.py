"""Client of the Halo2OutputsAdapter contract: the generated verifier of an inference or a retrieval circuit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from eth_typing import ChecksumAddress

from escrow.chain import Chain
from escrow.client import ContractClient
from escrow.signers import Signer, checked_address
from proofs.bundle import FIELD
from proofs.encoding import abi_digest


class Halo2OutputsAdapter(ContractClient):
    """One deployed adapter."""

    artifact_name = "Halo2OutputsAdapter"
    step_prefix = "adapter"

    @classmethod
    def deploy(cls, chain: Chain, signer: Signer, *, verifier: str, codehash: bytes, binding: int, points: int) -> Self:
        """Deploy an adapter for the verifier at ``verifier``; it refuses one with another code hash."""
        return cls._deploy(chain, signer, checked_address(verifier), codehash, binding, points)

    def halo2_verifier(self) -> ChecksumAddress:
        """Address of the generated verifier it asks."""
        return checked_address(self._read("halo2Verifier"))

    def verify(
        self,
        *,
        weights_commitment: bytes,
        tag: bytes,
        tag_hash: int,
        h: Sequence[int],
        outputs: Sequence[int],
        proof: bytes,
    ) -> bool:
        """Ask the contract, without a transaction, whether a proof shows these outputs for this job tag.

        Args:
            weights_commitment: keccak of the proof's commitment points, or the weights' in-circuit hash (32 bytes).
            tag, tag_hash: the job tag (32 bytes) and its in-circuit hash.
            h: circuit hashes of the batch's inputs.
            outputs: the circuit's outputs as signed integers, without the void behind them.
            proof: the proof's bytes.

        Raises:
            Reverted: WrongWeights, ProofRejected, BadShape, NotInField: the contract refuses rather than return False.
        """
        arguments = self.encode(weights_commitment, tag, tag_hash, h, outputs, proof)
        return bool(self._read("verify", *arguments))

    def encode(
        self,
        weights_commitment: bytes,
        tag: bytes,
        tag_hash: int,
        h: Sequence[int],
        outputs: Sequence[int],
        proof: bytes,
    ) -> tuple[bytes, bytes, bytes, bytes]:
        """The four arguments of the contract's ``verify``: input hash, output hash, metadata, proof."""
        words = [output % FIELD for output in outputs]
        input_hash = abi_digest(["bytes32", "bytes32", "uint256[]"], [weights_commitment, tag, list(h)])
        output_hash = abi_digest(["uint256[]"], [words])
        metadata = self.chain.w3.codec.encode(
            ["bytes32", "bytes32", "uint256", "uint256[]", "uint256[]"],
            [weights_commitment, tag, tag_hash, list(h), words],
        )
        return input_hash, output_hash, metadata, proof
