"""What proving will take, before any of it is done: sizes exactly, as plans have them, and times by a simple model.

Seconds are those of compiled kernels. Each constant is what the stages of measured proofs took of a processor for each
thing they are made of (docs/estimate.md compares); ``machine_speed`` carries them over to the machine at hand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from proofs.machine_speed import Speed, wall_s
from proofs.networks.network import Convolution, Network
from proofs.sumcheck.committed.groups import real_in
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck_backend.bundle_size import ShardSize, bundle_bytes, shard_sizes
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.memory import MIB, proof_size, setup_bytes
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.questions import Question

LEAF_S = 80e-9
"""A leaf of a tree of look-ups, in all its layers."""
ENTRY_ENCODED_S, ENTRY_BATCHED_S = 30e-9, 45e-9
"""An entry of the witness, encoded and hashed; of the whole vector, in the last sum-check and the opening."""
MULTIPLICATION_S = 1.2e-9
"""By a weight: the network is run twice, and its layers are folded."""
ROUND_S, PROOF_S = 60e-6, 0.05
"""A message with its hash, and what every proof costs besides."""
CHECK_START_S = 0.85
"""Loading the verifier's kernels; the prover does not count its own."""
CHECK_ENTRY_S, CHECK_ROUND_S = 10e-9, 100e-6
"""Of the verifier, besides ``PROOF_S``: its functionals have a run for every few entries."""
PROVE_START_S, PROCESS_START_S = 0.25, 2.8
"""Reading, planning and checking; processor time of a process that loads its kernels, which no stage counts."""
SETUP_START_S, SETUP_ENTRY_S = 2.3, 250e-9
"""Of ``commit model``: starting and loading kernels; a weight rounded, bounded, encoded and hashed."""
SETUP_VALUE_S = 2.2e-9
"""A multiplication of the float and the integer network on a calibration input."""
SERIAL = 0.5
"""Share of the work that one core does alone: two cores take 0.63 to 0.92 of the processor seconds."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a job takes. Units are in the names; seconds are wall seconds where nothing else runs, of all proofs.

    Args:
        shard: examples a proof. shards: proofs.
        lookups, committed, rows: of the largest proof: real look-ups; entries of the vector opened, and its rows.
        setup_memory_mb, setup_s: of ``commit model``. peak_memory_mb: of the largest proof.
        setup_cpu_s, prove_cpu_s: processor seconds. proof_bytes: of the bundle.
    """

    examples: int
    shard: int
    shards: int
    parameters: int
    macs: int
    lookups: int
    committed: int
    rows: int
    setup_memory_mb: float
    peak_memory_mb: float
    setup_s: float
    setup_cpu_s: float
    prove_s: float
    prove_cpu_s: float
    verify_s: float
    proof_bytes: int
    soundness_bits: float
    worst_round_bits: float
    rounds: int

    def table(self) -> list[list[str]]:
        """Quantity and value, for a table."""
        return [
            ["parameters", f"{self.parameters:,}"],
            ["multiply-adds an example", f"{self.macs:,}"],
            ["proofs", f"{self.shards:,} of up to {self.shard:,} examples"],
            ["look-ups of a proof", f"{self.lookups:,}"],
            ["committed entries of a proof", f"{self.committed:,} in {self.rows:,} rows"],
            ["peak memory", f"set-up {self.setup_memory_mb:.0f} MB, a proof {self.peak_memory_mb:.0f} MB"],
            ["reference string, keys", "none"],
            ["set-up, once", f"{self.setup_s:.1f} s"],
            ["proving, all proofs", f"{self.prove_s:.1f} s"],
            ["verifying, all proofs", f"{self.verify_s:.1f} s"],
            ["bundle", f"{self.proof_bytes:,} bytes"],
            ["bits of soundness", f"{self.soundness_bits:g}, {self.worst_round_bits:g} in the worst round"],
        ]


def foretell(
    model: NetworkCommitment, data: DataCommitment, question: Question, shard: int, speed: Speed, calibrated: int = 0
) -> Foretold:
    """What committing a model and proving the answer in shards of so many examples takes. Reads sizes, no value.

    Args:
        calibrated: inputs that ranges are taken from and the two networks compared on.
    """
    network, sizes = model.network, shard_sizes(model, data, question, shard)
    largest = max(sizes, key=lambda size: size.plan.instance.count)
    macs = multiplications(network)
    checks = sum(size.number * _check_s(size) for size in sizes)
    proofs = PROVE_START_S + sum(size.number * _prove_s(size, macs) for size in sizes) + checks
    setup = SETUP_START_S + SETUP_ENTRY_S * parameters(network) + SETUP_VALUE_S * macs * calibrated
    return Foretold(
        examples=data.total,
        shard=min(shard, data.chunk),
        shards=sum(size.number for size in sizes),
        parameters=parameters(network),
        macs=macs,
        lookups=lookups(largest.plan),
        committed=largest.plan.rows * largest.plan.columns,
        rows=largest.plan.rows,
        setup_memory_mb=setup_bytes(parameters(network), _largest(network), calibrated) / MIB,
        peak_memory_mb=proof_size(model, data, question, shard).memory_bytes / MIB,
        setup_s=setup / speed.vector,
        setup_cpu_s=setup,
        prove_s=wall_s(proofs, SERIAL, speed.vector, speed.cores),
        prove_cpu_s=PROCESS_START_S + proofs,
        verify_s=(CHECK_START_S + checks) / speed.vector,
        proof_bytes=bundle_bytes(data, question, network.classes, sizes),
        soundness_bits=min(size.proof.total_bits for size in sizes),
        worst_round_bits=min(size.proof.worst_bits for size in sizes),
        rounds=sum(size.number * size.proof.rounds for size in sizes),
    )


def lookups(plan: Plan) -> int:
    """Values looked up, remainders included."""
    return sum(real_in(part) * (2 if part.site.shift else 1) for group in plan.groups for part in group.parts)


def multiplications(network: Network) -> int:
    """By weights, for one example."""
    total = 0
    for node, tensor in zip(network.nodes, network.tensors[1:], strict=True):
        if isinstance(node, Convolution):
            total += _depth(network, node) * math.prod(tensor.shape)
    return total


def parameters(network: Network) -> int:
    """Weights and biases."""
    nodes = [node for node in network.nodes if isinstance(node, Convolution)]
    return sum(node.outputs * (_depth(network, node) + 1) for node in nodes)


def _depth(network: Network, node: Convolution) -> int:
    """Weights of one output."""
    return network.tensors[node.source].shape[0] // node.groups * math.prod(node.kernel)


def _largest(network: Network) -> int:
    """Values of the largest tensor."""
    return max(math.prod(tensor.shape) for tensor in network.tensors)


def _prove_s(size: ShardSize, macs: int) -> float:
    plan = size.plan
    leaves = sum((2 << group.depth) + (1 << plan.tables.depth) for group in plan.groups)
    witness, entries = (plan.rows - plan.first_row) * plan.columns, plan.rows * plan.columns
    return (
        PROOF_S
        + LEAF_S * leaves
        + ENTRY_ENCODED_S * witness
        + ENTRY_BATCHED_S * entries
        + MULTIPLICATION_S * macs * plan.instance.count
        + ROUND_S * size.proof.rounds
    )


def _check_s(size: ShardSize) -> float:
    entries = size.plan.rows * size.plan.columns
    return PROOF_S + CHECK_ENTRY_S * entries + CHECK_ROUND_S * size.proof.rounds
