"""The measurements: what an attacker has after so many proofs, compared with the truth only he lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attacks.columns.combinations import from_combinations
from attacks.columns.hidden import as_rows, explaining_block, leaked
from attacks.columns.recover import Equations, Found, equations, recover, signed, weights_of
from attacks.columns.replay import Shown, shown
from attacks.columns.victim import FIELD, Seller
from proofs.networks.execution import logits


@dataclass(frozen=True, slots=True)
class Score:
    """How good a thief's vector is.

    Args:
        determined: fraction of the weights the equations determine. right: fraction that equals the truth.
        correlation: of all entries with the true ones, 0 for a constant.
    """

    determined: float
    right: float
    correlation: float


@dataclass(frozen=True, slots=True)
class Hidden:
    """What columns of rows with blocks give away.

    Args:
        leaked: equations about the weights alone, each row. explained: candidates that fit, by name.
    """

    columns: int
    leaked: int
    explained: dict[str, bool]
    guess: Score


def score(seller: Seller, found: Found) -> Score:
    """Compare with the truth."""
    truth = signed(seller.truth)
    related = float(np.corrcoef(found.entries, truth)[0, 1]) if np.ptp(found.entries) else 0.0
    return Score(float(found.sure.mean()), float((found.entries == truth).mean()), related)


def columns_attack(seller: Seller, proofs: Sequence[Shown]) -> tuple[int, Found]:
    """Distinct columns shown, and what follows from them."""
    system = equations(proofs, seller.log_columns)
    return len(system.asked), recover(system, seller.victim.network)


def combinations_attack(seller: Seller, proofs: Sequence[Shown]) -> Found:
    """The same from combinations, if all proofs are of one claim about the same examples."""
    return from_combinations(proofs, seller.victim.network)


def seen(seller: Seller, proofs: int, same: bool = False) -> list[Shown]:
    """What so many scores show: each of other examples, or all of the same in different contexts."""
    return [shown(FIELD, seller.score(0 if same else 4 * k, b"context %d" % k)) for k in range(proofs)]


def same_answers(seller: Seller, found: Found) -> float:
    """The fraction of test images on which the stolen network's ten logits equal the victim's, all of them."""
    own = seller.victim
    stolen = weights_of(own.network, found.certain)
    ours, theirs = (logits(own.network, weights, own.x) for weights in (own.weights, stolen))
    return float((ours == theirs).all(axis=1).mean())


def candidates(seller: Seller) -> dict[str, NDArray[np.int64]]:
    """Vectors an attacker may wonder about; in the last one weight of the true ones is too large by 1."""
    truth = signed(seller.truth)
    nudged = truth.copy()
    nudged[7] += 1
    shuffled = np.random.default_rng(7).permutation(truth)
    return {"true": truth, "zero": np.zeros_like(truth), "shuffled": shuffled, "nudged": nudged}


def hidden_attack(seller: Seller, system: Equations) -> Hidden:
    """Everything that can be tried on columns of rows with blocks; if all candidates fit, each is given its blocks."""
    given = leaked(system)
    rows = {name: as_rows(vector, system.columns) for name, vector in candidates(seller).items()}
    fit = {name: given.agree(entries) for name, entries in rows.items()}
    if all(fit.values()):
        explaining_block(system, np.stack(list(rows.values())))
    guess = score(seller, recover(system, seller.victim.network))
    return Hidden(len(system.asked), len(given.values), fit, guess)
