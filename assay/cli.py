"""The ``assay`` program: commands, error reporting, exit codes.

0 done or accepted     4 unusable input           8 a needed file is missing
1 unexpected failure   5 unsupported model        9 proof budget spent
2 proof rejected       6 resources exceeded      10 protocol violation
3 malformed bytes      7 prover failed           11 chain error

64 wrong usage, 130 interrupted, 143 terminated. Nothing a user, a file or another party does ends in a traceback;
``ASSAY_TRACEBACK=1`` shows one for an unexpected failure.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from assay import __version__
from assay.late import STYLE, LateGroup
from proofs.errors import AssayError, InvalidInput
from proofs.files import NO_ROOM

TYPER_USAGE, USAGE_EXIT = 2, 64
INTERRUPTED, TERMINATED = 130, 143
TRACEBACK_VARIABLE = "ASSAY_TRACEBACK"

app = typer.Typer(
    name="assay",
    cls=LateGroup,
    help="Prove what a machine-learning model scores without showing it, and get paid for it fairly.",
    no_args_is_help=True,
    **STYLE,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"assay {__version__}")
        raise typer.Exit


@app.callback()
def _assay(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """What stands before a command."""


def main() -> None:
    """Run the program and exit with a documented code."""
    signal.signal(signal.SIGTERM, _terminate)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line; returns its exit code. With ``--json`` a failure has its document too."""
    try:
        app(arguments)
    except AssayError as error:
        from assay.output import failure

        _report(str(error), failure(error), arguments)
        return error.exit_code
    except SystemExit as end:
        return _exit_code(end, arguments)
    except KeyboardInterrupt:
        return _stopped(INTERRUPTED, arguments)
    except Exception as error:
        if os.environ.get(TRACEBACK_VARIABLE):
            raise
        return _unexpected(error, arguments)
    return 0


def _terminate(*_: object) -> None:
    """SIGTERM: leave by way of every ``finally``, so that no secret file or child process stays behind."""
    raise SystemExit(TERMINATED)


def _exit_code(end: SystemExit, arguments: list[str]) -> int:
    """Typer ends with 2 for wrong usage, which here means a rejected proof: usage errors become 64."""
    if end.code == TYPER_USAGE:
        message = "wrong usage: what is wrong stands on standard error; --help lists the options"
        _document(_fields("UsageError", message, USAGE_EXIT), arguments)
        return USAGE_EXIT
    if end.code in (INTERRUPTED, TERMINATED):
        return _stopped(int(end.code), arguments)
    return end.code if isinstance(end.code, int) else 0 if end.code is None else 1


def _stopped(code: int, arguments: list[str]) -> int:
    message = "stopped; run the same command again (finished proofs of an interrupted 'prove' are kept)"
    _report(message, _fields("Stopped", message, code), arguments)
    return code


def _unexpected(error: Exception, arguments: list[str]) -> int:
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        place = f" for {error.filename}" if error.filename else ", here or in the folder for temporary files"
        message = f"no room is left on the disk{place} ({error.strerror}); make room, then run the same command again"
        _report(message, _fields("InvalidInput", message, InvalidInput.exit_code), arguments)
        return InvalidInput.exit_code
    cause = f"{type(error).__name__}: {error}"
    message = f"unexpected failure: {cause}; please report it, with what {TRACEBACK_VARIABLE}=1 shows"
    _report(message, _fields(type(error).__name__, message, 1), arguments)
    return 1


def _fields(error: str, message: str, code: int) -> dict[str, object]:
    return {"verdict": "error", "error": error, "message": message, "exit_code": code}


def _report(message: str, fields: Mapping[str, object], arguments: list[str]) -> None:
    from rich.console import Console

    Console(stderr=True, highlight=False, soft_wrap=True).print(f"error: {message}", style="red", markup=False)
    _document(fields, arguments)


def _document(fields: Mapping[str, object], arguments: list[str]) -> None:
    path = _json_path(arguments)
    if path is None:
        return
    from assay.output import Output
    from assay.places import overwrites_argument

    try:
        if overwrites_argument(path, arguments):
            raise InvalidInput(f"{path} is named for something else as well, and is left alone")
        Output(path).document(fields)
    except AssayError as error:
        print(f"no JSON document: {error}", file=sys.stderr)


def _json_path(arguments: list[str]) -> str | None:
    """Where the document goes: the last ``--json`` counts, as it does for the commands."""
    path = None
    for index, word in enumerate(arguments):
        if word == "--json" and index + 1 < len(arguments):
            path = arguments[index + 1]
        elif word.startswith("--json="):
            path = word.partition("=")[2]
    return path
