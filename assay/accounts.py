"""Options every command that touches a chain has: which chain, and whose account."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from escrow.chain import Chain
from escrow.dev_accounts import dev_account
from escrow.signers import LocalSigner, load_keystore
from proofs.errors import InvalidInput

PASSWORD_VARIABLE = "ASSAY_KEYSTORE_PASSWORD"  # noqa: S105 - the name of the variable
RpcOption = Annotated[str, typer.Option("--rpc", metavar="URL", help="JSON-RPC address of the chain.")]
KeystoreOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help=f"Encrypted key; password from {PASSWORD_VARIABLE} or asked for."),
]
DevOption = Annotated[
    int | None, typer.Option("--dev-account", metavar="N", help="Anvil's development account N, local chains only.")
]
ChannelOption = Annotated[Path, typer.Option(metavar="DIR", help="Folder shared with the other party.")]
StateOption = Annotated[Path, typer.Option(metavar="DIR", help="Private folder for journals and keys.")]


def account(chain: Chain | None, keystore: Path | None, dev: int | None) -> LocalSigner:
    """The signer the options name. Raises InvalidInput unless exactly one is given."""
    if (keystore is None) == (dev is None):
        raise InvalidInput("give your account: --keystore FILE, or --dev-account N on a local chain")
    if dev is not None:
        if chain is None:
            raise InvalidInput("a development account needs the chain it is for: give --rpc")
        return dev_account(chain, dev)
    if keystore is None:
        raise InvalidInput("give your account: --keystore FILE")
    password = os.environ.get(PASSWORD_VARIABLE)
    if password is None:
        password = typer.prompt(f"password of {keystore}", hide_input=True, err=True)
    return load_keystore(keystore, password)
