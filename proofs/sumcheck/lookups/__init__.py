"""Look-ups: values proven to be in public tables, as equal sums of fractions.

    sum over look-ups of 1 / d(v0, v1, tag)  =  sum over rows of m / d(t0, t1, tag),
    d(a, b, c) = alpha - a - beta b - gamma c

Provers import ``prover``; nothing here does, so that verifiers load none of it.

*Source*: Haboeck 2022 (eprint 2022/1530); the sums proven as in Papini, Haboeck 2023 (eprint 2023/1284).
"""

from proofs.sumcheck.lookups.balance import require_balance
from proofs.sumcheck.lookups.leaves import (
    Challenges,
    multiplicities,
    table_denominators,
    write_denominators,
    write_pads,
)
from proofs.sumcheck.lookups.tables import LookupTable, RangeTable, TableLayout, TableValues, values_table
from proofs.sumcheck.lookups.unique import lookup_error, require_unique
from proofs.sumcheck.lookups.verifier import FractionsClaim, verify_fractions, verify_ones

__all__ = [
    "Challenges",
    "FractionsClaim",
    "LookupTable",
    "RangeTable",
    "TableLayout",
    "TableValues",
    "lookup_error",
    "multiplicities",
    "require_balance",
    "require_unique",
    "table_denominators",
    "values_table",
    "verify_fractions",
    "verify_ones",
    "write_denominators",
    "write_pads",
]
