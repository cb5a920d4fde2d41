"""Two hiding matrices hold the same entries: proven without showing any, so that one can take the other's place."""

from proofs.sumcheck.renewal.pair import Pair, Side, make_pair
from proofs.sumcheck.renewal.prover import prove_equal
from proofs.sumcheck.renewal.verifier import verify_equal

__all__ = ["Pair", "Side", "make_pair", "prove_equal", "verify_equal"]
