"""Commitments to vectors over the integers modulo 2^31 - 1 that open at a point, with nothing but a hash behind them.

The vector's rows are encoded (proofs.sumcheck.circle), the words' columns are hashed, the hashes are the leaves of a
Merkle tree. To open, the prover sends one combination of the rows, and the columns at random positions, where the
combination's word must be the combination of the columns. This hides nothing (opening.py). Where rows have blocks of
random entries behind them (commit.py), columns alone show nothing, as long as they are fewer than a block has entries;
the combination does, so such rows are opened by another protocol.

*Source*: Ames, Hazay, Ishai, Venkitasubramaniam, "Ligero", 2017; as a polynomial commitment: Golovnev, Lee, Setty,
Thaler, Wahby, "Brakedown", 2021 (eprint 2021/1043).
"""
