"""Tiny square networks and proofs of them by the safetynets backend, made once a session."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from helpers.tiny_models import classifier
from proofs.safetynets import ChosenScales, ExactVerdict
from proofs.safetynets_backend import SafetyNetsBackend
from proofs.safetynets_bundle import SafetyNetsBundle

CONTEXT = bytes(range(32))
SHAPE, CLASSES, TOTAL = (1, 4, 4), 3, 3
OWN = ChosenScales()


@dataclass(frozen=True)
class ProvenNetwork:
    """An honest proof, with what its verifier holds."""

    onnx: bytes
    x: NDArray[np.generic]
    bundle: SafetyNetsBundle

    def verify(self, bundle: SafetyNetsBundle | None = None, scales: ChosenScales = OWN) -> ExactVerdict:
        """Verify a bundle, the honest one if none is given."""
        return SafetyNetsBackend().verify_inference(bundle or self.bundle, self.onnx, self.x, scales)


def square_cnn(seed: int = 0, alpha: str = "7", betas: str = "[8, 8, 8, 8]") -> bytes:
    """Convolution, square, pool; two convolutions of that, added; square; dense."""
    rng = np.random.default_rng(seed)
    constants = {
        "w0": rng.integers(-8, 9, (2, 1, 3, 3)) / 8, "b0": rng.integers(-8, 9, 2) / 8,
        "w1": rng.integers(-4, 5, (3, 2, 3, 3)) / 8, "b1": rng.integers(-8, 9, 3) / 8,
        "w2": rng.integers(-4, 5, (3, 2, 1, 1)) / 8, "b2": rng.integers(-8, 9, 3) / 8,
        "w3": rng.integers(-8, 9, (CLASSES, 3 * 4)) / 8, "b3": rng.integers(-8, 9, CLASSES) / 8,
    }  # fmt: skip
    nodes = [
        helper.make_node("Conv", ["x", "w0", "b0"], ["c0"], pads=[1, 1, 1, 1]),
        helper.make_node("Mul", ["c0", "c0"], ["s0"]),
        helper.make_node("AveragePool", ["s0"], ["p0"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["p0", "w1", "b1"], ["c1"], pads=[1, 1, 1, 1]),
        helper.make_node("Conv", ["p0", "w2", "b2"], ["c2"]),
        helper.make_node("Add", ["c1", "c2"], ["a"]),
        helper.make_node("Mul", ["a", "a"], ["s1"]),
        helper.make_node("Flatten", ["s1"], ["f"]),
        helper.make_node("Gemm", ["f", "w3", "b3"], ["y"], transB=1),
    ]
    floats = {name: value.astype(np.float32) for name, value in constants.items()}
    return with_metadata(classifier(nodes, floats, SHAPE, CLASSES), alpha, betas, 0, int(alpha))


def square_mlp(seed: int = 0, alpha: str = "1024", betas: str = "[512, 512, 8, 512]") -> bytes:
    """Dense, square, two dense layers in a row, square, dense; at these scales its values need two primes."""
    rng = np.random.default_rng(seed)
    sizes = (8, 5, 4, 4, CLASSES)
    constants = {}
    for layer, shape in enumerate(zip(sizes[1:], sizes[:-1], strict=True)):
        constants[f"w{layer}"] = (rng.normal(size=shape) / 2).astype(np.float32)
        constants[f"b{layer}"] = (rng.normal(size=shape[0]) / 4).astype(np.float32)
    nodes = [
        helper.make_node("Gemm", ["x", "w0", "b0"], ["g0"], transB=1),
        helper.make_node("Mul", ["g0", "g0"], ["s0"]),
        helper.make_node("Gemm", ["s0", "w1", "b1"], ["g1"], transB=1),
        helper.make_node("Gemm", ["g1", "w2", "b2"], ["g2"], transB=1),
        helper.make_node("Mul", ["g2", "g2"], ["s2"]),
        helper.make_node("Gemm", ["s2", "w3", "b3"], ["y"], transB=1),
    ]
    return with_metadata(classifier(nodes, constants, (8,), CLASSES), alpha, betas, 0, int(alpha))


def with_metadata(raw: bytes, alpha: str, betas: str, low: int, high: int) -> bytes:
    """The model with the scales it is to be rounded at."""
    model = onnx.load_from_string(raw)
    known = {"alpha": alpha, "betas": betas, "input_low": str(low), "input_high": str(high)}
    helper.set_model_props(model, {f"assay.{name}": value for name, value in known.items()})
    return bytes(model.SerializeToString())


def images(total: int = TOTAL, seed: int = 1) -> NDArray[np.float32]:
    """Inputs of the CNN."""
    return np.random.default_rng(seed).uniform(0, 1, (total, *SHAPE)).astype(np.float32)


def rows(total: int = TOTAL, seed: int = 1) -> NDArray[np.float32]:
    """Inputs of the dense network."""
    return np.random.default_rng(seed).uniform(0, 1, (total, 8)).astype(np.float32)


@cache
def proven_cnn() -> ProvenNetwork:
    """One prime: convolutions, an addition, a pool."""
    return _prove(square_cnn(), images())


@cache
def proven_mlp() -> ProvenNetwork:
    """Two primes."""
    return _prove(square_mlp(), rows())


def _prove(raw: bytes, x: NDArray[np.generic]) -> ProvenNetwork:
    return ProvenNetwork(raw, x, SafetyNetsBackend().prove_inference(raw, x, OWN, CONTEXT).bundle)
