"""Which jobs are estimated, then done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.estimate import models

_ROOT = Path(__file__).resolve().parents[2]


def _file(path: str) -> Callable[[], bytes]:
    return (_ROOT / "examples/models" / path).read_bytes


DIGITS, LENET = _file("digits_mlp.onnx"), _file("lenet/lenet.onnx")


@dataclass(frozen=True, slots=True)
class Halo2Case:
    """One batch, or more, through ezkl.

    Args:
        shape: of one input. total: examples in all. task: accuracy, inference or retrieval.
    """

    name: str
    model: Callable[[], bytes]
    shape: tuple[int, ...]
    classes: int
    batch: int
    binding: str = "polycommit"
    scale_bits: int = 10
    task: str = "accuracy"
    total: int = 0

    @property
    def backend(self) -> str:
        """Which prover."""
        return "halo2"

    @property
    def examples(self) -> int:
        """In all."""
        return self.total or self.batch

    def options(self) -> list[str]:
        """Of ``assay estimate``."""
        return [
            "--batch", str(self.batch), "--total", str(self.examples), "--binding", self.binding,
            "--scale-bits", str(self.scale_bits), "--task", self.task,
        ]  # fmt: skip


def _digits(name: str, batch: int, binding: str = "polycommit", task: str = "accuracy", total: int = 0) -> Halo2Case:
    return Halo2Case(name, DIGITS, (64,), 10, batch, binding, task=task, total=total)


def _tiny(binding: str) -> Halo2Case:
    return Halo2Case(f"8-4-3 MLP, {binding}", lambda: models.mlp(8, 4, 3), (8,), 3, 2, binding, 7)


HALO2 = (
    _tiny("fixed"),
    _tiny("polycommit"),
    _tiny("hashed"),
    _digits("digits MLP, 1", 1),
    _digits("digits MLP, 4 x 4", 4, total=16),
    _digits("digits MLP, 8", 8),
    _digits("digits MLP, 8, fixed", 8, "fixed"),
    _digits("digits MLP, 8, inference", 8, task="inference"),
    _digits("digits MLP, 8, retrieval", 8, task="retrieval"),
    Halo2Case("strided CNN 14x14, 4", lambda: models.strided_cnn(14, (4,), 10), (1, 14, 14), 10, 4),
    Halo2Case("64-512-64-10 MLP, 1", lambda: models.mlp(64, 512, 64, 10), (64,), 10, 1),
    _digits("digits MLP, 8, hashed", 8, "hashed"),
    _digits("digits MLP, 32", 32),
    Halo2Case("strided CNN 28x28, 1", lambda: models.strided_cnn(28, (6, 12), 10), (1, 28, 28), 10, 1),
    Halo2Case("64-1024-128-10 MLP, 1", lambda: models.mlp(64, 1024, 128, 10), (64,), 10, 1),
)


@dataclass(frozen=True, slots=True)
class SumcheckCase:
    """A score on random examples, through the sumcheck backend.

    Args:
        shape: of one input. no_zk: integrity mode. shard: examples a proof, None for what fits.
    """

    name: str
    model: Callable[[], bytes]
    shape: tuple[int, ...]
    classes: int
    examples: int
    no_zk: bool = False
    shard: int | None = None

    @property
    def backend(self) -> str:
        """Which prover."""
        return "sumcheck"

    def options(self) -> list[str]:
        """Of ``assay estimate``."""
        shard = [] if self.shard is None else ["--shard", str(self.shard)]
        return ["--backend", "sumcheck", "--batch", str(self.examples), *shard, *(["--no-zk"] if self.no_zk else [])]


def _lenet(examples: int, **more: bool) -> SumcheckCase:
    name = f"LeNet, {examples}" + (", --no-zk" if more else "")
    return SumcheckCase(name, LENET, (1, 28, 28), 10, examples, **more)


def _mobilenet(alpha: float, side: int, examples: int) -> SumcheckCase:
    name = f"MobileNetV2 {alpha}/{side}, {examples}"
    return SumcheckCase(name, lambda: models.mobilenet_v2(alpha, side, 1000), (3, side, side), 1000, examples)


def _wide(examples: int) -> SumcheckCase:
    name = f"784-2048-2048-10 MLP, {examples}"
    return SumcheckCase(name, lambda: models.mlp(784, 2048, 2048, 10), (784,), 10, examples)


SUMCHECK = (
    SumcheckCase("digits MLP, 1", DIGITS, (64,), 10, 1),
    SumcheckCase("digits MLP, 1000", DIGITS, (64,), 10, 1000),
    _lenet(1),
    _lenet(256),
    _lenet(256, no_zk=True),
    _lenet(1000),
    SumcheckCase("LeNet, 40 x 25", LENET, (1, 28, 28), 10, 1000, shard=25),
    SumcheckCase("SafetyNets-type CNN, 64", lambda: models.safetynets_cnn(28, (32, 64), 128, 10), (1, 28, 28), 10, 64),
    _wide(1),
    _wide(300),
    _mobilenet(0.35, 96, 1),
    _mobilenet(0.35, 96, 8),
    _mobilenet(1.0, 224, 1),
)
CASES = {case.name if case.backend == "halo2" else f"{case.name} (sumcheck)": case for case in (*HALO2, *SUMCHECK)}
