"""The trained networks that are shipped: they fit one prime, and err on the real test images as little as is said."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from networks_kit import exact_tensors, onnxruntime_outputs
from numpy.typing import NDArray

from proofs.sumcheck.safetynets.bounds.static_bound import interval_bound
from proofs.sumcheck.safetynets.execution.execute import integer_outputs
from proofs.sumcheck.safetynets.execution.inputs import quantise_inputs
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.onnx_import import import_network, import_onnx

ROOT = Path(__file__).resolve().parents[3]
MODELS = ROOT / "examples" / "models" / "safetynets"
PAPER_ERROR = 0.0063
"""SafetyNets' error of CNN-2-Quad on MNIST."""


def read(name: str) -> bytes:
    """A shipped model; the test is skipped where it is not (yet) trained."""
    path = MODELS / f"{name}.onnx"
    if not path.exists():
        pytest.skip(f"{path.name} is not in {MODELS}: train it with examples/safetynets")
    return path.read_bytes()


@pytest.fixture(scope="module")
def digits() -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """MNIST's 10,000 test images as reals (N, 1, 28, 28), and their labels."""
    folder = Path(os.environ.get("ASSAY_DATA") or ROOT.parent / "shared" / "data") / "mnist"
    if not folder.is_dir():
        pytest.skip(f"no MNIST in {folder}: set ASSAY_DATA to the folder that holds mnist/")
    images, labels = (gzip.decompress((folder / f"t10k-{name}-ubyte.gz").read_bytes()) for name in
                      ("images-idx3", "labels-idx1"))  # fmt: skip
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 1, 28, 28)
    return (pixels / np.float32(255)).astype(np.float32), np.frombuffer(labels, np.uint8, offset=8)


@pytest.mark.parametrize("name", ["cnn-2-quad-mnist", "cnn-2-quad-back-rand"])
def test_shipped_networks(name: str) -> None:
    """CNN-2-Quad's layers, in one prime for every image, with weights that are exact multiples of their scales."""
    network = import_network(read(name))
    assert [node.kind for node in network.nodes] == [
        "convolution", "square", "sum pool", "convolution", "square", "sum pool", "dense",
    ]  # fmt: skip
    assert [shape for shape in network.shapes if len(shape) == 3][1:] == [
        (16, 24, 24), (16, 24, 24), (16, 12, 12), (32, 8, 8), (32, 8, 8), (32, 4, 4),
    ]  # fmt: skip
    assert network.fields() == ("m61",)
    assert interval_bound(network).bits[-1] <= 60
    for real, beta, integers in zip(
        import_onnx(read(name)).linear, network.betas, linear_weights(network), strict=True
    ):
        np.testing.assert_array_equal(real.weight * float(beta), integers)


def linear_weights(network: Network) -> list[NDArray[np.int64]]:
    """The weights of the linear layers."""
    return [np.asarray(node.layer.weight) for node in network.nodes if node.kind in ("convolution", "dense")]


def test_integers_agree_with_the_runtime(digits: tuple[NDArray[np.float32], NDArray[np.uint8]]) -> None:
    """Exact outputs over their scale are onnxruntime's on inputs rounded alike; three examples in Python integers."""
    onnx_bytes, x = read("cnn-2-quad-mnist"), digits[0][:200]
    network = import_network(onnx_bytes)
    inputs = quantise_inputs(network, x)
    outputs = integer_outputs(network, inputs)
    rounded = (inputs.T.reshape(x.shape) / float(network.alpha)).astype(np.float32)
    expected = outputs / float(network.output_scale)
    found = onnxruntime_outputs(onnx_bytes, rounded)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    exact = exact_tensors(network, inputs[:, :3])
    assert (outputs[:3] == exact[-1].T).all()
    assert all(np.abs(t).max() <= bound for t, bound in zip(exact, network.bounds.magnitudes, strict=True))


def test_error_on_mnist(digits: tuple[NDArray[np.float32], NDArray[np.uint8]]) -> None:
    """The integer network's error over all 10,000 test images is no larger than the paper's."""
    network = import_network(read("cnn-2-quad-mnist"))
    classes = integer_outputs(network, quantise_inputs(network, digits[0])).argmax(axis=1)
    assert len(classes) == 10_000
    assert (classes != digits[1]).mean() <= PAPER_ERROR
