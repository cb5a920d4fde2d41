"""The least work each part of a proof could do: bytes moved, products, butterflies, bytes hashed, multiplications.

Bytes count what an array's every pass must read or write once caches are too small for it, products are those of the
degree-4 extension (one by a base element counts a quarter). These are the counts of the loops as they are, fused as
they are: what is left is how well they run.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from proofs.networks.bounds import check_bounds
from proofs.networks.execution.linear import SINGLE
from proofs.networks.execution.memory import sources
from proofs.networks.network import Convolution, Network
from proofs.networks.weights import Weights
from proofs.sumcheck.committed.groups import real_in
from proofs.sumcheck.committed.plan import Plan
from proofs.sumcheck.ligero.commit import KEPT

WORD, ELEMENT = 4, 16
BLOWUP = 4


@dataclass(frozen=True, slots=True)
class Work:
    """What one part does at least; single and double are multiplications of integers in floating point."""

    moved: float = 0.0
    products: float = 0.0
    butterflies: float = 0.0
    hashed: float = 0.0
    single: float = 0.0
    double: float = 0.0


def work(plan: Plan, network: Network, weights: Weights) -> dict[str, dict[str, float]]:
    """Every part's, by its name in ``parts.PARTS``; "executing" as well."""
    found = {
        "executing": _executing(plan, network, weights),
        **_committing(plan),
        **_lookups(plan),
        **_layers(plan, network),
        **_claims(plan, network),
    }
    return {name: asdict(each) for name, each in found.items()}


def _real(plan: Plan) -> int:
    """Values of all sites."""
    return sum(site.segment.real for site in plan.sites.values())


def _executing(plan: Plan, network: Network, weights: Weights) -> Work:
    """Every tensor read by each reader, and q, rem and y written."""
    batch, single, double, read = plan.instance.count, 0.0, 0.0, 0.0
    bounds = check_bounds(network, weights)
    for index, node in enumerate(network.nodes):
        read += sum(_size(network, source) for source in sources(node))
        if isinstance(node, Convolution):
            depth = network.tensors[node.source].shape[0] // node.groups * node.kernel[0] * node.kernel[1]
            macs = depth * _size(network, index + 1)
            if bounds[index].reach <= SINGLE:
                single += macs
            else:
                double += macs
    written = 3 * sum(_size(network, index + 1) for index in range(len(network.nodes)))
    return Work(WORD * batch * (read + written), single=batch * single, double=batch * double)


def _size(network: Network, tensor: int) -> int:
    channels, height, width = network.tensors[tensor].shape
    return channels * height * width


def _committing(plan: Plan) -> dict[str, Work]:
    rows, width, real = plan.rows - plan.first_row, plan.columns, _real(plan)
    words = rows * width * BLOWUP * WORD
    return {
        "committing: values placed": Work(2 * 3 * WORD * real),
        "committing: look-ups counted": Work(2 * WORD * real),
        "committing: rows encoded": Work(
            rows * width * WORD + words, butterflies=rows * width * BLOWUP / 2 * plan.instance.log_columns
        ),
        "committing: columns hashed": Work(words, hashed=words),
    }


def _lookups(plan: Plan) -> dict[str, Work]:
    """Trees of n leaves, and of t rows.

    Upwards a tree of ones moves 80 n bytes for 2.5 n products (its second layer is made twice), and the rounds move
    64 n for the leaves (4 n products: 8 a pair) and 128 n for all layers above (8 n: 16 a pair). Tables have
    numerators: twice the leaves' bytes, 16 products a pair throughout.
    """
    n = sum(2 << group.depth for group in plan.groups)
    t = len(plan.groups) << plan.tables.depth
    real = sum(real_in(part) for group in plan.groups for part in group.parts)
    return {
        "look-ups: leaves": Work(2 * ELEMENT * n + 3 * WORD * real, products=real / 4),
        "look-ups: tree of positions": Work((80 + 64 + 128) * n, products=14.5 * n),
        "look-ups: table leaves": Work(2 * ELEMENT * t, products=t / 4),
        "look-ups: tree of tables": Work((136 + 128 + 128) * t, products=19 * t),
        "look-ups: values said": Work(3 * WORD * real, products=3 * real / 4),
    }


def _folding(entries: float, half: float) -> Work:
    """Rounds over a weight of the extension and a base value an entry, ``half`` entries being left after the first.

    The first reads 20 bytes an entry; the second reads them again and writes 32 for each of ``half``; all others read
    64 and write 32 for each of these.
    """
    return Work((20 + 20) * entries + (32 + 64 + 32) * half, products=entries / 4 + 4.75 * half)


def _layers(plan: Plan, network: Network) -> dict[str, Work]:
    batch = plan.instance.count
    real = batch * sum(_size(network, index + 1) for index in range(len(network.nodes)))
    convolved = {i: node for i, node in enumerate(network.nodes) if isinstance(node, Convolution)}
    read = batch * sum(_size(network, node.source) for node in convolved.values())
    folded = batch * sum(_size(network, node.source) * node.kernel[1] for node in convolved.values())
    weights = sum(plan.model[index].weight.real for index in convolved)
    return {
        "layers: accumulators": Work(3 * WORD * real),
        "layers: weights of tensors": Work(ELEMENT * real, products=real),
        "layers: rounds of tensors": _folding(real, real / 2),
        "layers: convolutions": Work(WORD * (read + weights), products=(folded + weights) / 4),
    }


def _opening(plan: Plan) -> Work:
    """Rows combined; those of matrices with more than ``KEPT`` entries encoded again."""
    entries, width, instance = plan.rows * plan.columns, plan.columns, plan.instance
    matrices = (instance.model.rows, instance.chunk.matrix.rows, plan.rows - plan.first_row)
    again = sum(rows * width for rows in matrices if rows * width > KEPT)
    return Work(
        WORD * (entries + (1 + BLOWUP) * again),
        products=entries / 4,
        butterflies=again * BLOWUP / 2 * instance.log_columns,
    )


def _claims(plan: Plan, network: Network) -> dict[str, Work]:
    entries, batch = plan.rows * plan.columns, plan.instance.count
    readers = sum(_size(network, source) for node in network.nodes for source in sources(node))
    looked_up = _real(plan) + sum(site.segment.real for site in plan.sites.values() if site.remainders is not None)
    weighted = batch * readers + looked_up + plan.first_row * plan.columns
    return {
        "claims: weights": Work(2 * ELEMENT * entries, products=weighted),
        "claims: rounds": _folding(entries, min(entries, 1 << plan.flat_bits - 1)),
        "opening": _opening(plan),
    }
