"""Which kernels a field's layers are worked on with."""

from __future__ import annotations

from types import ModuleType

from proofs.sumcheck.fields.extension import MERSENNE_31
from proofs.sumcheck.fields.field import Field
from proofs.sumcheck.lookups import plain


def twin(field: Field) -> ModuleType:
    """The module fast.py for the compiled field of 2^31 - 1, else plain.py."""
    if not field.compiled or field.scalars.p != MERSENNE_31:
        return plain
    from proofs.sumcheck.lookups import fast

    return fast
