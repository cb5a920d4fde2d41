"""What anybody can compute from one proof and the verifier contract: the challenge x and the opened evaluations.

The generated contract is the specification of the transcript: it absorbs the verifying key's digest, the instances and
the proof's curve points phase by phase, and squeezes keccak256 after each. Repeating that in Python gives x without
running a chain.
"""

from __future__ import annotations

from dataclasses import dataclass

from eth_utils.crypto import keccak

from attacks.seller.public import Contract, PublicProof

R = 21888242871839275222246405745257275088548364400416034343698204186575808495617


@dataclass(frozen=True, slots=True)
class Opened:
    """Challenge point x and all evaluations at it (integers below R)."""

    x: int
    evaluations: tuple[int, ...]


def open_proof(contract: Contract, public: PublicProof) -> Opened:
    """Replay the transcript up to x, then read the evaluations, which follow the points."""
    *points, evaluation_bytes = contract.steps
    absorbed = b"".join(word.to_bytes(32, "big") for word in [contract.vk_digest, *public.instances])
    position, challenge = 0, 0
    for step in points:
        if step == "squeeze_challenge":
            absorbed = keccak(absorbed)
            challenge = int.from_bytes(absorbed, "big") % R
        elif step == "squeeze_challenge_cont":
            absorbed = keccak(absorbed + b"\x01")
        else:
            absorbed += public.proof[position : position + int(step, 16)]
            position += int(step, 16)
    end = position + int(evaluation_bytes, 16)
    words = tuple(int.from_bytes(public.proof[i : i + 32], "big") for i in range(position, end, 32))
    return Opened(challenge, words)
