"""The committed LeNet: its integer network is as accurate as itself on MNIST."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from examples.safetynets.data import Digits, load_mnist
from proofs.fidelity import float_logits
from proofs.networks.fidelity import compare
from proofs.networks.onnx_import import import_float
from proofs.networks.quantise import integer_inputs, quantise

MODEL = Path(__file__).resolve().parents[2] / "examples" / "models" / "lenet" / "lenet.onnx"


def mnist(part: str) -> Digits:
    try:
        return load_mnist(part)
    except FileNotFoundError:
        pytest.skip("no mnist in ASSAY_DATA: set it to the folder that holds mnist/")


def pixels(digits: Digits) -> np.ndarray:
    return (digits.images.astype(np.float32) / np.float32(255))[:, None]


def check(count: int) -> None:
    raw, test = MODEL.read_bytes(), mnist("t10k").take(slice(0, count))
    network = import_float(raw)
    integer, weights, report = quantise(network, pixels(mnist("train").take(slice(0, 500))))
    inputs = integer_inputs(network, integer, pixels(test))
    found = compare(integer, weights, report, inputs, float_logits(raw, pixels(test)), test.labels)
    assert found.accuracy is not None
    assert found.clamped_inputs == 0
    assert found.agree >= 0.998 * count
    assert abs(found.accuracy.integer_top1 - found.accuracy.float_top1) <= 0.001 * count
    assert found.accuracy.float_top1 >= 0.988 * count
    assert report.rows < 1 << 15  # no more than a padded image's look-ups
    assert not report.warnings


def test_a_thousand_digits() -> None:
    check(1000)


@pytest.mark.slow
def test_all_digits() -> None:
    check(10_000)


def test_the_file_is_small() -> None:
    assert MODEL.stat().st_size < 300_000
