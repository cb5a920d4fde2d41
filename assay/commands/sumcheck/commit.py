"""``assay commit`` for the sumcheck backend: a model as an integer network, examples as that network's integers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assay.commands.sumcheck.material import say_clamped
from assay.commands.sumcheck.mode import proofs_wanted, require_mode_of, require_room, say_mode
from assay.output import Output
from proofs.canonical import to_hex
from proofs.commitment.secret_files import read_arrays, secret_path
from proofs.corpus_import import Imported
from proofs.errors import InvalidInput
from proofs.networks.network import Convolution
from proofs.sumcheck.ligero.parameters import openings
from proofs.sumcheck_backend.blocks import usable
from proofs.sumcheck_backend.committing import Calibration, NewNetwork, commit_network
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.example_files import write_examples
from proofs.sumcheck_backend.examples import examples_of
from proofs.sumcheck_backend.matrices import PRODUCT_LOG_COLUMNS
from proofs.sumcheck_backend.model_commitment import BACKEND
from proofs.sumcheck_backend.secret_network import read_network_commitment, write_secret_network
from proofs.wording import counted


def refuse_halo2_options(untouched: bool, names: str = "--binding, --batch and --scale-bits") -> None:
    """Raises InvalidInput where options of the halo2 backend, ``names``, are given to this one."""
    if not untouched:
        raise InvalidInput(f"{names} are halo2's; the {BACKEND} backend takes --calibrate and --bits")


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """Options of ``commit model`` for this backend, None where not given.

    Args:
        owner: 20 bytes. no_zk: hide nothing. proofs: to make room for, else.
    """

    calibrate: Path | None
    bits: int | None
    owner: bytes
    log_columns: int | None
    no_zk: bool
    proofs: int | None


@dataclass(frozen=True, slots=True)
class ExampleOptions:
    """Options of ``commit data`` and ``commit corpus`` for this backend, None where not given."""

    format_of: Path | None
    chunk: int | None
    allow_duplicates: bool
    no_zk: bool
    proofs: int | None


def commit_network_model(output: Output, onnx: bytes, out: Path, wanted: NetworkOptions) -> None:
    """Commit to a model's weights, and say what became of its floats."""
    from proofs.networks.quantise import Options

    columns = PRODUCT_LOG_COLUMNS if wanted.log_columns is None else wanted.log_columns
    proofs = proofs_wanted(wanted.no_zk, wanted.proofs, columns)
    calibration = None if wanted.calibrate is None else calibration_of(wanted.calibrate)
    options = Options() if wanted.bits is None else Options(bits=wanted.bits)
    with output.progress("commit") as stages:
        made = commit_network(
            onnx,
            calibration,
            options,
            owner=wanted.owner,
            log_columns=columns,
            proofs=proofs,
            progress=stages.stage,
        )
    write_secret_network(out, made.secret)
    for warning in made.scales.warnings:
        output.say(f"warning: {warning}", "yellow")
    _report_model(output, out, made)


def commit_examples(
    output: Output, out: Path, x: NDArray[np.generic], y: NDArray[np.generic] | None, wanted: ExampleOptions
) -> None:
    """Commit to examples as the integers of a committed model, under fresh random salts."""
    if wanted.format_of is None:
        raise InvalidInput(
            f"give --format model.commit: for the {BACKEND} backend a model decides how examples become integers"
        )
    model = read_network_commitment(wanted.format_of)
    require_mode_of(model, wanted.format_of, wanted.no_zk)
    proofs_wanted(wanted.no_zk, wanted.proofs, model.log_columns)
    require_room(model, wanted.format_of, wanted.proofs)
    with output.progress("commit") as stages:
        stages.stage("rounding")
        examples, clamped = examples_of(
            x,
            y,
            model.format,
            model.log_columns,
            public=False,
            chunk=wanted.chunk,
            allow_duplicates=wanted.allow_duplicates,
            block=model.block,
        )
        stages.stage("encoding")
        commitment = examples.commitment(stages.batch)
    write_examples(out, examples, commitment)
    say_clamped(output, clamped, model.format, examples.x.size)
    _report_examples(output, out, commitment, clamped)


def _report_examples(output: Output, out: Path, commitment: DataCommitment, clamped: int) -> None:
    """Say what was committed, and for a script."""
    total, chunks = counted(commitment.total, "example"), counted(len(commitment.roots), "chunk")
    output.say(f"data root {to_hex(commitment.root)}: {total} in {chunks}")
    output.say(f"{out} is public; {secret_path(out)} is secret until you hand it over")
    allowed = openings(commitment.log_columns, commitment.block)
    say_mode(output, commitment.hiding, allowed, "the examples" + (" and labels" if commitment.labelled else ""))
    output.document(
        {
            "root": to_hex(commitment.root),
            "total": commitment.total,
            "chunk": commitment.chunk,
            "chunks": len(commitment.roots),
            "labelled": commitment.labelled,
            "clipped": clamped,
            "format": commitment.format.to_json(),
            "format_digest": to_hex(commitment.format.digest),
            "backend": BACKEND,
            "zero_knowledge": commitment.hiding,
            "proof_budget": allowed,
        }
    )


def commit_documents(output: Output, out: Path, imported: Imported, wanted: ExampleOptions) -> None:
    """Commit to the views of documents, in the unit a model takes; their payloads are not committed."""
    views = np.stack([document.view for document in imported.documents])
    shape = imported.format
    x = views if shape.dtype == "fixed" else views.astype(np.float64) / (1 << shape.unit_bits)
    commit_examples(output, out, x, None, wanted)


def calibration_of(path: Path) -> Calibration:
    """Sample inputs of an archive, with labels if it has them. Raises InvalidInput or MissingArtifact."""
    arrays = read_arrays(path, {"x"}, "calibration inputs")
    if arrays["x"].ndim < 2 or not len(arrays["x"]):
        raise InvalidInput(
            f"calibration inputs: x in {path} has shape {arrays['x'].shape}; (inputs, features...) needed"
        )
    return Calibration(arrays["x"], arrays.get("y"))


def _report_model(output: Output, out: Path, made: NewNetwork) -> None:
    commitment, scales = made.secret.commitment, made.scales
    network = commitment.network
    low, high = scales.shifts
    layers = sum(isinstance(node, Convolution) for node in network.nodes)
    output.say(f"model id {to_hex(commitment.model_id)}")
    output.say(f"{out} is public; {secret_path(out)} is secret: keep it, a lost one cannot be made again")
    size = f"{counted(layers, 'layer')} of weights in {counted(commitment.rows, 'row')}"
    output.say(f"{size}; shifts {low} to {high}, {scales.rows} rows of tables: these and all shapes are public")
    if commitment.receipt is not None:
        receipt = commitment.receipt
        output.say(
            f"integer and float model agree on {receipt.agree} of {receipt.examples} calibration inputs (reported, not "
            "proven)"
        )
    allowed = usable(commitment.log_columns, commitment.block)
    say_mode(output, commitment.hiding, allowed, "the weights")
    output.document(
        {
            "model_id": to_hex(commitment.model_id),
            "architecture": to_hex(commitment.architecture_digest),
            "weights": to_hex(commitment.weights_commitment),
            "weight_rows": commitment.rows,
            "log_columns": commitment.log_columns,
            "shifts": [low, high],
            "table_rows": scales.rows,
            "format": commitment.format.to_json(),
            "fidelity": commitment.receipt_json,
            "warnings": list(scales.warnings),
            "backend": BACKEND,
            "zero_knowledge": commitment.hiding,
            "proof_budget": allowed,
        }
    )
