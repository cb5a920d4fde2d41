"""Payload -> view: the check a buyer runs on what it received. No contract makes it, and no proof covers it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.corpus import Document
from proofs.commitment.recipe import Recipe
from proofs.commitment.view_format import ViewFormat
from proofs.corpus_import.csv_rows import view_of_row
from proofs.corpus_import.images import pixels
from proofs.corpus_import.npy import row_of
from proofs.errors import InvalidInput, MalformedProof


def view_of_payload(payload: bytes, recipe: Recipe, view_format: ViewFormat) -> NDArray[np.generic]:
    """The view that follows from an untrusted payload, in canonical form as ``ViewFormat.view_of`` gives it.

    Raises:
        InvalidInput: the payload does not hold what the recipe says, or its view does not fit the format.
    """
    if recipe.kind == "array":
        return _raw_view(payload, view_format)
    source = _source(payload, recipe, view_format)
    wanted = recipe.shape or view_format.shape
    if source.shape != wanted:
        raise InvalidInput(f"the payload holds numbers of shape {source.shape}, the recipe says {wanted}")
    if source.size != view_format.features:
        raise InvalidInput(f"the recipe's shape {wanted} does not fit into views of shape {view_format.shape}")
    return _view(view_format.quantise(source.reshape(1, *view_format.shape)), view_format)


def check_payload(document: Document, recipe: Recipe, view_format: ViewFormat) -> str | None:
    """Why a delivered document's view does not follow from its payload; None when it does."""
    try:
        view = view_of_payload(document.payload, recipe, view_format)
    except InvalidInput as error:
        return str(error)
    differing = int((view != document.view).sum())
    return f"the payload's view differs from the committed one in {differing} elements" if differing else None


def _source(payload: bytes, recipe: Recipe, view_format: ViewFormat) -> NDArray[np.generic]:
    if recipe.kind == "images":
        return pixels(payload, "the payload")
    if recipe.kind == "csv":
        return view_of_row(payload, recipe.columns, view_format.unit_bits)
    return row_of(payload, recipe.shape or view_format.shape)


def _raw_view(payload: bytes, view_format: ViewFormat) -> NDArray[np.generic]:
    if len(payload) != 4 * view_format.features:
        raise InvalidInput(f"the payload has {len(payload)} bytes, the raw view {4 * view_format.features}")
    try:
        return _view(np.frombuffer(payload, dtype=">i4").astype(np.int64)[None], view_format)
    except MalformedProof as error:
        raise InvalidInput(f"the payload holds no view: {error}") from None


def _view(raw: NDArray[np.int64], view_format: ViewFormat) -> NDArray[np.generic]:
    return view_format.view_of(raw).reshape(view_format.shape)
