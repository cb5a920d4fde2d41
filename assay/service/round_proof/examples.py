"""A round's inputs as the committed examples of a round proof. Both sides hold them, so both compute the same roots."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.view_format import ViewFormat
from proofs.errors import InvalidInput
from proofs.sumcheck_backend.chunks import default_chunk
from proofs.sumcheck_backend.examples import Examples, public_seed
from proofs.sumcheck_backend.model_commitment import NetworkCommitment


def check_inputs(model: NetworkCommitment, view: ViewFormat) -> None:
    """Refuse a network that does not read a round's inputs as they are. Raises InvalidInput."""
    shape = model.network.tensors[0].shape
    if view.shape != shape:
        raise InvalidInput(
            f"the network reads integers of shape {shape}, the round takes inputs of shape {view.shape}: the round's "
            "model is not this network's graph"
        )


def covered(model: NetworkCommitment, view: ViewFormat, inputs: Mapping[int, NDArray[np.int64]]) -> tuple[int, ...]:
    """Indices whose raw inputs (features,) are integers the network can read; a proof can be about these only."""
    low, high, unit = model.format.low, model.format.high, 1 << view.scale_bits
    return tuple(
        index
        for index, raw in sorted(inputs.items())
        if not (raw % unit).any() and low <= raw.min() // unit and raw.max() // unit <= high
    )


def round_examples(
    model: NetworkCommitment, view: ViewFormat, inputs: Mapping[int, NDArray[np.int64]], indices: tuple[int, ...]
) -> Examples:
    """The inputs at ``indices`` in this order, all of them ``covered``; in the model's mode. Secret of the two.

    Salts, and in zero-knowledge mode random entries, follow from the inputs: both sides know these anyway, and nobody
    else is shown the proof by them.
    """
    shape = model.format
    raw = np.stack([inputs[index] for index in indices]) >> view.scale_bits
    x = raw.reshape(-1, *shape.tensor).astype(np.int16)
    chunk = default_chunk(shape.values, len(x))
    return Examples(shape, x, None, public_seed(shape, x, None), chunk, model.log_columns, model.block)
