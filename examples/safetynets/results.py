"""Error rates on the test set and ``results.json``, where every network has one entry."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from examples.safetynets.integers import IntegerNetwork, bits_of, logits, static_bound

RESULTS = Path(__file__).with_name("results.json")
CHUNK = 500


def measure(
    model: onnx.ModelProto, network: IntegerNetwork | None, inputs: NDArray[np.floating], labels: NDArray[np.int64]
) -> dict[str, object]:
    """Error of the float ONNX model on unrounded inputs and of the exact integer network, with its bound and scales."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    real, whole = [], []
    for start in range(0, len(labels), CHUNK):
        batch = inputs[start : start + CHUNK].astype(np.float32)
        real.append(session.run(None, {"input": batch})[0].argmax(1))
        if network is not None:
            whole.append(logits(network, network.inputs(batch)).argmax(1))
    wrong = int((np.concatenate(real) != labels).sum())
    found: dict[str, object] = {"test_inputs": len(labels), "wrong_float": wrong, "error_float": wrong / len(labels)}
    if network is not None:
        missed = int((np.concatenate(whole) != labels).sum())
        found |= {"wrong_integer": missed, "error_integer": missed / len(labels)} | scale_figures(network)
    return found | {"parameters_sha256": digest(model)}


def scale_figures(network: IntegerNetwork) -> dict[str, object]:
    """Scales, largest integers, sparsity and static bound."""
    layers = network.layers
    return {
        "alpha": network.alpha,
        "input_levels": [network.low, network.high],
        "betas": [layer.beta for layer in layers],
        "largest_weights": [int(np.abs(layer.weights).max()) for layer in layers],
        "zero_weights": [round(float((layer.weights == 0).mean()), 4) for layer in layers],
        "static_bound_bits": round(bits_of(static_bound(network)), 3),
    }


def digest(model: onnx.ModelProto) -> str:
    """sha256 over the initializers' names and float32 bytes, in graph order."""
    found = hashlib.sha256()
    for tensor in model.graph.initializer:
        found.update(tensor.name.encode() + b"\0" + onnx.numpy_helper.to_array(tensor).astype("<f4").tobytes())
    return found.hexdigest()


def record(path: Path, name: str, found: dict[str, object]) -> None:
    """Replace one network's entry in a JSON file of figures."""
    everything = json.loads(path.read_text()) if path.exists() else {}
    everything[name] = found
    path.write_text(json.dumps(everything, indent=1, sort_keys=True) + "\n")


PAPER = {"cnn-2-quad-mnist": "0.63%", "cnn-2-quad-back-rand": "4.67%"}


def table(path: Path = RESULTS) -> list[str]:
    """The README's table, a line for each network."""
    lines = [
        "| Network | Test inputs | Error, integer | Error, float | Paper | Static bound | Levels | Largest weights |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, entry in json.loads(path.read_text()).items():
        whole, bound, levels, largest = "-", "-", "-", "-"
        if "alpha" in entry:
            whole, bound = f"{entry['error_integer']:.2%}", f"{entry['static_bound_bits']:.2f} bits"
            levels = "{}..{}".format(*entry["input_levels"])
            largest = ", ".join(map(str, entry["largest_weights"]))
        paper = PAPER.get(name, "-")
        cells = [name, f"{entry['test_inputs']:,}", whole, f"{entry['error_float']:.2%}", paper, bound, levels, largest]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    print("\n".join(table()))
