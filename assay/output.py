"""What every command prints: a human's lines, or one JSON document for a script, and progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import TimeRemainingColumn as Eta
from rich.table import Table

from proofs.errors import AssayError, InvalidInput
from proofs.files import write_atomic

# Columns of a table that goes to a file or a pipe, which have no width of their own.
FILE_WIDTH = 120
JsonOption = Annotated[
    str | None, typer.Option("--json", metavar="PATH", help="Write the result as JSON to PATH ('-': standard output).")
]


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's result goes. With ``--json -`` standard output carries the document and nothing else."""

    json_path: str | None = None

    @property
    def console(self) -> Console:
        """For people."""
        return Console(stderr=self.json_path == "-", highlight=False, soft_wrap=True)

    def say(self, text: str, style: str | None = None) -> None:
        """One line for a person; never interprets markup in ``text``."""
        self.console.print(text, style=style, markup=False)

    def table(self, title: str, columns: list[str], rows: list[list[str]]) -> None:
        """A table for a person."""
        table = Table(title=title, title_justify="left", title_style="bold")
        for column in columns:
            table.add_column(column, justify="left")
        for row in rows:
            table.add_row(*row)
        console = self.console
        if not console.is_terminal:
            console.width = max(console.width, FILE_WIDTH)
        console.print(table)

    def document(self, fields: Mapping[str, Any]) -> None:
        """The result for a script, if one was asked for."""
        if self.json_path is None:
            return
        text = json.dumps(fields, indent=2, sort_keys=True, default=str) + "\n"
        if self.json_path == "-":
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            write_atomic(Path(self.json_path), text.encode())

    @contextmanager
    def progress(self, title: str, total: int | None = None) -> Iterator[Stages]:
        """A progress line on standard error: stage, batches done, elapsed and remaining time."""
        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            Eta(),
            console=Console(stderr=True),
            transient=True,
        )
        with bar:
            yield Stages(bar, bar.add_task(title, total=total), title)


@dataclass(frozen=True, slots=True)
class Stages:
    """Feeds a progress line: the stage a child process is in, and batches done."""

    bar: Progress
    task: Any
    title: str

    def stage(self, name: str) -> None:
        """A child process has begun stage ``name``."""
        self.bar.update(self.task, description=f"{self.title}: {name}")

    def batch(self, done: int, total: int) -> None:
        """``done`` of ``total`` batches are finished."""
        self.bar.update(self.task, completed=done, total=total)


def failure(error: AssayError) -> dict[str, Any]:
    """The JSON document of a command that failed."""
    verdicts = {2: "rejected", 3: "malformed"}
    fields: dict[str, Any] = {
        "verdict": verdicts.get(error.exit_code, "error"),
        "error": type(error).__name__,
        "message": str(error),
        "exit_code": error.exit_code,
    }
    for name in ("check", "batch", "stage", "needed", "available"):
        if hasattr(error, name):
            fields[name] = getattr(error, name)
    return fields


def read_bytes(path: Path, what: str, limit: int = 1 << 30) -> bytes:
    """The bytes of a user's file. Raises InvalidInput naming it."""
    try:
        if not path.is_file():
            raise InvalidInput(f"{what}: {path} is not a file")
        if path.stat().st_size > limit:
            raise InvalidInput(f"{what}: {path} is larger than {limit >> 20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{what}: cannot read {path}: {error.strerror}") from None
