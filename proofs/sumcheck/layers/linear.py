"""What a linear layer offers to the protocol: its values, its transpose, and its matrix as a multilinear polynomial.

A layer maps a tensor's rows x to M x + constant, column by column, M a matrix of integers (real rows only). M~ is the
multilinear extension of M padded with zeros to powers of two, so it is zero on pads: whatever a prover writes there
meets a zero.
"""

from __future__ import annotations

from typing import Protocol

from proofs.sumcheck.claims import Point, Shape
from proofs.sumcheck.fields.extension import Scalar
from proofs.sumcheck.fields.field import Base, Ext, Field


class Linear(Protocol):
    """A linear layer with integer weights, known to prover and verifier alike."""

    @property
    def in_shape(self) -> Shape:
        """Axes of the tensor it reads."""

    @property
    def out_shape(self) -> Shape:
        """Axes of the tensor it writes."""

    @property
    def multiplications(self) -> int:
        """Products of a weight and a value that running it on one example takes."""

    def forward(self, field: Field, x: Base) -> Base:
        """M x + constant: base (R_in, B) gives base (R_out, B)."""

    def pull_back(self, field: Field, rows: Ext) -> Ext:
        """rows^T M: the functional on the input that ``rows`` (degree, R_out) is on the output; (degree, R_in)."""

    def rows_at(self, field: Field, out_point: Point) -> Ext:
        """M~(out_point, row) for every real input row, (degree, R_in): ``pull_back`` of eq(out_point, .), cheaper."""

    def matrix_at(self, field: Field, out_point: Point, in_point: Point) -> Scalar:
        """M~(out_point, in_point)."""

    def constant_at(self, field: Field, out_point: Point) -> Scalar:
        """The multilinear extension of the constant over the real output rows, at ``out_point``."""
