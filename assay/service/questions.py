"""A question as it arrives: ``{"index": 3, "salt": "0x..", "x": [0.5, ..]}``, parsed strictly."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.service.problems import Problem
from proofs.commitment.view_format import ViewFormat
from proofs.errors import InvalidInput
from proofs.nesting import nesting_depth

NUMBER_BYTES = 32
"""Room for one number with its comma; a double takes at most 25."""
_SALT = re.compile(r"0x(?:[0-9a-f]{4})*")
_DOCUMENT = re.compile(r"^document ([0-9]+): its view ")
_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Question:
    """One input of a round: ``raw`` (features,) and ``salt`` (limbs of 16 bits), both int64. Secret."""

    job_id: bytes
    index: int
    raw: NDArray[np.int64]
    salt: NDArray[np.int64]

    @property
    def row(self) -> NDArray[np.int64]:
        """The hashed tensor [raw, salt]."""
        return np.concatenate([self.raw, self.salt])


def most_bytes(view: ViewFormat) -> int:
    """The longest request body worth reading."""
    return 1024 + NUMBER_BYTES * view.features + 4 * view.salt_limbs


def parse_question(raw: bytes, job_id: bytes, view: ViewFormat, count: int) -> Question:
    """A question from an untrusted request body.

    Args:
        raw: the body. view: the round's input format. count: K, questions of the round.

    Raises:
        Problem: not this JSON object, or values out of range. InvalidInput: x has no integers in this format.
    """
    content = read_object(raw, {"index", "salt", "x"})
    index, salt, x = content["index"], content["salt"], content["x"]
    if type(index) is not int or not 0 <= index < count:
        raise Problem("malformed-request", f"index must be a whole number from 0 to {count - 1}")
    if not isinstance(x, list) or len(x) != view.features or not all(type(v) in (int, float) for v in x):
        raise Problem("malformed-request", f"x must be a list of {view.features} numbers, row by row")
    try:
        values = np.array(x, dtype=np.float64).reshape(1, *view.shape)
    except OverflowError:
        raise Problem("unusable-input", "x holds a number too large for any input format") from None
    return Question(job_id, index, quantise(view, values, index)[0], parse_salt(salt, view.salt_limbs))


def quantise(view: ViewFormat, values: NDArray[np.generic], first: int = 0) -> NDArray[np.int64]:
    """Inputs (N, *shape) as integers (N, features); in refusals they count from ``first``. Raises InvalidInput."""
    try:
        return view.quantise(values)
    except InvalidInput as error:
        text = _DOCUMENT.sub(lambda found: f"input {first + int(found[1])}: it ", str(error))
        raise InvalidInput(text.replace("the views have", "the inputs have")) from None


def parse_salt(text: object, limbs: int) -> NDArray[np.int64]:
    """Salt limbs (limbs,) from 0x and four hex digits each. Raises Problem."""
    if not isinstance(text, str) or len(text) != 2 + 4 * limbs or not _SALT.fullmatch(text):
        raise Problem("malformed-request", f"salt must be 0x and {4 * limbs} lower-case hex digits")
    return np.frombuffer(bytes.fromhex(text[2:]), dtype=">u2").astype(np.int64)


def salt_text(salt: NDArray[np.int64]) -> str:
    """Salt limbs as they are sent."""
    return "0x" + salt.astype(">u2").tobytes().hex()


def read_object(raw: bytes, keys: set[str]) -> dict[str, Any]:
    """An untrusted JSON object with exactly ``keys``: no duplicate keys, no NaN, no depth. Raises Problem."""
    if nesting_depth(raw, _DEPTH) > _DEPTH:
        raise Problem("malformed-request", "the body is nested too deeply")
    try:
        content = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Problem("malformed-request", f"the body is not JSON: {str(error)[:120]}") from None
    if not isinstance(content, dict) or content.keys() != keys:
        raise Problem("malformed-request", f"the body must be an object with the keys {', '.join(sorted(keys))}")
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a key occurs twice")
    return content


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")
