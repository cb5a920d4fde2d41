"""From a path to documents: which importer a source is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from proofs.corpus_import.csv_rows import import_csv
from proofs.corpus_import.images import import_images
from proofs.corpus_import.npy import import_npy
from proofs.corpus_import.options import Imported, ViewOptions
from proofs.errors import InvalidInput

IMPORTERS: dict[str, Callable[[Path, ViewOptions], Imported]] = {
    "images": import_images,
    "csv": import_csv,
    "npy": import_npy,
}
_SUFFIXES = {".csv": "csv", ".npy": "npy", ".npz": "npy"}


def kind_of(path: Path) -> str:
    """The kind of a source by its looks. Raises InvalidInput."""
    if path.is_dir():
        return "images"
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise InvalidInput(f"{path} is no folder, .csv, .npy or .npz file: say --kind {'|'.join(IMPORTERS)}")
    return kind


def import_source(path: Path, options: ViewOptions, kind: str | None = None) -> Imported:
    """The documents of ``path``. Raises InvalidInput or MissingArtifact, naming what cannot be used."""
    if kind is not None and kind not in IMPORTERS:
        raise InvalidInput(f"kind '{kind}' is unknown; there are {', '.join(IMPORTERS)}")
    if not path.exists():
        raise InvalidInput(f"{path} does not exist")
    chosen = kind or kind_of(path)
    if (chosen == "images") != path.is_dir():
        raise InvalidInput(f"{path} is {'a folder' if path.is_dir() else 'a file'}; kind '{chosen}' needs the other")
    if options.columns is not None and chosen != "csv":
        raise InvalidInput("--columns is for CSV files")
    return IMPORTERS[chosen](path, options)
