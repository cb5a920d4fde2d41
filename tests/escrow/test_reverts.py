"""Decoding of return data, hostile bytes included."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from escrow.reverts import ErrorTable
from proofs.encoding import keccak256

ABI = [
    {"type": "error", "name": "Plain", "inputs": []},
    {"type": "error", "name": "Owed", "inputs": [{"name": "who", "type": "address"}, {"name": "", "type": "uint256"}]},
    {
        "type": "error",
        "name": "Pair",
        "inputs": [
            {
                "name": "pairs",
                "type": "tuple[]",
                "components": [{"name": "a", "type": "uint8"}, {"name": "b", "type": "bytes32"}],
            }
        ],
    },
    {"type": "function", "name": "Plain", "inputs": [], "outputs": []},
]


def table() -> ErrorTable:
    known = ErrorTable()
    known.learn(ABI)
    return known


def selector(signature: str) -> bytes:
    return keccak256(signature.encode())[:4]


def test_known_errors() -> None:
    known = table()
    assert str(known.decode(selector("Plain()"))) == "Plain"
    owed = known.decode(selector("Owed(address,uint256)") + encode(["address", "uint256"], ["0x" + "ab" * 20, 7]))
    assert owed.arguments == {"who": "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB", "1": 7}
    pair = known.decode(selector("Pair((uint8,bytes32)[])") + encode(["(uint8,bytes32)[]"], [[(1, b"\x02" * 32)]]))
    assert pair.arguments == {"pairs": ((1, b"\x02" * 32),)}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"", "Empty"),
        (selector("Error(string)") + encode(["string"], ["no"]), "Error(message=no)"),
        (selector("Panic(uint256)") + encode(["uint256"], [17]), "Panic(code=17)"),
        (b"\xde\xad\xbe\xef", "Unknown(data=0xdeadbeef)"),
        (selector("Owed(address,uint256)") + b"\x01", "Owed(data=0x01)"),
    ],
)
def test_other_forms(raw: bytes, shown: str) -> None:
    assert str(table().decode(raw)) == shown


@given(st.sampled_from(["Error(string)", "Owed(address,uint256)", "Pair((uint8,bytes32)[])"]), st.binary(max_size=200))
def test_hostile_return_data_never_raises(signature: str, body: bytes) -> None:
    str(table().decode(selector(signature) + body))
    str(table().decode(body))
