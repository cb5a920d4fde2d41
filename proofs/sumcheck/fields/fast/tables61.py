"""Tables built from a point: eq(point, .)."""

from __future__ import annotations

from proofs.sumcheck.fields.fast.compile import kernel
from proofs.sumcheck.fields.fast.modular61 import U64, Which, canonical, modulus, mul, products_2, sub
from proofs.sumcheck.fields.fast.squares61 import Words


@kernel
def eq_entries(point: Words, second: bool | None, out: Words, other: Which) -> None:
    """out (degree, n): eq(point, i) for i < n, the most significant bit first; point (degree, variables).

    Each variable turns every entry t so far into t - r t and r t, from the last to the first, in place.
    """
    variables, n = point.shape[1], out.shape[1]
    out[0, 0] = U64(1)
    for d in range(1, out.shape[0]):
        out[d, 0] = U64(0)
    for k in range(variables):
        shift = variables - 1 - k
        wanted = (n + (1 << shift) - 1) >> shift
        f, g = point[0, k], point[-1, k]
        for i in range((wanted - 1) // 2, -1, -1):
            if second is None:
                t = out[0, i]
                s = mul(t, f, other)
                if 2 * i + 1 < wanted:
                    out[0, 2 * i + 1] = s
                out[0, 2 * i] = sub(t, s, other)
            else:
                t, u = out[0, i], out[1, i]
                real = canonical(products_2(t, u, f, modulus(other) - g, other), other)
                imaginary = canonical(products_2(t, u, g, f, other), other)
                if 2 * i + 1 < wanted:
                    out[0, 2 * i + 1], out[1, 2 * i + 1] = real, imaginary
                out[0, 2 * i], out[1, 2 * i] = sub(t, real, other), sub(u, imaginary, other)
