"""One measured point: a network, a batch, and what each side of the protocol took."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """Seconds are the least of several runs, compilation of kernels left out.

    Args:
        primes: number of 61-bit primes. challenges: "extension" or "base" (the paper's, for comparison only).
        field_s: executing the network modulo every prime by general products of 61-bit numbers, as the paper counts.
        run_s: executing it as the product does, by exact floating-point products of small integers.
        float_s: the network with float32 weights in onnxruntime, same threads.
        prove_s: what the prover adds to an execution whose values it has kept.
        prepare_s: the client's own work before there is an answer; online_s: after it, waiting left out.
        server_bytes: payload of the rounds from the server; challenge_bytes: from the client; messages: both ways.
        soundness_bits, worst_round_bits: of one proof.
        peak_memory_mb: of the process so far.
    """

    network: str
    batch: int
    primes: int
    challenges: str
    field_s: float
    run_s: float
    float_s: float
    prove_s: float
    prepare_s: float
    online_s: float
    server_bytes: int
    challenge_bytes: int
    messages: int
    soundness_bits: float
    worst_round_bits: float
    peak_memory_mb: float

    @property
    def overhead(self) -> float:
        """Extra prover time over executing in the field."""
        return self.prove_s / self.field_s

    @property
    def client_gain(self) -> float:
        """Executing in the field over all of the client's own work."""
        return self.field_s / (self.prepare_s + self.online_s)

    @property
    def exchanged_bytes(self) -> int:
        """Payload of the rounds, both ways."""
        return self.server_bytes + self.challenge_bytes
