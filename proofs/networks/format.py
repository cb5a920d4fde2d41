"""The one byte string of an integer network's description, in canonical JSON, and its digest.

    {"input_scale": "0.0078125", "nodes": [...], "output_scale": "0.125", "tables": [...],
     "tensors": [[channels, height, width, low, high], ...], "version": 1}

Nodes and tables are objects whose ``kind`` names them (``format_nodes.py``). Untrusted bytes become a checked network
or are refused; a network has exactly one encoding.
"""

from __future__ import annotations

from hashlib import sha256

from proofs.canonical import canonical_bytes, expect_int, expect_keys, parse_canonical
from proofs.errors import InvalidInput, MalformedProof
from proofs.networks.checks import check_network
from proofs.networks.format_nodes import describe_node, describe_table, read_node, read_table
from proofs.networks.format_numbers import integers, items, text
from proofs.networks.limits import MAX_DESCRIPTION, MAX_NODES, MAX_NUMBER, MAX_TABLES
from proofs.networks.network import Network, Tensor

VERSION = 1
WHAT = "network description"
DIGEST_DOMAIN = b"assay/integer-network/v1\n"
MAX_SCALE = 96
"""Characters of a scale."""


def to_bytes(network: Network) -> bytes:
    """The canonical encoding. Raises InvalidInput for what is not a network."""
    check_network(network)
    return canonical_bytes(
        {
            "input_scale": network.input_scale,
            "nodes": [describe_node(node) for node in network.nodes],
            "output_scale": network.output_scale,
            "tables": [describe_table(table) for table in network.tables],
            "tensors": [[int(v) for v in (*tensor.shape, tensor.low, tensor.high)] for tensor in network.tensors],
            "version": VERSION,
        }
    )


def from_bytes(raw: bytes) -> Network:
    """Parse an untrusted description. Raises MalformedProof."""
    if len(raw) > MAX_DESCRIPTION:
        raise MalformedProof(f"{WHAT} has {len(raw)} bytes; at most {MAX_DESCRIPTION} are read")
    keys = {"input_scale", "nodes", "output_scale", "tables", "tensors", "version"}
    found = expect_keys(parse_canonical(raw, WHAT), keys, WHAT)
    expect_int(found["version"], VERSION, VERSION, f"{WHAT}: version")
    network = Network(
        tensors=tuple(_tensor(item) for item in items(found["tensors"], MAX_NODES + 1, f"{WHAT}: tensors")),
        nodes=tuple(
            read_node(item, f"{WHAT}: node {i}")
            for i, item in enumerate(items(found["nodes"], MAX_NODES, f"{WHAT}: nodes"))
        ),
        tables=tuple(
            read_table(item, f"{WHAT}: table {i}")
            for i, item in enumerate(items(found["tables"], MAX_TABLES, f"{WHAT}: tables"))
        ),
        input_scale=text(found["input_scale"], MAX_SCALE, f"{WHAT}: input_scale"),
        output_scale=text(found["output_scale"], MAX_SCALE, f"{WHAT}: output_scale"),
    )
    try:
        check_network(network)
    except InvalidInput as error:
        raise MalformedProof(f"{WHAT}: {error}") from None
    return network


def digest(network: Network) -> bytes:
    """SHA-256 of the description, 32 bytes; what statements and weights files name a network by."""
    return digest_of_bytes(to_bytes(network))


def digest_of_bytes(raw: bytes) -> bytes:
    """The same for a description already in its bytes."""
    return sha256(DIGEST_DOMAIN + raw).digest()


def _tensor(value: object) -> Tensor:
    channels, height, width, low, high = integers(value, 5, -MAX_NUMBER, MAX_NUMBER, f"{WHAT}: a tensor")
    return Tensor((channels, height, width), low, high)
