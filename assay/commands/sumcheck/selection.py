"""The predicate of a retrieval, in the integer logits of a committed network."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

from assay.output import Output
from proofs.errors import InvalidInput
from proofs.networks.network import Network
from proofs.predicate import CLASS, THRESHOLD, Predicate
from proofs.sumcheck_backend.questions import AskSelection
from proofs.sumcheck_backend.secret_network import read_network_commitment


def question_of(output: Output, commit: Path, selected: int | None, threshold: float | None) -> AskSelection:
    """The question ``--class`` and ``--threshold`` ask of a committed network; says what a threshold is as an integer.

    Raises:
        InvalidInput: no class, one the model does not have, or a threshold no logit can reach or all do.
    """
    network = read_network_commitment(commit).network
    predicate = predicate_of(network, selected, threshold)
    if predicate.threshold is not None:
        real = predicate.threshold * Fraction(network.output_scale)
        if real != Fraction(threshold or 0):
            output.say(
                f"threshold {threshold} means the integer {predicate.threshold}, that is {float(real):g}, or more"
            )
    return AskSelection(predicate)


def predicate_of(network: Network, selected: int | None, threshold: float | None) -> Predicate:
    """The predicate: a logit reaches a real threshold exactly where its integer reaches the next integer above it."""
    if selected is None:
        raise InvalidInput(
            "say what to retrieve: --class C, or --threshold T together with --class C: the model has "
            f"{network.classes} outputs"
        )
    if not 0 <= selected < network.classes:
        raise InvalidInput(f"class {selected} does not exist: the model's outputs are 0..{network.classes - 1}")
    if threshold is None:
        return Predicate(CLASS, selected)
    last = network.tensors[-1]
    scale = Fraction(network.output_scale)
    if not math.isfinite(threshold) or not last.low * scale < Fraction(threshold) <= last.high * scale:
        raise InvalidInput(
            f"--threshold {threshold}: outputs lie between {float(last.low * scale):g} and {float(last.high * scale):g}"
        )
    return Predicate(THRESHOLD, selected, math.ceil(Fraction(threshold) / scale))
