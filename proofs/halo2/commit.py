"""Committing a model: choose the circuit's parameters, build it, and commit to weights and mask."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.input_format import InputFormat
from proofs.commitment.model import NO_OWNER, ModelCommitment
from proofs.encoding import domain, keccak256
from proofs.errors import InvalidInput, MissingArtifact, UnsupportedModel
from proofs.halo2 import graph_rules, points, srs
from proofs.halo2 import mask as masks
from proofs.halo2.architecture import Architecture, Weights, split_model
from proofs.halo2.artefacts import Artefacts, build, derive_settings, is_built, skeleton
from proofs.halo2.costs import require_setup
from proofs.halo2.description import CircuitDescription, RunParameters, decompositions, installed_ezkl
from proofs.halo2.felts import from_hex
from proofs.halo2.inputs import witness_inputs
from proofs.halo2.runner import Progress, run_job
from proofs.halo2.secret_model import SecretModel, weights_sha256
from proofs.halo2.settings import MAX_LOGROWS, canonical_settings, folded_parameters, needed_logrows, run_args
from proofs.halo2.tag import TAG_LIMBS
from proofs.scratch import secret_folder

FIXED_DOMAIN = domain("assay/fixed-weights/v1")
NO_SRS = bytes(32)


@dataclass(frozen=True, slots=True)
class CommitOptions:
    """What a seller may choose. ``proofs`` is the budget of a ``polycommit`` commitment.

    ``value_bits``: magnitudes below 2^value_bits have a proof; by default what the number of layers suggests.
    """

    binding: str = "polycommit"
    proofs: int = 16
    owner: bytes = NO_OWNER
    srs_digest: bytes | None = None
    value_bits: int | None = None


def commit_model(
    onnx: bytes,
    shape: InputFormat,
    options: CommitOptions,
    progress: Progress | None = None,
) -> SecretModel:
    """Commit to the weights of an ONNX classifier already accepted by ``check_model``.

    Args:
        onnx: the model file. Secret.
        shape: input format; its batch is the number of examples per proof.
        options: binding, budget, owner, reference string.

    Raises:
        UnsupportedModel: the circuit is too large, or needs look-up tables over an unknown range.
        MissingArtifact: no reference string of the circuit's size on this machine.
        ResourceExceeded: no memory to derive the keys in.
    """
    architecture, weights = split_model(onnx)
    fault = graph_rules.problem(architecture, shape)
    if fault is not None:
        raise UnsupportedModel(f"the model cannot be proven with the input format {shape}: {fault}")
    description = _describe(architecture, shape, options, progress)
    fixed = weights if description.binding == "fixed" else None
    if not is_built(description, fixed):
        require_setup(description)
    artefacts = build(description, fixed, progress)
    mask = masks.fresh(description.mask_units) if description.mask_units else None
    commitment = _weights_commitment(description, weights, mask, artefacts, progress)
    return SecretModel(
        ModelCommitment(
            backend="halo2",
            owner=options.owner,
            architecture_digest=description.digest,
            weights_commitment=commitment,
            quantisation_digest=description.quantisation_digest,
            format=shape,
            details=description.to_json(),
        ),
        description,
        weights,
        mask,
        onnx,
    )


def choose_parameters(
    architecture: Architecture, shape: InputFormat, options: CommitOptions, progress: Progress | None = None
) -> RunParameters:
    """The decomposition that needs the fewest rows, and how many that is. Needs no reference string."""
    budget = options.proofs if options.binding == "polycommit" else 0
    candidates = []
    for base, legs in decompositions(architecture, shape.scale_bits, options.value_bits):
        parameters = RunParameters(base, legs, MAX_LOGROWS, (0, 0))
        draft = CircuitDescription(architecture, shape, options.binding, budget, parameters, NO_SRS, installed_ezkl())
        candidates.append((_logrows(draft, progress), legs, base))
    logrows, legs, base = min(candidates)
    return RunParameters(base, legs, logrows, (0, 0))


def _describe(
    architecture: Architecture, shape: InputFormat, options: CommitOptions, progress: Progress | None
) -> CircuitDescription:
    parameters = choose_parameters(architecture, shape, options, progress)
    budget = options.proofs if options.binding == "polycommit" else 0
    draft = CircuitDescription(architecture, shape, options.binding, budget, parameters, NO_SRS, installed_ezkl())
    try:
        reference = srs.find(parameters.logrows, options.srs_digest)
    except MissingArtifact:
        require_setup(draft)  # before anybody spends minutes on a reference string that is of no use
        raise
    return replace(draft, srs_digest=reference.digest)


def _logrows(draft: CircuitDescription, progress: Progress | None) -> int:
    return needed_logrows(draft_settings(draft, progress))


def draft_settings(draft: CircuitDescription, progress: Progress | None = None) -> dict[str, Any]:
    """The compiler's settings of a circuit around stand-in weights. Raises UnsupportedModel: it cannot be proven."""
    with tempfile.TemporaryDirectory(prefix="assay-") as name:
        model = Path(name) / "model.onnx"
        weights = draft.architecture.random_weights() if draft.binding == "fixed" else None
        model.write_bytes(skeleton(draft, weights))
        arguments = run_args(draft.format.scale_bits, draft.binding, draft.parameters)
        settings = derive_settings(Path(name), model, arguments, progress)
    if settings["required_lookups"]:
        raise UnsupportedModel(
            f"the model needs look-up tables {settings['required_lookups']}; this backend proves "
            "piecewise-linear networks: replace Sigmoid, Tanh, Softmax and the like by Relu, Clip or "
            "HardSigmoid, and drop a final Softmax (the first maximum is the same without it)"
        )
    if folded_parameters(settings, draft):
        raise UnsupportedModel(
            "the circuit compiler works constants of this model into one another or into the circuit itself, so that "
            "they would not be committed weights (BatchNormalization, Div by a constant, bounds of Clip and the like): "
            "fold normalisation into the layer before it, write x / c as x * (1/c), and export the model again"
        )
    return settings


def _weights_commitment(
    description: CircuitDescription,
    weights: Weights,
    mask: masks.Mask | None,
    artefacts: Artefacts,
    progress: Progress | None,
) -> bytes:
    if description.binding == "fixed":
        return keccak256(FIXED_DOMAIN + weights_sha256(weights))
    blank = np.zeros((description.format.batch, description.format.width), dtype=np.int64)
    with secret_folder() as folder:
        (folder / "model.onnx").write_bytes(description.onnx(weights, mask))
        _require_same_circuit(description, artefacts, folder, progress)
        (folder / "inputs.json").write_text(json.dumps(_blank_inputs(blank, description.format.scale_bits)))
        request = {
            "model": "model.onnx",
            "circuit": "circuit",
            "inputs": "inputs.json",
            "settings": str(artefacts.settings),
            "vk": str(artefacts.vk),
            "srs": str(artefacts.srs),
        }
        report = run_job("compile", request, folder=folder, progress=progress)
    return _digest(description, report.answer["params"])


def _require_same_circuit(
    description: CircuitDescription, artefacts: Artefacts, folder: Path, progress: Progress | None
) -> None:
    """The circuit around the real weights must be the one around stand-ins: its keys are the stand-ins'.

    Raises UnsupportedModel where the compiler simplifies the graph because of a weight's value; proving would hang.
    """
    arguments = run_args(description.format.scale_bits, description.binding, description.parameters)
    settings = derive_settings(folder, folder / "model.onnx", arguments, progress)
    if canonical_settings(settings) != artefacts.settings.read_bytes():
        raise UnsupportedModel(
            "the circuit compiler simplifies this model because of the values of some weights (all 0, all 1 or alike), "
            "so its proof would need another key: remove the layers that do nothing and export it again"
        )


def _blank_inputs(rows: NDArray[np.int64], scale_bits: int) -> dict[str, object]:
    return witness_inputs(rows, (0,) * TAG_LIMBS, scale_bits)


def _digest(description: CircuitDescription, params: dict[str, list[object]]) -> bytes:
    if description.binding == "hashed":
        return from_hex(str(params["poseidon_hash"][0])).to_bytes(32, "big")
    compressed = [str(point) for group in params["polycommit"] for point in group]  # type: ignore[attr-defined]
    if len(compressed) != description.points:
        raise InvalidInput(
            f"the circuit commits to its weights in {len(compressed)} points, expected "
            f"{description.points}: is this the pinned ezkl?"
        )
    return points.commitment_digest([points.decompress(point) for point in compressed])
