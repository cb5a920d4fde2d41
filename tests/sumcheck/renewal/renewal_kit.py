"""Two matrices of the same or of other entries, proofs about them message by message, and provers that cheat."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from proofs.errors import MalformedProof, RejectedProof
from proofs.sumcheck.exchange import Prover, Received, Send
from proofs.sumcheck.fields import Field, Scalar, field
from proofs.sumcheck.ligero import plain
from proofs.sumcheck.ligero.commit import Committed, Rows, commit_hiding, commit_rows
from proofs.sumcheck.ligero.merkle import Tree
from proofs.sumcheck.renewal.pair import Pair, Side, make_pair
from proofs.sumcheck.renewal.prover import Mask, draw_mask, equality_prover
from proofs.sumcheck.renewal.verifier import equality_verifier, verify_equal
from proofs.sumcheck.transcript import run_prover

P = 2**31 - 1
PLAIN, FAST = field("m31", "plain"), field("m31", "fast")
TWINS = pytest.mark.parametrize("f", [PLAIN, FAST], ids=["plain", "fast"])
SCALARS = FAST.scalars
LOG_COLUMNS, ROWS, BLOCK = 9, 3, 256
Table = NDArray[np.uint32]
Challenges = Callable[[str, int], Sequence[Scalar]]


def entries(rows: int = ROWS, log_columns: int = LOG_COLUMNS, seed: int = 0) -> Table:
    """Canonical entries (rows, 2^log_columns)."""
    return np.random.default_rng(seed).integers(0, P, (rows, 1 << log_columns), dtype=np.uint32)


def changed(table: Table, row: int = 1, column: int = 7, by: int = 1) -> Table:
    """The same entries, but for one."""
    found = table.copy()
    found[row, column] = (int(found[row, column]) + by) % P
    return found


@dataclass(frozen=True)
class Case:
    """Two matrices and what is claimed of them."""

    pair: Pair
    old: Committed
    new: Committed

    def mask(self, seed: bytes = b"m" * 32) -> Mask:
        """A mask for the pair."""
        return draw_mask(FAST, self.pair, seed)

    def prover(self, mask: Mask | None = None, f: Field = FAST) -> Prover[None]:
        """The prover's messages, whatever the entries are."""
        return equality_prover(f, self.pair, self.old, self.new, mask or self.mask())

    def proof(self, prover: Prover[None] | None = None) -> bytes:
        """Its proof, or another prover's."""
        return run_prover([(prover or self.prover(), SCALARS)], self.pair.transcript())[0]


def case_of(old: Table, new: Table, blocks: tuple[int, int] = (BLOCK, BLOCK), f: Field = FAST) -> Case:
    """Two matrices of these entries."""
    log_columns = old.shape[1].bit_length() - 1
    one, two = (
        commit_hiding(f, table.reshape(-1), seed * 32, log_columns, block)
        for table, seed, block in zip((old, new), (b"1", b"2"), blocks, strict=True)
    )
    return stated(one, two, blocks, log_columns)


def stated(old: Committed, new: Committed, blocks: tuple[int, int] = (BLOCK, BLOCK), log: int = LOG_COLUMNS) -> Case:
    """The claim about two matrices."""
    sides = Side(old.root, blocks[0]), Side(new.root, blocks[1])
    return Case(make_pair(log, len(old.rows), *sides), old, new)


def equal_case() -> Case:
    """Two matrices with the same entries."""
    return case_of(entries(), entries())


def other_case() -> Case:
    """One entry differs."""
    return case_of(entries(), changed(entries()))


def refused(case: Case, proof: bytes, check: str) -> None:
    """The verifier refuses by this check, "malformed" for bytes that are none of the protocol's."""
    with pytest.raises((RejectedProof, MalformedProof)) as error:
        verify_equal(FAST, case.pair, proof)
    assert (error.value.check if isinstance(error.value, RejectedProof) else "malformed") == check


def drawn(seed: int) -> Challenges:
    """Challenges that follow from a seed and the message's label."""

    def challenges(label: str, count: int) -> Sequence[Scalar]:
        table = np.random.default_rng([seed, *label.encode()]).integers(1, P, (count, 4))
        return [tuple(row) for row in table.tolist()]

    return challenges


def converse(pair: Pair, prover: Generator[Send, Sequence[Scalar], None], challenges: Challenges) -> list[Send]:
    """Prover and verifier with the challenges given; returns what was said. Raises what the verifier does."""
    verifier = equality_verifier(FAST, pair)
    said, wanted, all_said = next(prover), next(verifier), []
    while True:
        all_said.append(said)
        assert (said.label, said.challenges, len(said.elements), len(said.raw)) == (
            wanted.label,
            wanted.challenges,
            wanted.elements,
            wanted.raw_bytes,
        )
        answer = tuple(challenges(wanted.label, wanted.challenges))
        try:
            wanted = verifier.send(Received(said.elements, answer, said.raw))
        except StopIteration:
            return all_said
        said = prover.send(answer)


def with_codewords(matrix: Committed, codewords: Table) -> Committed:
    """A commitment to words of one's choice, be they of the code or not."""
    tree = Tree.over(plain.leaf_digests(matrix.salts, codewords), plain.parents)
    return replace(matrix, root=tree.root, codewords=codewords, tree=tree)


def masked_by(pair: Pair, row: Table) -> Mask:
    """A mask of one's choice, (4, D)."""
    width = 1 << pair.log_columns
    rows = Rows(np.ascontiguousarray(row[:, :width]), np.ascontiguousarray(row[:, width:]))
    return Mask(row, commit_rows(FAST, [rows], b"m" * 32, pair.log_columns))


def saying(prover: Prover[None], label: str, change: Callable[[Send], Send]) -> Prover[None]:
    """A prover whose message of one label is changed before it is sent."""
    message = next(prover)
    while True:
        answer = yield change(message) if message.label == label else message
        try:
            message = prover.send(answer)
        except StopIteration:
            return
