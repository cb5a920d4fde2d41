"""The fixed-point scale at which a circuit's logits leave it: scales add up with every product on the way."""

from __future__ import annotations

import json

from proofs.halo2.architecture import Weights
from proofs.halo2.artefacts import build
from proofs.halo2.runner import Progress
from proofs.halo2.task import TaskCircuit


def logit_scale(circuit: TaskCircuit, weights: Weights | None = None, progress: Progress | None = None) -> int:
    """Scale bits of an inference circuit's logits, from settings this side derived itself."""
    settings = json.loads(build(circuit, weights, progress).settings.read_text())
    return int(settings["model_output_scales"][0])
