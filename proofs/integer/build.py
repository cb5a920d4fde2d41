"""From an architecture and its weights to integer steps: which constants are rounded at which scale.

Found by experiment with ezkl 23.0.5 where nothing is rebased:

- a product's scale is the sum of its operands' scales; Sign is at scale 0; everything else keeps its operand's scale;
- operands of Add, Sub, Sum and Concat are brought to the largest of their scales, exactly, by a power of two;
- except that a stored operand used only once in the whole graph is rounded at that scale to begin with;
- a Conv's bias is always rounded at the product's scale, unless the Conv is a matrix product (1x1);
- Gemm's alpha is one more product, its beta is folded into a stored bias.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from proofs.errors import UnsupportedModel
from proofs.halo2.architecture import Architecture, Weights
from proofs.integer import arithmetic
from proofs.integer.convolution import convolution, is_pointwise
from proofs.integer.fold import Uses, count_uses, live_calls
from proofs.integer.layout import LAYOUT
from proofs.integer.operands import Array, Call, Operand, Run, Stored, Varying, quantise


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on integers.

    Args:
        run: the operation. bound: the same on magnitudes. decomposed: whether the circuit takes its first operand apart
            into digits, so that it must fit them.
    """

    run: Run
    bound: Run
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    decomposed: bool = False


class Builder:
    """Walks the graph once, emitting steps and rounded constants (secret)."""

    def __init__(self, architecture: Architecture, weights: Weights, scale_bits: int) -> None:
        self.scale_bits = scale_bits
        self.calls = live_calls(architecture, weights)
        self.uses: Uses = count_uses(self.calls)
        self.scales: dict[str, int] = {"x": scale_bits}
        self.constants: dict[str, Array] = {}
        self.steps: list[Step] = []

    def build(self) -> None:
        """Emit every step. Raises UnsupportedModel."""
        convolved: set[str] = set()
        for call in self.calls:
            self._refuse_fusion(call, convolved)
            special = SPECIAL.get(call.op)
            if special is not None:
                special(self, call)
            elif call.op in LAYOUT:
                scale = self.scale(call.operand(0))
                self.emit(LAYOUT[call.op](call), [self.place(call.operand(0))], call, scale)
            else:
                raise call.refusal("is no operator with known integers")

    def scale(self, operand: Operand) -> int:
        """The scale an operand has by itself."""
        return self.scales[operand.name] if isinstance(operand, Varying) else self.scale_bits

    def place(self, operand: Operand, scale: int | None = None) -> str:
        """The name under which an operand is found at run time, rounded at ``scale`` if stored."""
        if isinstance(operand, Varying):
            return operand.name
        name = f"k{len(self.constants)}"
        self.constants[name] = quantise(operand.values, self.scale_bits if scale is None else scale)
        return name

    def raised(self, operand: Operand, scale: int) -> str:
        """An operand at ``scale``: rounded there if stored and used once, else multiplied up."""
        own = self.scale(operand)
        if isinstance(operand, Stored) and self.uses[operand.key] == 1:
            return self.place(operand, max(own, scale))
        if own >= scale:
            return self.place(operand)
        return self.multiplied(self.place(operand), 1 << (scale - own))

    def multiplied(self, name: str, factor: int) -> str:
        """``name`` times a power of two."""
        result = f"r{len(self.steps)}"

        def times(arrays: Sequence[Array]) -> list[Array]:
            return [arrays[0] * factor]

        self.steps.append(Step(times, times, (name,), (result,)))
        return result

    def emit(self, run: Run, inputs: list[str], call: Call, scale: int, bound: Run | None = None) -> None:
        """One step that writes the node's outputs at ``scale``."""
        decomposed = call.op in ("Relu", "Sign")
        self.steps.append(Step(run, bound or run, tuple(inputs), call.outputs, decomposed))
        self.scales.update((name, scale) for name in call.outputs if name)

    def sum_of(self, run: Run, operands: list[Operand], call: Call) -> None:
        """A node whose operands must have one scale."""
        scale = max(self.scale(operand) for operand in operands)
        names = [self.raised(operand, scale) for operand in operands]
        self.emit(run, names, call, scale, arithmetic.add if call.op == "Sub" else None)

    def _refuse_fusion(self, call: Call, convolved: set[str]) -> None:
        """The compiler folds stored factors and addends after a Conv into its kernel, in floating point."""
        names = {operand.name for operand in call.operands if isinstance(operand, Varying)}
        stored = any(isinstance(operand, Stored) and operand.is_float for operand in call.operands)
        if call.op in ("Mul", "Add", "Sub", "Sum") and names & convolved and stored:
            raise call.refusal("applies stored numbers to a Conv's result: fold them into the Conv's weights")
        if call.op == "Conv" or (call.op in (*LAYOUT, "Neg") and names & convolved):
            convolved.update(call.outputs)


def _sum(builder: Builder, call: Call) -> None:
    """Add, Sub and Concat; a Sum of many is a chain of Adds from the left."""
    operands = [operand for operand in call.operands if operand is not None]
    if call.op == "Concat":
        builder.sum_of(LAYOUT["Concat"](call), operands, call)
    elif call.op == "Sum" and len(operands) != 2:
        _chain(builder, call, operands)
    else:
        builder.sum_of(arithmetic.subtract if call.op == "Sub" else arithmetic.add, operands, call)


def _chain(builder: Builder, call: Call, operands: list[Operand]) -> None:
    total = operands[0]
    if len(operands) == 1:
        builder.emit(LAYOUT["Identity"](call), [builder.place(total)], call, builder.scale(total))
    for place, operand in enumerate(operands[1:], 2):
        name = call.outputs[0] if place == len(operands) else f"{call.outputs[0]}_{place}"
        part = Call("Add", (total, operand), (name,), {})
        if isinstance(total, Stored) and isinstance(operand, Stored):
            raise call.refusal("starts with two stored tensors")
        builder.sum_of(arithmetic.add, [total, operand], part)
        total = Varying(name, 0)


def _mul(builder: Builder, call: Call) -> None:
    left, right = call.operand(0), call.operand(1)
    names = [builder.place(left), builder.place(right)]
    builder.emit(arithmetic.multiply, names, call, builder.scale(left) + builder.scale(right))


def _matmul(builder: Builder, call: Call) -> None:
    left, right = call.operand(0), call.operand(1)
    names = [builder.place(left), builder.place(right)]
    builder.emit(arithmetic.matrix_product, names, call, builder.scale(left) + builder.scale(right))


def _gemm(builder: Builder, call: Call) -> None:
    """alpha * x @ B + beta * C."""
    left, right, bias = call.operand(0), call.operand(1), call.optional(2)
    if call.attributes.get("transA") or not isinstance(left, Varying):
        raise call.refusal("does not multiply from the right")
    alpha, beta = (np.float32(call.attributes.get(name, 1.0)) for name in ("alpha", "beta"))
    product = arithmetic.transposed_product if call.attributes.get("transB") else arithmetic.matrix_product
    scale = builder.scale(left) + builder.scale(right)
    names = [f"{call.outputs[0]}_{part}" for part in ("product", "alpha", "beta")]
    builder.emit(product, [left.name, builder.place(right)], _part(call, names[0]), scale)
    total = names[0]
    if alpha != 1:
        factor = builder.place(Stored(np.array(alpha)))
        builder.emit(arithmetic.multiply, [total, factor], _part(call, names[1]), scale + builder.scale_bits)
        total = names[1]
    if bias is None or beta == 0:
        builder.emit(LAYOUT["Identity"](call), [total], call, builder.scales[total])
        return
    if beta != 1:
        bias = _times(builder, call, bias, beta, names[2])
    builder.sum_of(arithmetic.add, [Varying(total, 0), bias], call)


def _times(builder: Builder, call: Call, bias: Operand, beta: np.float32, name: str) -> Operand:
    if isinstance(bias, Stored):
        folded = Stored(bias.values * beta)
        builder.uses[folded.key] += 1
        return folded
    factor = builder.place(Stored(np.array(beta)))
    builder.emit(arithmetic.multiply, [bias.name, factor], _part(call, name), builder.scale(bias) + builder.scale_bits)
    return Varying(name, 0)


def _conv(builder: Builder, call: Call) -> None:
    left, kernel, bias = call.operand(0), call.operand(1), call.optional(2)
    run = convolution(call)
    if not isinstance(left, Varying) or isinstance(bias, Varying):
        raise call.refusal("has a stored input or a computed bias")
    scale = builder.scale(left) + builder.scale(kernel)
    if bias is None:
        builder.emit(run, [left.name, builder.place(kernel)], call, scale)
        return
    spatial = tuple(range(1, kernel.values.ndim - 1)) if isinstance(kernel, Stored) else ()
    product = f"{call.outputs[0]}_product"
    builder.emit(run, [left.name, builder.place(kernel)], _part(call, product), scale)
    name = builder.raised(bias, scale) if is_pointwise(call) else builder.place(bias, scale)

    def add_bias(arrays: Sequence[Array]) -> list[Array]:
        return [arrays[0] + np.expand_dims(arrays[1], spatial)]

    builder.emit(add_bias, [product, name], call, scale)


def _kept_scale(run: Run, bound: Run | None) -> Callable[[Builder, Call], None]:
    """Neg and Relu."""

    def emit(builder: Builder, call: Call) -> None:
        operand = call.operand(0)
        builder.emit(run, [builder.place(operand)], call, builder.scale(operand), bound)

    return emit


def _sign(builder: Builder, call: Call) -> None:
    builder.emit(arithmetic.sign, [builder.place(call.operand(0))], call, 0, arithmetic.ones)


def _reduce_sum(builder: Builder, call: Call) -> None:
    operand = call.operand(0)
    builder.emit(arithmetic.reduce_sum(call), [builder.place(operand)], call, builder.scale(operand))


def _part(call: Call, name: str) -> Call:
    """A step inside a node, writing one tensor of its own."""
    return Call("", call.operands, (name,), call.attributes)


SPECIAL: dict[str, Callable[[Builder, Call], None]] = {
    "Add": _sum,
    "Concat": _sum,
    "Conv": _conv,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Mul": _mul,
    "Neg": _kept_scale(arithmetic.negate, arithmetic.same),
    "ReduceSum": _reduce_sum,
    "Relu": _kept_scale(arithmetic.relu, arithmetic.same),
    "Sign": _sign,
    "Sub": _sum,
    "Sum": _sum,
}


def built(architecture: Architecture, weights: Weights, scale_bits: int) -> Builder:
    """The finished builder.

    Raises:
        UnsupportedModel: the model computes something whose integers are not known here.
    """
    builder = Builder(architecture, weights, scale_bits)
    builder.build()
    if architecture.output not in builder.scales:
        raise UnsupportedModel("the model's output does not depend on its input; export the whole model")
    return builder
