"""Train CNN-2-Quad or its ReLU twin, export it, and look at the test set once.

    python -m examples.safetynets.train_cnn mnist square
    python -m examples.safetynets.train_cnn back-rand relu --work runs

Square networks are trained in float (inputs already rounded to alpha levels), then fine-tuned with weights rounded to
integers and the static bound priced, until every logit is provably below 2^60. Stopped runs go on from ``--work``.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

try:
    import torch
except ImportError:
    raise SystemExit("training needs PyTorch: .venv/bin/pip install -e '.[train]' installs it") from None

from examples.safetynets import results
from examples.safetynets.augment import Warp
from examples.safetynets.bounds import bound_bits
from examples.safetynets.export import RealLinear, metadata, real_layers, save, to_onnx
from examples.safetynets.integers import SINGLE_BITS, IntegerNetwork, bits_of, static_bound
from examples.safetynets.networks import CNN_2, Stack, to_levels
from examples.safetynets.quantise import Budget, choose_scales, read_off
from examples.safetynets.tasks import TASKS, Task
from examples.safetynets.train_loop import Schedule, error_rate, fit

BITS_AIMED_AT = 59.98  # a margin for the rounding of biases; the exact bound is checked at the end
MODELS = Path(__file__).resolve().parents[1] / "models" / "safetynets"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long, how fast, how strongly regularised, and the integer budget."""

    epochs: int
    fine_epochs: int
    rate: float
    fine_rate: float
    dropout: float
    fine_dropout: float
    warp: float
    fine_warp: float
    alpha: int
    magnitudes: tuple[float, ...]

    def budget(self) -> Budget:
        """Pixels 0..alpha, one 61-bit prime."""
        return Budget(self.alpha, 0, self.alpha, self.magnitudes, BITS_AIMED_AT)


MNIST = Recipe(30, 15, 4e-3, 2e-3, 0.10, 0.05, 0.7, 0.6, 7, (4, 1, 1))
BACK_RAND = Recipe(200, 80, 4e-3, 2e-3, 0.20, 0.20, 1.0, 1.0, 7, (4, 1, 1))
BACK_RAND_60K = Recipe(40, 15, 4e-3, 2e-3, 0.10, 0.05, 0.7, 0.6, 7, (4, 1, 1))
RECIPES = {"mnist": MNIST, "back-rand": BACK_RAND, "back-rand-60k": BACK_RAND_60K}


def train_float(task: Task, recipe: Recipe, activation: str, work: Path) -> Stack:
    """The float network; the square one already sees rounded inputs."""
    alpha = recipe.alpha if activation == "square" else 0
    model = Stack(CNN_2, activation, recipe.dropout).to(memory_format=torch.channels_last)
    batches = task.batches(Warp().times(recipe.warp), alpha)
    model.settle(next(batches(0))[0])
    inputs, labels = task.validation
    judged = to_levels(inputs, alpha) if alpha else inputs
    return fit(
        model, batches, Schedule(recipe.epochs, task.steps, recipe.rate),
        validate=lambda now: f"validation {error_rate(now, judged, labels):.2%}",
        checkpoint=work / f"{task.name}-{activation}-float.pt",
    )  # fmt: skip


def fine_tune(task: Task, recipe: Recipe, model: Stack, work: Path) -> Stack:
    """Weights rounded, bound priced."""
    budget = recipe.budget()
    model.dropout = recipe.fine_dropout
    choose_scales(model, budget)
    inputs, labels = to_levels(task.validation[0], recipe.alpha), task.validation[1]

    def validate(now: Stack) -> str:
        with torch.no_grad():
            bits = float(bound_bits(now, budget.low, budget.high).max())
        return f"validation {error_rate(now, inputs, labels):.2%}  bound {bits:.2f} bits"

    print(f"rounded only: {validate(model)}")
    return fit(
        model, task.batches(Warp().times(recipe.fine_warp), recipe.alpha),
        Schedule(recipe.fine_epochs, task.steps, recipe.fine_rate),
        validate=validate, penalty=budget.penalty, checkpoint=work / f"{task.name}-square-fine.pt",
    )  # fmt: skip


def checked(network: IntegerNetwork) -> IntegerNetwork:
    """The network, if its exact static bound fits the field."""
    bound = static_bound(network)
    if bound >= 1 << SINGLE_BITS:
        raise ValueError(f"static bound of {bits_of(bound):.3f} bits, limit {SINGLE_BITS}: train with a smaller budget")
    return network


def run(task: Task, recipe: Recipe, activation: str, work: Path) -> tuple[list[RealLinear], IntegerNetwork | None]:
    """The float layers to export and, of a square network, the integers they stand for."""
    model = train_float(task, recipe, activation, work)
    if activation == "square":
        network = checked(read_off(fine_tune(task, recipe, model, work), recipe.budget()))
        return real_layers(network), network
    pairs = zip(model.weights, model.biases, strict=True)
    return [RealLinear(weight.detach().contiguous().numpy(), bias.detach().numpy()) for weight, bias in pairs], None


def main() -> None:
    """Train one network, write its ONNX file and its line in results.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=sorted(TASKS))
    parser.add_argument("activation", choices=["square", "relu"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", type=Path, default=Path("safetynets-work"), help="folder of the checkpoints")
    parser.add_argument("--out", type=Path, default=MODELS, help="folder of the ONNX file")
    parser.add_argument("--results", type=Path, default=results.RESULTS, help="JSON file of the figures")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    task, recipe = TASKS[options.task](), RECIPES[options.task]
    started = time.perf_counter()
    layers, network = run(task, recipe, options.activation, options.work)
    name = f"cnn-2-{'quad' if network else 'relu'}-{task.name}"
    model = to_onnx(layers, name, options.activation, metadata(network) if network else {})
    save(model, options.out / f"{name}.onnx")
    test = task.test()
    found = results.measure(model, network, test.images[:, None] / 255, test.labels)
    found |= {"train_s": round(time.perf_counter() - started), "seed": options.seed, "train_inputs": len(task.labels)}
    results.record(options.results, name, found)
    print(name, found)


if __name__ == "__main__":
    main()
