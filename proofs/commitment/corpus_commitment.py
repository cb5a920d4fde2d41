"""A committed corpus as everybody sees it."""

from __future__ import annotations

from dataclasses import dataclass

from proofs.canonical import canonical_bytes, expect_hex, expect_int, expect_keys, parse_canonical, to_hex
from proofs.commitment.recipe import Recipe
from proofs.commitment.test_set import BatchOpening, check_batch, data_root
from proofs.commitment.view_format import ViewFormat
from proofs.container import pack, unpack
from proofs.errors import MalformedProof, RejectedProof
from proofs.poseidon.constants import FIELD

MAGIC = b"ASSAYCRP"
VERSION = 1
MAX_DOCUMENTS = 1 << 20
ARRAY = Recipe("array")


@dataclass(frozen=True, slots=True)
class CorpusCommitment:
    """What a responder publishes about its documents. Public.

    Args:
        format: how views become circuit integers.
        total: number of real documents N; blank ones fill up the last batch.
        tree_root: root over the leaves of real and blank documents.
        recipe: how a view follows from its payload; information for the buyer's own check, not bound by the root.
    """

    format: ViewFormat
    total: int
    tree_root: bytes
    recipe: Recipe = ARRAY

    @property
    def root(self) -> bytes:
        """corpusRoot: binds N, the view format and the tree. 32 bytes."""
        return data_root(self.total, self.format.digest, self.tree_root)

    @property
    def padded(self) -> int:
        """Leaves in the tree: N rounded up to whole batches."""
        return padded_total(self.total, self.format.batch)

    @property
    def batches(self) -> int:
        """Number of batches."""
        return self.padded // self.format.batch

    @property
    def depth(self) -> int:
        """Siblings on the path from one leaf to the root."""
        return (self.padded - 1).bit_length()

    def check_opening(self, opening: BatchOpening) -> None:
        """Check that a batch's hashes and document roots are the committed ones.

        Raises:
            RejectedProof: 'batch-range' or 'data-root'.
        """
        words = (*opening.payload_roots, *opening.path)
        if not all(0 <= h < FIELD for h in opening.hashes) or any(len(word) != 32 for word in words):
            raise RejectedProof("data-root", "a hash outside the field, or a digest not of 32 bytes", opening.index)
        check_batch(opening, self.padded, self.format.batch, self.tree_root)

    def to_bytes(self) -> bytes:
        """The file ``corpus.commit``."""
        head = {
            "format": self.format.to_json(),
            "total": self.total,
            "tree_root": to_hex(self.tree_root),
            "recipe": self.recipe.to_json(),
        }
        return pack(MAGIC, VERSION, [(b"HEAD", canonical_bytes(head))])

    @classmethod
    def from_bytes(cls, raw: bytes) -> CorpusCommitment:
        """Parse untrusted bytes. Raises MalformedProof."""
        what = "corpus commitment"
        sections = unpack(raw, MAGIC, VERSION, what)
        if [name for name, _ in sections] != [b"HEAD"]:
            raise MalformedProof(f"{what} must have exactly one section, HEAD")
        head = expect_keys(parse_canonical(sections[0][1], what), {"format", "total", "tree_root", "recipe"}, what)
        return cls(
            ViewFormat.from_json(head["format"]),
            expect_int(head["total"], 1, MAX_DOCUMENTS, f"{what}: total"),
            expect_hex(head["tree_root"], 32, f"{what}: tree_root"),
            Recipe.from_json(head["recipe"]),
        )


def padded_total(total: int, batch: int) -> int:
    """``total`` rounded up to a multiple of ``batch``."""
    return -(-total // batch) * batch
