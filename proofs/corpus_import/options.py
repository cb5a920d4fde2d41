"""What an importer is told, and what it makes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from proofs.commitment.corpus import Document
from proofs.commitment.recipe import Recipe
from proofs.commitment.view_format import ViewFormat
from proofs.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """The numbers of a view format that no source decides.

    Args:
        scale_bits, batch: as in ``ViewFormat``.
        unit_bits: as there; by default 8 for bytes (a pixel becomes a share of 256), 0 for other integers.
        shape: of a view, where it should differ from the source's own; the same number of elements.
        columns: for CSV, the names of the columns that make the view; all by default.
    """

    scale_bits: int
    batch: int
    unit_bits: int | None = None
    shape: tuple[int, ...] | None = None
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Imported:
    """Documents with the format their views share, the recipe they follow, and a name for each. Secret."""

    documents: tuple[Document, ...] = field(repr=False)
    format: ViewFormat
    recipe: Recipe
    names: tuple[str, ...] = field(repr=False)


def assembled(
    pairs: Sequence[tuple[bytes, NDArray[Any]]],
    names: Sequence[str],
    dtype: str,
    recipe: Recipe,
    options: ViewOptions,
) -> Imported:
    """Payloads and views of one shape, as documents in the shape and scale asked for.

    Raises:
        InvalidInput: no documents, or options that fit no view format.
    """
    if not pairs:
        raise InvalidInput("the source holds no documents; a corpus needs at least one")
    own = pairs[0][1].shape
    shape = options.shape or own
    if math.prod(shape) != math.prod(own):
        raise InvalidInput(f"views have {math.prod(own)} elements, in shape {own}; they do not fit into {shape}")
    unit_bits = _unit_bits(dtype, options)
    view_format = ViewFormat(shape, dtype, unit_bits, options.scale_bits, options.batch)
    if shape != own:
        recipe = Recipe(recipe.kind, recipe.columns, own)
    documents = tuple(Document(payload, view.reshape(shape)) for payload, view in pairs)
    return Imported(documents, view_format, recipe, tuple(names))


def _unit_bits(dtype: str, options: ViewOptions) -> int:
    if dtype == "fixed":
        if options.unit_bits not in (None, options.scale_bits):
            raise InvalidInput("real numbers take no unit_bits: their unit is the scale's")
        return options.scale_bits
    if options.unit_bits is not None:
        return options.unit_bits
    return min(8, options.scale_bits) if dtype == "uint8" else 0
