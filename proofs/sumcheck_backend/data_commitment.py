"""Committed examples as everybody sees them: their number, their format, and the root of each chunk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from proofs.canonical import canonical_bytes, expect_int, expect_keys, parse_canonical
from proofs.container import pack, unpack
from proofs.encoding import domain
from proofs.errors import InvalidInput, MalformedProof
from proofs.statements.sumcheck import LOG_COLUMNS
from proofs.sumcheck_backend.blocks import parse_block
from proofs.sumcheck_backend.chunks import MAX_EXAMPLES, Span, check_chunk, spans
from proofs.sumcheck_backend.input_format import IntegerFormat
from proofs.sumcheck_backend.matrices import chunk_rows

MAGIC = b"ASSAYDSC"
VERSION = 1
ROOT_DOMAIN = domain("assay/sumcheck-data/v1")
HIDING_ROOT_DOMAIN = domain("assay/sumcheck-hiding-data/v1")
ROOT_BYTES = 32
_KEYS = {"format", "total", "chunk", "labelled", "log_columns"}


@dataclass(frozen=True)
class DataCommitment:
    """Committed examples. Public.

    Args:
        format: how an example becomes integers, a model's own.
        total: N. chunk: examples a chunk; the last may have fewer.
        labelled: whether a class label is committed with each example.
        log_columns: rows of a chunk's matrix have 2^log_columns entries.
        roots: of each chunk's matrix, in order.
        block: random entries behind every row of a chunk's matrix, 0 where nothing is hidden.
    """

    format: IntegerFormat
    total: int
    chunk: int
    labelled: bool
    log_columns: int
    roots: tuple[bytes, ...]
    block: int = 0

    @property
    def hiding(self) -> bool:
        """Whether proofs about the examples are zero-knowledge; integrity proofs show equations in them."""
        return self.block > 0

    @property
    def chunks(self) -> list[Span]:
        """The examples of each chunk."""
        return spans(self.total, self.chunk)

    def rows(self, index: int) -> int:
        """Rows of a chunk's matrix."""
        count = min(self.chunk, self.total - index * self.chunk)
        return chunk_rows(self.format.tensor, count, self.labelled, self.log_columns)

    @cached_property
    def root(self) -> bytes:
        """The 32 bytes that bind all of it."""
        numbers = [self.total, self.chunk, int(self.labelled), self.log_columns, len(self.roots)]
        label = ROOT_DOMAIN
        if self.hiding:
            label, numbers = HIDING_ROOT_DOMAIN, [*numbers, self.block]
        hasher = hashlib.sha256(label + self.format.digest + b"".join(n.to_bytes(8, "big") for n in numbers))
        for index, root in enumerate(self.roots):
            hasher.update(self.rows(index).to_bytes(8, "big") + root)
        return hasher.digest()

    def to_bytes(self) -> bytes:
        """The file ``data.commit``."""
        head = {
            "format": self.format.to_json(),
            "total": self.total,
            "chunk": self.chunk,
            "labelled": self.labelled,
            "log_columns": self.log_columns,
            **({"block": self.block} if self.hiding else {}),
        }
        return pack(MAGIC, VERSION, [(b"HEAD", canonical_bytes(head)), (b"ROOT", b"".join(self.roots))])

    @classmethod
    def from_bytes(cls, raw: bytes) -> DataCommitment:
        """Parse untrusted bytes. Raises MalformedProof."""
        what = "data commitment of the sumcheck backend"
        sections = unpack(raw, MAGIC, VERSION, what)
        if [name for name, _ in sections] != [b"HEAD", b"ROOT"]:
            raise MalformedProof(f"{what} must have the sections HEAD and ROOT, in this order")
        head = _head(sections[0][1], what)
        if not isinstance(head["labelled"], bool):
            raise MalformedProof(f"{what}: labelled must be a boolean")
        shape = IntegerFormat.from_json(head["format"])
        total = expect_int(head["total"], 1, MAX_EXAMPLES, f"{what}: total")
        chunk = _chunk(expect_int(head["chunk"], 1, MAX_EXAMPLES, f"{what}: chunk"), shape.values, total, what)
        log_columns = expect_int(head["log_columns"], *LOG_COLUMNS, f"{what}: log_columns")
        roots = sections[1][1]
        if len(roots) != ROOT_BYTES * len(spans(total, chunk)):
            raise MalformedProof(f"{what}: {total} examples in chunks of {chunk} have {-(-total // chunk)} roots")
        pieces = tuple(roots[i : i + ROOT_BYTES] for i in range(0, len(roots), ROOT_BYTES))
        return cls(shape, total, chunk, head["labelled"], log_columns, pieces, parse_block(head, log_columns, what))


def _head(raw: bytes, what: str) -> dict[str, Any]:
    parsed = parse_canonical(raw, what)
    keys = _KEYS | {"block"} if isinstance(parsed, dict) and "block" in parsed else _KEYS
    return expect_keys(parsed, keys, what)


def _chunk(chunk: int, values: int, total: int, what: str) -> int:
    try:
        return check_chunk(chunk, values, total)
    except InvalidInput as error:
        raise MalformedProof(f"{what}: {error}") from None
