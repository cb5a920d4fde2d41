"""Networks of well-known shapes with random weights, and inputs for them."""

from __future__ import annotations

import numpy as np
from network_builder import RELU, SIGNED, Builder
from numpy.typing import NDArray

from proofs.networks.network import Network
from proofs.networks.weights import Weights

Sample = tuple[Network, Weights]


def lenet(seed: int = 0, bits: int = 8) -> Sample:
    """Two 5 x 5 convolutions, two max pools, three dense layers on 28 x 28: 44 thousand weights."""
    rng = np.random.default_rng(seed)
    builder = Builder((1, 28, 28), 0, 255)
    for outputs, channels in ((6, 1), (16, 6)):
        builder.convolution(
            _weights(rng, (outputs, channels, 5, 5), bits), shift=_shift(25 * channels, bits), function=RELU
        )
        builder.max_pool(2, 2)
    for outputs in (120, 84, 10):
        inputs = int(np.prod(builder.tensors[-1].shape))
        function = SIGNED if outputs == 10 else RELU
        builder.dense(_weights(rng, (outputs, inputs), bits), shift=_shift(inputs, bits), function=function)
    return builder.build()


def mobilenet(size: int = 224, bits: int = 14, seed: int = 0, classes: int = 1001) -> Sample:
    """MobileNetV2 1.0: 300 million multiplications and 6.9 million activations at 224."""
    rng = np.random.default_rng(seed)
    builder = Builder((3, size, size))

    def layer(outputs: int, kernel: int, stride: int, groups: int, relu: bool) -> None:
        channels = builder.tensors[-1].shape[0] // groups
        pads = (0, 0, 1, 1) if kernel == 3 and stride == 2 else (kernel // 2,) * 4
        weight, shift = _weights(rng, (outputs, channels, kernel, kernel), bits), _shift(channels * kernel**2, bits)
        builder.convolution(weight, None, (stride, stride), pads, groups, shift, RELU if relu else SIGNED)

    layer(32, 3, 2, 1, True)
    blocks = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for factor, outputs, repeats, first_stride in blocks:
        for repeat in range(repeats):
            source, stride = builder.last, first_stride if repeat == 0 else 1
            inner = builder.tensors[source].shape[0] * factor
            if factor > 1:
                layer(inner, 1, 1, 1, True)
            layer(inner, 3, stride, inner, True)
            layer(outputs, 1, 1, 1, False)
            if stride == 1 and builder.tensors[source].shape[0] == outputs:
                builder.add(source, builder.last, 1)
    layer(1280, 1, 1, 1, True)
    builder.sum_pool(5, RELU)
    layer(classes, 1, 1, 1, False)
    return builder.build()


def vgg16(bits: int = 10, seed: int = 0) -> Sample:
    """VGG16 for 32 x 32 images: 15 million weights, 314 million multiplications."""
    rng = np.random.default_rng(seed)
    builder = Builder((3, 32, 32))
    for outputs, repeats in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(repeats):
            channels = builder.tensors[-1].shape[0]
            weight, shift = _weights(rng, (outputs, channels, 3, 3), bits), _shift(9 * channels, bits)
            builder.convolution(weight, pads=(1, 1, 1, 1), shift=shift, function=RELU)
        builder.max_pool(2, 2)
    for outputs in (512, 10):
        builder.dense(_weights(rng, (outputs, 512), bits), shift=_shift(512, bits), function=SIGNED)
    return builder.build()


def inputs(network: Network, batch: int, seed: int = 0) -> NDArray[np.int32]:
    """Random inputs over the whole range."""
    tensor = network.tensors[0]
    return np.random.default_rng(seed).integers(tensor.low, tensor.high + 1, (*tensor.shape, batch), dtype=np.int32)


def _weights(rng: np.random.Generator, shape: tuple[int, ...], bits: int) -> NDArray[np.int32]:
    """Of a normal distribution, three deviations being the largest, and small enough that no sum reaches 2^30."""
    depth = int(np.prod(shape[1:]))
    most = min(1 << (bits - 1), (1 << 21) // depth)
    return np.clip(np.rint(rng.normal(0, most / 3, shape)), -most, most).astype(np.int32)


def _shift(depth: int, bits: int) -> int:
    """Keeps the spread of values about the same from layer to layer."""
    most = min(1 << (bits - 1), (1 << 21) // depth)
    return max(0, min(18, int(np.log2(most / 3 * depth**0.5) - 0.5)))
