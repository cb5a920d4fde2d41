"""The fidelity receipt: how far the integer model that is proven agrees with the float model it came from.

A proof speaks of the integer model only. A model can be honest in floats and not in integers, so the receipt compares
the two on the committed set. It is reported by the prover and bound to the proof, not itself proven; the sheet says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proofs.canonical import canonical_bytes, expect_int, expect_keys, parse_canonical
from proofs.errors import InvalidInput, MalformedProof

_COUNTS = ("total", "agree", "integer_correct", "float_correct")
MAX_ERROR = 1 << 60


@dataclass(frozen=True, slots=True)
class FidelityReceipt:
    """Agreement of the integer and the float model on the N committed examples.

    Args:
        total: N. agree: examples with the same top-1 class in both.
        integer_correct, float_correct: examples each model classifies right (first maximum wins).
        max_logit_error_ppm: largest absolute difference of a logit, in millionths of a logit unit.
    """

    total: int
    agree: int
    integer_correct: int
    float_correct: int
    max_logit_error_ppm: int

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical_bytes({name: getattr(self, name) for name in (*_COUNTS, "max_logit_error_ppm")})

    @classmethod
    def from_bytes(cls, raw: bytes) -> FidelityReceipt:
        """Parse untrusted bytes. Raises MalformedProof."""
        what = "fidelity receipt"
        fields = expect_keys(parse_canonical(raw, what), {*_COUNTS, "max_logit_error_ppm"}, what)
        total = expect_int(fields["total"], 1, 1 << 20, f"{what}: total")
        for name in _COUNTS[1:]:
            expect_int(fields[name], 0, total, f"{what}: {name}")
        expect_int(fields["max_logit_error_ppm"], 0, MAX_ERROR, f"{what}: max_logit_error_ppm")
        return cls(**fields)


def float_logits(model: bytes, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits (N, C) of the float model in onnxruntime, one example at a time if the model takes no larger batch."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 - onnxruntime's exceptions share no base of their own
        raise InvalidInput(f"onnxruntime cannot load the model: {error}") from None
    name = session.get_inputs()[0].name
    fixed = session.get_inputs()[0].shape[0]
    step = fixed if isinstance(fixed, int) and fixed > 0 else len(x)
    if len(x) % step:
        raise InvalidInput(
            f"the model takes exactly {step} examples at a time and {len(x)} is no multiple of that: "
            "export it with a batch of 1 or a dynamic batch axis"
        )
    parts = [session.run(None, {name: x[i : i + step]})[0] for i in range(0, len(x), step)]
    logits: NDArray[np.float32] = np.concatenate(parts).astype(np.float32)
    return logits


def compare(
    integer: NDArray[np.object_], scale_bits: int, floating: NDArray[np.float32], labels: NDArray[np.int64]
) -> FidelityReceipt:
    """The receipt from integer logits (N, C) at ``scale_bits``, float logits (N, C) and labels (N,)."""
    if integer.shape != floating.shape:
        raise MalformedProof(f"integer logits have shape {integer.shape}, float logits {floating.shape}")
    error = np.abs((integer / (1 << scale_bits)).astype(np.float64) - floating.astype(np.float64)).max()
    if not np.isfinite(error):
        raise InvalidInput("the float model returns NaN or infinite logits on the committed examples")
    integer_class, float_class = integer.argmax(axis=1), floating.argmax(axis=1)
    return FidelityReceipt(
        total=len(labels),
        agree=int((integer_class == float_class).sum()),
        integer_correct=int((integer_class == labels).sum()),
        float_correct=int((float_class == labels).sum()),
        max_logit_error_ppm=min(int(np.ceil(error * 1_000_000)), MAX_ERROR),
    )
