"""Where a command writes: never onto what it reads, never two results in one place, never over a secret part."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from proofs.commitment.secret_files import SUFFIX, secret_path
from proofs.errors import InvalidInput
from proofs.files import require_replaceable

STANDARD_OUTPUT = "-"


def require_places(inputs: Sequence[Path | None], outputs: Sequence[Path], json: str | None) -> None:
    """Refuse to write where something else stands.

    Args:
        inputs: what the command reads, with the secret part beside each; a folder stands for all files in it.
        outputs: the files it makes. json: where its document goes, if anywhere.

    Raises:
        InvalidInput: an output is no file name, no plain file, is an input, or is another output.
    """
    wanted = [*outputs, *([] if json in (None, STANDARD_OUTPUT) else [Path(str(json))])]
    for place, output in enumerate(wanted):
        require_replaceable(output)
        for read in filter(None, inputs):
            if same_file(output, read) or same_file(output, _beside(read)) or _replaces_within(output, read):
                raise InvalidInput(f"{output} would be written over, and this command reads it; name another file")
        if any(same_file(output, other) for other in wanted[:place]):
            raise InvalidInput(f"{output} is named for two results; name two files")
        if output.name.endswith(SUFFIX) and output.exists() and not _is_secret_part(output, wanted):
            raise InvalidInput(f"{output} is a commitment's secret part, which is not written over; name another file")


def commitment_places(inputs: Sequence[Path | None], out: Path, json: str | None, *, force: bool, lost: str) -> None:
    """``require_places`` for a commitment and its secret part; one that is there already is kept, unless ``force``.

    Args:
        lost: what nobody can do any more once the secret part is gone.
    """
    require_places(inputs, [out, _beside(out)], json)
    if not force and secret_path(out).exists():
        raise InvalidInput(
            f"{secret_path(out)} exists and cannot be made again: without it {lost}. Name another file, or give "
            "--force to replace it"
        )


def overwrites_argument(path: str, arguments: Sequence[str]) -> bool:
    """Whether the document at ``path`` would replace a file another word of the command line names, or its secret."""
    skipped = {index + 1 for index, word in enumerate(arguments) if word == "--json"}
    for index, word in enumerate(arguments):
        if index in skipped or word.startswith("--json="):
            continue
        named = word.partition("=")[2] if word.startswith("--") else word.removeprefix("-o")
        if named and any(same_file(Path(path), Path(text)) for text in (named, named + SUFFIX)):
            return True
    return False


def _is_secret_part(output: Path, wanted: Sequence[Path]) -> bool:
    """Whether it goes with another output of the same command, which decides about it (``commitment_places``)."""
    return any(output == _beside(other) for other in wanted if other != output)


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths name one file, through links too; the file need not exist."""
    try:
        return os.path.realpath(one) == os.path.realpath(other) or os.path.samefile(one, other)
    except (OSError, ValueError):
        return False


def _beside(path: Path) -> Path:
    return secret_path(path) if path.name else path


def _replaces_within(output: Path, folder: Path) -> bool:
    inside = Path(os.path.realpath(folder)) in Path(os.path.realpath(output)).parents
    return inside and folder.is_dir() and output.exists()
