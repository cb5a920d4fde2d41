"""Committing a labelled test set: what the buyer keeps, and the one root everybody else sees.

Leaf i binds h_i, the in-circuit hash of [x_i, one-hot y_i, salt_i], and the keccak digest of the same integers, so an
opened example can be checked with or without the circuit's hash. With 128 random salt bits a leaf hides its example.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from proofs.canonical import canonical_bytes, expect_hex, expect_int, expect_keys, parse_canonical, to_hex
from proofs.commitment.input_format import SALT_BITS, InputFormat
from proofs.commitment.merkle import Tree, fold_batch, leaf_digest, tree_depth
from proofs.container import pack, unpack
from proofs.encoding import abi_digest, domain, keccak256
from proofs.errors import InvalidInput, MalformedProof, RejectedProof
from proofs.wording import counted, each_of

MAGIC = b"ASSAYDAT"
VERSION = 1
MAX_EXAMPLES = 1 << 20
ROOT_DOMAIN = domain("assay/data-root/v1")
EXAMPLE_DOMAIN = domain("assay/example/v1")
PUBLIC_SALT_DOMAIN = domain("assay/public-salt/v1")

Hasher = Callable[[NDArray[np.int64]], list[int]]
"""Hashes rows of raw integers (N, width) to N field elements, exactly as the circuit does."""


@dataclass(frozen=True, slots=True)
class BatchOpening:
    """The public part of one batch: its example hashes, plaintext digests, and Merkle path."""

    index: int
    hashes: tuple[int, ...]
    payload_roots: tuple[bytes, ...]
    path: tuple[bytes, ...]


def data_root(total: int, format_digest: bytes, tree_root: bytes) -> bytes:
    """The root that binds a number of leaves, their format and their tree, as the contracts compute it. 32 bytes."""
    return abi_digest(["bytes32", "uint256", "bytes32", "bytes32"], [ROOT_DOMAIN, total, format_digest, tree_root])


def check_batch(opening: BatchOpening, total: int, batch: int, tree_root: bytes) -> None:
    """Check that a batch's leaves lie in the tree over ``total`` leaves, a multiple of ``batch``.

    Raises:
        RejectedProof: 'batch-range' or 'data-root'.
    """
    if not 0 <= opening.index < total // batch:
        raise RejectedProof("batch-range", f"batch index must be below {total // batch}", opening.index)
    depth = tree_depth(total, batch) - (batch.bit_length() - 1)
    if len(opening.hashes) != batch or len(opening.payload_roots) != batch or len(opening.path) != depth:
        raise RejectedProof("data-root", f"expected {batch} leaves and {depth} siblings", opening.index)
    first = opening.index * batch
    leaves = [
        leaf_digest(first + i, example_hash, payload)
        for i, (example_hash, payload) in enumerate(zip(opening.hashes, opening.payload_roots, strict=True))
    ]
    if fold_batch(leaves, opening.index, opening.path) != tree_root:
        raise RejectedProof("data-root", "the batch's leaves do not lead to the committed root", opening.index)


@dataclass(frozen=True, slots=True)
class TestSetCommitment:
    """A committed test set as everybody sees it. Public."""

    __test__ = False

    format: InputFormat
    total: int
    tree_root: bytes

    @property
    def root(self) -> bytes:
        """dataRoot: binds N, the input format and the tree. 32 bytes."""
        return data_root(self.total, self.format.digest, self.tree_root)

    @property
    def batches(self) -> int:
        """Number of batches, ``total / batch``."""
        return self.total // self.format.batch

    def check_opening(self, opening: BatchOpening) -> None:
        """Check that a batch's hashes are the committed ones. Raises RejectedProof('data-root')."""
        check_batch(opening, self.total, self.format.batch, self.tree_root)

    def to_bytes(self) -> bytes:
        """The file ``data.commit``."""
        head = {"format": self.format.to_json(), "total": self.total, "tree_root": to_hex(self.tree_root)}
        return pack(MAGIC, VERSION, [(b"HEAD", canonical_bytes(head))])

    @classmethod
    def from_bytes(cls, raw: bytes) -> TestSetCommitment:
        """Parse untrusted bytes. Raises MalformedProof."""
        sections = unpack(raw, MAGIC, VERSION, "test-set commitment")
        if [name for name, _ in sections] != [b"HEAD"]:
            raise MalformedProof("test-set commitment must have exactly one section, HEAD")
        head = expect_keys(
            parse_canonical(sections[0][1], "test-set commitment"),
            {"format", "total", "tree_root"},
            "test-set commitment",
        )
        shape = InputFormat.from_json(head["format"])
        total = expect_int(head["total"], 1, MAX_EXAMPLES, "test-set commitment: total")
        if total % shape.batch:
            raise MalformedProof(f"test-set commitment: total {total} is not a multiple of the batch {shape.batch}")
        return cls(shape, total, expect_hex(head["tree_root"], 32, "test-set commitment: tree_root"))


@dataclass(frozen=True)
class TestSet:
    """A test set with everything needed to prove on it: raw integers, labels, salts, hashes. Secret.

    Args:
        raw: (N, features) integers at the format's scale.
        labels: (N,) integers in 0..C-1.
        salts: (N, salt_limbs) integers in 0..65535.
        hashes: the N in-circuit hashes h_i.
    """

    __test__ = False

    format: InputFormat
    raw: NDArray[np.int64]
    labels: NDArray[np.int64]
    salts: NDArray[np.int64]
    hashes: tuple[int, ...]

    @property
    def total(self) -> int:
        """Number of examples N."""
        return len(self.raw)

    @property
    def rows(self) -> NDArray[np.int64]:
        """The hashed tensors, (N, width)."""
        return self.format.rows(self.raw, self.labels, self.salts)

    @property
    def x(self) -> NDArray[np.float32]:
        """The inputs as the circuit sees them, de-quantised, (N, *shape); exact in single precision."""
        values = self.raw.astype(np.float64) / (1 << self.format.scale_bits)
        return values.astype(np.float32).reshape(-1, *self.format.shape)

    @cached_property
    def payload_roots(self) -> tuple[bytes, ...]:
        """keccak digests of the salted plaintexts."""
        return tuple(keccak256(EXAMPLE_DOMAIN + row.astype(">i8").tobytes()) for row in self.rows)

    @cached_property
    def tree(self) -> Tree:
        """The Merkle tree over the leaves."""
        leaves = [leaf_digest(i, *pair) for i, pair in enumerate(zip(self.hashes, self.payload_roots, strict=True))]
        return Tree.over(leaves, self.format.batch)

    @property
    def commitment(self) -> TestSetCommitment:
        """The public commitment."""
        return TestSetCommitment(self.format, self.total, self.tree.root)

    def part(self, indices: Sequence[int]) -> TestSet:
        """Some of the examples, in the order given, at least one; committed to nothing."""
        chosen = list(indices)
        hashes = tuple(self.hashes[index] for index in chosen)
        return TestSet(self.format, self.raw[chosen], self.labels[chosen], self.salts[chosen], hashes)

    def opening(self, index: int) -> BatchOpening:
        """The public opening of batch ``index``."""
        batch = self.format.batch
        span = slice(index * batch, (index + 1) * batch)
        return BatchOpening(index, self.hashes[span], self.payload_roots[span], self.tree.batch_path(index, batch))


def commit_test_set(
    x: NDArray[np.generic],
    y: NDArray[np.generic],
    shape: InputFormat,
    hasher: Hasher,
    *,
    public: bool = False,
    allow_duplicates: bool = False,
) -> TestSet:
    """Quantise, salt and hash a labelled test set.

    Args:
        x: (N, *shape) real numbers. Secret unless ``public``.
        y: (N,) integer class labels. Secret unless ``public``.
        shape: the agreed input format.
        hasher: the backend's example hash.
        public: derive the salts from the data, so that anyone holding the data can recompute the commitment.
        allow_duplicates: accept examples that occur more than once.

    Raises:
        InvalidInput: bad shapes, labels out of range, NaN, N not a multiple of the batch, duplicate rows.
    """
    total = len(x) if x.ndim else 0
    labels = _labels(y, total, shape.classes)
    if not 1 <= total <= MAX_EXAMPLES:
        raise InvalidInput(f"{total} examples: a test set holds 1 to {MAX_EXAMPLES}")
    if total % shape.batch:
        raise InvalidInput(
            f"{counted(total, 'example')}: not a multiple of the batch {shape.batch}; leave out "
            f"{total % shape.batch} or add {shape.batch - total % shape.batch}, or commit with a smaller "
            "--batch (the model's commitment must use the same)"
        )
    raw = shape.quantise(x)
    if not allow_duplicates:
        _refuse_duplicates(raw)
    salts = _public_salts(raw, labels, shape) if public else _random_salts(total, shape.salt_limbs)
    return TestSet(shape, raw, labels, salts, tuple(hasher(shape.rows(raw, labels, salts))))


def _labels(y: NDArray[np.generic], total: int, classes: int) -> NDArray[np.int64]:
    if y.ndim != 1 or len(y) != total:
        raise InvalidInput(
            f"y has shape {y.shape}; one label for {each_of(total, 'example')} is needed, shape ({total},)"
        )
    if y.dtype.kind not in "iub":
        raise InvalidInput(f"y has dtype {y.dtype}; labels must be integers 0..{classes - 1}")
    labels = y.astype(np.int64)
    bad = np.flatnonzero((labels < 0) | (labels >= classes))
    if len(bad):
        raise InvalidInput(
            f"label {int(labels[bad[0]])} of example {int(bad[0])} is out of range 0..{classes - 1}"
            f" ({len(bad)} such labels)"
        )
    return labels


def _refuse_duplicates(raw: NDArray[np.int64]) -> None:
    seen: dict[bytes, int] = {}
    for index, row in enumerate(raw):
        first = seen.setdefault(row.tobytes(), index)
        if first != index:
            raise InvalidInput(
                f"example {index} repeats example {first}: a repeated example counts twice in the score;"
                " remove it, or say --allow-duplicates"
            )


def _random_salts(total: int, limbs: int) -> NDArray[np.int64]:
    raw = np.frombuffer(secrets.token_bytes(total * limbs * SALT_BITS // 8), dtype=">u2")
    return raw.astype(np.int64).reshape(total, limbs)


def _public_salts(raw: NDArray[np.int64], labels: NDArray[np.int64], shape: InputFormat) -> NDArray[np.int64]:
    content = keccak256(shape.digest + raw.astype(">i8").tobytes() + labels.astype(">i8").tobytes())
    salts = [_salt_from(content, i, shape.salt_limbs) for i in range(len(raw))]
    return np.array(salts, dtype=np.int64)


def _salt_from(content: bytes, index: int, limbs: int) -> Sequence[int]:
    stream = b"".join(
        abi_digest(["bytes32", "bytes32", "uint256", "uint256"], [PUBLIC_SALT_DOMAIN, content, index, block])
        for block in range((limbs * 2 + 31) // 32)
    )
    return [int(limb) for limb in np.frombuffer(stream[: limbs * 2], dtype=">u2")]
