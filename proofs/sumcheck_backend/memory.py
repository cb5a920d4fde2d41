"""How many examples one proof can be about in the memory there is; work that does not fit is refused beforehand."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from proofs import free_memory
from proofs.errors import InvalidInput, ResourceExceeded
from proofs.networks.graph import FloatConvolution, FloatNetwork
from proofs.networks.network import Network
from proofs.sumcheck.committed.estimate import Estimate, estimate
from proofs.sumcheck.committed.instance import Chunk, Correct, Head, Instance, Matrix, OfClass, Outputs, Reaching
from proofs.sumcheck.committed.plan import make_plan
from proofs.sumcheck_backend.chunks import MAX_SHARDS, number_of_shards
from proofs.sumcheck_backend.data_commitment import DataCommitment
from proofs.sumcheck_backend.model_commitment import NetworkCommitment
from proofs.sumcheck_backend.questions import AskLogits, AskScore, Question

MIB = 1 << 20
USABLE = free_memory.USABLE
SETUP_BYTES, SETUP_ENTRY_BYTES, SETUP_VALUE_BYTES = 212 << 20, 34, 60
"""Of ``commit model``: libraries and kernels; a weight in floats, integers and code words; a value of the largest
tensor of each input looked at together."""
SETUP_INPUTS = 64
"""Calibration inputs looked at together, at most."""
_BATCH = 256


def memory_bytes(model: NetworkCommitment, data: DataCommitment, question: Question, shard: int) -> int:
    """About what proving the answer for ``shard`` examples takes, the chunk they lie in included."""
    return proof_size(model, data, question, shard).memory_bytes


def proof_size(model: NetworkCommitment, data: DataCommitment, question: Question, shard: int) -> Estimate:
    """The sizes of a proof about ``shard`` examples."""
    return estimate(make_plan(sample_instance(model, data, question, shard)))


def setup_bytes(parameters: int, largest: int, inputs: int) -> int:
    """Peak of committing a model.

    Args:
        parameters: weights and biases. largest: values of its largest tensor. inputs: for calibration.
    """
    together = min(inputs, SETUP_INPUTS)
    return SETUP_BYTES + SETUP_ENTRY_BYTES * parameters + SETUP_VALUE_BYTES * largest * together


def require_setup(network: FloatNetwork, inputs: int) -> None:
    """Refuse to commit a model where there is too little memory. Raises ResourceExceeded."""
    weights = [node.op.weight.size for node in network.nodes if isinstance(node.op, FloatConvolution)]
    largest = max(math.prod(shape) for shape in (network.input_shape, *(node.shape for node in network.nodes)))
    needed = setup_bytes(sum(weights), largest, inputs)
    free_memory.require_memory(needed, "committing this model", "fewer calibration inputs, or a smaller model")


def available_bytes() -> float:
    """What proofs may plan to take of the memory that is free."""
    return free_memory.available_bytes(USABLE)


def choose_shard(
    model: NetworkCommitment,
    data: DataCommitment,
    question: Question,
    wanted: int | None = None,
    at_once: int = 1,
    proofs: int = 1,
) -> int:
    """Examples a proof: those asked for, or as many as fit, evenly spread over a chunk.

    Args:
        at_once: proofs to be made at the same time. Where not even the smallest ones fit so often, room is for one.
        proofs: there are to be at least so many, unless ``wanted`` says how large they are.

    Raises:
        ResourceExceeded: it does not fit, and is not to be tried anyway. InvalidInput: no such number, or too many
            proofs.
    """
    available = available_bytes()
    most = min(data.chunk, data.total)
    if wanted is not None and not 1 <= wanted:
        raise InvalidInput(f"--shard {wanted}: one proof is about 1 or more examples")

    def takes(shard: int) -> int:
        return memory_bytes(model, data, question, shard)

    room = available / at_once
    if at_once > 1 and wanted is None and takes(1) > room:
        room = available
    if wanted is None:
        shard = _largest(takes, min(most, -(-data.total // proofs)), room)
    else:
        shard = min(wanted, most)
    if (needed := takes(shard)) > available and not free_memory.is_forced():
        way = "a smaller --shard" if shard > 1 else "a smaller model, a smaller --chunk or a larger machine"
        raise ResourceExceeded(
            f"proving {shard} examples at once takes about {needed / MIB:.0f} MB, {available / MIB:.0f} MB are free "
            f"for it: {way}{free_memory.or_force()}",
            needed / MIB,
            available / MIB,
        )
    if number_of_shards(data.total, data.chunk, shard) > MAX_SHARDS:
        raise InvalidInput(f"{data.total} examples, {shard} a proof, are more than {MAX_SHARDS} proofs: prove in parts")
    return shard


def _largest(takes: Callable[[int], int], most: int, available: float) -> int:
    """The most examples that fit, at least one; then evened out, since the last proof of a chunk costs nearly as much.

    A batch's low part is a power of two up to 256, so whole multiples of it waste nothing.
    """
    if takes(most) <= available:
        return most
    low, high = 1, max(1, most - 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if takes(middle) <= available else (low, middle - 1)
    even = -(-most // -(-most // low))
    step = _BATCH if even >= 4 * _BATCH else 1
    return min(low, -(-even // step) * step)


def sample_instance(
    model: NetworkCommitment, data: DataCommitment, question: Question, count: int, chunk: int = 0
) -> Instance:
    """An instance of the size of a proof's about ``count`` examples of a chunk, about nothing in particular."""
    return Instance(
        network=model.network,
        log_columns=model.log_columns,
        model=Matrix(bytes(32), model.rows, model.block),
        chunk=Chunk(Matrix(bytes(32), data.rows(chunk), data.block), data.chunks[chunk].count, data.labelled),
        first=0,
        count=count,
        head=_head(model.network, question, count),
    )


def _head(network: Network, question: Question, count: int) -> Head:
    if isinstance(question, AskScore):
        return Correct(question.top_k, 0)
    if isinstance(question, AskLogits):
        return Outputs(np.full((count, network.classes), network.tensors[-1].low, dtype=np.int64))
    predicate, none = question.predicate, (False,) * count
    if predicate.threshold is None:
        return OfClass(predicate.selected, none)
    return Reaching(predicate.selected, predicate.threshold, none)
