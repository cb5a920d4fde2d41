"""A folder of images: payload = the file's bytes, view = its pixels, (1, H, W) grey or (3, H, W) colour, uint8.

Nothing is resized, converted or turned: the view must follow from the bytes alone. PNG, BMP and PNM decode to the same
pixels everywhere; JPEG decoders may differ by a step of brightness, which a buyer's check would then report.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from proofs.commitment.chunks import MAX_PAYLOAD_BYTES
from proofs.commitment.recipe import Recipe
from proofs.commitment.view_format import MAX_FEATURES
from proofs.container import read_file
from proofs.corpus_import.options import Imported, ViewOptions, assembled
from proofs.errors import InvalidInput

FORMATS = ("PNG", "BMP", "PPM", "JPEG")
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    struct.error,
    zlib.error,
)


def import_images(folder: Path, options: ViewOptions) -> Imported:
    """All files below ``folder`` in the order of their paths; hidden ones are passed over.

    Raises:
        InvalidInput: no images, one that cannot be read, or one of another size than the first; each named.
    """
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    pairs: list[tuple[bytes, NDArray[np.uint8]]] = []
    for name in names:
        raw = read_file(folder / name, "image", MAX_PAYLOAD_BYTES)
        view = pixels(raw, f"image {name}")
        if pairs and view.shape != pairs[0][1].shape:
            raise InvalidInput(
                f"image {name} is {_size(view)}, {names[0]} is {_size(pairs[0][1])}: all must have one size and be "
                "all grey or all colour; convert them first, so that what is committed is what is sold"
            )
        pairs.append((raw, view))
    if not pairs:
        raise InvalidInput(f"folder {folder} holds no images; a corpus needs at least one document")
    return assembled(pairs, names, "uint8", Recipe("images"), options)


def pixels(raw: bytes, what: str) -> NDArray[np.uint8]:
    """The pixels in an image file's untrusted bytes, (channels, height, width). Raises InvalidInput."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Pillow has to say about a stranger's file
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
                _refuse_unusual(image, what)
                array = np.asarray(image, dtype=np.uint8)
    except InvalidInput:
        raise
    except UnidentifiedImageError:
        raise InvalidInput(f"{what} cannot be read: it is no PNG, BMP, PNM or JPEG") from None
    except (*_DECODER_ERRORS, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidInput(f"{what} cannot be read as PNG, BMP, PNM or JPEG: {error}") from None
    return array[None] if array.ndim == 2 else np.ascontiguousarray(array.transpose(2, 0, 1))


def _refuse_unusual(image: object, what: str) -> None:
    """Before decoding: grey or colour in 8 bits, one frame, no transparency, no more pixels than a view may have."""
    mode, size = getattr(image, "mode", ""), getattr(image, "size", (0, 0))
    if mode not in ("L", "RGB"):
        raise InvalidInput(f"{what} has mode {mode}; save it as 8-bit greyscale (L) or colour (RGB)")
    if getattr(image, "n_frames", 1) != 1 or "transparency" in getattr(image, "info", {}):
        raise InvalidInput(f"{what} has several frames or transparency; save it flat")
    if size[0] * size[1] * len(mode) > MAX_FEATURES:
        raise InvalidInput(f"{what} has {size[0]} x {size[1]} pixels; a view holds at most {MAX_FEATURES} numbers")


def _size(view: NDArray[np.uint8]) -> str:
    channels, height, width = view.shape
    return f"{width} x {height} {'grey' if channels == 1 else 'colour'}"
