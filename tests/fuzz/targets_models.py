"""Models: ONNX files through the check, three importers, quantisation and compilation; descriptions of networks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import onnx
from helpers.tiny_models import mlp
from helpers.tiny_safetynets import square_cnn, square_mlp
from onnx import TensorProto, helper

from fuzz.mutate import sections
from fuzz.target import GOLDEN, Target

sys.path += [str(Path(__file__).resolve().parents[1] / name) for name in ("networks", "onnx_check")]

import graphs
from onnx_builders import model, node, normal

from proofs.errors import AssayError
from proofs.halo2.architecture import split_model
from proofs.integer import IntegerModel
from proofs.networks.format import digest
from proofs.networks.format import from_bytes as network_from_bytes
from proofs.networks.format_weights import weights_from_bytes, weights_to_bytes
from proofs.networks.network import Network
from proofs.networks.onnx_import import check_integer, import_float, importer, run_float
from proofs.networks.quantise import Options, quantise
from proofs.onnx_check import check, check_model, shapes
from proofs.onnx_check.parse import parse_model
from proofs.safetynets_check import check_open_model
from proofs.sumcheck.safetynets.network_format import from_bytes as open_from_bytes
from proofs.sumcheck.safetynets.network_format import to_bytes as open_to_bytes
from proofs.sumcheck.safetynets.onnx_import import import_network
from proofs.sumcheck.safetynets.onnx_import.importer import import_onnx
from proofs.sumcheck_backend.model_commitment import NetworkCommitment


@cache
def image_network() -> bytes:
    """Padding, convolutions, normalisation, activations, a branch, pools, computed shapes, a classifier."""
    nodes = [
        node("Conv", "x w b", "c", pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
        node("BatchNormalization", "c s b m v", "n"), node("Clip", "n lo hi", "k"),
        node("Conv", "k u", "d", group=2), node("Add", "d k", "a"), node("HardSwish", "a", "h"),
        node("Concat", "h a", "j", axis=1), node("MaxPool", "j", "p", kernel_shape=[2, 2], strides=[2, 2]),
        node("Pad", "p pads", "q"), node("AveragePool", "q", "g", kernel_shape=[2, 2]),
        node("Shape", "g", "shape"), node("Gather", "shape zero", "rows"), node("Unsqueeze", "rows axis", "row"),
        node("Concat", "row rest", "to", axis=0), node("Reshape", "g to", "f"),
        node("Gemm", "f fw fb", "y", transB=1), node("Softmax", "y", "out"),
    ]  # fmt: skip
    two = np.ones(2, np.float32)
    stored = {
        "w": normal(2, 1, 3, 3), "u": normal(2, 1, 1, 1), "b": normal(2), "s": two, "m": normal(2), "v": two,
        "lo": np.float32(0), "hi": np.float32(6), "pads": np.array([0, 0, 0, 0, 0, 0, 1, 1]), "zero": np.int64(0),
        "axis": np.array([0]), "rest": np.array([-1]), "fw": normal(3, 4 * 3 * 3), "fb": normal(3),
    }  # fmt: skip
    return model(nodes, ("N", 1, 6, 6), stored)


@cache
def quantised() -> bytes:
    """A model with its own levels."""
    nodes = [
        node("QuantizeLinear", "x s z", "xi"), node("DequantizeLinear", "xi s z", "xq"),
        node("DequantizeLinear", "w ws wz", "wf", axis=0), node("Conv", "xq wf", "c"), node("Relu", "c", "r"),
        node("QuantizeLinear", "r s z", "ri"), node("DequantizeLinear", "ri s z", "rq"),
        node("Flatten", "rq", "f"), node("Gemm", "f v", "out"),
    ]  # fmt: skip
    stored = {
        "s": np.float32(0.05), "z": np.uint8(120), "w": np.arange(-9, 9, dtype=np.int8).reshape(2, 1, 3, 3),
        "v": normal(2 * 4 * 4, 4), "ws": np.array([0.1, 0.2], np.float32), "wz": np.array([1, -2], np.int8),
    }  # fmt: skip
    return model(nodes, ("N", 1, 6, 6), stored)


@cache
def odd() -> bytes:
    """What a stranger may put in: subgraphs, functions, external data, sparse and string tensors, a cycle."""
    inner = helper.make_graph([node("Relu", "r", "t")], "inner", [], [helper.make_tensor_value_info("t", 1, None)])
    made = graphs.model()
    made.graph.node.append(helper.make_node("If", ["r"], ["i"], then_branch=inner, else_branch=inner))
    made.graph.node.append(helper.make_node("Relu", ["cycle"], ["cycle"]))
    made.graph.initializer[0].external_data.add(key="location", value="../../etc/passwd")
    made.graph.initializer[0].data_location = TensorProto.EXTERNAL
    made.functions.add(name="F", domain="own")
    return bytes(made.SerializeToString())


def onnx_seeds() -> list[bytes]:
    """Models every importer is given."""
    return [graphs.raw(), mlp(), square_cnn(), square_mlp(), image_network(), quantised()]


def here(run: Callable[[bytes], object]) -> Callable[[bytes], object]:
    """``run`` with shapes inferred in this process: a child for each would take most of the time."""

    def infer(proto: onnx.ModelProto) -> dict[str, shapes.TensorInfo]:
        found = shapes.infer_here(proto)
        return {name: shapes.TensorInfo(kind, None if s is None else tuple(s)) for name, (kind, s) in found.items()}

    def patched(raw: bytes) -> object:
        with patch.object(check, "infer_shapes", infer), patch.object(importer, "infer_shapes", infer):
            return run(raw)

    return patched


def quantised_network(raw: bytes) -> object:
    """Import, run, and round to integers by propagated ranges."""
    network = import_float(raw)
    if np.prod(network.model_shape) > 1 << 12:
        return network
    run_float(network, np.zeros((1, *network.model_shape), np.float32))
    return quantise(network, None, Options(input_range=(-1.0, 1.0)))


def tried_everywhere(raw: bytes) -> object:
    """Every way in; none may end in anything but our own errors, though all may refuse."""
    for way in (check_model, check_integer, check_open_model, split_model, import_float, import_onnx):
        with suppress(AssayError):
            way(raw)
    return None


@cache
def committed() -> Network:
    """The golden network."""
    return NetworkCommitment.from_bytes((GOLDEN / "v1-sumcheck/model.commit").read_bytes()).network


def description() -> list[bytes]:
    """Descriptions of integer networks."""
    parts = sections((GOLDEN / "v1-sumcheck/model.commit").read_bytes())
    wide = quantise(import_float(image_network()), None, Options(input_range=(0.0, 1.0)))[0]
    from proofs.networks.format import to_bytes

    return [to_bytes(wide), to_bytes(committed())] if parts is not None else []


def weights() -> bytes:
    """The golden network's weights."""
    with np.load(GOLDEN / "v1-sumcheck/model-secret.npz") as archive:
        return bytes(archive["weights"].tobytes())


IMPORTS = "proofs.networks.onnx_import.importer"
TARGETS = (
    Target("ONNX parsed", parse_model, onnx_seeds, ("proofs.onnx_check.parse.parse_model",), "onnx"),
    Target("ONNX checked", here(lambda raw: check_model(raw).as_dict()), onnx_seeds, (), "onnx"),
    Target(
        "ONNX checked, shapes in a child",
        lambda raw: check_model(raw).as_dict(),
        lambda: [graphs.raw()],
        (),
        "onnx",
        slow=True,
    ),
    Target("ONNX checked for sum-checks", here(lambda raw: check_integer(raw).as_dict()), onnx_seeds, (), "onnx"),
    Target("ONNX checked for safetynets", here(lambda raw: check_open_model(raw).as_dict()), onnx_seeds, (), "onnx"),
    Target("ONNX split", split_model, lambda: [mlp(), graphs.raw()], (), "onnx"),
    Target("ONNX of a stranger", here(tried_everywhere), lambda: [*onnx_seeds(), odd()], (), "onnx"),
    Target(
        "ONNX imported and quantised",
        here(quantised_network),
        lambda: [mlp(), image_network(), quantised()],
        (f"{IMPORTS}.import_float", f"{IMPORTS}.read_model", "proofs.networks.onnx_import.model_file.read_file"),
        "onnx",
    ),
    Target(
        "ONNX imported for safetynets",
        import_onnx,
        lambda: [square_cnn(), square_mlp()],
        ("proofs.sumcheck.safetynets.onnx_import.importer.import_onnx",),
        "onnx",
    ),
    Target(
        "ONNX rounded for safetynets",
        lambda raw: import_network(raw).digest,
        lambda: [square_cnn(), square_mlp()],
        (
            "proofs.sumcheck.safetynets.onnx_import.network.import_network",
            "proofs.sumcheck.safetynets.onnx_import.hints.read_hint",
        ),
        "onnx",
    ),
    Target(
        "ONNX compiled to integers",
        here(lambda raw: IntegerModel.compile_onnx(raw, 7, 1 << 60)),
        lambda: [mlp(), graphs.raw()],
        (),
        "onnx",
    ),
    Target(
        "integer network",
        lambda raw: digest(network_from_bytes(raw)),
        description,
        (
            "proofs.networks.format.from_bytes",
            "proofs.networks.format_nodes.read_node",
            "proofs.networks.format_nodes.read_table",
        ),
    ),
    Target(
        "integer weights",
        lambda raw: weights_to_bytes(committed(), weights_from_bytes(raw, committed())),
        lambda: [weights()],
        (),
    ),
    Target(
        "safetynets network",
        lambda raw: open_from_bytes(raw).digest,
        lambda: [open_to_bytes(import_network(square_cnn())), open_to_bytes(import_network(square_mlp()))],
        ("proofs.sumcheck.safetynets.network_format.from_bytes",),
    ),
)
