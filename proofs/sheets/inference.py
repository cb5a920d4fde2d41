"""The sheet of an inference proof."""

from __future__ import annotations

from proofs.canonical import to_hex
from proofs.halo2.description import CircuitDescription
from proofs.halo2.task import TaskCircuit
from proofs.outputs_bundle import OutputsBundle
from proofs.sheets.common import (
    CIRCUIT,
    SIZES,
    VOID,
    Lines,
    Sheet,
    architecture_line,
    bound_weights,
    hidden_weights,
    listed,
    rests_on,
    string_makers,
)
from proofs.sheets.leaks import leaks_of_outputs
from proofs.wording import each_of


def inference_sheet(bundle: OutputsBundle, srs_origin: str = "unknown") -> Sheet:
    """The sheet of an inference bundle; says what the bundle claims, which holds only once it has been verified.

    Args:
        srs_origin: ``insecure`` or ``ceremony`` where this machine knows the reference string, else ``unknown``.
    """
    circuit = TaskCircuit.from_json(bundle.circuit)
    base = circuit.base
    lines = (
        _stated(bundle, circuit.outputs),
        _public(base),
        _bound(bundle, base.binding),
        _hidden(base),
        leaks_of_outputs(base.binding, retrieval=False),
        rests_on(base, srs_origin),
        _liars(base.binding),
    )
    return Sheet.of("Predictions: statement sheet", lines)


def _stated(bundle: OutputsBundle, outputs: int) -> Lines:
    statement = bundle.statement
    classes = (row.index(max(row)) for row in bundle.logits(outputs))
    return (
        f"On {each_of(statement.total, 'input')} committed as {to_hex(statement.data)} the integer model committed as "
        f"{to_hex(statement.model)} has exactly the {outputs} logits in this bundle.",
        f"The predicted classes (first largest logit) are: {listed(classes)}.",
        "The integer model is the float model with weights and inputs rounded, to multiples of "
        f"2^-{TaskCircuit.from_json(bundle.circuit).scale_bits} or finer ones, and no further rounding.",
    )


def _public(base: CircuitDescription) -> Lines:
    return (
        architecture_line(base),
        "All logits of every input. Logits say more about a model than classes do: whoever sees enough of them, with "
        "their inputs, can fit a model that answers alike. No mask hides that; only fewer answers do.",
        SIZES,
    )


def _bound(bundle: OutputsBundle, binding: str) -> Lines:
    return (
        bound_weights(binding),
        "The inputs: their hashes are public instances and lead, each at its own index, to the committed root. None "
        "can be left out or used twice.",
        "The logits: every one is a public instance of its batch's proof.",
        VOID,
        CIRCUIT,
        f"The occasion: context {to_hex(bundle.statement.context)} and this statement are hashed into a tag that every "
        "proof carries.",
    )


def _hidden(base: CircuitDescription) -> Lines:
    return (
        hidden_weights(base),
        "The inputs: a salted hash of each is public, with 128 bits of salt. (If they were committed as public data "
        "their salts are public, and nothing about them is hidden.)",
        "Intermediate values, but for the counts under Leaks.",
    )


def _liars(binding: str) -> Lines:
    return (
        "The prover about the float model: nothing here compares it with the integer one. Integer logits differ from "
        "the float model's by rounding, and near ties the class may, too.",
        "Whoever chose the inputs, or says what they show: the proof is about committed numbers.",
        "The provider about other answers: the proof says what this model answers here, not that it gave, or gives, "
        "the answers somebody got elsewhere.",
        string_makers(binding),
    )
