"""The sheet of a SafetyNets proof: no commitments, no secrets, no reference string; an integrity proof."""

from __future__ import annotations

from proofs.canonical import to_hex
from proofs.safetynets_bundle import SafetyNetsBundle
from proofs.sheets.common import Lines, Sheet, listed
from proofs.sheets.leaks import NOTHING_HIDDEN
from proofs.statements.safetynets import SafetyNets
from proofs.sumcheck.fields import FIELDS
from proofs.sumcheck.soundness import tally_bits
from proofs.wording import each_of


def safetynets_sheet(bundle: SafetyNetsBundle) -> Sheet:
    """The sheet of a SafetyNets bundle; says what the bundle claims, which holds only once it has been verified."""
    statement = bundle.statement
    lines = (
        _stated(bundle),
        _public(bundle),
        _bound(statement),
        ("Nothing. This is an integrity proof, not zero-knowledge: it hides neither model nor inputs nor outputs.",),
        NOTHING_HIDDEN,
        _rests_on(statement),
        _liars(),
    )
    return Sheet.of("Predictions by sum-checks, an integrity proof: statement sheet", lines)


def _stated(bundle: SafetyNetsBundle) -> Lines:
    statement = bundle.statement
    outputs = bundle.integers.tolist()
    betas = ", ".join(str(beta) for beta in statement.betas)
    return (
        f"On {each_of(statement.total, 'input')} with digest {to_hex(statement.inputs)} the integer network with "
        f"digest {to_hex(statement.network)} has exactly the {statement.classes} integer outputs in this bundle.",
        f"The predicted classes (first largest output) are: {listed(row.index(max(row)) for row in outputs)}.",
        f"The integer network is the float network with inputs rounded at scale alpha = {statement.alpha}, and the "
        f"weights of its linear layers at scales beta = {betas or 'none'}; after that nothing is rounded.",
    )


def _public(bundle: SafetyNetsBundle) -> Lines:
    statement = bundle.statement
    return (
        f"All outputs, inputs of shape {statement.input_shape}, scales, and digests of network and inputs; whoever "
        "verifies holds the network and the inputs themselves.",
        f"{len(bundle.proof)} bytes of sum-check messages, {len(bundle.outputs)} bytes of outputs.",
    )


def _bound(statement: SafetyNets) -> Lines:
    return (
        "The weights: the verifier rounds its own copy of the model at scales of its own choice, and compares digests; "
        "every weight enters the equations it checks.",
        "The inputs: the verifier rounds its own copy, compares digests, and evaluates them itself.",
        "The outputs: the statement holds their digest, and the verifier evaluates them itself.",
        f"The occasion: context {to_hex(statement.context)} and the whole statement are hashed before the first "
        "challenge is drawn.",
    )


def _rests_on(statement: SafetyNets) -> Lines:
    total_bits, worst_bits = tally_bits(statement.rounds, statement.extension)
    rounds = sum(number for _, number in statement.rounds)
    degrees = ", ".join(f"{number} of degree {degree}" for degree, number in statement.rounds)
    branches = len(statement.fields)
    each = "in the one field" if branches == 1 else f"in each of the {branches} fields, with the same challenges"
    primes = " and ".join(f"p = {FIELDS[name][0]} ({name})" for name in statement.fields)
    return (
        f"Sum-checks over {primes}, run {each}; challenges are non-zero elements of the extension of degree "
        f"{statement.challenge_degree}. Outputs that are wrong as integers are wrong modulo "
        + ("the prime." if branches == 1 else "at least one of the primes."),
        f"{rounds} rounds of challenges ({degrees}). A wrong output passes all of them by luck with chance at most "
        f"2^-{total_bits:g}: {total_bits:g} bits of soundness, by the union bound over all rounds of one field; a "
        f"single round with chance at most 2^-{worst_bits:g}.",
        f"SHA-256 in the place of a verifier who draws the challenges (Fiat and Shamir): with Q hashes a forger "
        f"succeeds with chance at most Q 2^-{worst_bits:g}, if SHA-256 is a random oracle. That is a heuristic, and "
        "weaker here than for other proofs: chains of sum-checks from layer to layer were attacked with circuits made "
        "to compute the hash themselves (eprint 2025/118). Hence the closed set of operators, with few squares in a "
        "row, and the network's digest, in the statement, absorbed before the first challenge.",
        "No trusted set-up, no reference string, no commitment scheme.",
    )


def _liars() -> Lines:
    return (
        "The prover to anybody who does not hold the very model and inputs: digests alone say nothing about what the "
        "network computes or the inputs show.",
        "The prover about the float model: the integer network is what is proven, and scales too small make it another "
        "function. A verifier who takes the prover's scales instead of its own accepts that.",
        "Whoever made the model's file, against the hash heuristic: the known attacks need a network into which the "
        "hash of its own proof was built. Take models from where you would take software.",
        "Whoever chose the inputs, or says what they show.",
    )
