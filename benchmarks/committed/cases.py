"""Which rows there are, and what each is to reach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One row.

    Args:
        model: of ``subjects.MODELS``. examples: proven together; one's logits are in the open, of more the accuracy
            is proven.
        detailed: run once more with every part of each stage timed.
        judged: examples on which float and integer networks are compared; 0 where the data is not real.
        goals: of ``Row``'s figures, by name, at most this.
    """

    name: str
    model: str
    examples: int
    detailed: bool = False
    judged: int = 0
    goals: tuple[tuple[str, float], ...] = ()


MOBILENET = (("prove_s", 6), ("verify_s", 0.5), ("peak_gb", 3), ("proof_mb", 1.5))
CASES = (
    Case("lenet-44k", "LeNet-44k", 1),
    Case("lenet-1", "LeNet", 1, detailed=True),
    *(Case(f"lenet-{n}", "LeNet", n, judged=n) for n in (16, 64, 256)),
    Case("lenet-1000", "LeNet", 1000, detailed=True, judged=1000, goals=(("prove_s", 10.0),)),
    Case("lenet-1024", "LeNet", 1024, judged=1024),
    Case("digits-512", "digits MLP", 512, judged=512),
    Case("adult-16281", "Adult MLP", 16281, judged=16281),
    Case("vgg16", "VGG16", 1, detailed=True, goals=(("prove_s", 3), ("peak_gb", 4))),
    Case("resnet18", "ResNet-18", 1),
    Case("mobilenet-qat", "MobileNetV2 QAT", 1, detailed=True, judged=100, goals=MOBILENET),
    Case("mobilenet-ptq", "MobileNetV2 PTQ", 1, judged=100, goals=MOBILENET),
    Case("lenet-10000", "LeNet", 10_000, judged=10_000, goals=(("prove_s", 100), ("peak_gb", 8), ("proof_mb", 3))),
)
GROWTH = ("lenet-16", "lenet-64", "lenet-256", "lenet-1024")
"""Rows over whose batches growth is fitted."""
