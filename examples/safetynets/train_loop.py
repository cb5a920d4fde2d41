"""One training loop for all networks: Adam, one-cycle learning rate, norm clipping, weight averaging, checkpoints.

Square networks blow up without norm clipping (the paper's remark, and ours). The averaged weights are what is kept.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from examples.safetynets.networks import Stack

Batches = Callable[[int], Iterator[tuple[Tensor, Tensor]]]
WARM_UP = 0.1  # share of the steps in which the learning rate rises
AVERAGE_AFTER = 100  # the averaging window grows with the steps up to 1 / (1 - decay)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Epochs, steps in each, top learning rate, gradient norm limit, averaging decay, label smoothing."""

    epochs: int
    steps: int
    rate: float
    clip: float = 1.0
    decay: float = 0.998
    smoothing: float = 0.05
    weight_decay: float = 0.0


@dataclass(slots=True)
class Progress:
    """What a checkpoint keeps."""

    epoch: int
    step: int
    seconds: float


def error_rate(model: nn.Module, inputs: Tensor, labels: Tensor, batch: int = 1000) -> float:
    """Share of inputs whose largest logit is not the label."""
    model.eval()
    with torch.no_grad():
        parts = zip(inputs.split(batch), labels.split(batch), strict=True)
        wrong = sum(int((model(x).argmax(1) != y).sum()) for x, y in parts)
    model.train()
    return wrong / len(labels)


def fit(
    model: Stack,
    batches: Batches,
    schedule: Schedule,
    *,
    validate: Callable[[Stack], str],
    penalty: Callable[[Stack], Tensor] | None = None,
    checkpoint: Path | None = None,
) -> Stack:
    """Train ``model`` and hand back the averaged one; goes on from ``checkpoint`` if that file exists."""
    average = copy.deepcopy(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=schedule.rate, weight_decay=schedule.weight_decay)
    total = schedule.epochs * schedule.steps
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, schedule.rate, total_steps=total + 1, pct_start=WARM_UP)
    progress = Progress(0, 0, 0.0)
    parts = {"model": model, "average": average, "optimizer": optimizer, "cycle": cycle}
    if checkpoint is not None and checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(kept[name])
        progress = Progress(*kept["progress"])
    while progress.epoch < schedule.epochs:
        started = time.perf_counter()
        loss = run_epoch(model, average, batches(progress.epoch), optimizer, cycle, schedule, progress, penalty)
        progress.epoch += 1
        progress.seconds += time.perf_counter() - started
        where = f"epoch {progress.epoch}/{schedule.epochs}"
        print(f"{where}  loss {loss:.4f}  {validate(average)}  {progress.seconds:.0f} s", flush=True)
        if checkpoint is not None:
            state = {name: part.state_dict() for name, part in parts.items()}
            torch.save(state | {"progress": (progress.epoch, progress.step, progress.seconds)}, checkpoint)
    return average


def run_epoch(
    model: Stack,
    average: Stack,
    batches: Iterator[tuple[Tensor, Tensor]],
    optimizer: torch.optim.Optimizer,
    cycle: torch.optim.lr_scheduler.LRScheduler,
    schedule: Schedule,
    progress: Progress,
    penalty: Callable[[Stack], Tensor] | None,
) -> float:
    """One pass; returns the mean loss."""
    model.train()
    sums = 0.0
    for inputs, labels in batches:
        loss = functional.cross_entropy(model(inputs), labels, label_smoothing=schedule.smoothing)
        if penalty is not None:
            loss = loss + penalty(model)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), schedule.clip)
        optimizer.step()
        cycle.step()
        progress.step += 1
        sums += loss.item()
        follow(average, model, min(schedule.decay, 1 - 1 / (1 + progress.step / AVERAGE_AFTER)))
    return sums / schedule.steps


@torch.no_grad()
def follow(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Move the averaged parameters towards the current ones."""
    for kept, now in zip(average.parameters(), model.parameters(), strict=True):
        kept.lerp_(now, 1 - decay)
