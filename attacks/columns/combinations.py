"""Cheaper for a seller who proves the same examples again: the combinations alone, a quarter of a proof for each row.

The combination u is sum_r w_r V_r over all rows r of model, examples and witness, with known w_r of four coordinates:
four equations in the R numbers V_r[k], the same for every coefficient k. A witness follows from its examples, so proofs
of one claim in different contexts are all about the same V, and R / 4 of them are enough, whatever N is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attacks.columns.modular import Matrix, solve
from attacks.columns.recover import Found, signed
from attacks.columns.replay import Shown
from proofs.networks.network import Network
from proofs.sumcheck.committed.segments import model_size


def from_combinations(proofs: Sequence[Shown], network: Network) -> Found:
    """The model's vector from proofs of one claim about the same examples."""
    matrix = np.concatenate([one.weights for one in proofs])
    values: Matrix = np.concatenate([one.combination for one in proofs])
    rows, known = solve(matrix, values)
    own, size = proofs[0].columns[0].shape[1], model_size(network)
    sure = np.repeat(known[:own], rows.shape[1])[:size]
    return Found(signed(rows[:own].reshape(-1)[:size]), sure)
