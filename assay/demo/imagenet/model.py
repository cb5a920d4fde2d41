"""The 8-bit MobileNets as JSON (graph, scales) and NPZ (integers): what a layer's real weights are.

The format is described beside the files, in ``mobilenet-quant/README.md`` of the data folder.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LINEAR = ("CONV_2D", "DEPTHWISE_CONV_2D")
POOLS = ("AVERAGE_POOL_2D", "MEAN")


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor's shape (N, H, W, C), integer type and levels; ``scales`` holds one a channel along ``axis``."""

    index: int
    shape: tuple[int, ...]
    dtype: str
    scale: float
    zero_point: int


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """Stored integers, and what each stands for: scale * (q - zero_point), scale one number or one a channel."""

    q: NDArray[np.generic]
    scale: NDArray[np.float32]
    axis: int
    zero_point: int


@dataclass(frozen=True, slots=True)
class Op:
    """One step, as the file has it."""

    kind: str
    inputs: tuple[int, ...]
    output: int
    stride: tuple[int, int]
    padding: str
    activation: str


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A whole file; ``ops`` end with the one that gives the logits."""

    name: str
    input: Tensor
    ops: tuple[Op, ...]
    tensors: dict[int, Tensor]
    constants: dict[int, Constant]

    @property
    def classes(self) -> int:
        """Number of logits, background included."""
        return self.tensors[self.ops[-1].output].shape[-1]


def read(path: Path) -> Model:
    """The model at MODEL.json, its arrays from MODEL.npz beside it."""
    graph = json.loads(path.read_text())
    with np.load(path.with_suffix(".npz")) as arrays:
        stored = {name: arrays[name] for name in arrays.files}
    tensors, constants = {}, {}
    for key, entry in graph["tensors"].items():
        if "constant" in entry:
            constants[int(key)] = _constant(entry, stored)
        elif "scale" in entry:
            tensors[int(key)] = Tensor(
                int(key), tuple(entry["shape"]), entry["dtype"], entry["scale"], entry["zero_point"]
            )
    ops = [_op(entry) for entry in graph["ops"]]
    kept = [op for op in ops if op.kind in (*LINEAR, *POOLS, "ADD", "QUANTIZE") and len(tensors[op.output].shape) == 4]
    return Model(graph["model"], tensors[graph["input"]], tuple(kept), tensors, constants)


def _constant(entry: dict[str, Any], stored: dict[str, NDArray[np.generic]]) -> Constant:
    scale = stored[entry["scale_array"]] if "scale_array" in entry else np.array(entry.get("scale", 1.0), np.float32)
    return Constant(
        stored[entry["constant"]], scale.astype(np.float32), entry.get("quant_axis", 0), entry.get("zero_point", 0)
    )


def _op(entry: dict[str, Any]) -> Op:
    stride = tuple(entry.get("stride", (1, 1)))
    return Op(
        entry["op"],
        tuple(entry["inputs"]),
        entry["output"],
        (stride[0], stride[1]),
        entry.get("padding", "VALID"),
        entry.get("activation", "NONE"),
    )


def same_pads(extent: int, kernel: int, stride: int) -> tuple[int, int]:
    """TensorFlow's SAME padding along an axis: (before, after), the odd one after."""
    total = max((-(-extent // stride) - 1) * stride + kernel - extent, 0)
    return total // 2, total - total // 2
