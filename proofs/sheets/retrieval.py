"""The sheet of a retrieval proof."""

from __future__ import annotations

from proofs.canonical import to_hex
from proofs.halo2.description import CircuitDescription
from proofs.halo2.task import TaskCircuit
from proofs.outputs_bundle import OutputsBundle
from proofs.predicate import Predicate
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
from proofs.statements.outputs import Retrieval


def retrieval_sheet(bundle: OutputsBundle, statement: Retrieval, srs_origin: str = "unknown") -> Sheet:
    """The sheet of a retrieval bundle; says what the bundle claims, which holds only once it has been verified.

    Args:
        statement: the bundle's own.
        srs_origin: ``insecure`` or ``ceremony`` where this machine knows the reference string, else ``unknown``.
    """
    base = TaskCircuit.from_json(bundle.circuit).base
    lines = (
        _stated(bundle, statement, base.scale_bits),
        _public(statement, base),
        _bound(statement, base.binding),
        _hidden(base),
        leaks_of_outputs(base.binding, retrieval=True),
        rests_on(base, srs_origin),
        _liars(base.binding),
    )
    return Sheet.of("Retrieval: statement sheet", lines)


def _stated(bundle: OutputsBundle, statement: Retrieval, scale_bits: int) -> Lines:
    found = bundle.selected
    return (
        f"Of the {statement.total} documents committed as {to_hex(statement.data)} exactly these {len(found)} satisfy "
        f"the predicate under the model committed as {to_hex(statement.model)}: {listed(found)}.",
        _meaning(statement.predicate, scale_bits),
        "Every committed document is decided, each exactly once. Blank documents that fill the last batch never count.",
    )


def _meaning(predicate: Predicate, scale_bits: int) -> str:
    if predicate.threshold is None:
        return (
            f"The predicate: the first largest logit of the integer model is output {predicate.selected} (ties go to "
            "the lowest output, as in argmax)."
        )
    return (
        f"The predicate: output {predicate.selected} of the integer model is at least "
        f"{predicate.threshold / (1 << scale_bits):g} ({predicate.threshold} / 2^{scale_bits}); equal is enough."
    )


def _public(statement: Retrieval, base: CircuitDescription) -> Lines:
    return (
        architecture_line(base),
        f"The predicate ({statement.predicate}), and for every single document whether it satisfies it.",
        SIZES,
    )


def _bound(statement: Retrieval, binding: str) -> Lines:
    return (
        bound_weights(binding),
        "The documents: the hashes of their views are public instances and lead, each at its own index, to the "
        "committed root, whose leaves bind a view to its payload's digest. None can be left out or used twice.",
        "The predicate: an input of the circuit that leaves it as public words, which the verifier writes itself.",
        VOID,
        CIRCUIT,
        f"The occasion: context {to_hex(statement.context)} and this statement are hashed into a tag that every proof "
        "carries.",
    )


def _hidden(base: CircuitDescription) -> Lines:
    return (
        hidden_weights(base),
        "Payloads and views, selected or not: salted digests of each are public, with 128 bits of salt. (If the corpus "
        "was committed as public data its salts are public, and nothing about it is hidden.)",
        "Scores and logits: of each document one bit is public, and the counts under Leaks.",
    )


def _liars(binding: str) -> Lines:
    return (
        "The responder before it committed: completeness is over the committed views, so what the proof excludes is "
        "'withheld after commitment'. A document never committed, or committed as garbage, is nobody's match. Only an "
        "audit bounds that: if N documents opened at random, before the predicate was known, were all good, then with "
        "confidence 1 - delta at most a share p <= 1 - delta^(1/N) of the corpus is bad.",
        "The responder about a payload: that a view is what its payload looks like is no part of the proof. Whoever "
        "gets the payload computes the view again and compares; this happens off chain.",
        "Whoever made or trained the predicate's model: the proof says which integer model decided, not that its "
        "decisions are right, nor that its float version decides alike near a tie or the threshold.",
        string_makers(binding),
    )
