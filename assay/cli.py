"""The ``assay`` program: commands, error reporting, exit codes.

0 done or accepted     4 unusable input           8 a needed file is missing
1 unexpected failure   5 unsupported model        9 proof budget spent
2 proof rejected       6 resources exceeded      10 protocol violation
3 malformed bytes      7 prover failed           11 chain error        64 wrong usage
"""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from assay.commands import ceremony, check, commit, demo, estimate, explain, party, plan, prove, simulate, verify
from assay.output import USAGE_EXIT, Output, failure
from proofs.errors import AssayError

TYPER_USAGE = 2
INTERRUPTED = 130

app = typer.Typer(
    name="assay",
    help="Prove what a machine-learning model scores without showing it, and get paid for it fairly.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
for module in (check, estimate, verify, explain, plan, simulate, ceremony, party, demo):
    module.register(app)
app.add_typer(commit.app, name="commit")
app.add_typer(prove.app, name="prove")


def main() -> None:
    """Run the program and exit with a documented code; no traceback for anything a user or an adversary can cause."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line; returns its exit code."""
    try:
        app(arguments)
    except AssayError as error:
        _report(error, arguments)
        return error.exit_code
    except SystemExit as end:
        return _exit_code(end)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _exit_code(end: SystemExit) -> int:
    """Typer ends with 2 for wrong usage, which here means a rejected proof: usage errors become 64."""
    if end.code == TYPER_USAGE:
        return USAGE_EXIT
    if end.code == INTERRUPTED:
        Console(stderr=True).print("stopped; finished batches are kept: run the same command again to go on")
    return end.code if isinstance(end.code, int) else 0 if end.code is None else 1


def _report(error: AssayError, arguments: list[str]) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"error: {error}", style="red", markup=False)
    Output(_json_path(arguments)).document(failure(error))


def _json_path(arguments: list[str]) -> str | None:
    for index, word in enumerate(arguments):
        if word == "--json" and index + 1 < len(arguments):
            return arguments[index + 1]
        if word.startswith("--json="):
            return word.partition("=")[2]
    return None
