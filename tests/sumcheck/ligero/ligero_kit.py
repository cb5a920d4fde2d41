"""Vectors to commit to, openings run message by message with challenges of one's choice, and provers that cheat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from proofs.sumcheck.exchange import Prover, Received, Send
from proofs.sumcheck.fields import Ext, Field, Scalar, field
from proofs.sumcheck.ligero import plain
from proofs.sumcheck.ligero.commit import Committed, Rows, commit
from proofs.sumcheck.ligero.merkle import Tree
from proofs.sumcheck.ligero.opening import prove_opening, verify_opening
from proofs.sumcheck.ligero.parameters import Code
from proofs.sumcheck.ligero.queries import queried, write_entries
from proofs.sumcheck.transcript import Transcript, run_prover, run_verifier

P = 2**31 - 1
PLAIN, FAST = field("m31", "plain"), field("m31", "fast")
TWINS = pytest.mark.parametrize("f", [PLAIN, FAST], ids=["plain", "fast"])
SCALARS = PLAIN.scalars
CHALLENGES = Code(0).challenges
"""The same for rows of any length, where nothing is hidden."""
Table = NDArray[np.uint32]
Mutation = Callable[[str, bytes], bytes]


def random_vector(size: int, seed: int = 0) -> Table:
    """Canonical elements."""
    return np.random.default_rng(seed).integers(0, P, size, dtype=np.uint32)


def random_point(variables: int, seed: int = 0) -> tuple[Scalar, ...]:
    """Non-zero challenges."""
    drawn = np.random.default_rng(1000 + seed).integers(1, P, (variables, 4))
    return tuple(tuple(row) for row in drawn.tolist())


def value_of(rows: Table, point: Sequence[Scalar]) -> Scalar:
    """The multilinear extension of all rows at a point, bit by bit from the definition."""
    table = [SCALARS.from_int(int(x)) for x in rows.reshape(-1)]
    table += [SCALARS.zero] * ((1 << len(point)) - len(table))
    for r in point:
        half = len(table) // 2
        differences = [SCALARS.sub(high, low) for low, high in zip(table[:half], table[half:], strict=True)]
        table = [SCALARS.add(low, SCALARS.mul(r, d)) for low, d in zip(table[:half], differences, strict=True)]
    return table[0]


@dataclass(frozen=True)
class Opening:
    """A statement "the vector of these matrices' rows is ``value`` at ``point``", and what its prover knows."""

    matrices: tuple[Committed, ...]
    point: tuple[Scalar, ...]
    value: Scalar
    log_columns: int
    claimed: tuple[tuple[bytes, int], ...]

    def prove(self, f: Field) -> Prover[None]:
        """The honest prover."""
        return prove_opening(f, "o", self.matrices, self.point)

    def verify(self, f: Field):  # type: ignore[no-untyped-def]
        """The verifier."""
        return verify_opening(f, "o", self.claimed, self.point, self.value, self.log_columns)


def opening_of(
    f: Field, row_counts: Sequence[int], log_columns: int, seed: int = 0, more_variables: int = 0
) -> Opening:
    """A true statement about random matrices."""
    vectors = [random_vector(rows << log_columns, seed + k) for k, rows in enumerate(row_counts)]
    matrices = tuple(commit(f, v, b"seed %d" % k, log_columns) for k, v in enumerate(vectors))
    point = random_point((sum(row_counts) - 1).bit_length() + log_columns + more_variables, seed)
    return stated(matrices, point, log_columns)


def stated(matrices: Sequence[Committed], point: tuple[Scalar, ...], log_columns: int) -> Opening:
    """The true statement about these matrices at this point."""
    value = value_of(np.concatenate([matrix.rows for matrix in matrices]), point)
    claimed = tuple((matrix.root, len(matrix.rows)) for matrix in matrices)
    return Opening(tuple(matrices), point, value, log_columns, claimed)


def a_transcript() -> Transcript:
    """A transcript of nothing in particular."""
    return Transcript("test", 1, b"statement", {})


def prove(opening: Opening, f: Field = PLAIN) -> bytes:
    """The honest proof, made non-interactive."""
    return run_prover([(opening.prove(f), f.scalars)], a_transcript())[0]


def verify(opening: Opening, proof: bytes, f: Field = PLAIN) -> None:
    """Verify it."""
    run_verifier([(opening.verify(f), f.scalars)], proof, a_transcript())


def converse(
    opening: Opening,
    prover: Prover[None] | None = None,
    challenges: Sequence[Scalar] | None = None,
    mutate: Mutation = lambda label, raw: raw,
    f: Field = PLAIN,
) -> None:
    """Prover and verifier message by message, the challenges given; ``mutate`` changes messages on their way."""
    challenges = random_point(CHALLENGES, 77) if challenges is None else challenges
    prover = opening.prove(f) if prover is None else prover
    verifier = opening.verify(f)
    said, wanted = next(prover), next(verifier)
    while True:
        assert (said.label, said.challenges, said.elements) == (wanted.label, wanted.challenges, ())
        raw = mutate(said.label, said.raw)
        assert len(raw) == wanted.raw_bytes
        answer = tuple(challenges) if wanted.challenges else ()
        try:
            wanted = verifier.send(Received((), answer, raw))
        except StopIteration:
            return
        said = prover.send(answer)


def asking(position: int) -> tuple[Scalar, ...]:
    """Challenges that ask for one position only."""
    return ((position,) * 4,) * CHALLENGES


def claiming(matrices: Sequence[Committed], u: Ext, log_columns: int) -> Prover[None]:
    """A prover that sends a combination of its choice, and then the columns it is asked for."""
    challenges = yield Send("o/combination", (), CHALLENGES, write_entries(u.T))
    asked = queried(challenges, Code(log_columns))
    shown = []
    for matrix in matrices:
        both = np.concatenate([matrix.salts[:, asked], matrix.codewords[:, asked]])
        shown.append(write_entries(both.T) + matrix.tree.siblings(asked))
    yield Send("o/columns", (), 0, b"".join(shown))


def with_codewords(matrix: Committed, codewords: Table) -> Committed:
    """A commitment to words of one's choice, be they of the code or not."""
    tree = Tree.over(plain.leaf_digests(matrix.salts, codewords), plain.parents)
    return replace(matrix, root=tree.root, codewords=codewords, tree=tree)


def with_rows(matrix: Committed, rows: Table) -> Committed:
    """A commitment whose prover says that other rows are under the root."""
    return replace(matrix, parts=(Rows(rows),))
