"""MNIST-Back-Rand, made from MNIST: digits over a background of uniform noise, 12,000 to train on and 50,000 to test.

As Larochelle et al. 2007 describe it ("each pixel value of the background was generated uniformly between 0 and 255"):
the 70,000 MNIST digits (60,000 then 10,000, in file order) are shuffled once, the first 12,000 are for training, the
next 50,000 for testing, and 8,000 stay unused. A pixel is the larger of the digit's and the noise's. The draw is ours,
numpy's PCG64 with the seeds below; it is not their file.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from examples.safetynets.data import Digits, load_mnist

SHUFFLE_SEED, TEST_NOISE_SEED = 2007, 2008
TRAIN_DIGITS, TEST_DIGITS = 12_000, 50_000


def over_noise(images: NDArray[np.uint8], generator: np.random.Generator) -> NDArray[np.uint8]:
    """Digits composed over fresh noise: the pixel-wise maximum."""
    return np.maximum(images, generator.integers(0, 256, images.shape, np.uint8))


def split() -> tuple[Digits, Digits]:
    """Clean digits of the training part and of the test part."""
    train, test = load_mnist("train"), load_mnist("t10k")
    images = np.concatenate([train.images, test.images])
    labels = np.concatenate([train.labels, test.labels])
    order = np.random.default_rng(SHUFFLE_SEED).permutation(len(labels))
    everything = Digits(images[order], labels[order])
    return everything.take(slice(0, TRAIN_DIGITS)), everything.take(slice(TRAIN_DIGITS, TRAIN_DIGITS + TEST_DIGITS))


def load_test() -> Digits:
    """The 50,000 test images, noise included; the same bytes at every call."""
    digits = split()[1]
    return Digits(over_noise(digits.images, np.random.default_rng(TEST_NOISE_SEED)), digits.labels)


def noisy_mnist_test() -> Digits:
    """MNIST's own 10,000 test digits over noise, for the network trained on all 60,000."""
    digits = load_mnist("t10k")
    return Digits(over_noise(digits.images, np.random.default_rng(TEST_NOISE_SEED)), digits.labels)
