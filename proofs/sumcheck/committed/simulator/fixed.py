"""Matrices that no rows belong to: uniform columns, each under its leaf."""

from __future__ import annotations

from dataclasses import dataclass, replace

from proofs.sumcheck.committed.instance import Instance, Matrix
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.ligero import plain
from proofs.sumcheck.ligero.commit import Committed
from proofs.sumcheck.ligero.hashes import salts
from proofs.sumcheck.ligero.merkle import Tree
from proofs.sumcheck.ligero.parameters import Code
from proofs.sumcheck.ligero.randomness import uniform

MODEL, CHUNK = b"simulated model", b"simulated chunk"


@dataclass(frozen=True, slots=True, eq=False)
class Fixed:
    """Columns of model and chunk, drawn once for all proofs that open them; their rows are none."""

    model: Committed
    chunk: Committed

    def under(self, instance: Instance) -> Instance:
        """The instance with these roots for model and chunk."""
        model = replace(instance.model, root=self.model.root)
        matrix = replace(instance.chunk.matrix, root=self.chunk.root)
        return replace(instance, model=model, chunk=replace(instance.chunk, matrix=matrix))


def draw_fixed(field: Field, instance: Instance, seed: bytes) -> Fixed:
    """Uniform columns of an instance's model and chunk, which need no roots yet. Secret, but for what is opened."""
    code = instance.code(field.scalars.p)
    model = _drawn(field, instance.model, code, MODEL + seed)
    return Fixed(model, _drawn(field, instance.chunk.matrix, code, CHUNK + seed))


def _drawn(field: Field, matrix: Matrix, code: Code, seed: bytes) -> Committed:
    """A matrix of uniform words."""
    words = uniform(seed, b"columns", (matrix.rows, code.positions), field.scalars.p)
    salt_words = salts(seed, code.positions)
    tree = Tree.over(plain.leaf_digests(salt_words, words), plain.parents)
    return Committed(tree.root, (), words, salt_words, tree)
