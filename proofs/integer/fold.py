"""Before anything is rounded: what the circuit compiler computes on stored floats, and which constants it merges."""

from __future__ import annotations

from collections import Counter

import numpy as np

from proofs.halo2.architecture import Architecture, Weights
from proofs.halo2.circuits.model_part import kept
from proofs.integer.arithmetic import FOLDED
from proofs.integer.layout import LAYOUT
from proofs.integer.operands import Array, Call, Operand, Stored, Varying

Uses = Counter[tuple[tuple[int, ...], bytes]]


def live_calls(architecture: Architecture, weights: Weights) -> list[Call]:
    """The nodes that vary with the input, stored tensors folded into their operands; scales are not yet known.

    Raises:
        UnsupportedModel: arithmetic on stored tensors alone that is not element by element.
    """
    known: dict[str, Operand | None] = {"": None, "x": Varying("x", 0)}
    known.update((name, Stored(kept(np.asarray(values)))) for name, values in weights.items())
    for name, shape, values in architecture.constants:
        known[name] = Stored(np.array(values, dtype=np.int64).reshape(shape))
    calls = []
    for node in architecture.nodes:
        call = Call.of(node, [known[name] for name in node.inputs])
        if call.live:
            calls.append(call)
            known.update((name, Varying(name, 0)) for name in node.outputs if name)
        else:
            known.update(zip(node.outputs, (Stored(array) for array in _folded(call)), strict=False))
    return _needed(calls, architecture.output)


def _needed(calls: list[Call], output: str) -> list[Call]:
    """Without the nodes nothing reads; the constants in them do not count as used."""
    read, kept_calls = {output}, []
    for call in reversed(calls):
        if read.intersection(call.outputs):
            kept_calls.append(call)
            read.update(operand.name for operand in call.operands if isinstance(operand, Varying))
    return kept_calls[::-1]


def count_uses(calls: list[Call]) -> Uses:
    """How many operands each float constant is; equal constants count as one, as they are merged."""
    operands = (operand for call in calls for operand in call.operands)
    return Counter(operand.key for operand in operands if isinstance(operand, Stored) and operand.is_float)


def _folded(call: Call) -> list[Array]:
    arrays = [operand.values for operand in call.operands if isinstance(operand, Stored)]
    if call.op in LAYOUT:
        moved = LAYOUT[call.op](call)(arrays if call.op == "Concat" else arrays[:1])
        if any(array.dtype.kind == "f" and array.size and (array == array.flat[0]).all() for array in moved):
            raise call.refusal("cuts a tensor of equal weights out of a larger one")
        return moved
    if call.op in FOLDED:
        return FOLDED[call.op](arrays)
    raise call.refusal("computes on stored tensors alone")
