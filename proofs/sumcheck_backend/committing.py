"""Committing a model: the ONNX file as an integer network, its weights as a matrix, the matrix's root as the model."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.model import NO_OWNER
from proofs.errors import InvalidInput
from proofs.networks.network import Network
from proofs.networks.weights import Weights
from proofs.sumcheck_backend.blocks import DEFAULT_PROOFS, block_for_model
from proofs.sumcheck_backend.cost import Progress
from proofs.sumcheck_backend.input_format import IntegerFormat
from proofs.sumcheck_backend.matrices import PRODUCT_LOG_COLUMNS, commit_weights
from proofs.sumcheck_backend.memory import require_setup
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.secret_network import SEED_BYTES, SecretNetwork

if TYPE_CHECKING:
    from proofs.networks.fidelity import NetworkFidelity
    from proofs.networks.graph import FloatNetwork
    from proofs.networks.quantise import Options, ScaleReport

RECEIPT_EXAMPLES = 1000
"""Calibration inputs that the two networks are compared on, at most: the float one is run in plain NumPy."""
TOP_K = 5


@dataclass(frozen=True, slots=True)
class Calibration:
    """Sample inputs (N, ...) in the unit the model takes, from which ranges are taken, and their labels if known."""

    x: NDArray[np.generic]
    y: NDArray[np.generic] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class NewNetwork:
    """A committed model, and what was chosen for each layer, with warnings its maker should read."""

    secret: SecretNetwork
    scales: ScaleReport


def commit_network(
    onnx: bytes,
    calibration: Calibration | None,
    options: Options | None = None,
    *,
    owner: bytes = NO_OWNER,
    log_columns: int = PRODUCT_LOG_COLUMNS,
    proofs: int = DEFAULT_PROOFS,
    progress: Progress | None = None,
) -> NewNetwork:
    """Commit to the weights of an ONNX classifier. Secret, but for its ``commitment``.

    Args:
        calibration: needed where the file does not say how its tensors are quantised.
        proofs: how many the commitment is to hide the weights in, besides one renewal; 0 for integrity proofs, which
            hide nothing.

    Raises:
        InvalidInput: not a model, unusable calibration, or more proofs than rows so long can hide.
        UnsupportedModel: names every node that cannot be proven. ResourceExceeded: no memory for it.
    """
    from proofs.networks.onnx_import import import_float
    from proofs.networks.quantise import quantise

    say = progress or (lambda _: None)
    block = block_for_model(proofs, log_columns)
    say("reading")
    floating = import_float(onnx)
    require_setup(floating, 0 if calibration is None else len(calibration.x))
    say("quantising")
    network, weights, scales = quantise(floating, None if calibration is None else calibration.x, options)
    shape = IntegerFormat.of(network, floating.model_shape, floating.channels_last)
    receipt = None
    if calibration is not None:
        say("comparing with the float model")
        receipt = _receipt(floating, network, weights, scales, shape, calibration)
    say("committing")
    seed = secrets.token_bytes(SEED_BYTES)
    root = commit_weights(network, weights, seed, log_columns, block).root
    commitment = NetworkCommitment(owner, network, root, log_columns, shape, receipt, block)
    return NewNetwork(SecretNetwork(commitment, weights, seed, hashlib.sha256(onnx).digest()), scales)


def _receipt(
    floating: FloatNetwork,
    network: Network,
    weights: Weights,
    scales: ScaleReport,
    shape: IntegerFormat,
    calibration: Calibration,
) -> NetworkFidelity:
    """How the integer network and the float network compare on the first calibration inputs."""
    from proofs.networks.fidelity import compare
    from proofs.networks.onnx_import import run_float
    from proofs.networks.quantise import IntegerInputs

    x = calibration.x[:RECEIPT_EXAMPLES]
    labels = None if calibration.y is None else calibration.y[:RECEIPT_EXAMPLES]
    if labels is not None and labels.dtype.kind not in "iu":
        raise InvalidInput(f"calibration labels have dtype {labels.dtype}; labels must be integers")
    integers, clamped = shape.quantise(x)
    inputs = IntegerInputs(np.ascontiguousarray(integers.transpose(1, 2, 3, 0)), clamped)
    reference = run_float(floating, x)
    known = cast("NDArray[np.integer] | None", labels)
    return compare(network, weights, scales, inputs, reference, known, min(TOP_K, network.classes))
