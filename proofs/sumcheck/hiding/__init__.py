"""Hiding a proof: every message covered by a one-time pad that was committed beforehand.

The integrity proof's coroutines run as they are. On the prover's side each element x_i of a message goes out as
x_i - pi_i (covering.py), the pads pi_i being committed with the witness (pads.py). On the verifier's side each element
is the affine form (what was sent) + pi_i (forms.py): all that the walk does to what it receives is linear, but for the
products that messages declare, whose pads' products are committed as well (products.py). So every equation of the walk
is linear in committed values, and one sum-check with one opening proves them all (opening.py).

*Source*: Cramer, Damgaard 1998 and Ben-Or et al. 1990 (proving the acceptance of a proof under commitments); Frigo,
shelat, "Anonymous credentials from ECDSA", 2024 (eprint 2024/2010) for pads in a Ligero commitment.
"""
