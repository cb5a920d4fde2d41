"""Values of Solidity's elementary types in Python: range checks, and their strict JSON form.

An address is its EIP-55 string, ``bytes32`` is 32 raw bytes, ``uintN`` a non-negative int, ``intN`` an int, ``string``
a short text. In JSON: the EIP-55 string, ``0x`` and lower-case hex, a decimal string, the text itself.
"""

from __future__ import annotations

import re
from typing import cast

from eth_utils.address import to_checksum_address

from proofs.errors import InvalidInput
from protocols.errors import MessageRejected

SolidityValue = str | bytes | int
ZERO_ADDRESS = "0x0000000000000000000000000000000000000000"
MAX_TEXT_CHARS = 500
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,77}")
_SIGNED_DECIMAL = re.compile(r"0|-?[1-9][0-9]{0,77}")
_HEX32 = re.compile(r"0x[0-9a-f]{64}")


def address(value: object, name: str) -> str:
    """``value`` as an EIP-55 address string.

    Raises:
        InvalidInput: it is not a 20-byte hex address, or its mixed-case checksum is wrong.
    """
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise InvalidInput(f"{name} must be an Ethereum address (0x and 40 hex digits), got {value!r:.80}")
    result = str(to_checksum_address(value))
    if value not in (result, result.lower()):
        raise InvalidInput(
            f"{name} {value} has a wrong EIP-55 checksum; copy the address again, or give it in lower case"
        )
    return result


def uint(value: object, name: str, bits: int) -> int:
    """``value`` as an integer of ``bits`` bits, or InvalidInput naming the field and the range."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << bits:
        raise InvalidInput(f"{name} must be a whole number from 0 to 2^{bits}-1, got {value!r}")
    return value


def signed(value: object, name: str, bits: int) -> int:
    """``value`` as a two's complement integer of ``bits`` bits, or InvalidInput naming the field and the range."""
    if not isinstance(value, int) or isinstance(value, bool) or not -(1 << bits - 1) <= value < 1 << bits - 1:
        raise InvalidInput(f"{name} must be a whole number from -2^{bits - 1} to 2^{bits - 1}-1, got {value!r}")
    return value


def bytes32(value: object, name: str) -> bytes:
    """``value`` as 32 raw bytes, or InvalidInput naming the field."""
    if not isinstance(value, bytes) or len(value) != 32:
        raise InvalidInput(f"{name} must be 32 bytes, got {value!r:.80}")
    return value


def text(value: object, name: str) -> str:
    """``value`` as a printable text of at most ``MAX_TEXT_CHARS`` characters, or InvalidInput naming the field."""
    if not isinstance(value, str) or len(value) > MAX_TEXT_CHARS or not value.isprintable():
        raise InvalidInput(f"{name} must be printable text of at most {MAX_TEXT_CHARS} characters on one line")
    return value


def checked(value: object, solidity_type: str, name: str) -> SolidityValue:
    """``value`` checked against ``solidity_type`` (address, bytes32, string, uintN, intN) and normalised.

    Raises:
        InvalidInput: wrong Python type or out of range.
    """
    if solidity_type == "address":
        return address(value, name)
    if solidity_type == "bytes32":
        return bytes32(value, name)
    if solidity_type == "string":
        return text(value, name)
    if solidity_type.startswith("int"):
        return signed(value, name, int(solidity_type.removeprefix("int")))
    return uint(value, name, int(solidity_type.removeprefix("uint")))


def to_json(value: SolidityValue, solidity_type: str) -> str:
    """The JSON string of a checked value."""
    if solidity_type == "bytes32":
        return "0x" + cast(bytes, value).hex()
    return str(value)


def from_json(value: object, solidity_type: str, name: str) -> SolidityValue:
    """Parse one untrusted JSON value; only the form ``to_json`` writes is accepted.

    Raises:
        MessageRejected: check ``"field"``, naming the field and its type.
    """
    parsed: SolidityValue | None = None
    if isinstance(value, str):
        if solidity_type == "bytes32":
            parsed = bytes.fromhex(value[2:]) if _HEX32.fullmatch(value) else None
        elif solidity_type.startswith("uint"):
            parsed = int(value) if _DECIMAL.fullmatch(value) else None
        elif solidity_type.startswith("int"):
            parsed = int(value) if _SIGNED_DECIMAL.fullmatch(value) else None
        else:
            parsed = value
    try:
        result = checked(parsed, solidity_type, name)
    except InvalidInput as error:
        raise MessageRejected("field", f"{name} is not a canonical {solidity_type}: {error}") from error
    if to_json(result, solidity_type) != value:
        raise MessageRejected("field", f"{name} is not a canonical {solidity_type} (an address needs its EIP-55 case)")
    return result
