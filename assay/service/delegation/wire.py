"""What the two sides of a delegation say, in the order they say it; docs/service.md has it in words.

Client: ``Hello`` (text), the integer inputs (binary, in pieces). Server: the outputs (binary, in pieces). Then the
rounds: a message of the server, the client's challenges, and so on (proofs/sumcheck/interactive.py). The server closes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from proofs.canonical import canonical_bytes, expect_hex, expect_int, expect_keys, parse_canonical, to_hex
from proofs.errors import MalformedProof
from proofs.exact_integers import decode, encode, width_of
from proofs.sumcheck.fields import FIELDS, Integers
from proofs.sumcheck.safetynets.network import Network

PROTOCOL = "assay/delegation"
VERSION = 1
MAX_HELLO_BYTES = 4096
PIECE_BYTES = 1 << 20
"""Largest message either way: inputs and outputs are cut into pieces of this size."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The client's question: which network, on how many inputs."""

    network: bytes
    total: int

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        head: dict[str, object] = {"protocol": PROTOCOL, "version": VERSION}
        return canonical_bytes({**head, "network": to_hex(self.network), "total": self.total})

    @classmethod
    def from_bytes(cls, raw: bytes, most: int) -> Hello:
        """Parse an untrusted hello about at most ``most`` inputs. Raises MalformedProof."""
        if len(raw) > MAX_HELLO_BYTES:
            raise MalformedProof(f"hello has {len(raw)} bytes; at most {MAX_HELLO_BYTES} are read")
        fields = expect_keys(parse_canonical(raw, "hello"), {"protocol", "version", "network", "total"}, "hello")
        if fields["protocol"] != PROTOCOL or type(fields["version"]) is not int or fields["version"] != VERSION:
            raise MalformedProof(f"hello: this service speaks {PROTOCOL} version {VERSION}")
        return cls(expect_hex(fields["network"], 32, "hello: network"), expect_int(fields["total"], 1, most, "total"))


def input_width(network: Network) -> int:
    """Bytes of one integer input."""
    return width_of(network.input_low, network.input_high)


def output_limit(network: Network) -> int:
    """The largest size of an integer that the residues modulo the network's primes determine."""
    product = 1
    for name in network.fields():
        product *= FIELDS[name][0]
    return (product - 1) // 2


def output_width(network: Network) -> int:
    """Bytes of one exact output."""
    return width_of(-output_limit(network), output_limit(network))


def input_bytes(network: Network, total: int) -> int:
    """Bytes of the inputs of one question."""
    return int(np.prod(network.input_shape, dtype=object)) * total * input_width(network)


def output_bytes(network: Network, total: int) -> int:
    """Bytes of its answer."""
    return network.classes * total * output_width(network)


def write_inputs(network: Network, inputs: Integers) -> bytes:
    """Integer inputs (R, N)."""
    return encode(inputs, input_width(network))


def read_inputs(network: Network, total: int, raw: bytes) -> Integers:
    """Untrusted integer inputs (R, N) of ``input_bytes`` bytes; their box is checked where they are run.

    Raises:
        MalformedProof: another number of bytes.
    """
    rows = int(np.prod(network.input_shape, dtype=object))
    width = input_width(network)
    return decode(raw, width, (rows, total), 1 << (8 * width - 1))


def write_outputs(network: Network, outputs: NDArray[Any]) -> bytes:
    """Exact outputs (N, K)."""
    return encode(outputs, output_width(network))


def read_outputs(network: Network, total: int, raw: bytes) -> NDArray[Any]:
    """Untrusted outputs (N, K). Raises MalformedProof."""
    return decode(raw, output_width(network), (total, network.classes), output_limit(network))


def pieces(raw: bytes) -> Iterator[bytes]:
    """A long message in pieces of at most ``PIECE_BYTES``."""
    for start in range(0, len(raw), PIECE_BYTES):
        yield raw[start : start + PIECE_BYTES]


def piece_sizes(total_bytes: int) -> Iterator[int]:
    """The sizes of those pieces, known beforehand to whoever waits for them."""
    for start in range(0, total_bytes, PIECE_BYTES):
        yield min(PIECE_BYTES, total_bytes - start)
