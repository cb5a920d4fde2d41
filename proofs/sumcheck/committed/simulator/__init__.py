"""Hidden proofs written by somebody who has no witness: no weights, no examples, nothing computed from them.

``simulate`` is given what is public (an instance) and all challenges, and writes a proof that ``verify_hidden`` accepts
under these challenges. Whoever gets a hidden proof could have written it, so it tells nothing but that its claim is
true.

*What this shows.* Fix all challenges, the columns that are asked for among them, chosen however one likes. Then what a
prover sends, salts and digests apart, has exactly the distribution of what is written here, whatever the witness:

* elements of messages are uniform, because their pads are, each of which is used once (hiding/pads.py);
* the two values in the clear are uniform, because of the dummy pair (hiding/products.py);
* u and u_T are uniform, because M and M_T are, and e follows from them (hiding/opening.py);
* columns of the witness' rows, of T, and of the fixed matrices are uniform, because of the blocks behind their rows;
  those of M and M_T follow from them, from u and u_T.

The last holds as long as fewer columns of a matrix are shown than its blocks have entries: for model and chunk over all
openings together, which is their budget. So several proofs of one model are simulated with ``Fixed`` columns, drawn
once.

*What else is assumed.* A leaf hides its column: SHA-256 with a secret salt is a hiding commitment, as a random function
is. A prover's randomness is uniform, though it follows from a seed (ligero/randomness.py). In a proof without a
conversation the hash is a random function that the simulator may answer for, in order to give its challenges. In a
conversation challenges may depend on roots and messages: then leaves are answered for too, when they are opened, and e,
which comes before its challenge and is linear in u and u_T, is drawn first.

*What is not shown.* Sizes, the network's description, roots and claims are public. A prover stops where a value would
not be masked, or a denominator is zero, with the chance of a false proof, and then sends no more; that it does may
depend on the witness. Time, memory and everything outside messages are not simulated.
"""

from proofs.sumcheck.committed.simulator.fixed import Fixed, draw_fixed
from proofs.sumcheck.committed.simulator.simulate import simulate

__all__ = ["Fixed", "draw_fixed", "simulate"]
