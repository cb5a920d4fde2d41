"""The victim: a seller's Linear(4, 3) model, alone or with mask units, as an ONNX graph the prover takes.

Everything here is the *secret* side. The attack itself (transcript, equations, recover, confirm) never imports it;
only the demonstration does, to compare what was recovered with the truth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

SCALE_BITS = 10
FEATURES, CLASSES = 4, 3
TAG_LIMBS = 16
RAW_LIMIT = 127
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Victim:
    """Weights (4, 3), bias (3,), and mask weights (16, units) as raw integers; units 0 means unmasked.

    ``rectified``: the mask units pass through a ReLU, so that they also take part in the range checks.
    """

    weights: Array
    bias: Array
    mask: Array
    rectified: bool = False

    @property
    def units(self) -> int:
        return int(self.mask.shape[1])

    def committed(self) -> list[int]:
        """The committed column as the circuit quantises it: weights, bias (at twice the scale), mask, dead weights."""
        values = [round(float(w) * 2**SCALE_BITS) for w in self.weights.reshape(-1)]
        values += [round(float(b) * 2 ** (2 * SCALE_BITS)) for b in self.bias]
        return values + [int(m) for m in self.mask.reshape(-1)] + [0] * self.units


def units_for(equations: int) -> int:
    """Mask units whose 8-bit weights hold 254 bits an equation and 128 to spare."""
    return math.ceil((254 * equations + 128) / (TAG_LIMBS * math.log2(2 * RAW_LIMIT + 1)))


def make_victim(
    seed: int, units: int = 0, *, mask_seed: int = 0, nudged: bool = False, rectified: bool = False
) -> Victim:
    """A model from a seed: weights in [-2, 2) on the circuit's grid, bias arbitrary floats, mask uniform.

    ``nudged`` moves one weight by the smallest step, 2^-10: the nearest wrong guess there is.
    """
    rng = np.random.default_rng(seed)
    weights = (rng.integers(-2048, 2048, (FEATURES, CLASSES)) / 2**SCALE_BITS).astype(np.float32)
    bias = rng.uniform(-1, 1, CLASSES).astype(np.float32)
    if nudged:
        weights[0, 0] += 2.0**-SCALE_BITS
    mask = np.random.default_rng([seed, mask_seed]).integers(-RAW_LIMIT, RAW_LIMIT + 1, (TAG_LIMBS, units))
    return Victim(weights, bias, mask, rectified)


def to_onnx(victim: Victim) -> bytes:
    """x (1, 4) and tag (1, 16) to logits (1, 3) and the tag again; the mask adds the same number to every logit."""
    constants = {"W": victim.weights, "b": victim.bias}
    nodes = [helper.make_node("Gemm", ["x", "W", "b"], ["plain"])]
    if victim.units:
        constants["M"] = (victim.mask / 2**SCALE_BITS).astype(np.float32)
        constants["Z"] = np.zeros((victim.units, 1), np.float32)
        nodes += [
            helper.make_node("MatMul", ["tag", "M"], ["units"]),
            helper.make_node("Relu" if victim.rectified else "Identity", ["units"], ["kept"]),
            helper.make_node("MatMul", ["kept", "Z"], ["dead"]),
            helper.make_node("Add", ["plain", "dead"], ["logits"]),
        ]
    else:
        nodes += [helper.make_node("Identity", ["plain"], ["logits"])]
    nodes.append(helper.make_node("Identity", ["tag"], ["tag_out"]))
    shapes = {"x": FEATURES, "tag": TAG_LIMBS, "logits": CLASSES, "tag_out": TAG_LIMBS}
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size]) for name, size in shapes.items()]
    initialisers = [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "victim", values[:2], values[2:], initialisers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString(deterministic=True))
