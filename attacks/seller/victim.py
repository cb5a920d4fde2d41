"""The victim: a seller's Linear(4, 3) model, alone or with mask units, as an ONNX graph the prover takes.

Everything here is the *secret* side. The attack itself (transcript, equations, recover, confirm) never imports it;
only the demonstration does, to compare what was recovered with the truth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

SCALE_BITS = 10
FEATURES, CLASSES = 4, 3
TAG_LIMBS = 16
RAW_LIMIT = 127
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Victim:
    """Weights (4, 3), bias (3,), and mask weights (16, units) as raw integers; units 0 means unmasked.

    ``blinds``: further elements of the tag tensor, secret and fresh for each proof, which pass through a ReLU to reach
    the range tables and are then multiplied by zero.
    """

    weights: Array
    bias: Array
    mask: Array
    blinds: int = 0

    @property
    def units(self) -> int:
        return int(self.mask.shape[1])

    def committed(self) -> list[int]:
        """The committed column as the circuit quantises it: weights, bias (at twice the scale), mask, dead weights."""
        values = [round(float(w) * 2**SCALE_BITS) for w in self.weights.reshape(-1)]
        values += [round(float(b) * 2 ** (2 * SCALE_BITS)) for b in self.bias]
        return values + [int(m) for m in self.mask.reshape(-1)] + [0] * (self.units + self.blinds)


def units_for(equations: int) -> int:
    """Mask units whose 8-bit weights hold 254 bits an equation and 128 to spare."""
    return math.ceil((254 * equations + 128) / (TAG_LIMBS * math.log2(2 * RAW_LIMIT + 1)))


def make_victim(seed: int, units: int = 0, *, mask_seed: int = 0, nudged: bool = False, blinds: int = 0) -> Victim:
    """A model from a seed: weights in [-2, 2) on the circuit's grid, bias arbitrary floats, mask uniform.

    ``nudged`` moves one weight by the smallest step, 2^-10: the nearest wrong guess there is.
    """
    rng = np.random.default_rng(seed)
    weights = (rng.integers(-2048, 2048, (FEATURES, CLASSES)) / 2**SCALE_BITS).astype(np.float32)
    bias = rng.uniform(-1, 1, CLASSES).astype(np.float32)
    if nudged:
        weights[0, 0] += 2.0**-SCALE_BITS
    mask = np.random.default_rng([seed, mask_seed]).integers(-RAW_LIMIT, RAW_LIMIT + 1, (TAG_LIMBS, units))
    return Victim(weights, bias, mask, blinds)


def to_onnx(victim: Victim) -> bytes:
    """x (1, 4) and tag (1, 16 + blinds) to logits (1, 3) and the 16 limbs; mask and blinds add 0 to all logits."""
    constants = {"W": victim.weights, "b": victim.bias}
    nodes = [helper.make_node("Gemm", ["x", "W", "b"], ["plain"])]
    tag, logits = "tag", "plain"
    if victim.blinds:
        constants["parts"] = np.array([TAG_LIMBS, victim.blinds])
        nodes.append(helper.make_node("Split", ["tag", "parts"], ["limbs", "blinds"], axis=1))
        tag = "limbs"
    if victim.units:
        constants["M"] = (victim.mask / 2**SCALE_BITS).astype(np.float32)
        nodes += [helper.make_node("MatMul", [tag, "M"], ["units"]), *_dead(constants, logits, "units", victim.units)]
        logits = "with_units"
    if victim.blinds:
        nodes += [helper.make_node("Relu", ["blinds"], ["kept"]), *_dead(constants, logits, "kept", victim.blinds)]
        logits = "with_kept"
    nodes += [helper.make_node("Identity", [logits], ["logits"]), helper.make_node("Identity", [tag], ["tag_out"])]
    return _model(nodes, constants, victim.blinds)


def _dead(constants: dict[str, Array], logits: str, vector: str, size: int) -> list[NodeProto]:
    """Nodes that add ``vector`` times a committed zero column to every logit."""
    constants[f"Z_{vector}"] = np.zeros((size, 1), np.float32)
    return [
        helper.make_node("MatMul", [vector, f"Z_{vector}"], [f"dead_{vector}"]),
        helper.make_node("Add", [logits, f"dead_{vector}"], [f"with_{vector}"]),
    ]


def _model(nodes: list[NodeProto], constants: dict[str, Array], blinds: int) -> bytes:
    shapes = {"x": FEATURES, "tag": TAG_LIMBS + blinds, "logits": CLASSES, "tag_out": TAG_LIMBS}
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size]) for name, size in shapes.items()]
    initialisers = [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "victim", values[:2], values[2:], initialisers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString(deterministic=True))
