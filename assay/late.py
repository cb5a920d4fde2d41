"""Commands that are imported when they are asked for: a chain's and a prover's libraries take seconds to load.

What ``assay --help`` says of each is therefore written down here, too; ``tests/cli/test_cli_late.py`` compares.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

STYLE: dict[str, Any] = {"pretty_exceptions_enable": False, "rich_markup_mode": None, "add_completion": False}
"""Of every Typer application here: plain text, no tracebacks."""
COMMANDS = {
    "check": (
        "check",
        "Name every node of MODEL.onnx that cannot be proven, and the way round. Exit 0: provable, 5: not.",
    ),
    "estimate": (
        "estimate",
        "Estimate what a job takes, and whether it fits; bytes nearly exact, times and memory within a factor of two.",
    ),
    "verify": (
        "verify",
        "Verify proof.assay, of whichever kind. Exit 0: accepted, 2: rejected (the check is named), 3: malformed.",
    ),
    "explain": (
        "explain",
        "Say in plain words what a proof claims, binds, hides and rests on; of a commitment, how many proofs are left.",
    ),
    "report": (
        "report",
        "Write report.html: what a proof shows, what an exchange paid, and who could still lie. Exit codes as verify.",
    ),
    "plan": (
        "plan",
        "Plan an audit: sample size by Hoeffding, deposits 2NE + eps, payment 2NZ, and the paper's tables.",
    ),
    "simulate": (
        "simulate",
        "Walk every honest, lazy, malicious, silent and aborting path of a game and print what each side gets.",
    ),
    "ceremony": (
        "ceremony",
        "Import a ceremony's reference string, or make an insecure one for tests; without options, list what is here.",
    ),
    "deploy": (
        "party",
        "Deploy registry and escrows; anybody may, once for a chain. None of them has an owner.",
    ),
    "demo": (
        "demo",
        "Play the exchanges on a local chain: honest parties are paid, every other game ends in a slash or a refund.",
    ),
    "serve": (
        "serve",
        "Answer questions of prediction rounds, and run open networks for clients that check them interactively.",
    ),
    "seller": ("party", "Sell audits of a committed model."),
    "buyer": ("party", "Buy an audit of a listed model."),
    "commit": ("commit", "Commit to a model, to a labelled test set, or to documents."),
    "prove": ("prove", "Make a proof bundle."),
    "renew": ("renew", "Renew a commitment whose proofs are nearly used up, under the same id."),
    "responder": ("responder", "Sell documents of a committed corpus that satisfy a predicate."),
    "requester": ("requester", "Buy documents that satisfy a predicate, or audit a corpus."),
    "provider": ("provider", "Sell predictions of a committed model; `assay serve` answers."),
    "client": ("client", "Buy predictions, step by step or in one go; delegate a network."),
}
"""Each command's module in ``assay.commands``, and the first paragraph of its help, in the order of ``--help``."""


@cache
def command(name: str) -> Any:
    """Import a command, or a group of commands: a Click command that stands under its name."""
    module = import_module(f"assay.commands.{COMMANDS[name][0]}")
    carrier = typer.Typer(**STYLE)
    if hasattr(module, "register"):
        module.register(carrier)
    else:
        carrier.add_typer(module.app, name=name)
    carrier.callback()(_nothing)  # with a callback of its own it stays a group, even of one command
    return get_group(carrier).commands[name]


def _nothing() -> None:
    """The carrier's callback."""


class Late(MutableMapping[str, Any]):
    """The commands by name, each imported at its first use; neither written to nor shortened."""

    def __getitem__(self, name: str) -> Any:
        if name not in COMMANDS:
            raise KeyError(name)
        return command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __setitem__(self, name: str, value: Any) -> None:
        raise TypeError("commands are added to COMMANDS")

    def __delitem__(self, name: str) -> None:
        raise TypeError("commands are taken out of COMMANDS")


class LateGroup(TyperGroup):
    """The ``assay`` command itself."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = cast(Any, Late())

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands without importing one."""
        limit = formatter.width - 6 - max(map(len, COMMANDS))
        shown = [(name, TyperCommand(name, help=text)) for name, (_, text) in COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(limit)) for name, command in shown])
