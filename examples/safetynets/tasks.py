"""The two image tasks: what a training batch, the validation images and the test images are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from examples.safetynets import backrand
from examples.safetynets.augment import Warp, warp_batch
from examples.safetynets.data import Digits, hold_out, load_mnist
from examples.safetynets.networks import to_levels

BATCH = 128
HOLD_OUT_SEED = 1
MNIST_VALIDATION, BACK_RAND_VALIDATION = 5_000, 2_000
BACK_RAND_REPEATS = 5  # each validation digit is judged over this many backgrounds


@dataclass(frozen=True, slots=True)
class Task:
    """Training digits (clean, float in [0, 1]), labelled validation images, and where the test images come from."""

    name: str
    inputs: Tensor
    labels: Tensor
    validation: tuple[Tensor, Tensor]
    noisy: bool
    test: Callable[[], Digits]

    @property
    def steps(self) -> int:
        """Batches in an epoch."""
        return len(self.labels) // BATCH

    def batches(self, warp: Warp, alpha: int) -> Callable[[int], Iterator[tuple[Tensor, Tensor]]]:
        """Shuffled, warped, noise added where the task has it, rounded to the input levels (alpha 0: not rounded)."""

        def epoch(_: int) -> Iterator[tuple[Tensor, Tensor]]:
            order = torch.randperm(len(self.labels))
            for step in range(self.steps):
                rows = order[step * BATCH : (step + 1) * BATCH]
                images = warp_batch(self.inputs[rows], warp)
                if self.noisy:
                    images = torch.maximum(images, torch.randint(0, 256, images.shape) / 255)
                images = to_levels(images, alpha) if alpha else images
                yield images.contiguous(memory_format=torch.channels_last), self.labels[rows]

        return epoch


def as_inputs(images: np.ndarray) -> Tensor:
    """uint8 images (N, 28, 28) as float inputs (N, 1, 28, 28) in [0, 1]."""
    return torch.from_numpy(images).float().div(255)[:, None]


def as_labels(digits: Digits) -> Tensor:
    """Labels as a tensor."""
    return torch.from_numpy(digits.labels)


def mnist() -> Task:
    """55,000 digits to train on, 5,000 to choose by, MNIST's 10,000 to test."""
    train, held = hold_out(load_mnist("train"), MNIST_VALIDATION, HOLD_OUT_SEED)
    judged = (as_inputs(held.images), as_labels(held))
    return Task("mnist", as_inputs(train.images), as_labels(train), judged, False, lambda: load_mnist("t10k"))


def back_rand() -> Task:
    """10,000 digits to train on and 2,000 to choose by (of the 12,000), 50,000 to test."""
    train, held = hold_out(backrand.split()[0], BACK_RAND_VALIDATION, HOLD_OUT_SEED)
    return noisy_task("back-rand", train, held, backrand.load_test)


def back_rand_60k() -> Task:
    """The same noise over MNIST's own split: 55,000 to train on, 5,000 to choose by, 10,000 to test."""
    train, held = hold_out(load_mnist("train"), MNIST_VALIDATION, HOLD_OUT_SEED)
    return noisy_task("back-rand-60k", train, held, backrand.noisy_mnist_test)


def noisy_task(name: str, train: Digits, held: Digits, test: Callable[[], Digits]) -> Task:
    """Digits over noise: fresh in every training batch, fixed for validation."""
    repeated = np.tile(held.images, (BACK_RAND_REPEATS, 1, 1))
    images = backrand.over_noise(repeated, np.random.default_rng(HOLD_OUT_SEED))
    judged = (as_inputs(images), torch.from_numpy(np.tile(held.labels, BACK_RAND_REPEATS)))
    return Task(name, as_inputs(train.images), as_labels(train), judged, True, test)


TASKS: dict[str, Callable[[], Task]] = {"mnist": mnist, "back-rand": back_rand, "back-rand-60k": back_rand_60k}
