"""The float model in onnxruntime: what an answer costs nobody who needs a proof."""

from __future__ import annotations

import time

import numpy as np
import onnxruntime
from numpy.typing import NDArray

BATCH = 1024
Floats = NDArray[np.float32]


def float_logits(onnx: bytes, x: Floats) -> tuple[Floats, float]:
    """Logits (N, classes), and seconds of the faster of two runs."""
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        parts = [session.run(None, {name: x[at : at + BATCH]})[0] for at in range(0, len(x), BATCH)]
        seconds.append(time.perf_counter() - start)
    return np.concatenate(parts), min(seconds)
