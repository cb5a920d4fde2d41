"""The numbers that enter and leave an accuracy proof: witness inputs, and the order of its public instances."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from proofs.halo2.description import CircuitDescription
from proofs.halo2.felts import R
from proofs.halo2.mask import fresh_blinds
from proofs.halo2.task import TaskCircuit
from proofs.outputs_bundle import OutputsProof

VOID = 0
"""What the dead units of a task's circuit must add up to."""


def witness_inputs(rows: NDArray[np.int64], tag_limbs: Sequence[int], scale_bits: int) -> dict[str, object]:
    """ezkl's input document for one batch: raw integers (b, width), then one tensor of tag limbs (and a predicate) and
    fresh blinds, as exact binary fractions. Secret."""
    scale = float(1 << scale_bits)
    tensors = [[float(value) / scale for value in row] for row in rows.tolist()]
    return {"input_data": [*tensors, [limb / scale for limb in (*tag_limbs, *fresh_blinds())]]}


def instances(
    description: CircuitDescription,
    weights_commitment: bytes,
    hashes: Sequence[int],
    tag_hash: int,
    count: int,
    tag_limbs: Sequence[int],
) -> list[int]:
    """The public instances of a batch's proof, in order, each below the scalar field's modulus.

    h_0..h_{b-1}, hash of the tag tensor, (hashed only) hash of the weights, count * 2^scale, 16 tag limbs.
    """
    weights = [int.from_bytes(weights_commitment, "big")] if description.binding == "hashed" else []
    return [*hashes, tag_hash, *weights, count << description.format.scale_bits, *tag_limbs]


def task_instances(
    circuit: TaskCircuit, weights_commitment: bytes, proof: OutputsProof, tag_limbs: Sequence[int]
) -> list[int]:
    """The public instances of a task's proof: hashes, tag hash, (hashed only) weights, words, void, tag limbs."""
    weights = [int.from_bytes(weights_commitment, "big")] if circuit.binding == "hashed" else []
    words = [word % R for word in proof.words]
    return [*proof.opening.hashes, proof.tag_hash, *weights, *words, VOID, *tag_limbs]
