"""Loops that do one thing as fast as this machine can: products in the degree-4 extension that stay in a cache."""

from __future__ import annotations

from proofs.sumcheck.fields.fast.compile import kernel
from proofs.sumcheck.fields.fast.modular31 import Table, Word, product


@kernel
def many_products(x: Table, y: Table, repeats: int) -> None:
    """x times y, entry by entry, again and again."""
    a, b, c, d, e, f, g, h = x[0], x[1], x[2], x[3], y[0], y[1], y[2], y[3]
    for _ in range(repeats):
        for i in range(a.size):
            a[i], b[i], c[i], d[i] = product(
                Word(a[i]), Word(b[i]), Word(c[i]), Word(d[i]), Word(e[i]), Word(f[i]), Word(g[i]), Word(h[i])
            )
