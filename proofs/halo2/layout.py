"""How many rows a circuit gets: laid out by the compiler where that takes seconds, counted where it would take minutes.

The wrapper never rebases, so a circuit has the same columns whatever its model: two blocks' worth of cells a row, range
tables for digits and signs. Rows are all that differs, and they follow from hashed numbers, products and signs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from proofs.commitment.input_format import InputFormat
from proofs.halo2.architecture import Architecture
from proofs.halo2.commit import NO_SRS, CommitOptions, draft_settings
from proofs.halo2.description import CircuitDescription, RunParameters, decompositions, installed_ezkl
from proofs.halo2.mask import BLIND_LIMBS
from proofs.halo2.runner import Progress
from proofs.halo2.settings import MAX_LOGROWS, logrows_of, needed_rows
from proofs.halo2.tag import TAG_LIMBS
from proofs.onnx_check.parse import parse_model
from proofs.onnx_check.shapes import infer_shapes
from proofs.onnx_check.view import Graph, build_graph

CELLS_A_ROW = 2
HASH_ROWS, HASH_END_ROWS = 41, 2
"""Rows of a hashed number, and of the end of each hash: as ezkl 23.0.5 lays Poseidon out, exactly."""
DIGIT_CELLS, SIGN_CELLS = 4, 10
"""Cells of a digit, and of what else a value taken apart brings; a product has one. Counted rows are 2% off or less."""
COUNTED_FROM = 1 << 21
"""Rows from which on nothing is laid out, which takes the compiler 2 s, or 10 s on a busy machine."""
LAID_OUT_BATCH = 64
"""Examples up to which a batch is laid out: the compiler's time grows with their square, 7 s for 128."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a model's own rows follow from.

    Args:
        macs: products. signs: values taken apart into digits. features: numbers of an input. All of one example.
    """

    macs: int
    signs: int
    features: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows of the circuit that ``commit model`` would choose.

    Args:
        rows: in use; the column has 2^logrows. counted: they were counted, not laid out.
    """

    rows: int
    logrows: int
    base: int
    legs: int
    counted: bool


def lay_out(
    onnx: bytes, architecture: Architecture, macs: int, shape: InputFormat, options: CommitOptions,
    progress: Progress | None = None,
) -> Layout:  # fmt: skip
    """The layout of an accuracy circuit; those of other tasks have as many rows.

    Raises:
        UnsupportedModel, InvalidInput: as ``commit_model``.
    """
    size = Size(macs, signs(onnx), shape.features)
    drafts = [_draft(architecture, shape, options, *found) for found in _ordered(architecture, shape, options)]
    if count_rows(size, drafts[0]) >= COUNTED_FROM or shape.batch > LAID_OUT_BATCH:
        return _counted(size, drafts[0])
    found = []
    for draft in drafts:
        found.append(_laid_out(draft, progress))
        if found[-1].logrows > _table_logrows(draft):
            break  # it is not the table of digits that asks for them, and a smaller base takes more rows
    return min(found, key=lambda layout: (layout.logrows, layout.legs, layout.base))


def count_rows(size: Size, draft: CircuitDescription) -> int:
    """Rows of a circuit, by what it is made of."""
    shape, legs = draft.format, draft.parameters.legs
    inputs = shape.batch * shape.width + TAG_LIMBS + BLIND_LIMBS
    hashed, hashes = inputs, shape.batch + 1
    if draft.binding == "hashed":
        hashed, hashes = hashed + draft.committed_values, hashes + 1
    taken_apart = inputs + shape.batch * (size.signs + 2 * shape.classes + 1) + BLIND_LIMBS
    products = shape.batch * size.macs + TAG_LIMBS * draft.mask_units
    cells = products + (DIGIT_CELLS * legs + SIGN_CELLS) * taken_apart
    return max(HASH_ROWS * hashed + HASH_END_ROWS * hashes, -(-cells // CELLS_A_ROW))


def signs(onnx: bytes) -> int:
    """Values of one example that its ReLU and Sign nodes take apart."""
    model = parse_model(onnx)
    graph = build_graph(model, infer_shapes(model))
    return sum(_values(graph, node.outputs[0]) for node in graph.nodes if node.op in ("Relu", "Sign"))


def _values(graph: Graph, tensor: str) -> int:
    """Of one example; none where the shape is not known."""
    shape = graph.shape(tensor) or (0,)
    return math.prod(1 if place == 0 and side < 0 else max(side, 0) for place, side in enumerate(shape))


def _ordered(architecture: Architecture, shape: InputFormat, options: CommitOptions) -> list[tuple[int, int]]:
    """Bases and legs, the base first that takes fewest rows."""
    return sorted(decompositions(architecture, shape.scale_bits, options.value_bits), reverse=True)


def _draft(
    architecture: Architecture, shape: InputFormat, options: CommitOptions, base: int, legs: int
) -> CircuitDescription:
    budget = options.proofs if options.binding == "polycommit" else 0
    parameters = RunParameters(base, legs, MAX_LOGROWS, (0, 0))
    return CircuitDescription(architecture, shape, options.binding, budget, parameters, NO_SRS, installed_ezkl())


def _table_logrows(draft: CircuitDescription) -> int:
    return logrows_of(draft.parameters.base)


def _counted(size: Size, draft: CircuitDescription) -> Layout:
    rows = max(count_rows(size, draft), draft.parameters.base)
    return Layout(rows, logrows_of(rows), draft.parameters.base, draft.parameters.legs, counted=True)


def _laid_out(draft: CircuitDescription, progress: Progress | None) -> Layout:
    """As the compiler does it, around stand-in weights. Raises UnsupportedModel."""
    rows = needed_rows(draft_settings(draft, progress))
    return Layout(rows, logrows_of(rows), draft.parameters.base, draft.parameters.legs, counted=False)
