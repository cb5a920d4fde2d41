"""The safetynets backend: exact inference proven by sum-checks, for whoever holds model and inputs. Hides nothing."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.accuracy import NO_CONTEXT
from proofs.canonical import to_hex
from proofs.errors import InvalidInput, MalformedProof, RejectedProof
from proofs.exact_integers import encode, outputs_digest
from proofs.safetynets import ChosenScales, ExactOutcome, ExactPredictions, ExactVerdict
from proofs.safetynets_bundle import SafetyNetsBundle
from proofs.safetynets_inputs import integers_of
from proofs.safetynets_memory import require_memory
from proofs.stages import Progress, Stages
from proofs.statements.safetynets import CHALLENGE_DEGREE, SafetyNets
from proofs.sumcheck.fields import Integers
from proofs.sumcheck.safetynets import noninteractive
from proofs.sumcheck.safetynets.digests import digest_of_inputs, digest_of_outputs
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.onnx_import import import_network
from proofs.sumcheck.soundness import tally


@dataclass(frozen=True, slots=True)
class SafetyNetsBackend:
    """Inference through sum-checks over 61-bit primes.

    Args:
        progress: called with the name of each stage.
    """

    progress: Progress | None = None
    name: str = "safetynets"

    def prove_inference(
        self, onnx: bytes, x: NDArray[np.generic], scales: ChosenScales, context: bytes = NO_CONTEXT
    ) -> ExactOutcome:
        """Prove the exact integer outputs of a model on inputs x (N, ...), in the unit the model takes.

        Raises:
            UnsupportedModel: a layer is not one of the closed set, or values outgrow two 61-bit primes.
            InvalidInput: the inputs are not ones the model takes.
            ResourceExceeded: so many inputs at once do not fit into memory.
        """
        from proofs.sumcheck.safetynets.execution.execute import execute_all, signed_outputs

        stages = Stages(self.progress)
        network, inputs, clipped = _read(stages, onnx, x, scales)
        require_memory(network, inputs.shape[1])
        with stages.stage("stating"):
            draft = stateable(statement_of(network, inputs, bytes(32), context))
            fields = noninteractive.fields_of(network)
        with stages.stage("executing"):
            executions = execute_all(network, fields, inputs)
            outputs = signed_outputs(network, executions)
        with stages.stage("proving"):
            statement = replace(draft, outputs=digest_of_outputs(network, outputs))
            proof = noninteractive.prove(network, inputs, outputs, executions, fields, statement.to_bytes())
        return ExactOutcome(
            bundle=SafetyNetsBundle(statement, encode(outputs, statement.output_bytes), proof),
            predictions=_predictions(outputs, network.output_scale),
            clipped=clipped,
            prove_s=stages.total,
            peak_memory_mb=_peak_memory_mb(),
            stages=stages.seconds,
        )

    def verify_inference(
        self, bundle: SafetyNetsBundle, onnx: bytes, x: NDArray[np.generic], scales: ChosenScales
    ) -> ExactVerdict:
        """Verify outputs against the verifier's own model, inputs and scales.

        Raises:
            RejectedProof: with the name of the check that failed.
            UnsupportedModel, InvalidInput: as for proving.
        """
        stages = Stages(self.progress)
        network, inputs, clipped = _read(stages, onnx, x, scales)
        with stages.stage("checking"):
            outputs = verify_bundle(bundle, network, inputs)
        predictions = _predictions(outputs, network.output_scale)
        return ExactVerdict(predictions, clipped, stages.total, stages.seconds)


def stateable(statement: SafetyNets) -> SafetyNets:
    """The statement itself. Raises InvalidInput where this format of proofs has no place for it."""
    try:
        return SafetyNets.from_bytes(statement.to_bytes())
    except MalformedProof as error:
        raise InvalidInput(f"no proof can state this network, with these scales and inputs: {error}") from None


def network_of(onnx: bytes, scales: ChosenScales) -> Network:
    """The integer network of a model's file, at the scales chosen, else the file's own, else the finest that fit.

    It depends on nothing else, so that the same file gives prover and verifier the same integers.

    Raises:
        UnsupportedModel: names everything in it that cannot be proven.
        InvalidInput: not a model, or scales that do not fit it.
    """
    ends = None if scales.input_range is None else (float(scales.input_range[0]), float(scales.input_range[1]))
    return import_network(onnx, scales.alpha, scales.betas, ends)


def verify_bundle(bundle: SafetyNetsBundle, network: Network, inputs: Integers) -> NDArray[Any]:
    """Verify a bundle against the verifier's own integer network and inputs (R, N); returns its outputs (N, K).

    Raises:
        RejectedProof: with the name of the check that failed.
    """
    outputs = bundle.integers
    digest = outputs_digest(outputs, bundle.statement.output_bytes)
    check_statement(bundle.statement, statement_of(network, inputs, digest, bytes(32)))
    noninteractive.verify(network, inputs, outputs, bundle.statement.to_bytes(), bundle.proof)
    return outputs


def statement_of(network: Network, inputs: Integers, outputs: bytes, context: bytes) -> SafetyNets:
    """The statement about a network and its inputs; everything but the outputs' digest follows from them."""
    total = inputs.shape[1]
    return SafetyNets(
        network=network.digest,
        alpha=network.alpha,
        betas=network.betas,
        fields=network.fields(),
        challenge_degree=CHALLENGE_DEGREE,
        rounds=tally(noninteractive.rounds(network, total)),
        total=total,
        input_shape=network.input_shape,
        input_box=(network.input_low, network.input_high),
        classes=network.classes,
        inputs=digest_of_inputs(network, inputs),
        outputs=outputs,
        context=context,
    )


def check_statement(found: SafetyNets, expected: SafetyNets) -> None:
    """Compare every field but the context, which is its reader's business. Raises RejectedProof."""
    for name in ("alpha", "betas", "input_box"):
        said, own = getattr(found, name), getattr(expected, name)
        if said != own:
            raise RejectedProof(
                f"statement-{name}",
                f"the network was rounded with {name} {_words(said)}, here with {_words(own)}; if that rounding is "
                f"acceptable, say so with {_options(found)}",
            )
    for name, what in _COMPARED.items():
        said, own = getattr(found, name), getattr(expected, name)
        if said != own:
            raise RejectedProof(f"statement-{name}", f"the proof is about {what} {_words(said)}, here: {_words(own)}")


_COMPARED = {
    "input_shape": "inputs of shape",
    "classes": "this number of outputs:",
    "total": "this number of inputs:",
    "fields": "the fields",
    "challenge_degree": "challenges of degree",
    "network": "the integer network",
    "inputs": "the integer inputs",
    "outputs": "the outputs",
    "rounds": "rounds (degree, number)",
}
"""Fields of a statement in the order they are compared, so that the plainest difference is named."""


def _options(statement: SafetyNets) -> str:
    """The command-line options that ask for a statement's rounding."""
    low, high = (Fraction(end) / statement.alpha for end in statement.input_box)
    return f"--alpha {statement.alpha} --betas {_words(statement.betas)} --input-range={low},{high}"


def _words(value: object) -> str:
    if isinstance(value, bytes):
        return to_hex(value)
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _read(stages: Stages, onnx: bytes, x: NDArray[np.generic], scales: ChosenScales) -> tuple[Network, Integers, int]:
    """The integer network, its inputs, and how many of their values were clipped; bounds are computed here, once."""
    with stages.stage("rounding the network"):
        network = network_of(onnx, scales)
        network.fields()
    with stages.stage("rounding the inputs"):
        return (network, *integers_of(network, x))


def _predictions(outputs: NDArray[np.generic], scale: Fraction) -> ExactPredictions:
    return ExactPredictions(tuple(tuple(row) for row in outputs.reshape(len(outputs), -1).tolist()), scale)


def _peak_memory_mb() -> float:
    """Largest resident memory of this process; the kernel counts in KB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
