"""Anvil's development accounts, whose keys everybody knows: for a local chain only, refused anywhere else."""

from __future__ import annotations

from eth_account import Account

from escrow.chain import Chain
from escrow.signers import LocalSigner
from proofs.errors import ChainError, InvalidInput

# The mnemonic every development node starts with; its keys are public.
MNEMONIC = "test test test test test test test test test test test junk"
ACCOUNTS = 10


def dev_account(chain: Chain, index: int) -> LocalSigner:
    """Development account ``index`` with its key in this process. Raises ChainError on any chain but anvil's."""
    if not chain.is_anvil:
        raise ChainError("development accounts have public keys and are used on a local anvil only; give --keystore")
    if not 0 <= index < ACCOUNTS:
        raise InvalidInput(f"development account {index} does not exist: 0 to {ACCOUNTS - 1}")
    Account.enable_unaudited_hdwallet_features()
    return LocalSigner(Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}"))
