"""A CSV file: payload = a row's bytes as they stand in the file, view = its numeric columns as int16 units.

Comma-separated UTF-8 with a header. A number becomes v = number * 2^unit_bits, rounded half away from zero in exact
decimal arithmetic; what the row says in other columns is sold with it, but no predicate sees it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.recipe import Recipe
from proofs.container import read_file
from proofs.corpus_import.options import Imported, ViewOptions, assembled
from proofs.errors import InvalidInput

MAX_CSV_BYTES = 1 << 30
LOW, HIGH = -0x8000, 0x7FFF
_NUMBER = re.compile(r"\s*[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,2})?\s*", re.ASCII)
_EXACT = Context(prec=400)


def import_csv(path: Path, options: ViewOptions) -> Imported:
    """The rows of a CSV file, in order.

    Raises:
        InvalidInput: no rows, an unknown column, or a cell that is no number in range; names row and column.
    """
    rows = _records(read_file(path, "CSV file", MAX_CSV_BYTES), path)
    _, _, header = next(rows, (1, b"", []))
    header = [name.removeprefix("\ufeff").strip() for name in header]
    columns = _places(header, options.columns, path)
    unit_bits = options.unit_bits or 0
    pairs, names = [], []
    for line, content, fields in rows:
        name = f"row {line} of {path.name}"
        if len(fields) != len(header):
            raise InvalidInput(f"{name} has {len(fields)} fields, the header names {len(header)}")
        cells = [(fields[place], header[place]) for place in columns]
        pairs.append((content, _units(cells, unit_bits, name)))
        names.append(name)
    if not pairs:
        raise InvalidInput(f"{path} has no rows below its header; a corpus needs at least one document")
    return assembled(pairs, names, "int16", Recipe("csv", columns), options)


def view_of_row(payload: bytes, columns: Sequence[int], unit_bits: int) -> NDArray[np.int16]:
    """The view of one row's untrusted bytes. Raises InvalidInput."""
    try:
        rows = list(csv.reader(io.StringIO(payload.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"the payload is no CSV row: {error}") from None
    if len(rows) != 1 or max(columns) >= len(rows[0]):
        raise InvalidInput(f"the payload is not one CSV row with a column {max(columns)}")
    cells = [(rows[0][place], str(place)) for place in columns]
    return _units(cells, unit_bits, "the payload's row")


def _units(cells: Sequence[tuple[str, str]], unit_bits: int, name: str) -> NDArray[np.int16]:
    """Cells, each with its column's name, as int16 units."""
    values = []
    for cell, column in cells:
        if not _NUMBER.fullmatch(cell):
            raise InvalidInput(f"{name}, column '{column}': {cell[:40]!r} is no number")
        scaled = _EXACT.multiply(Decimal(cell.strip()), Decimal(1 << unit_bits))
        value = int(scaled.to_integral_value(rounding=ROUND_HALF_UP, context=_EXACT))
        if not LOW <= value <= HIGH:
            raise InvalidInput(
                f"{name}, column '{column}': {cell[:40].strip()} is {value} units of 2^-{unit_bits}, outside "
                f"{LOW}..{HIGH}; lower --unit-bits or rescale the column"
            )
        values.append(value)
    return np.array(values, dtype=np.int16)


def _places(header: Sequence[str], wanted: Sequence[str] | None, path: Path) -> tuple[int, ...]:
    """Where the columns named stand; all of them when none are named."""
    if not header:
        raise InvalidInput(f"{path} is empty; a CSV file begins with a header")
    places = []
    for name in wanted if wanted is not None else header:
        found = [place for place, title in enumerate(header) if title == name]
        if len(found) != 1:
            raise InvalidInput(f"{path} has {len(found)} columns named '{name}'; its header is {', '.join(header)}")
        places += found
    if not places or len(set(places)) != len(places):
        raise InvalidInput("--columns must name at least one column, and each once")
    return tuple(places)


def _records(raw: bytes, path: Path) -> Iterator[tuple[int, bytes, list[str]]]:
    """Line number, bytes without the line's end, and fields of each record; a quoted field may hold line ends."""
    lines = raw.split(b"\n")
    if not lines[-1]:
        lines.pop()
    taken: list[bytes] = []

    def feed() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line.decode("utf-8") + "\n"

    reader = csv.reader(feed(), strict=True)
    first = 1
    try:
        for fields in reader:
            content = b"\n".join(taken).removesuffix(b"\r")
            taken.clear()
            if not fields:
                raise InvalidInput(f"row {first} of {path.name} is empty; remove it")
            yield first, content, fields
            first = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"row {first} of {path.name} cannot be read: {error}") from None
