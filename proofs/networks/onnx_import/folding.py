"""Constants computed from constants, and the shape arithmetic of exports with an open batch axis."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from onnx import TensorProto, helper

from proofs.networks.limits import MAX_STORED
from proofs.networks.onnx_import.refusal import Refusal
from proofs.networks.onnx_import.step import Step, Stored

Evaluator = Callable[[Step, Sequence[Stored | None]], Stored]
SIMPLIFY = "run onnxsim, which computes constants beforehand"


def evaluate(step: Step, values: Sequence[Stored | None]) -> Stored:
    """The first output of a node all of whose inputs are stored (None: left out).

    Raises:
        Refusal: an operator or attribute that is not computed here, inputs that do not fit, or a result too large.
    """
    evaluator = EVALUATORS.get(step.kind)
    if evaluator is None:
        raise Refusal("it computes with stored numbers in a way that is not read", SIMPLIFY)
    try:
        with np.errstate(all="ignore"):  # what is not finite is refused where it is used
            result = np.asarray(evaluator(step, values))
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, AttributeError) as error:
        raise Refusal(f"its stored inputs do not fit ({str(error)[:80]})") from None
    if result.size > MAX_STORED:
        raise Refusal(f"it makes {result.size} numbers of stored ones, at most {MAX_STORED}", "prove a smaller model")
    return result


def _present(values: Sequence[Stored | None], position: int) -> Stored | None:
    return values[position] if position < len(values) else None


def _need(values: Sequence[Stored | None], position: int = 0) -> Stored:
    value = _present(values, position)
    if value is None:
        raise ValueError("an input is missing")
    return value


def _bounded(shape: Sequence[int]) -> tuple[int, ...]:
    if min(shape, default=0) < 0 or math.prod(shape) > MAX_STORED:
        raise ValueError(f"shape {tuple(shape)}")
    return tuple(int(side) for side in shape)


def _pointwise(function: Callable[..., Stored]) -> Evaluator:
    def evaluator(_step: Step, values: Sequence[Stored | None]) -> Stored:
        given = [_need(values, i) for i in range(len(values))]
        _bounded(np.broadcast_shapes(*(value.shape for value in given)))
        return np.asarray(function(*given))

    return evaluator


def _divide(first: Stored, second: Stored) -> Stored:
    if first.dtype.kind in "iu" and second.dtype.kind in "iu":
        if not second.all():
            raise ValueError("division by zero")
        quotient = np.asarray(np.abs(first) // np.abs(second) * np.sign(first) * np.sign(second))  # towards zero
        return quotient.astype(first.dtype)
    return np.asarray(np.divide(first, second))


def _constant(step: Step, _values: Sequence[Stored | None]) -> Stored:
    for name, value in step.attributes.items():
        if name == "value" and isinstance(value, np.ndarray):
            return value
        if name in ("value_int", "value_ints"):
            return np.asarray(value, np.int64)
        if name in ("value_float", "value_floats"):
            return np.asarray(value, np.float32)
    raise ValueError("it holds something else than numbers")


def _constant_of_shape(step: Step, values: Sequence[Stored | None]) -> Stored:
    fill = step.attributes.get("value")
    number = fill.reshape(-1)[0] if isinstance(fill, np.ndarray) else np.float32(0)
    return np.full(_bounded(_need(values).reshape(-1).tolist()), number)


def _cast(step: Step, values: Sequence[Stored | None]) -> Stored:
    kind = step.integer("to", TensorProto.FLOAT)
    return _need(values).astype(helper.tensor_dtype_to_np_dtype(kind))


def _reshape(step: Step, values: Sequence[Stored | None]) -> Stored:
    array = _need(values)
    wanted = list(step.integers("shape")) if len(values) == 1 else [int(side) for side in _need(values, 1).reshape(-1)]
    copies = not step.integer("allowzero", 0)
    return array.reshape([array.shape[i] if side == 0 and copies else side for i, side in enumerate(wanted)])


def _flatten(step: Step, values: Sequence[Stored | None]) -> Stored:
    array = _need(values)
    axis = step.integer("axis", 1)
    axis = axis + array.ndim if axis < 0 else axis
    return array.reshape(math.prod(array.shape[:axis]), -1)


def _transpose(step: Step, values: Sequence[Stored | None]) -> Stored:
    return np.transpose(_need(values), step.integers("perm") or None)


def _axes(step: Step, values: Sequence[Stored | None], position: int = 1) -> tuple[int, ...] | None:
    stored = _present(values, position)
    named = step.integers("axes") or (() if stored is None else tuple(int(axis) for axis in stored.reshape(-1)))
    return named or None


def _squeeze(step: Step, values: Sequence[Stored | None]) -> Stored:
    return np.squeeze(_need(values), _axes(step, values))


def _unsqueeze(step: Step, values: Sequence[Stored | None]) -> Stored:
    return np.expand_dims(_need(values), _axes(step, values) or ())


def _concat(step: Step, values: Sequence[Stored | None]) -> Stored:
    return np.concatenate([_need(values, i) for i in range(len(values))], step.integer("axis", 0))


def _gather(step: Step, values: Sequence[Stored | None]) -> Stored:
    array, indices = _need(values), _need(values, 1)
    axis = step.integer("axis", 0)
    _bounded((indices.size, array.size // max(1, array.shape[axis])))
    return np.take(array, indices.astype(np.int64), axis)


def _slice(step: Step, values: Sequence[Stored | None]) -> Stored:
    array = _need(values)
    if len(values) == 1:
        starts, ends, axes, steps = (
            list(step.integers("starts")),
            list(step.integers("ends")),
            step.integers("axes"),
            None,
        )
    else:
        starts, ends = _need(values, 1).tolist(), _need(values, 2).tolist()
        axes, steps = _axes(step, values, 3) or (), _present(values, 4)
    cut = [slice(None)] * array.ndim
    strides = [1] * len(starts) if steps is None else steps.tolist()
    for start, end, axis, stride in zip(starts, ends, axes or range(len(starts)), strides, strict=True):
        side = array.shape[axis]
        cut[axis] = slice(start, None if stride < 0 and end < -side else end, stride)
    return array[tuple(cut)]


def _expand(_step: Step, values: Sequence[Stored | None]) -> Stored:
    array = _need(values)
    shape = np.broadcast_shapes(array.shape, tuple(_need(values, 1).reshape(-1).tolist()))
    return np.broadcast_to(array, _bounded(shape))


def _shape(_step: Step, values: Sequence[Stored | None]) -> Stored:
    return np.array(_need(values).shape, np.int64)


def _reduction(function: Callable[..., Stored]) -> Evaluator:
    def evaluator(step: Step, values: Sequence[Stored | None]) -> Stored:
        return function(_need(values), axis=_axes(step, values), keepdims=bool(step.integer("keepdims", 1)))

    return evaluator


def _matmul(_step: Step, values: Sequence[Stored | None]) -> Stored:
    first, second = _need(values), _need(values, 1)
    if first.ndim > 2 or second.ndim > 2:
        raise ValueError("more than two axes")
    _bounded((first.size // max(1, first.shape[-1]), second.size // max(1, second.shape[0])))
    return np.asarray(np.matmul(first, second))


def _along(step: Step, values: Stored, ndim: int) -> Stored:
    """Scales or zero points along an axis, ready to broadcast."""
    if values.size == 1:
        return values.reshape(())
    sides = [1] * ndim
    sides[step.integer("axis", 1)] = -1
    return values.reshape(sides)


def _dequantise(step: Step, values: Sequence[Stored | None]) -> Stored:
    array = _need(values)
    if step.integer("block_size", 0):
        raise ValueError("scales by blocks")
    scale = _along(step, _need(values, 1), array.ndim).astype(np.float64)
    zero = _present(values, 2)
    shift = 0 if zero is None else _along(step, zero, array.ndim).astype(np.float64)
    return np.asarray((array.astype(np.float64) - shift) * scale)


def _quantise(step: Step, values: Sequence[Stored | None]) -> Stored:
    array = _need(values)
    zero = _present(values, 2)
    if zero is None or step.integer("block_size", 0):
        raise ValueError("no zero point, or scales by blocks")
    ends = np.iinfo(str(zero.dtype))
    levels = np.rint(np.divide(array, _along(step, _need(values, 1), array.ndim))) + _along(
        step, zero, array.ndim
    ).astype(np.float64)
    return np.asarray(np.clip(levels, ends.min, ends.max).astype(zero.dtype))


def _first(_step: Step, values: Sequence[Stored | None]) -> Stored:
    return _need(values)


EVALUATORS: dict[str, Evaluator] = {
    "Constant": _constant, "ConstantOfShape": _constant_of_shape, "Identity": _first, "Dropout": _first, "Cast": _cast,
    "Reshape": _reshape, "Flatten": _flatten, "Transpose": _transpose, "Squeeze": _squeeze, "Unsqueeze": _unsqueeze,
    "Concat": _concat, "Gather": _gather, "Slice": _slice, "Expand": _expand, "Shape": _shape, "MatMul": _matmul,
    "Add": _pointwise(np.add), "Sub": _pointwise(np.subtract), "Mul": _pointwise(np.multiply),
    "Div": _pointwise(_divide), "Neg": _pointwise(np.negative), "Sqrt": _pointwise(np.sqrt),
    "Reciprocal": _pointwise(np.reciprocal), "Pow": _pointwise(np.power), "Exp": _pointwise(np.exp),
    "Log": _pointwise(np.log), "Abs": _pointwise(np.abs), "Floor": _pointwise(np.floor), "Ceil": _pointwise(np.ceil),
    "Max": _pointwise(lambda *given: np.max(np.broadcast_arrays(*given), axis=0)),
    "Min": _pointwise(lambda *given: np.min(np.broadcast_arrays(*given), axis=0)),
    "ReduceSum": _reduction(np.sum), "ReduceMean": _reduction(np.mean), "ReduceProd": _reduction(np.prod),
    "ReduceMax": _reduction(np.max), "ReduceMin": _reduction(np.min),
    "DequantizeLinear": _dequantise, "QuantizeLinear": _quantise,
}  # fmt: skip
