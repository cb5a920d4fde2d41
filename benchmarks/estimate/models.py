"""Models made on the fly, with random weights: sizes count here, values do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.committed.float_models import Writer

MOBILE = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Inverted residual blocks of MobileNetV2: expansion, channels, repeats, first stride."""


def mlp(*widths: int) -> bytes:
    """Dense layers with ReLU between them."""
    model = Writer(widths[:1])
    for width in widths[1:-1]:
        model.dense(width)
        model.relu()
    model.dense(widths[-1])
    return model.finished("mlp")


def strided_cnn(side: int, channels: Sequence[int], classes: int) -> bytes:
    """5 x 5 convolutions of stride 2 with ReLU, then a dense layer; one input channel."""
    model = Writer((1, side, side))
    for outputs in channels:
        model.convolution(outputs, 5, stride=2)
        model.relu()
        side = (side - 5) // 2 + 1
    model.flatten(channels[-1] * side * side)
    model.dense(classes)
    return model.finished("cnn")


def safetynets_cnn(side: int, channels: Sequence[int], hidden: int, classes: int) -> bytes:
    """SafetyNets' four-layer network with ReLU: two 3 x 3 convolutions, each followed by a pool, and two dense ones."""
    model = Writer((1, side, side))
    for outputs in channels:
        model.convolution(outputs, 3, pad=1)
        model.relu()
        model.max_pool()
        side //= 2
    model.flatten(channels[-1] * side * side)
    model.dense(hidden)
    model.relu()
    model.dense(classes)
    return model.finished("safetynets-type")


class _Mobile(Writer):
    """A writer of depthwise convolutions and ReLU6."""

    def depthwise(self, stride: int) -> str:
        """3 x 3, one filter a channel."""
        weight, bias = self._drawn((self.channels, 1, 3, 3), 2.0)
        inputs = [self.current, self._constant(weight), self._constant(bias)]
        return self._node("Conv", inputs, kernel_shape=[3, 3], strides=[stride] * 2, pads=[1] * 4, group=self.channels)

    def relu6(self) -> str:
        """min(max(x, 0), 6)."""
        return self._node("Clip", [self.current, self._scalar(0.0), self._scalar(6.0)])

    def _scalar(self, value: float) -> str:
        return self._constant(np.array(value, dtype=np.float32).reshape(()))


def mobilenet_v2(alpha: float, side: int, classes: int) -> bytes:
    """MobileNetV2 with random weights, batch norms folded."""
    model = _Mobile((3, side, side))
    model.convolution(_eighths(32 * alpha), 3, stride=2, pad=1)
    model.relu6()
    for expansion, outputs, repeats, first in MOBILE:
        for repeat in range(repeats):
            _inverted(model, expansion, _eighths(outputs * alpha), first if repeat == 0 else 1)
    last = max(1280, _eighths(1280 * alpha))
    model.convolution(last, 1)
    model.relu6()
    model.average()
    model.flatten(last)
    model.dense(classes)
    return model.finished("mobilenet-v2")


def _inverted(model: _Mobile, expansion: int, outputs: int, stride: int) -> None:
    source, channels = model.current, model.channels
    if expansion != 1:
        model.convolution(channels * expansion, 1)
        model.relu6()
    model.depthwise(stride)
    model.relu6()
    model.convolution(outputs, 1, gain=1.0)
    if stride == 1 and outputs == channels:
        model.add(source)


def _eighths(channels: float) -> int:
    """The nearest multiple of eight, at least eight, no more than a tenth smaller."""
    found = max(8, int(channels + 4) // 8 * 8)
    return found + 8 if found < 0.9 * channels else found
