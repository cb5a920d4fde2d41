"""Integer networks run as their halo2 models: in the exact executor of ezkl's integers, and in ezkl itself."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proofs.halo2.architecture import split_model
from proofs.halo2.circuits.accuracy import logits_circuit
from proofs.halo2.description import RunParameters
from proofs.halo2.integer_network import SCALE_BITS, input_format, logits_of, same_function_onnx, value_bits
from proofs.halo2.runner import run_job
from proofs.halo2.settings import check_operations, needed_logrows, run_args
from proofs.integer import IntegerModel
from proofs.networks.network import Network
from proofs.networks.weights import Weights

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "networks"))
from network_builder import Builder
from network_strategies import random_network

__all__ = ["Builder", "Laid", "executed", "extremes", "laid_out", "random_network", "raw_rows", "sample", "tiny"]

Whole = NDArray[np.int32]


def extremes(network: Network, count: int, seed: int = 0) -> Whole:
    """Inputs (C, H, W, count): all least, all greatest, either of them at random, and then anything."""
    tensor, rng = network.tensors[0], np.random.default_rng(seed)
    x = rng.integers(tensor.low, tensor.high + 1, (*tensor.shape, count), dtype=np.int32)
    ends = rng.integers(0, 2, (*tensor.shape, count // 3)) == 0
    x[..., : count // 3] = np.where(ends, tensor.low, tensor.high)
    x[..., 0], x[..., 1] = tensor.low, tensor.high
    return x


def raw_rows(x: Whole) -> NDArray[np.int64]:
    """(count, features) as the circuit holds them."""
    return np.ascontiguousarray(np.moveaxis(x, 3, 0).reshape(x.shape[3], -1).astype(np.int64) << SCALE_BITS)


def executed(network: Network, weights: Weights, x: Whole) -> NDArray[np.int64]:
    """Logits (count, classes) by the exact executor, refusing every value beyond the digits that are asked for."""
    architecture, floats = split_model(same_function_onnx(network, weights))
    limit = 1 << value_bits(network)
    model = IntegerModel.compile(architecture, floats, network.tensors[0].shape, SCALE_BITS, limit)
    return logits_of(network, model.run_provable(raw_rows(x)).values.tolist())


@dataclass(frozen=True)
class Laid:
    """What ezkl made of a network: logits of each input, committed parameters too many, rows, 2^k of them."""

    logits: NDArray[np.int64]
    surplus: int
    rows: int
    logrows: int


def laid_out(network: Network, weights: Weights, x: Whole) -> Laid:
    """Compile the network's model in ezkl and run inputs through its witness generator."""
    architecture, floats = split_model(same_function_onnx(network, weights))
    shape = input_format(network, 1)
    arguments = {
        **run_args(SCALE_BITS, "polycommit", RunParameters(1024, 4, 22, (0, 0))),
        "input_visibility": "private",
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.onnx").write_bytes(logits_circuit(architecture, floats, shape))
        found = run_job("settings", {"model": "model.onnx", "run_args": arguments}, folder=folder).answer
        check_operations(found["operations"])
        settings = found["settings"]
        settings["run_args"]["logrows"] = needed_logrows(settings)
        (folder / "settings.json").write_text(json.dumps(settings))
        run_job("compile", {"model": "model.onnx", "circuit": "circuit", "settings": "settings.json"}, folder=folder)
        paths = []
        for place, row in enumerate(raw_rows(x) / (1 << SCALE_BITS)):
            paths.append(f"inputs-{place}.json")
            (folder / paths[-1]).write_text(json.dumps({"input_data": [row.tolist()]}))
        words = run_job("infer", {"inputs": paths, "circuit": "circuit"}, folder=folder).answer["outputs"]
    surplus = sum(settings["module_sizes"]["polycommit"]) - architecture.parameters
    return Laid(logits_of(network, words), surplus, settings["num_rows"], settings["run_args"]["logrows"])


def sample(seed: int) -> tuple[Network, Weights]:
    """A random network with as many logits as a classifier needs."""
    while (found := random_network(seed))[0].classes < 2:
        seed += 1_000
    return found[0], found[1]


def tiny() -> tuple[Network, Weights]:
    """Six inputs, four hidden units with a rescale by 2^6, three signed logits: 2^11 or 2^12 rows."""
    rng = np.random.default_rng(3)
    builder = Builder((6, 1, 1), -128, 127)
    builder.dense(rng.integers(-60, 61, (4, 6)), rng.integers(-1200, 1201, 4), 6, (0, 255))
    builder.dense(rng.integers(-60, 61, (3, 4)), rng.integers(-1200, 1201, 3), 5, (-128, 127))
    return builder.build()
