"""The compiled contracts that come with the project: ABI, bytecode and where their immutables sit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from eth_typing import ABI

from proofs.encoding import keccak256
from proofs.errors import InvalidInput, MissingArtifact
from proofs.nesting import shallow_json

BUILD_HINT = "run `python -m escrow.build` in a clone of the repository"
_WORD_BYTES = 32


@dataclass(frozen=True, slots=True)
class Artifact:
    """One compiled contract; all of it is public.

    Attributes:
        name: the contract's name, e.g. ``AccuracyEscrow``.
        abi: its ABI entries.
        bytecode: creation code, without constructor arguments; empty for an interface.
        deployed_bytecode: the code a chain stores, with zeros where immutables go.
        immutable_references: for each immutable, by name, the (start, length) byte ranges it fills.
        source_hash: keccak-256 over every source file, the compiler's version and its settings.
    """

    name: str
    abi: ABI
    bytecode: bytes
    deployed_bytecode: bytes
    immutable_references: Mapping[str, tuple[tuple[int, int], ...]]
    source_hash: bytes

    def runtime_code(self, immutables: Mapping[str, int | bytes | str]) -> bytes:
        """The code an honest deployment with these immutables has on chain; its keccak-256 is ``extcodehash``.

        Args:
            immutables: a value for each name in ``immutable_references``: an integer, up to 32 bytes, or a
                0x-prefixed address or word.

        Raises:
            InvalidInput: names missing or unknown, or a value longer than a word.
        """
        if set(immutables) != set(self.immutable_references):
            raise InvalidInput(
                f"{self.name} has the immutables {sorted(self.immutable_references)}, got {sorted(immutables)}"
            )
        code = bytearray(self.deployed_bytecode)
        for name, ranges in self.immutable_references.items():
            word = _word(name, immutables[name])
            for start, length in ranges:
                code[start : start + length] = word[_WORD_BYTES - length :]
        return bytes(code)

    def runtime_codehash(self, immutables: Mapping[str, int | bytes | str]) -> bytes:
        """``extcodehash`` of an honest deployment with these immutables; see ``runtime_code``."""
        return keccak256(self.runtime_code(immutables))


def contracts_folder() -> Path:
    """The folder with the contracts' ``src`` and ``out``: inside an installed package, else in the repository."""
    packaged = Path(str(files("escrow"))) / "_contracts"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parent.parent / "contracts"


def load(name: str) -> Artifact:
    """The artifact of contract ``name``.

    Raises:
        MissingArtifact: there is none, or its file is damaged.
    """
    path = contracts_folder() / "out" / f"{name}.json"
    if not name.isidentifier() or not path.is_file():
        raise MissingArtifact(f"no compiled contract {name!r} at {path}; {BUILD_HINT}")
    try:
        return parse_artifact(shallow_json(path.read_bytes()))
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as damage:
        raise MissingArtifact(f"the compiled contract at {path} is damaged ({damage!r}); {BUILD_HINT}") from damage


def parse_artifact(record: dict[str, Any]) -> Artifact:
    """An artifact from the JSON form that ``escrow.build`` writes; raises ValueError, KeyError or TypeError if bad."""
    references = {
        name: tuple((int(span["start"]), int(span["length"])) for span in spans)
        for name, spans in record["immutableReferences"].items()
    }
    return Artifact(
        name=str(record["contractName"]),
        abi=cast(ABI, list(record["abi"])),
        bytecode=_from_hex(record["bytecode"]),
        deployed_bytecode=_from_hex(record["deployedBytecode"]),
        immutable_references=references,
        source_hash=_from_hex(record["sourceHash"]),
    )


def _from_hex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _word(name: str, value: int | bytes | str) -> bytes:
    """``value`` right-aligned in 32 bytes, as Solidity stores integers and addresses (bytes32 fills the word)."""
    try:
        raw = value.to_bytes(_WORD_BYTES, "big") if isinstance(value, int) else value
        raw = _from_hex(raw) if isinstance(raw, str) else raw
    except (OverflowError, ValueError) as fault:
        raise InvalidInput(f"immutable {name} = {value!r} is no unsigned 256-bit word ({fault})") from fault
    if len(raw) > _WORD_BYTES:
        raise InvalidInput(f"immutable {name} is {len(raw)} bytes long; a word has {_WORD_BYTES}")
    return raw.rjust(_WORD_BYTES, b"\0")
