"""What a proof is about, as digests: the integers themselves with their shape, in one encoding each.

Widths follow from the network, so that equal integers have equal digests whatever arrays they come in.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from proofs.exact_integers import inputs_digest, outputs_digest, width_of
from proofs.sumcheck.fields.field import Integers
from proofs.sumcheck.safetynets.network import Network
from proofs.sumcheck.safetynets.outputs import largest_output


def digest_of_inputs(network: Network, inputs: Integers) -> bytes:
    """The 32-byte digest of integer inputs (R, N) in the network's box. Raises InvalidInput: too wide for it."""
    return inputs_digest(inputs, width_of(network.input_low, network.input_high))


def digest_of_outputs(network: Network, outputs: NDArray[Any]) -> bytes:
    """The 32-byte digest of outputs (N, K). Raises InvalidInput: larger than the network's primes tell apart."""
    return outputs_digest(outputs, output_width(network))


def output_width(network: Network) -> int:
    """Bytes of one output: 8 where one prime suffices, 16 for two."""
    return width_of(-largest_output(network), largest_output(network))
