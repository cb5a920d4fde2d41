"""What no value of a network exceeds for any input in its box, and the prime fields in which nothing can wrap."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.errors import UnsupportedModel
from proofs.sumcheck.fields.primes import BELOW_2_61, MERSENNE_61
from proofs.sumcheck.safetynets.bounds import intervals
from proofs.sumcheck.safetynets.bounds.norm_bound import is_chain, norm_limits
from proofs.sumcheck.safetynets.network import Challenges, Network

ONE_PRIME = (MERSENNE_61 - 1) // 2
"""Integers up to this size are told apart modulo 2^61 - 1."""
TWO_PRIMES = (MERSENNE_61 * BELOW_2_61 - 1) // 2
"""The same modulo 2^61 - 1 and 2^61 - 45 together."""
FIELD_NAMES = ("m61", "m61b")
MAX_BITS = 4096
"""Where bounding stops: such a network is refused, whatever follows."""
WAY_ROUND = "use a smaller alpha or smaller betas, fewer squares, or sparser weights"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The largest size of any value of each tensor, the input's first."""

    magnitudes: tuple[int, ...]

    @property
    def bits(self) -> tuple[int, ...]:
        """Bits of each magnitude: |value| < 2^bits."""
        return tuple(magnitude.bit_length() for magnitude in self.magnitudes)

    @property
    def largest(self) -> int:
        """The tensor with the largest magnitude."""
        return max(range(len(self.magnitudes)), key=self.magnitudes.__getitem__)


def static_bound(network: Network) -> Bounds:
    """Bound every tensor of a network, rigorously.

    *Statement*: for every input in the network's box (and within its norm, where one is declared), no value of tensor i
    is larger in size than ``magnitudes[i]``.

    Interval arithmetic by channel; for fully connected networks that do not fit one prime, cut down to what the norms
    of their tensors allow.

    Raises:
        UnsupportedModel: a bound of more than 4096 bits.
    """
    found = interval_bound(network)
    if max(found.magnitudes) > ONE_PRIME and is_chain(network):
        return _walk(network, norm_limits(network))
    return found


def interval_bound(network: Network) -> Bounds:
    """The bound by interval arithmetic alone: faster, and never less. Raises as ``static_bound`` does."""
    return _walk(network, [None] * len(network.nodes))


def _walk(network: Network, limits: list[intervals.Whole | None]) -> Bounds:
    """Intervals through all layers, each cut down to its limit."""
    tensors = [intervals.box(network.input_shape, network.input_low, network.input_high)]
    for index, (node, limit) in enumerate(zip(network.nodes, limits, strict=True), 1):
        interval = intervals.after(node.layer, [tensors[i] for i in node.inputs])
        tensors.append(interval if limit is None else interval.clipped(limit))
        if tensors[-1].magnitude.bit_length() > MAX_BITS:
            raise _refusal(network, index, tensors[-1].magnitude)
    return Bounds(tuple(tensor.magnitude for tensor in tensors))


def fields_for(network: Network, challenges: Challenges) -> tuple[str, ...]:
    """Names of the fields to run a network in: one if all its values fit half of it, else two.

    Args:
        challenges: ``extension``, or ``base`` for challenges from the prime field itself (for comparison only).

    Raises:
        UnsupportedModel: they fit half the product of two primes neither.
    """
    bounds = network.bounds
    most = bounds.magnitudes[bounds.largest]
    if most > TWO_PRIMES:
        raise _refusal(network, bounds.largest, most)
    names = FIELD_NAMES[: 1 if most <= ONE_PRIME else 2]
    return names if challenges == "extension" else tuple(f"{name}/base" for name in names)


def _refusal(network: Network, tensor: int, magnitude: int) -> UnsupportedModel:
    where = f"layer {tensor} ({network.nodes[tensor - 1].kind})" if tensor else "the input"
    return UnsupportedModel(
        f"{where} can reach {magnitude.bit_length()} bits for inputs between {network.input_low} and "
        f"{network.input_high}; two 61-bit primes hold values of {TWO_PRIMES.bit_length() - 1} bits: {WAY_ROUND}"
    )
