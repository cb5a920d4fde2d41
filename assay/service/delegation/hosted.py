"""The networks a service runs for others, and how much of them at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import psutil

from proofs.canonical import to_hex
from proofs.errors import InvalidInput
from proofs.sumcheck.safetynets.execution.execute import needed_tensors
from proofs.sumcheck.safetynets.network import Network

MAX_TOTAL = 1 << 16
MEMORY_SHARE = 0.25
"""Part of the machine's memory that one delegation may take; with SESSIONS at once there is room left for the rest."""
SESSIONS = 2
"""Delegations at work at the same time."""
OPEN = 16
"""Sessions open at the same time, those among them that have not said yet what they want."""
OBJECT_BYTES = 128
"""An output beyond 64 bits, as a Python integer with its place in arrays and its temporaries."""
ELEMENT_BYTES = 8
ROOM = 3
"""A proof's own tables beside the kept values: half of them twice over in the extension, and what execution needs."""


@dataclass(frozen=True, slots=True)
class HostedNetworks:
    """Networks by digest."""

    networks: dict[bytes, Network]

    @classmethod
    def of(cls, networks: Sequence[Network]) -> HostedNetworks:
        """Raises InvalidInput: one is given twice. UnsupportedModel: one outgrows two primes."""
        found = {network.digest: network for network in networks}
        if len(found) != len(networks):
            raise InvalidInput("a network is given twice; name each once")
        for network in networks:
            network.fields()
        return cls(found)

    def listing(self) -> list[dict[str, object]]:
        """What clients may ask for, as JSON."""
        return [describe(network) for network in self.networks.values()]


def describe(network: Network) -> dict[str, object]:
    """A network in a listing."""
    return {
        "network": to_hex(network.digest),
        "input_shape": list(network.input_shape),
        "input_low": network.input_low,
        "input_high": network.input_high,
        "classes": network.classes,
        "fields": list(network.fields()),
        "most_inputs": most_inputs(network),
    }


def bytes_an_input(network: Network) -> int:
    """Memory one input of a batch takes while it is proven, about."""
    fields = len(network.fields())
    values = sum(int(np.prod(network.shapes[i], dtype=object)) for i in needed_tensors(network) | {0})
    outputs = network.classes * (ELEMENT_BYTES if fields == 1 else OBJECT_BYTES)
    return values * fields * ELEMENT_BYTES * ROOM + outputs


def most_inputs(network: Network) -> int:
    """The largest batch one delegation may have on this machine."""
    return int(min(MAX_TOTAL, max(1, MEMORY_SHARE * psutil.virtual_memory().total // bytes_an_input(network))))
