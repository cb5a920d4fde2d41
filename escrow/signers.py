"""Who pays and signs: a development account that anvil unlocks, or a key from an encrypted keystore file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress, HexAddress, HexStr

from proofs.errors import InvalidInput, MissingArtifact
from proofs.nesting import shallow_json
from protocols.solidity import address as parse_address

_KDF_MOST = {"c": 10_000_000, "n": 1 << 20, "r": 32, "p": 16, "dklen": 64}
"""Rounds of PBKDF2 and cost of scrypt, far above wallets' own (c about 1,000,000; n = 2^18, r = 8, p = 1)."""


class Signer(Protocol):
    """An account that can send transactions."""

    @property
    def address(self) -> ChecksumAddress:
        """The account's address."""

    def sign(self, transaction: Mapping[str, Any]) -> bytes | None:
        """The signed raw transaction, or None if the node holds the key and signs."""


@dataclass(frozen=True, slots=True)
class UnlockedSigner:
    """An account whose key the node holds: only anvil's development accounts are meant."""

    address: ChecksumAddress

    def sign(self, transaction: Mapping[str, Any]) -> bytes | None:
        """None: the node signs."""
        return None


@dataclass(frozen=True, slots=True)
class LocalSigner:
    """An account whose key is in this process. The key is secret and never shown."""

    account: LocalAccount = field(repr=False)

    @property
    def address(self) -> ChecksumAddress:
        """The account's address."""
        return self.account.address

    def sign(self, transaction: Mapping[str, Any]) -> bytes | None:
        """The raw transaction under this account's signature."""
        return bytes(self.account.sign_transaction(dict(transaction)).raw_transaction)


def load_keystore(path: Path, password: str, *, expected_address: str | None = None) -> LocalSigner:
    """Decrypt a keystore file (Web3 Secret Storage, version 3).

    Args:
        path: the JSON file, as geth, foundry or ``create_keystore`` write it.
        password: its password; secret, never part of a message.
        expected_address: the party this key must belong to, if known.

    Raises:
        MissingArtifact: no such file.
        InvalidInput: not a keystore, wrong password, or the key of another account.
    """
    try:
        stored = shallow_json(path.read_bytes())
    except FileNotFoundError:
        raise MissingArtifact(f"keystore {path} does not exist; name the right file or create one") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{path} is no keystore file: {type(error).__name__}; give a version 3 keystore") from None
    if not isinstance(stored, dict) or stored.get("version") != 3 or "crypto" not in {key.lower() for key in stored}:
        raise InvalidInput(f"{path} is no version 3 keystore; export the account again from your wallet")
    _require_modest(stored, path)
    try:
        account = Account.from_key(Account.decrypt(stored, password))
    except (ValueError, LookupError, TypeError, AttributeError, NotImplementedError, OverflowError, MemoryError):
        raise InvalidInput(f"keystore {path} does not open: wrong password, or the file is damaged") from None
    if expected_address is not None and account.address != checked_address(expected_address):
        raise InvalidInput(
            f"keystore {path} holds the key of {account.address}, this step needs {expected_address}; use its keystore"
        )
    return LocalSigner(account)


def _require_modest(stored: dict[str, Any], path: Path) -> None:
    """The key derivation asks for no more rounds and memory than wallets do. Raises InvalidInput."""
    sections = [section for key, section in stored.items() if key.lower() == "crypto" and isinstance(section, dict)]
    for section in sections:
        asked = section.get("kdfparams")
        if not isinstance(asked, dict) or not all(
            _modest(asked.get(name, 1), most) for name, most in _KDF_MOST.items()
        ):
            raise InvalidInput(
                f"keystore {path} asks for a key derivation no wallet uses; export the account again from your wallet"
            )


def _modest(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most


def create_keystore(path: Path, password: str, *, key: bytes | None = None, iterations: int | None = None) -> str:
    """Write a new encrypted keystore (mode 0600), never over an existing file; returns the account's address.

    Args:
        path: file to create.
        password: at least one character; secret.
        key: a 32-byte private key to store, or None for a fresh one.
        iterations: rounds of the key derivation, None for eth-account's default.

    Raises:
        InvalidInput: the file exists, or the password is empty.
    """
    if not password:
        raise InvalidInput("a keystore needs a password; an empty one protects nothing")
    account = Account.create() if key is None else Account.from_key(key)
    stored = json.dumps(Account.encrypt(account.key, password, iterations=iterations))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InvalidInput(f"{path} exists; keystores are never overwritten, choose another name") from None
    with os.fdopen(handle, "w") as file:
        file.write(stored)
    return str(account.address)


def checked_address(text: str, name: str = "address") -> ChecksumAddress:
    """``text`` in checksum form. Raises InvalidInput naming ``name`` when it is no address or its checksum wrong."""
    return ChecksumAddress(HexAddress(HexStr(parse_address(text, name))))
