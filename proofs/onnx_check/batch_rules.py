"""Does each example's answer depend on that example alone?

A batch is proven as one tensor with the examples along axis 0. A node that mixes that axis would let one example's
answer depend on its neighbours; the statement "this model got these right" would then mean something else.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from proofs.onnx_check.view import Graph, Node

_KEEP = "keep axis 0 for the examples"
# Operators whose ``axis`` attribute (with its default) must not be the batch axis.
AXIS_DEFAULT = {
    "Softmax": -1, "LogSoftmax": -1, "Hardmax": -1, "ArgMax": 0, "ArgMin": 0, "Concat": 0, "Split": 0, "Gather": 0,
    "Flatten": 1, "TopK": -1, "LayerNormalization": -1, "OneHot": -1,
}  # fmt: skip
RANK_CHANGERS = frozenset({"Reshape", "Flatten", "Squeeze", "Unsqueeze", "ReduceSum"})
AXES_INPUT = {"Squeeze": 1, "Unsqueeze": 1, "Slice": 3, "CumSum": 1}


def batch_findings(graph: Graph, node: Node) -> Iterator[tuple[str, str]]:
    """(reason, way round) for a node on varying data that mixes, drops or moves the batch axis."""
    if not node.inputs or not any(name in graph.varying for name in node.inputs):
        return
    axes = touched_axes(graph, node)
    if axes is None:
        yield "its axes are not stored in the model, or include the batch axis", f"state the axes; {_KEEP}"
    elif 0 in axes:
        yield "it works along axis 0, across the examples of a batch", f"use another axis; {_KEEP}"
    if node.op == "Transpose" and node.integers("perm")[:1] != (0,):
        yield "it moves the batch axis", f"start perm with 0; {_KEEP}"
    if node.op in ("MatMul", "Gemm") and mixes_rows(graph, node):
        yield "it multiplies across the examples of a batch", f"multiply from the right by a stored matrix; {_KEEP}"
    if node.op == "Reshape":
        target = graph.values(node.inputs[1])
        if target is not None and (target.size == 0 or int(target.reshape(-1)[0]) not in (-1, 0, 1)):
            yield "its target shape does not keep the batch axis", "start the target shape with 0 or -1"
    if node.op == "Expand" and (graph.shape(node.outputs[0]) or (1,))[0] != 1:
        yield "it repeats the batch axis", _KEEP
    if node.op == "Pad" and pads_batch(graph, node):
        yield "it pads the batch axis", _KEEP
    yield from _row_findings(graph, node)


def _row_findings(graph: Graph, node: Node) -> Iterator[tuple[str, str]]:
    """One row for each example, on axis 0, and no broadcasting that lines the batch up with another axis.

    Shapes are those of a batch of one. Adding (b, 1, n) to (b, n) would give (b, b, n), every example beside every
    other; a stored (1, 1, n) would move the batch to axis 1. So only layout operators may change the rank.
    """
    for name in node.outputs:
        shape = graph.shape(name)
        if shape is not None and (len(shape) < 2 or shape[0] != 1):
            yield "its result does not hold one row for each example", _KEEP
            return
    ranks = {graph.rank(name) for name in node.inputs if name in graph.varying}
    if node.op not in RANK_CHANGERS and ranks | {graph.rank(name) for name in node.outputs if name} != ranks:
        yield "it broadcasts the batch axis", f"give its operands the same number of axes; {_KEEP}"
    elif len(ranks) > 1:
        yield "its operands have different numbers of axes", f"give them the same number; {_KEEP}"


def touched_axes(graph: Graph, node: Node) -> set[int] | None:
    """Axes a node works along, counted from 0; None if that cannot be told (or is all of them)."""
    rank = graph.rank(node.inputs[0])
    if node.op.startswith("Reduce"):
        stored = node.integers("axes") or _stored(graph, node, 1)
        return _positive(stored, rank) if stored else None
    if node.op in AXES_INPUT:
        stored = _stored(graph, node, AXES_INPUT[node.op])
        if stored is None and node.op == "Unsqueeze":
            return None
        wider = len(stored or ()) if node.op == "Unsqueeze" else 0
        return _positive(stored, None if rank is None else rank + wider) if stored else None
    if node.op in AXIS_DEFAULT:
        if node.op == "Gather" and node.inputs[0] not in graph.varying:
            return set()
        axis = node.integer("axis", AXIS_DEFAULT[node.op])
        if node.op == "OneHot" and rank is not None:
            rank += 1
        return _positive((axis,), rank)
    return set()


def mixes_rows(graph: Graph, node: Node) -> bool:
    """Whether a product has the batch axis inside the sum, or on both sides."""
    left, right = node.inputs[0], node.inputs[1]
    if node.op == "Gemm":
        return right in graph.varying or bool(node.integer("transA", 0))
    ranks = graph.rank(left), graph.rank(right)
    if left not in graph.varying:
        return ranks[1] is None or ranks[1] < 3
    return right in graph.varying and (ranks[0] is None or ranks[0] < 3)


def pads_batch(graph: Graph, node: Node) -> bool:
    """Whether a Pad adds anything along axis 0."""
    amounts = graph.values(node.inputs[1]) if len(node.inputs) > 1 else None
    if amounts is None or amounts.size < 2:
        return False
    flat = amounts.reshape(-1).astype(np.int64)
    return len(node.inputs) < 4 and bool(flat[0] or flat[amounts.size // 2])


def _stored(graph: Graph, node: Node, position: int) -> tuple[int, ...] | None:
    values = graph.values(node.inputs[position]) if len(node.inputs) > position and node.inputs[position] else None
    return None if values is None else tuple(int(value) for value in values.reshape(-1))


def _positive(axes: tuple[int, ...] | None, rank: int | None) -> set[int] | None:
    if axes is None or (rank is None and any(axis < 0 for axis in axes)):
        return None
    return {axis + (rank or 0) if axis < 0 else axis for axis in axes}
