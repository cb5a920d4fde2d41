"""The same on proofs made here and now, and what no binding hides: how often each range-table value was used."""

from __future__ import annotations

from dataclasses import replace

import pytest

from attacks.guessing.fingerprints import lookup_commitments, sign_counts, weights_commitment
from attacks.lattice.bounds import WEIGHTS, mask_bounds, weight_bounds
from attacks.lattice.equations import equations_of
from attacks.lattice.recover import solve
from attacks.seller.produce import Circuit, Run, produce
from attacks.seller.public import PublicView
from attacks.seller.victim import make_victim

# On one input: the seller's proof, then the attacker's own with guesses: right with another mask, one weight off by
# 2^-10, all wrong. A last one is the seller's on another input.
RUNS = (Run(2, 9), Run(2, 9, mask_seed=1), Run(2, 9, mask_seed=1, nudged=True), Run(5, 9), Run(2, 8))
SELLER, RIGHT, NEAR, WRONG, OTHER_INPUT = range(5)


def same_lookups(view: PublicView) -> list[bool]:
    seen = [lookup_commitments(view.contract, proof) for proof in view.proofs]
    return [found == seen[SELLER] for found in seen]


def test_unmasked_weights_are_recovered_and_the_commitment_confirms_a_guess() -> None:
    view = produce(Circuit(), [Run(1, 1), Run(1, 2), Run(1, 1, nudged=True)])
    single = PublicView(view.contract, view.proofs[:1])
    assert solve(equations_of(single, WEIGHTS), weight_bounds()) == make_victim(1).committed()
    commitments = [weights_commitment(proof) for proof in view.proofs]
    assert commitments[0] == commitments[1] != commitments[2]


def test_mask_stops_both_but_lookup_counts_confirm_a_guess() -> None:
    view = produce(Circuit(units=3), RUNS)
    single = PublicView(view.contract, view.proofs[:1])
    found = solve(equations_of(single, WEIGHTS + 48), weight_bounds() + mask_bounds(3))
    assert found is None or found[:WEIGHTS] != make_victim(2).committed()
    commitments = [weights_commitment(proof) for proof in view.proofs]
    assert [c == commitments[SELLER] for c in commitments] == [True, False, False, False, True]
    assert same_lookups(view) == [True, True, False, False, False]  # the right guess is confirmed all the same


def test_fresh_blinds_stop_the_confirmation_but_sign_counts_stay_readable() -> None:
    runs = [replace(run, blind_seed=i) for i, run in enumerate(RUNS)]  # nobody else knows the seller's blinds
    view = produce(Circuit(units=3, blinds=12), runs)
    assert same_lookups(view) == [True, False, False, False, False]
    counts = [sign_counts(view.contract, proof) for proof in view.proofs]
    usable = (1 << view.contract.log_rows) - 6
    assert all(len(found) == 2 and all(sum(table) == usable for table in found) for found in counts)


@pytest.mark.slow
@pytest.mark.parametrize("blinds", [0, 12])
def test_hashed_weights_leak_the_same_counts(blinds: int) -> None:
    runs = [replace(run, blind_seed=i) for i, run in enumerate(RUNS)]
    view = produce(Circuit(units=1, blinds=blinds, binding="hashed"), runs)
    assert same_lookups(view) == [True, blinds == 0, False, False, False]
    assert all(len(sign_counts(view.contract, proof)) == 2 for proof in view.proofs)
