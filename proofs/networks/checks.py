"""Everything ``network.py`` says of a network, checked; whoever holds a checked network relies on all of it.

What depends on the hidden weights is checked in ``checks_weights.py`` and ``bounds.py``.
"""

from __future__ import annotations

import math
import re

from proofs.errors import InvalidInput
from proofs.networks.checks_nodes import check_node, macs
from proofs.networks.limits import (
    MAX_ALL_TERMS,
    MAX_AXIS,
    MAX_LISTED,
    MAX_MACS,
    MAX_NODES,
    MAX_NUMBER,
    MAX_TABLES,
    MAX_TENSOR,
    MAX_TENSORS,
    MAX_WEIGHTS,
    VALUE_HIGH,
    VALUE_LOW,
)
from proofs.networks.network import MAX_SHIFT, PRIME, Clamp, Combination, Convolution, Listed, Maximum, Network
from proofs.networks.ranges import difference_range, output_range
from proofs.wording import counted

_SCALE = re.compile(r"(0|[1-9][0-9]{0,19})(\.[0-9]{0,59}[1-9])?")
_KINDS = {"Convolution": "convolution", "Combination": "combination", "Maximum": "maximum"}


def check_network(network: Network) -> None:
    """Check a network's description. Raises InvalidInput naming the tensor, table or node at fault."""
    _check_counts(network)
    for index in range(len(network.tensors)):
        _check_tensor(network, index)
    _check_total(network)
    for index in range(len(network.tables)):
        _check_table(network, index)
    work = 0
    for index, node in enumerate(network.nodes):
        what = node_name(network, index)
        check_node(what, node, network.tensors, index)
        _check_shift(network, index, what)
        _check_range(network, index, what)
        work += macs(node, network.tensors, network.out_tensor(index).shape)
    if work > MAX_MACS:
        raise InvalidInput(f"network: {work} multiplications an example; at most {MAX_MACS} are accepted")
    if network.tensors[-1].shape[1:] != (1, 1):
        raise InvalidInput(
            f"network: the last tensor holds the logits, (classes, 1, 1), but has shape {network.tensors[-1].shape}"
        )
    for name, scale in (("input", network.input_scale), ("output", network.output_scale)):
        if not _SCALE.fullmatch(scale) or scale == "0":
            raise InvalidInput(
                f"network: the {name} scale is a positive decimal without spare zeros, as 0.0235, not {scale[:90]!r}"
            )


def node_name(network: Network, index: int) -> str:
    """A node in an error message: its number and kind."""
    return f"node {index} ({_KINDS[type(network.nodes[index]).__name__]})"


def _check_counts(network: Network) -> None:
    nodes, tables = len(network.nodes), len(network.tables)
    if not 1 <= nodes <= MAX_NODES:
        raise InvalidInput(f"network: {nodes} nodes; 1 to {MAX_NODES} are accepted")
    if len(network.tensors) != nodes + 1:
        found = f"{counted(len(network.tensors), 'tensor')} for {counted(nodes, 'node')}"
        raise InvalidInput(f"network: {found}; there is one more than nodes")
    if tables > MAX_TABLES:
        raise InvalidInput(f"network: {tables} tables; at most {MAX_TABLES} are accepted")
    terms = sum(len(node.terms) for node in network.nodes if isinstance(node, Combination))
    if terms > MAX_ALL_TERMS:
        raise InvalidInput(f"network: {terms} terms of combinations; at most {MAX_ALL_TERMS} are accepted")
    listed = sum(table.rows for table in network.tables if isinstance(table, Listed))
    if listed > MAX_LISTED:
        raise InvalidInput(f"network: {listed} entries in listed tables; at most {MAX_LISTED} are accepted")


def _check_tensor(network: Network, index: int) -> None:
    tensor = network.tensors[index]
    if len(tensor.shape) != 3 or not all(1 <= extent <= MAX_AXIS for extent in tensor.shape):
        raise InvalidInput(f"tensor {index}: three extents from 1 to {MAX_AXIS} make a shape, not {tensor.shape}")
    if math.prod(tensor.shape) > MAX_TENSOR:
        raise InvalidInput(f"tensor {index}: {tensor.shape} holds more than {MAX_TENSOR} values")
    if not VALUE_LOW <= tensor.low <= tensor.high <= VALUE_HIGH:
        raise InvalidInput(f"tensor {index}: values from {tensor.low} to {tensor.high} are not a range of 16 bits")


def _check_total(network: Network) -> None:
    values = sum(math.prod(tensor.shape) for tensor in network.tensors)
    if values > MAX_TENSORS:
        raise InvalidInput(f"network: its tensors hold {values} values an example; at most {MAX_TENSORS} are accepted")
    hidden = sum(
        node.outputs * (1 + network.tensors[node.source].shape[0] // node.groups * math.prod(node.kernel))
        for node in network.nodes
        if isinstance(node, Convolution) and 0 <= node.source < len(network.tensors) and node.groups > 0
    )
    if hidden > MAX_WEIGHTS:
        raise InvalidInput(f"network: {hidden} weights and biases; at most {MAX_WEIGHTS} are accepted")


def _check_table(network: Network, index: int) -> None:
    table, what = network.tables[index], f"table {index}"
    if table.rows < 1:
        raise InvalidInput(f"{what} is empty: it must hold at least one q")
    if max(abs(table.low), abs(table.high)) > MAX_NUMBER:
        raise InvalidInput(f"{what}: q from {table.low} to {table.high} exceeds 31 bits")
    if isinstance(table, Clamp) and not -MAX_NUMBER <= table.least <= table.greatest <= MAX_NUMBER:
        raise InvalidInput(f"{what} clamps to [{table.least}, {table.greatest}], which is not a range of 31 bits")
    if isinstance(table, Listed) and not all(VALUE_LOW <= value <= VALUE_HIGH for value in table.values):
        raise InvalidInput(f"{what} lists a value that does not fit 16 bits")


def _check_shift(network: Network, index: int, what: str) -> None:
    """A full power-of-two range has p + 1 accumulators, one of which would have two legal answers."""
    node = network.nodes[index]
    if not 0 <= node.shift <= MAX_SHIFT:
        raise InvalidInput(f"{what}: a shift of {node.shift}; 0 to {MAX_SHIFT} are possible")
    if not 0 <= node.table < len(network.tables):
        raise InvalidInput(f"{what}: there is no table {node.table}")
    rows = network.tables[node.table].rows
    if rows << node.shift > PRIME:
        raise InvalidInput(f"{what}: {rows} rows of table {node.table} times 2^{node.shift} exceed 2^31 - 1")


def _check_range(network: Network, index: int, what: str) -> None:
    node, tensor = network.nodes[index], network.out_tensor(index)
    if isinstance(node, Maximum):
        table, (low, high) = network.tables[node.table], difference_range(network.tensors, node)
        relu = isinstance(table, Clamp) and table.least == 0 and table.greatest >= table.high
        if not (relu and table.low <= low and high <= table.high):
            raise InvalidInput(f"{what}: table {node.table} must be relu for every q from {low} to {high}")
    low, high = output_range(network, index)
    if (tensor.low, tensor.high) != (low, high):
        raise InvalidInput(f"{what}: gives values from {low} to {high}; its tensor says {tensor.low} to {tensor.high}")
