"""How large a network's circuit gets before it is laid out: magnitudes of its integers, and its rows.

A tensor's integers stand in the circuit times 2^scale. A product with a stored number adds one to the scale; a rescale
brings it back to one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from proofs.commitment.input_format import SALT_LIMBS
from proofs.halo2.integer_network_rounding import FACTOR_BITS, Interval, interval, jumps, whole
from proofs.networks.checks_nodes import macs
from proofs.networks.network import Combination, Convolution, Listed, Maximum, Network, Term
from proofs.networks.ranges import difference_range

SCALE_BITS = 1
"""Halves of integers are what the rescale needs."""
COLUMNS = 2
"""Cells that one row holds."""
PRODUCT_CELLS, DIGIT_CELLS, SIGN_CELLS = 1.45, 4, 16
"""Cells of a product, of a digit, and of what else a value taken apart brings with it; measured on ezkl 23.0.5."""
HASH_ROWS = 42
"""Rows of one hashed number, beside those of the circuit proper."""


@dataclass(frozen=True, slots=True)
class Site:
    """What one node costs an example.

    Args:
        signs: values taken apart into digits. size: the largest of them, as the circuit holds it.
        products: multiplications of linear forms. scale: of the node's output.
    """

    signs: int
    size: int
    products: int
    scale: int


def sites(network: Network) -> list[Site]:
    """Every node's, in order; of nodes nothing reads as well."""
    scales, found = [SCALE_BITS], []
    for index in range(len(network.nodes)):
        found.append(_site(network, index, scales))
        scales.append(found[-1].scale)
    return found


def value_bits(network: Network) -> int:
    """Bits of the largest magnitude in the circuits around a network, public ranges taken at their worst.

    Beyond the nodes' own values that is two logits' difference times a label's one-hot entry, which has a scale, too.
    """
    found, logits = sites(network), network.tensors[-1]
    spread = max(logits.high, 0) - min(logits.low, 0)
    return max(spread << (found[-1].scale + SCALE_BITS), *(site.size for site in found)).bit_length()


def rows(network: Network, batch: int, limbs: int) -> int:
    """Rows of an inference circuit, a tenth off at times: enough to tell whether it is worth laying out."""
    found = sites(network)
    cells = sum(PRODUCT_CELLS * site.products + (DIGIT_CELLS * limbs + SIGN_CELLS) * site.signs for site in found)
    features = math.prod(network.tensors[0].shape)
    return max(int(batch * cells / COLUMNS), HASH_ROWS * batch * (features + SALT_LIMBS))


def _site(network: Network, index: int, scales: list[int]) -> Site:
    node, tensor = network.nodes[index], network.out_tensor(index)
    count = math.prod(tensor.shape)
    if isinstance(node, Maximum):
        scale = max(scales[node.first.source], scales[node.second.source])
        return Site(count, max(map(abs, difference_range(network.tensors, node))) << scale, 0, scale)
    table, shift, products = network.tables[node.table], node.shift, macs(node, network.tensors, tensor.shape)
    scale, reach = _accumulated(node, scales), max(abs(table.low), abs(table.high) + 1) << shift
    if isinstance(table, Listed):
        place, jumping = whole(table, shift), max(len(jumps(table)), 2)
        return Site(count * (place.bits + jumping), _size(place, reach, shift, scale), products, SCALE_BITS)
    if shift == 0:
        bare = index == len(network.nodes) - 1 or isinstance(node, Combination)
        signs = max((table.low < table.least) + (table.high > table.greatest), 0 if bare else 1)
        return Site(count * signs, 2 * max(reach, abs(table.least), abs(table.greatest)) << scale, products, scale)
    place = interval(table, shift)
    signs = place.bits + (place.least < table.least) + (place.greatest > table.greatest)
    return Site(count * signs, _size(place, reach, shift, scale), products, SCALE_BITS)


def _accumulated(node: Convolution | Combination, scales: list[int]) -> int:
    """The scale of a node's accumulators; halves are at scale one."""
    if isinstance(node, Convolution):
        return scales[node.source] + SCALE_BITS
    return max(SCALE_BITS, *(_multiplied(term, scales) for term in node.terms))


def _multiplied(term: Term, scales: list[int]) -> int:
    return scales[term.source] + (SCALE_BITS if abs(term.multiplier) != 1 else 0)


def _size(place: Interval, reach: int, shift: int, scale: int) -> int:
    """The largest value a rescale takes apart: its first, or half the interval."""
    top = shift + place.bits - 2
    factors = max(1, -(-top // FACTOR_BITS))
    first = reach + int(abs(place.offset(shift))) + 1
    return max(first, 1 << max(top, 0)) << max(scale, factors)
