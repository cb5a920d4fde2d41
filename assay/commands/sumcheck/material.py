"""The examples a command is given: committed ones, or an archive that is public."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assay.commands.sumcheck.mode import require_same_mode
from assay.data import load_labelled
from assay.inputs import load_inputs
from assay.output import Output, Stages
from proofs.errors import InvalidInput, RejectedProof
from proofs.statements.sumcheck import SumcheckStatement
from proofs.sumcheck_backend.chunks import default_chunk
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.example_files import read_data_commitment, read_examples
from proofs.sumcheck_backend.examples import Examples, examples_of
from proofs.sumcheck_backend.input_format import IntegerFormat
from proofs.sumcheck_backend.model_commitment import NetworkCommitment

MOST_CHUNKS, FINER = 64, 4
"""Chunks of public data that a verifier commits to: so many, or so many times the usual number."""
Labelled = tuple[NDArray[np.generic], NDArray[np.generic] | None]


def load_data(path: Path, labelled: bool) -> Labelled:
    """x, and y where labels are wanted. Raises InvalidInput or MissingArtifact naming the file and the array."""
    return load_labelled(path) if labelled else (load_inputs(path), None)


def examples_to_prove(
    stages: Stages,
    model: NetworkCommitment,
    data: Path | None,
    data_commit: Path | None,
    labelled: bool,
    chunk: int | None,
) -> tuple[Examples, DataCommitment, int]:
    """What to prove on, its commitment, and how many values of DATA were clamped.

    Raises:
        InvalidInput: neither file is given, DATA is not what was committed, or it is in another mode than the model.
    """
    if data_commit is None:
        if data is None:
            raise InvalidInput("give the inputs: --data-commit with its secret part beside it, or public --data")
        examples, clamped = _public(model, *load_data(data, labelled), chunk)
        return examples, examples.commitment(stages.batch), clamped
    if chunk is not None:
        raise InvalidInput("--chunk is for public data; committed examples have the chunks they were committed in")
    examples, commitment = read_examples(data_commit)
    require_same_mode(model, commitment, data_commit)
    clamped = 0 if data is None else _same(examples, *load_data(data, labelled), str(data), str(data_commit))
    return examples, commitment, clamped


def commitment_to_verify(
    model: NetworkCommitment, data: Path | None, data_commit: Path | None, statement: SumcheckStatement
) -> tuple[DataCommitment, int]:
    """What to verify against, and how many values were clamped; exactly one of the files is given.

    Public data are cut as the statement says, and salted anew.

    Raises:
        RejectedProof: the statement is about another number of examples.
    """
    if data_commit is not None:
        return read_data_commitment(data_commit), 0
    if data is None:
        raise InvalidInput("give the data, either as --data-commit or as public --data")
    x, y = load_data(data, statement.labelled)
    if len(x) != statement.total:
        raise RejectedProof("statement-total", f"the proof is about {statement.total} examples, {data} has {len(x)}")
    _require_few_chunks(model, statement)
    examples, clamped = _public(model, x, y, statement.chunk)
    return examples.commitment(), clamped


def _require_few_chunks(model: NetworkCommitment, statement: SumcheckStatement) -> None:
    """Public data are committed anew, chunk by chunk, as an unverified statement says: not in thousands of them.

    Raises:
        RejectedProof: it cuts the data finer than a prover has reason to.
    """
    usual = -(-statement.total // default_chunk(model.format.values, statement.total))
    most = max(MOST_CHUNKS, FINER * usual)
    if -(-statement.total // statement.chunk) > most:
        raise RejectedProof(
            "statement-chunk",
            f"the proof cuts {statement.total} public examples into chunks of {statement.chunk}; more than {most} "
            "chunks are not committed to anew: verify with --data-commit",
        )


def say_clamped(output: Output, clamped: int, shape: IntegerFormat, values: int) -> None:
    """Warn where inputs lie outside the range the network was made for."""
    if clamped:
        low, high = shape.range
        output.say(
            f"{clamped} of {values} input values lie outside {low:g} to {high:g}, the range this network was made for, "
            "and were clamped to it: are they in the unit the model takes?",
            "yellow",
        )


def _public(
    model: NetworkCommitment, x: NDArray[np.generic], y: NDArray[np.generic] | None, chunk: int | None
) -> tuple[Examples, int]:
    """Public examples; a repeated one is refused where it would count twice in a score."""
    return examples_of(
        x, y, model.format, model.log_columns, public=True, chunk=chunk, allow_duplicates=y is None, block=model.block
    )


def _same(examples: Examples, x: NDArray[np.generic], y: NDArray[np.generic] | None, data: str, commit: str) -> int:
    if y is not None and y.dtype.kind not in "iub":
        raise InvalidInput(f"y in {data} has dtype {y.dtype}; labels must be integers 0..{examples.format.classes - 1}")
    same = x.shape == (examples.total, *examples.format.shape)
    clamped = 0
    if same:
        integers, clamped = examples.format.quantise(x)
        same = bool((integers == examples.x).all())
    if same and y is not None and examples.labels is not None:
        same = y.shape == examples.labels.shape and bool((y == examples.labels).all())
    if not same:
        raise InvalidInput(
            f"{data} is not what was committed as {commit}: rows are missing, added, changed or in another order"
        )
    return clamped
