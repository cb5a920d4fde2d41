"""The same network with every product taken modulo the prime: what SafetyNets' overhead is measured against.

The paper's prover runs its arithmetic circuit in the field, with no use of how small the integers are. This does the
same with general matrix products of field elements (``general_matmul``), for benchmarks only: execute.py gives the same
residues several times faster.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from proofs.sumcheck.fields.field import Base, Field, Integers
from proofs.sumcheck.layers.convolution import Convolution
from proofs.sumcheck.layers.dense import Dense
from proofs.sumcheck.layers.patches import blocks, patches
from proofs.sumcheck.safetynets.execution.execute import Execution, needed_tensors
from proofs.sumcheck.safetynets.execution.inputs import check_inputs
from proofs.sumcheck.safetynets.network import Network


class GeneralField(Field, Protocol):
    """A field that multiplies matrices of any of its elements."""

    def general_matmul(self, a: Base, b: Base) -> Base:
        """A B modulo p: base (M, K) and base (K, N) give base (M, N)."""


def field_execute(network: Network, field: GeneralField, x: Integers) -> Execution:
    """Run a network modulo one prime by general products; keeps what a prover needs, as ``execute`` does.

    Raises:
        InvalidInput: inputs of another shape or outside the box.
    """
    check_inputs(network, x)
    output = len(network.nodes)
    kept = needed_tensors(network)
    tensors: dict[int, Base] = {0: field.from_signed(x)}
    for index, node in enumerate(network.nodes, 1):
        if isinstance(node.layer, Dense | Convolution):
            tensors[index] = _linear(field, node.layer, tensors[node.inputs[0]])
        else:
            tensors[index] = node.layer.forward(field, *(tensors[i] for i in node.inputs))
        later = {i for other in network.nodes[index:] for i in other.inputs}
        tensors = {i: values for i, values in tensors.items() if i in later or i in kept}
    return Execution(field.name, field.scalars.p, x.shape[1], tensors, output)


def _linear(field: GeneralField, layer: Dense | Convolution, x: Base) -> Base:
    """M x + bias, the weights residues like everything else."""
    weight = field.from_signed(layer.weight.reshape(len(layer.weight), -1))
    bias = field.from_signed(np.array(layer.bias, object))[:, None]
    if isinstance(layer, Dense):
        y = field.general_matmul(weight, x)
        return field.add(y, np.ascontiguousarray(np.broadcast_to(bias, y.shape)))
    images = x.reshape(*layer.in_shape, -1)
    out = np.empty((*layer.out_shape, images.shape[3]), x.dtype)
    depth = layer.in_shape[0] * layer.down.kernel * layer.across.kernel
    outputs = len(out) // layer.groups
    for block in blocks(layer.down, layer.across, depth, images.shape[3]):
        windows = patches(images, layer.down, layer.across, block)
        columns = windows.reshape(layer.groups, weight.shape[1], -1)
        for group, values in enumerate(columns):
            rows = slice(group * outputs, (group + 1) * outputs)
            y = field.general_matmul(weight[rows], values)
            y = field.add(y, np.ascontiguousarray(np.broadcast_to(bias[rows], y.shape)))
            out[rows, block.rows, :, block.examples] = y.reshape(-1, *windows.shape[3:])
    return out.reshape(-1, images.shape[3])
