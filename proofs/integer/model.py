"""The compiled integer model: raw inputs to raw logits, exact, in the smallest number type that provably holds them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.input_format import MAX_RAW
from proofs.errors import InvalidInput
from proofs.halo2.architecture import Architecture, Weights, split_model
from proofs.integer.build import Builder, Step, built
from proofs.integer.limits import INT64_SAFE, MAX_VALUE, OutOfRange, too_far
from proofs.integer.operands import Array


@dataclass(frozen=True, slots=True)
class IntegerOutputs:
    """Raw outputs (N, C) at ``scale_bits``: int64, or Python integers where those could overflow. Secret."""

    values: Array
    scale_bits: int

    @property
    def classes(self) -> NDArray[np.intp]:
        """The first largest output of each example."""
        classes: NDArray[np.intp] = self.values.argmax(axis=1)
        return classes

    def integers(self, example: int) -> list[int]:
        """The outputs of one example as Python integers."""
        return [int(value) for value in self.values[example]]


@dataclass(frozen=True, slots=True)
class IntegerModel:
    """An integer model ready to run. Secret: it holds the weights.

    Args:
        shape: shape of one input. output: the logits' tensor. scale_bits: scale of the outputs.
        steps: what to do, in order. exact, wide: the constants as int64 and as Python integers.
        limit: decomposed values must stay below this magnitude (base ** legs of the circuit).
        safe: largest input magnitude for which int64 provably holds everything, -1 for none.
        unchecked: largest input magnitude for which every value provably stays in the circuit's range.
    """

    shape: tuple[int, ...]
    output: str
    scale_bits: int
    steps: tuple[Step, ...]
    exact: Mapping[str, Array]
    wide: Mapping[str, Array]
    limit: int
    safe: int
    unchecked: int

    @classmethod
    def compile(
        cls, architecture: Architecture, weights: Weights, shape: tuple[int, ...], scale_bits: int, limit: int
    ) -> IntegerModel:
        """Round the weights and find the ranges.

        Args:
            shape: of one input, without the batch axis. scale_bits: of inputs and weights.
            limit: base ** legs of the circuit's digits.

        Raises:
            UnsupportedModel: a combination of operators whose integers are not known here.
        """
        builder = built(architecture, weights, scale_bits)
        wide = {name: array.astype(object) for name, array in builder.constants.items()}
        fits = all(array.dtype == np.int64 for array in builder.constants.values())
        bounds = [(size, _Bounds(builder, shape, size)) for size in _sizes()]
        safe = next((size for size, found in bounds if found.largest < INT64_SAFE), -1) if fits else -1
        unchecked = next((size for size, found in bounds if found.within(limit)), -1)
        return cls(
            shape,
            architecture.output,
            builder.scales[architecture.output],
            tuple(builder.steps),
            builder.constants,
            wide,
            limit,
            safe,
            unchecked,
        )

    @classmethod
    def compile_onnx(cls, onnx: bytes, scale_bits: int, limit: int) -> IntegerModel:
        """The same from a model file; its input shape is the file's. Raises InvalidInput or UnsupportedModel."""
        from proofs.onnx_check import require_supported

        report = require_supported(onnx, scale_bits=scale_bits)
        return cls.compile(*split_model(onnx), tuple(report.input_shape), scale_bits, limit)

    def run(self, raw: NDArray[np.int64]) -> IntegerOutputs:
        """Raw inputs (N, features) at the input scale to raw outputs (N, C), whether or not a circuit could show them.

        Raises:
            InvalidInput: wrong shape. OutOfRange: inputs that drive a value inside the model too far, by position.
        """
        if raw.ndim != 2 or raw.dtype != np.int64 or len(raw) == 0:
            raise InvalidInput(f"raw inputs must be integers (N, features) with N >= 1, not {raw.dtype} {raw.shape}")
        if raw.shape[1] != int(np.prod(self.shape)):
            raise InvalidInput(f"raw inputs have {raw.shape[1]} features, the model takes {int(np.prod(self.shape))}")
        size = max(int(raw.max()), -int(raw.min()))
        if size >= MAX_RAW:
            raise InvalidInput(f"raw inputs reach {size}; magnitudes must stay below 2^24")
        x = raw.reshape(len(raw), *self.shape)
        tensors: dict[str, Array]
        tensors = {**self.exact, "x": x} if size <= self.safe else {**self.wide, "x": x.astype(object)}
        for step in self.steps:
            arrays = [tensors[name] for name in step.inputs]
            found = step.run(arrays)
            if size > self.unchecked:
                self._check(step, arrays[0], found, len(raw))
            tensors.update(zip(step.outputs, found, strict=False))
        return IntegerOutputs(tensors[self.output], self.scale_bits)

    def run_provable(self, raw: NDArray[np.int64]) -> IntegerOutputs:
        """As ``run``, for answers that an inference circuit can prove: it takes its logits apart, too.

        Raises:
            InvalidInput: wrong shape. OutOfRange: inputs whose answers have no proof, by position.
        """
        outputs = self.run(raw)
        far = too_far(outputs.values, self.limit)
        if far:
            raise OutOfRange(far)
        return outputs

    def _check(self, step: Step, first: Array, found: list[Array], rows: int) -> None:
        """Raise OutOfRange for the examples whose values the circuit cannot hold."""
        far = set(too_far(first, self.limit)) if step.decomposed else set()
        for array in found:
            if len(array) == rows:
                far.update(too_far(array, MAX_VALUE))
        if far:
            raise OutOfRange(sorted(far))


def _sizes() -> Iterator[int]:
    """Input magnitudes to try, largest first."""
    yield MAX_RAW - 1
    yield from (1 << bits for bits in range(23, -1, -1))


class _Bounds:
    """Magnitudes of every value, given the inputs' largest; sums of magnitudes only, so no cancellation hides one."""

    def __init__(self, builder: Builder, shape: tuple[int, ...], size: int) -> None:
        tensors = {name: np.abs(array.astype(np.float64)) for name, array in builder.constants.items()}
        tensors["x"] = np.full((1, *shape), float(size))
        self.decomposed, self.largest = 0.0, _peak(tensors.values())
        with np.errstate(over="ignore", invalid="ignore"):
            for step in builder.steps:
                arrays = [tensors[name] for name in step.inputs]
                if step.decomposed:
                    self.decomposed = max(self.decomposed, _peak(arrays[:1]))
                found = step.bound(arrays)
                self.largest = max(self.largest, _peak(found))
                tensors.update(zip(step.outputs, found, strict=False))

    def within(self, limit: int) -> bool:
        """Whether everything fits the circuit, with room for the rounding of these bounds."""
        return self.decomposed * (1 + 2.0**-20) < limit and self.largest < MAX_VALUE / 2


def _peak(arrays: Iterable[Array]) -> float:
    """The largest magnitude, infinite where float64 lost count."""
    peaks = [float(array.max(initial=0)) for array in arrays]
    return max(math.inf if math.isnan(peak) else peak for peak in peaks)
