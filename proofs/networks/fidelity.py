"""The fidelity receipt of an integer network: how far it agrees with the float network it was made from.

A proof speaks of the integer network only. The receipt compares the two on the same examples, says how often both are
right, and counts what rounding to levels cut off. It is the prover's own word, not itself proven.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.canonical import canonical_bytes, expect_int, expect_keys, parse_canonical
from proofs.errors import InvalidInput, MalformedProof
from proofs.networks.execution import count_clamped, execute, execution_bytes
from proofs.networks.network import Network
from proofs.networks.quantise import IntegerInputs, ScaleReport
from proofs.networks.weights import Weights

WHAT = "network fidelity receipt"
MAX_EXAMPLES = 1 << 24
MAX_ERROR = 1 << 60
MAX_COUNT = 1 << 52  # values of all tensors of all examples
CHUNK_BYTES = 1 << 29  # of the executions held at a time


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Examples classified right, ties to the lowest class: first, and among the ``top_k`` first."""

    top_k: int
    integer_top1: int
    integer_top_k: int
    float_top1: int
    float_top_k: int


@dataclass(frozen=True, slots=True)
class NetworkFidelity:
    """Agreement of an integer and a float network.

    Args:
        examples: N. agree: those with the same first class in both.
        max_logit_error_ppm: largest difference of a logit, in millionths of a logit unit, rounded up.
        clamped_inputs: input values outside the input's levels.
        saturated: activations beyond their levels, which the float network would have kept, over all examples.
        activations: values of all nodes over all examples.
        accuracy: None without labels.
    """

    examples: int
    agree: int
    max_logit_error_ppm: int
    clamped_inputs: int
    saturated: int
    activations: int
    accuracy: Accuracy | None

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        value: dict[str, object] = {name: getattr(self, name) for name in _BOUNDS}
        found = self.accuracy
        value["accuracy"] = None if found is None else {name: getattr(found, name) for name in _ACCURACY}
        return canonical_bytes(value)

    @classmethod
    def from_bytes(cls, raw: bytes) -> NetworkFidelity:
        """Parse untrusted bytes. Raises MalformedProof."""
        fields = expect_keys(parse_canonical(raw, WHAT), {*_BOUNDS, "accuracy"}, WHAT)
        for name, (low, high) in _BOUNDS.items():
            expect_int(fields[name], low, high, f"{WHAT}: {name}")
        examples = fields["examples"]
        if fields["agree"] > examples or fields["saturated"] > fields["activations"]:
            raise MalformedProof(f"{WHAT}: a part is larger than its whole")
        accuracy = None if fields["accuracy"] is None else _parse_accuracy(fields["accuracy"], examples)
        return cls(**{name: fields[name] for name in _BOUNDS}, accuracy=accuracy)


_BOUNDS = {
    "examples": (1, MAX_EXAMPLES),
    "agree": (0, MAX_EXAMPLES),
    "max_logit_error_ppm": (0, MAX_ERROR),
    "clamped_inputs": (0, MAX_COUNT),
    "saturated": (0, MAX_COUNT),
    "activations": (1, MAX_COUNT),
}
_ACCURACY = ("top_k", "integer_top1", "integer_top_k", "float_top1", "float_top_k")


def _parse_accuracy(value: object, examples: int) -> Accuracy:
    fields = expect_keys(value, set(_ACCURACY), f"{WHAT}: accuracy")
    expect_int(fields["top_k"], 1, 1 << 20, f"{WHAT}: top_k")
    for kind in ("integer", "float"):
        within = expect_int(fields[f"{kind}_top_k"], 0, examples, f"{WHAT}: {kind}_top_k")
        expect_int(fields[f"{kind}_top1"], 0, within, f"{WHAT}: {kind}_top1")
    return Accuracy(**fields)


def compare(
    network: Network,
    weights: Weights,
    report: ScaleReport,
    inputs: IntegerInputs,
    float_logits: NDArray[np.floating],
    labels: NDArray[np.integer] | None = None,
    top_k: int = 5,
    progress: Callable[[int, int], object] | None = None,
) -> NetworkFidelity:
    """Run the integer network on N examples and compare.

    Args:
        report: of the quantisation that gave ``network`` and ``weights``.
        float_logits: (N, classes) of the float network on the same examples. labels: (N,) in 0 .. classes - 1.
        progress: called with (examples done, N).

    Raises:
        InvalidInput: shapes that do not fit, labels that are no classes, NaN or infinite logits.
    """
    total, classes = inputs.x.shape[3], network.classes
    if float_logits.shape != (total, classes):
        raise InvalidInput(f"float logits have shape {float_logits.shape}; {total} examples have {(total, classes)}")
    if not np.isfinite(float_logits).all():
        raise InvalidInput("the float network returns NaN or infinite logits on these examples")
    found, saturated = _run(network, weights, report, inputs, progress)
    error = float(np.abs(found * float(network.output_scale) - float_logits.astype(np.float64)).max())
    return NetworkFidelity(
        examples=total,
        agree=int((found.argmax(axis=1) == float_logits.argmax(axis=1)).sum()),
        max_logit_error_ppm=min(math.ceil(error * 1_000_000), MAX_ERROR),
        clamped_inputs=inputs.clamped,
        saturated=saturated,
        activations=total * report.activations,
        accuracy=None if labels is None else _accuracy(found, float_logits, labels, top_k),
    )


def _run(
    network: Network,
    weights: Weights,
    report: ScaleReport,
    inputs: IntegerInputs,
    progress: Callable[[int, int], object] | None,
) -> tuple[NDArray[np.int64], int]:
    """Logits, and saturated activations, a part of the examples at a time."""
    total = inputs.x.shape[3]
    step = max(1, CHUNK_BYTES // execution_bytes(network, 1))
    parts, saturated = [], 0
    for start in range(0, total, step):
        execution = execute(network, weights, np.ascontiguousarray(inputs.x[..., start : start + step]))
        parts.append(execution.logits)
        for node, cut in zip(report.nodes, count_clamped(network, execution), strict=True):
            saturated += cut.raised * node.cuts_low + cut.lowered * node.cuts_high
        if progress is not None:
            progress(min(start + step, total), total)
    return np.concatenate(parts), saturated


def ranks(logits: NDArray[np.generic], labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """How many classes come before each example's label: larger logits, and equal ones of a lower class."""
    own = np.take_along_axis(logits, labels[:, None], axis=1)
    lower = np.arange(logits.shape[1]) < labels[:, None]
    before: NDArray[np.bool_] = np.greater(logits, own) | (np.equal(logits, own) & lower)
    found: NDArray[np.int64] = before.sum(axis=1, dtype=np.int64)
    return found


def _accuracy(
    found: NDArray[np.int64], float_logits: NDArray[np.floating], labels: NDArray[np.integer], top_k: int
) -> Accuracy:
    if labels.shape != (len(found),) or labels.dtype.kind not in "iu":
        raise InvalidInput(f"labels have shape {labels.shape} and dtype {labels.dtype}: give one integer an example")
    if labels.min() < 0 or labels.max() >= found.shape[1]:
        raise InvalidInput(f"labels must be classes 0 to {found.shape[1] - 1}, not {labels.min()} to {labels.max()}")
    if not 1 <= top_k <= found.shape[1]:
        raise InvalidInput(f"top_k is {top_k}; there are {found.shape[1]} classes")
    integer, floating = ranks(found, labels.astype(np.int64)), ranks(float_logits, labels.astype(np.int64))
    counts = [int((rank < k).sum()) for rank in (integer, floating) for k in (1, top_k)]
    return Accuracy(top_k, *counts)
