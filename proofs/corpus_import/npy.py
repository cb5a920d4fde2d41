"""A NumPy array: payload = the ``.npy`` bytes of a row, view = the row.

uint8 rows stay bytes, other integers become int16, floating-point rows ``fixed``.
"""

from __future__ import annotations

import io
import math
import re
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.archive_limits import READER_ERRORS
from proofs.commitment.recipe import Recipe
from proofs.commitment.secret_files import numpy_says, read_arrays
from proofs.container import read_file
from proofs.corpus_import.options import Imported, ViewOptions, assembled
from proofs.errors import InvalidInput

MAX_ARRAY_BYTES = 1 << 30
MAX_SIDE = 1 << 20
_VERSION = (1, 0)
_MAX_SHAPE_TEXT = 100
# NumPy's own reader evaluates the header as Python; payloads come from strangers, so theirs is matched instead.
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<>|](?:[iu][1248]|f[248]))', "
    rb"'fortran_order': False, 'shape': \(([0-9]+(?:, [0-9]+)*),?\), \} *\n",
    re.DOTALL,
)


def import_npy(path: Path, options: ViewOptions) -> Imported:
    """The rows of a ``.npy`` array, or of the array ``x`` in a ``.npz`` archive.

    Raises:
        InvalidInput: not an array of numbers (N, ...), or no rows. Integers beyond int16 are found when they are
            committed.
    """
    x = _read(path)
    if x.ndim < 2 or not len(x):
        raise InvalidInput(f"{path} holds an array of shape {x.shape}; documents need shape (documents, features...)")
    dtype = dtype_of(x.dtype)
    pairs = [(row_bytes(row), row) for row in x]
    names = [f"row {number} of {path.name}" for number in range(len(x))]
    return assembled(pairs, names, dtype, Recipe("npy"), options)


def dtype_of(dtype: np.dtype[np.generic]) -> str:
    """The view dtype of an array's dtype. Raises InvalidInput for anything but real numbers of up to 64 bits."""
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise InvalidInput(f"the array has dtype {dtype}; a view needs integers or floating-point numbers")
    return "fixed" if dtype.kind == "f" else "uint8" if dtype == np.uint8 else "int16"


def row_bytes(row: NDArray[np.generic]) -> bytes:
    """One row as a ``.npy`` file, version 1.0, C order."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(row), version=_VERSION, allow_pickle=False)
    return buffer.getvalue()


def row_of(payload: bytes, wanted: tuple[int, ...]) -> NDArray[np.generic]:
    """The row of shape ``wanted`` in untrusted bytes, which must be exactly what ``row_bytes`` writes.

    Raises:
        InvalidInput: it is not; nothing the payload announces is acted on before its shape is the wanted one.
    """
    header = _HEADER.match(payload)
    if header is None or len(header[2]) > _MAX_SHAPE_TEXT:
        raise InvalidInput("the payload is no .npy file in the form the importer writes")
    dtype = np.dtype(header[1].decode())
    shape = tuple(int(side) for side in header[2].decode().split(", "))
    if shape != wanted or not all(0 < side <= MAX_SIDE for side in shape):
        raise InvalidInput(f"the payload holds numbers of shape {shape}, the recipe says {wanted}")
    rest = payload[header.end() :]
    if math.prod(shape) * dtype.itemsize != len(rest):
        raise InvalidInput(f"the payload announces shape {shape} of {dtype} and holds {len(rest)} bytes")
    row = np.frombuffer(rest, dtype=dtype).reshape(shape)
    if row_bytes(row) != payload:
        raise InvalidInput("the payload is a .npy file in another form than the importer writes")
    return row


def _read(path: Path) -> NDArray[np.generic]:
    if path.suffix == ".npz":
        return read_arrays(path, {"x"}, "documents", MAX_ARRAY_BYTES)["x"]
    raw = read_file(path, "documents", MAX_ARRAY_BYTES)
    try:
        array = np.load(io.BytesIO(raw), allow_pickle=False)
    except READER_ERRORS as error:
        raise InvalidInput(f"{path} is not a NumPy array of numbers{numpy_says(error)}") from None
    if not isinstance(array, np.ndarray):
        raise InvalidInput(f"{path} is an archive; name it .npz, with the documents in array x")
    return cast(NDArray[np.generic], array)
