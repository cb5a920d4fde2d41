"""Train FcNN-3-Quad or its ReLU twin on spoken digits, export it, and look at the test recordings once.

    python -m examples.safetynets.train_speech --seed 1
    python -m examples.safetynets.train_speech --activation relu

The square network has degree 8 in its input, so a bit more in the first layer costs eight in the bound: inputs have
seven levels, and after a dense float training each neuron keeps its largest weights only, which are then fine-tuned as
small integers. Values stay below 2^120.9: two primes of 61 bits.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

try:
    import torch
except ImportError:
    raise SystemExit("training needs PyTorch: .venv/bin/pip install -e '.[train]' installs it") from None
from torch import Tensor

from examples.safetynets import results
from examples.safetynets.bounds import bound_bits
from examples.safetynets.export import RealLinear, metadata, real_layers, save, to_onnx
from examples.safetynets.integers import DOUBLE_BITS, IntegerNetwork, bits_of, static_bound
from examples.safetynets.networks import FCNN_3, Stack, to_levels
from examples.safetynets.quantise import Budget, choose_scales, read_off
from examples.safetynets.speech import Recordings, inputs, load_recordings, spread_frames
from examples.safetynets.train_loop import Schedule, error_rate, fit

ALPHA = 3  # features in [-1, 1] become -3..3
FAN_IN = 80
MAGNITUDES = (2.0, 1.5, 1.5, 1.5)
BITS_AIMED_AT = 120.5
BATCH = 128
TRIM = 0.08  # largest share of a recording left out at either end
NOISE, GAIN = 0.15, 0.2  # deviation of the noise on each feature, and of the shift common to a frame's bands


@dataclass(frozen=True, slots=True)
class Recipe:
    """Epochs, top learning rates and dropout of the float training and of the fine-tuning."""

    epochs: int = 20
    fine_epochs: int = 45
    rate: float = 1e-3
    fine_rate: float = 2e-3
    dropout: float = 0.2
    fine_dropout: float = 0.1


@dataclass(frozen=True, slots=True)
class Task:
    """Training recordings and labelled validation inputs."""

    recordings: Recordings
    rows: np.ndarray
    validation: tuple[Tensor, Tensor]

    @property
    def steps(self) -> int:
        """Batches in an epoch."""
        return len(self.rows) // BATCH

    def batches(self, alpha: int) -> Callable[[int], Iterator[tuple[Tensor, Tensor]]]:
        """Shuffled; frames from slightly different places, noise and gain added, rounded to the input levels."""

        def epoch(number: int) -> Iterator[tuple[Tensor, Tensor]]:
            generator = np.random.default_rng([int(torch.initial_seed()) & 0xFFFF, number])
            order = generator.permutation(self.rows)
            for step in range(self.steps):
                chosen = order[step * BATCH : (step + 1) * BATCH]
                made = torch.from_numpy(np.stack([self.varied(row, generator) for row in chosen]))
                yield (to_levels(made, alpha) if alpha else made), torch.from_numpy(self.recordings.digits[chosen])

        return epoch

    def varied(self, row: int, generator: np.random.Generator) -> np.ndarray:
        """One recording, a little different each time."""
        start, stop = generator.uniform(0, TRIM), 1 - generator.uniform(0, TRIM)
        frames = self.recordings.frames[row]
        shift = np.zeros(frames.shape[1], np.float32)
        shift[: frames.shape[1] // 3] = generator.normal(0, GAIN)
        noise = generator.normal(0, NOISE, frames.shape).astype(np.float32)
        return spread_frames(frames + shift + noise, start, stop)


def load_task() -> Task:
    """Recordings 10-49 to train on, 5-9 to choose by."""
    recordings = load_recordings()
    held, digits = inputs(recordings, "validation")
    return Task(recordings, recordings.rows("train"), (torch.from_numpy(held), torch.from_numpy(digits)))


def train_float(task: Task, recipe: Recipe, activation: str, work: Path) -> Stack:
    """The dense float network; the square one already sees rounded inputs."""
    alpha = ALPHA if activation == "square" else 0
    model = Stack(FCNN_3, activation, recipe.dropout)
    model.settle(next(task.batches(alpha)(0))[0])
    judged = to_levels(task.validation[0], alpha) if alpha else task.validation[0]
    return fit(
        model, task.batches(alpha), Schedule(recipe.epochs, task.steps, recipe.rate, decay=0.99),
        validate=lambda now: f"validation {error_rate(now, judged, task.validation[1]):.2%}",
        checkpoint=work / f"speech-{activation}-float.pt",
    )  # fmt: skip


def fine_tune(task: Task, recipe: Recipe, model: Stack, budget: Budget, work: Path) -> Stack:
    """Few weights, rounded; with so few the bound starts well below the limit and needs no price."""
    model.prune(FAN_IN)
    model.dropout = recipe.fine_dropout
    model.settle(to_levels(task.validation[0], ALPHA))
    choose_scales(model, budget)
    judged, labels = to_levels(task.validation[0], ALPHA), task.validation[1]

    def validate(now: Stack) -> str:
        with torch.no_grad():
            bits = float(bound_bits(now, budget.low, budget.high).max())
        return f"validation {error_rate(now, judged, labels):.2%}  bound {bits:.2f} bits"

    print(f"pruned and rounded only: {validate(model)}", flush=True)
    return fit(
        model, task.batches(ALPHA), Schedule(recipe.fine_epochs, task.steps, recipe.fine_rate, decay=0.99),
        validate=validate, checkpoint=work / "speech-square-fine.pt",
    )  # fmt: skip


def run(task: Task, recipe: Recipe, activation: str, work: Path) -> tuple[list[RealLinear], IntegerNetwork | None]:
    """The float layers to export and, of a square network, the integers they stand for."""
    model = train_float(task, recipe, activation, work)
    if activation == "square":
        budget = Budget(ALPHA, -ALPHA, ALPHA, MAGNITUDES, BITS_AIMED_AT)
        network = read_off(fine_tune(task, recipe, model, budget, work), budget)
        bits = bits_of(static_bound(network))
        if bits >= DOUBLE_BITS:
            raise ValueError(f"static bound of {bits:.3f} bits, limit {DOUBLE_BITS}: train with a smaller budget")
        return real_layers(network), network
    pairs = zip(model.weights, model.biases, strict=True)
    return [RealLinear(weight.detach().numpy(), bias.detach().numpy()) for weight, bias in pairs], None


def main() -> None:
    """Train one network, write its ONNX file (47 MB, not for the repository) and its entry in results.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--activation", choices=["square", "relu"], default="square")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--work", type=Path, default=Path("safetynets-work"), help="folder of checkpoints and ONNX file"
    )
    parser.add_argument("--results", type=Path, default=results.RESULTS, help="JSON file of the figures")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    task = load_task()
    layers, network = run(task, Recipe(), options.activation, options.work)
    name = "fcnn-3-quad" if network else "fcnn-3-relu"
    model = to_onnx(layers, name, options.activation, metadata(network) if network else {})
    save(model, options.work / f"{name}.onnx")
    held, digits = inputs(task.recordings, "test")
    found = results.measure(model, network, held, digits)
    found |= {"train_s": round(time.perf_counter() - started), "seed": options.seed, "train_inputs": len(task.rows)}
    results.record(options.results, name, found)
    print(name, found)


if __name__ == "__main__":
    main()
