"""ONNX models of a few nodes in a row, written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from helpers.tiny_models import classifier
from networks_kit import exact_inputs, onnxruntime_outputs
from onnx import helper

RNG = np.random.default_rng(0)
IMAGE = (3, 6, 5)
Spec = tuple[str, list[Any], dict[str, Any]]


def reals(*shape: int) -> np.ndarray:
    """Random single-precision weights."""
    return RNG.normal(size=shape).astype(np.float32)


def model(specs: Sequence[Spec], shape: Sequence[int] = IMAGE, opset: int = 17, classes: int = 2) -> bytes:
    """Nodes in a row, each reading the one before at every None and storing its arrays, then Flatten and Gemm."""
    nodes, constants, current = [], {}, "x"
    for place, (op, inputs, attributes) in enumerate(specs):
        names = []
        for entry in inputs:
            if entry is None or isinstance(entry, str):
                names.append(current if entry is None else entry)
                continue
            names.append(f"c{len(constants)}")
            constants[names[-1]] = entry
        nodes.append(helper.make_node(op, names, [f"t{place}"], **attributes))
        current = f"t{place}"
    nodes.append(helper.make_node("Flatten", [current], ["flat"]))
    probe = classifier([*nodes, helper.make_node("Identity", ["flat"], ["y"])], constants, shape, "m", opset)
    features = onnxruntime_outputs(probe, exact_inputs(0, 1, tuple(shape))).shape[1]
    nodes.append(helper.make_node("Gemm", ["flat", "wl", "bl"], ["y"]))
    return classifier(nodes, {**constants, "wl": reals(features, classes), "bl": reals(classes)}, shape, classes, opset)


def raw(specs: Sequence[Spec], **options: Any) -> bytes:
    """The nodes of ``model`` without the probe that runs them."""
    nodes, constants, current = [], {}, "x"
    for place, (op, inputs, attributes) in enumerate(specs):
        names = [current if e is None else e if isinstance(e, str) else f"c{place}_{i}" for i, e in enumerate(inputs)]
        constants.update({n: e for n, e in zip(names, inputs, strict=True) if isinstance(e, np.ndarray | np.generic)})
        current = f"t{place}" if place < len(specs) - 1 else "y"
        nodes.append(helper.make_node(op, names, [current], name=f"n{place}", **attributes))
    return classifier(nodes, constants, options.pop("shape", IMAGE), 2, **options)


CONV: Spec = ("Conv", [None, reals(3, 3, 2, 2), reals(3)], {})
