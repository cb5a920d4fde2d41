"""Writes docs/game-sampled.md from the state machine itself; run ``python docs/make_game_sampled.py`` to renew it.

A test renders it again and compares, so the page can't fall behind the code.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path as File
from typing import Any

sys.path.insert(0, str(File(__file__).resolve().parents[1]))

from protocols.accuracy.plan import Costs, minimum_fee
from protocols.games.griefing import Grief, griefs
from protocols.games.paths import distinct_on_chain
from protocols.games.render import Letters, matrix_rows, state_name, table, tree_rows
from protocols.sampled.deviations import deviation_inequalities
from protocols.sampled.malice import least_right_against_malice
from protocols.sampled.paths import Path, Role, Scenario
from protocols.sampled.prospects import Caution, least_right
from protocols.sampled.terms import WINDOW_FIELDS, SampledTerms
from protocols.sampled.walker import AT_ONCE, PACES, UNIFORM, honest_path, walk

PAGE = File(__file__).with_name("game-sampled.md")
LETTERS = Letters(("v", "E", "Z", "P", "eps"), parts=1)
"""Wei of each letter in the example job: so far apart that every amount can be read back in letters."""
PARTIES = (Role.SELLER, Role.BUYER)
DAY_S = 86_400
BUYER, SELLER, STRANGER, FEE_RECIPIENT, VERIFIER = (f"0x{digit * 40}" for digit in "12345")
SIZES = ((640, 64, "0.8"), (640, 64, "0.9"), (1_280, 128, "0.8"), (2_560, 256, "0.8"), (2_560, 256, "0.9"))
"""N, N1 and the share A/N2 of the table of sample counts."""

INTRO = """\
# The game of protocol A': every path and what it pays

Written by `docs/make_game_sampled.py` from `protocols/sampled`; a test fails when it is out of date. The same games are
played on a real chain, with real proofs, ciphertexts and complaints, by `tests/games`. The protocol itself:
[protocol-sampled.md](protocol-sampled.md).

N = N1 + N2 examples, of which the seller's seed draws N1 to be seen before it decides. E, Z and P are the costs of
making, proving and running one example, E > Z > P; eps is the fee each side pays; v is what a completed audit is worth
to the buyer. Each side deposits 2NE + eps. The example job has N1 = 2, N2 = 4 and batches of two, so 2NE is 12E, the
abort fee N1 P is 2P and the payment 2(N1 P + N2 Z) is 8Z + 4P.
"""
PATHS = """\
Each side plays a whole game at one pace: at once, or in the last second before every deadline. The first three counts
are of the *straight* walk: everything is tried on the straight way to a state (the sample looked at, the key over the
channel), and on the others (ciphertexts put on chain without need, a decision without a look, a key that came late)
only the honest continuation. *At once* has both sides quick, *uniform* adds both slow, *all* one quick and one slow.
The last column counts the sequences of transactions among *all* that a chain can tell apart. Long runs also play
everything on every way, at once; they meet no move, refusal or ending that the straight walk does not.
"""
CLOCK = """\
An action is allowed iff now < deadline, `finalise` iff now >= deadline. Each row below is a move that was played and
counted. Every mover also tries in the second of its deadline, and `finalise` is also tried a second early: both are
refused. So are wrong keys, wrong ciphertexts and wrong roots, complaints about what is honest, of the sample or not
opened, forged proofs, inflated counts, and examples proven twice or drawn before.
"""
MATRIX = """\
Pay-offs with the costs: the buyer pays NE for a test set (nothing for made-up labels), the seller P for each example it
runs plainly and Z for each it proves; gas is left out. Who sends a late `finalise` makes no difference and is left out,
and so is whether a move comes at once or in the last second. A move tried at its deadline is refused and as good as
none; it is not shown either.
"""
GRIEFING = """\
A path in which exactly one party strays, against the honest game of the same scenario: *cost* is what straying takes
from the one who strays, *harm* what it takes from the other. The griefing factor is harm / cost. Here it is worked out
at E = 10 Z, Z = 100 P, v = 2(NE + 8Z + 4P), eps = N1 P/99 (rounded up) for the first scenario; paths without harm are
left out. Not in wei: whoever makes the other side put the rest's key on chain, after the ciphertexts went there, makes
the test set public.
"""
INEQUALITIES = """\
A deviation does not pay while its inequality holds. Probabilities: a, that the rest misses A although the sample was
promising; b, that it misses A when the sample was poor; s, that a sample is poor; u, the share of looks a seller
aborts unseen; l, that a seller goes on without looking; h, that at most t of G spoiled examples are among the N1 drawn,
t being the wrong answers in the sample with which the seller still goes on. Amounts: m aborts a job tolerates, k the
cost of the capital staked on the model, d the value of one labelled example to the seller, r that of a bought record, c
the gas of putting the ciphertexts on chain.
"""
FINDINGS = """\
What is the paper's (appendix B): the deposits and pay-offs, a sample drawn by the seller's seed, and eps = N1 P/99,
which is exactly the edge of `abort-now-and-then` at u = 1/100. What is ours: every clock, `Posted`, the key and the
complaint on chain, and the following.

- **What is gained over A.** A seller who leaves has seen N1 labelled examples instead of N, so the stake that stops
  `collect-samples` falls with it, from 1000 NE to 1000 N1 E.
- **What is given for it.** The seller promises to prove on N2 examples it has not seen. Garbage among them is the
  buyer's loss: the complaint decides (`spoil-rest`, `swallow-a-fault`). Wrong *labels*, and rows in a form no proof
  accepts, hash well, and nobody can complain about them. A share g of them shows nothing in the sample with a chance of
  at most (1 - g)^N1, but a seller who tolerates some wrong answers is blind to more (`mislabel-rest`).
- **Two rules for going on.** *Prior*: every number of right answers equally likely beforehand, so the count in the
  sample gives the exact chance a of missing A, and going on has to pay in expectation
  (`protocols/sampled/prospects.py`). *Malice*: the buyer labels the best number of examples wrongly, at no cost, and
  must gain nothing (`protocols/sampled/malice.py`). The second asks for a sample much better than the target, and our
  seller goes by both, unless it is told to trust the labels.
- **Silence is slashed only where it is undisputed**: in `Posted`, where everything is on chain, the seller's; in
  `HandedOver`, where the key can always be put on chain, the buyer's. Up to `Sampled` it is neutral, as in A.
- **Harm without cost.** A seller who has the rest's key may still make the buyer put it on chain (`deny-the-key`), and
  a buyer may post ciphertexts nobody needs (`post-to-harm`). The first costs the buyer gas and, once the ciphertexts
  are on chain, secrecy; the second costs the buyer alone.
"""
LEAST = """\
Fewest right answers of N1 with which a seller goes on, at the costs `assay plan` takes for granted: by the prior, by
the prior with a lost wei weighing ten, and against malice.
"""


def terms(**changes: Any) -> SampledTerms:
    """The example job: one pair drawn, two proven."""
    windows = dict.fromkeys(WINDOW_FIELDS, DAY_S)
    base = SampledTerms(
        buyer=BUYER,
        seller=SELLER,
        model_id=bytes(32),
        nonce=0,
        data_root=bytes(32),
        format_digest=bytes(32),
        total=6,
        batch=2,
        sample=2,
        target=3,
        verifier=VERIFIER,
        verifier_codehash=b"\x01" * 32,
        srs_digest=bytes(32),
        example_cost=LETTERS["E"],
        proving_cost=LETTERS["Z"],
        inference_cost=LETTERS["P"],
        fee=LETTERS["eps"],
        fee_recipient=FEE_RECIPIENT,
        min_stake=0,
        max_aborts=0,
        **windows,
    )
    return replace(base, **changes)


def scenarios() -> tuple[Scenario, ...]:
    """A good model, an unlucky one, a poor one; a false view; made-up labels."""
    plain = Scenario(
        name="The model reaches the target", terms=terms(), stranger=STRANGER, right=(True,) * 6, value=LETTERS["v"],
        start=1,
    )  # fmt: skip
    wrong = tuple(index != plain.rest[0] for index in range(6))
    good = replace(plain, right=wrong)
    return (
        good,
        replace(good, name="A promising sample, and a rest that misses the target", terms=terms(target=4)),
        replace(good, name="A poor sample", terms=terms(target=4), promising=False),
        replace(good, name="An example of the rest was committed with a false view", false_view=plain.rest[-1]),
        replace(good, name="The labels are made up", right=(False,) * 6, promising=False, sham_labels=True),
    )


def inequality_rows() -> list[list[str]]:
    """Each deviation with the inequality that deters it."""
    return [
        [f"`{item.name}`", item.actor.value, item.instead_of, item.does, item.inequality]
        for item in deviation_inequalities()
    ]


def counts_rows() -> list[list[str]]:
    """How many paths each scenario has."""
    rows = []
    for scenario in scenarios():
        walked = list(walk(scenario, PACES, thorough=False))
        at_once = sum(not path.name.endswith(")") for path in walked)  # other paces are named at the end
        uniform = at_once + sum(path.name.endswith(f"({UNIFORM[1]})") for path in walked)
        endings = sorted({path.job.state for path in walked})
        counts = [at_once, uniform, len(walked), len(distinct_on_chain(walked))]
        rows.append([scenario.name, *map(str, counts), ", ".join(map(state_name, endings))])
    return rows


def least_rows() -> list[list[str]]:
    """The counts a seller goes on with, by each rule, for some sizes."""
    costs, rows = Costs(), []
    for total, sample, share in SIZES:
        target = -(-int((total - sample) * Fraction(share) * 1_000) // 1_000)
        job = terms(
            total=total, sample=sample, batch=sample, target=target, fee=minimum_fee(sample, costs.inference),
            example_cost=costs.example, proving_cost=costs.proving, inference_cost=costs.inference,
        )  # fmt: skip
        counts = (
            least_right(job), least_right(job, Caution(loss_weight=Fraction(10))), least_right_against_malice(job),
        )  # fmt: skip
        shown = ["none" if count is None else f"{count} of {sample}" for count in counts]
        rows.append([f"{total:,}", str(sample), f"{target:,} of {job.rest:,}", *shown])
    return rows


def example() -> Scenario:
    """The first scenario at the numbers the griefing factors are worked out at."""
    amounts = {"inference_cost": 1_000, "proving_cost": 100_000, "example_cost": 1_000_000}
    job = terms(**amounts, fee=minimum_fee(2, 1_000))
    value = 2 * (6 * job.example_cost + job.payment)
    return replace(scenarios()[0], terms=job, value=value)


def grief_pairs() -> list[tuple[Grief, Grief]]:
    """The same deviations in letters and in round numbers."""
    found = []
    for scenario in (scenarios()[0], example()):
        paths = walk(scenario, AT_ONCE, thorough=False)
        found.append(griefs(honest_path(scenario), paths, PARTIES))
    return list(zip(*found, strict=True))


def grief_rows(pairs: Iterable[tuple[Grief, Grief]]) -> list[list[str]]:
    """Who strays how, cost and harm in letters, and the factor at the example's numbers, the worst first."""
    rows: dict[tuple[str, ...], Fraction | None] = {}
    for in_letters, in_numbers in pairs:
        if in_numbers.harm > 0 and " at the deadline" not in in_letters.path.name:
            cost, harm = LETTERS.text(in_letters.cost), LETTERS.text(in_letters.harm)
            rows.setdefault((in_letters.by, cost, harm, _deed(in_letters)), in_numbers.factor)
    worst_first = sorted(rows.items(), key=lambda row: (row[1] is not None, -(row[1] or 0)))
    return [
        [by, deed, cost, harm, "free" if factor is None else f"{float(factor):.2f}"]
        for (by, cost, harm, deed), factor in worst_first
    ]


def _deed(grief: Grief) -> str:
    """What the straying party did, from where it strayed."""
    honest = {did for who, did in honest_path(grief.path.scenario).behaviours if who == grief.by}  # type: ignore[arg-type]
    own = [did for who, did in grief.path.behaviours if who == grief.by and did not in honest and did != "finalises"]
    return ", ".join(own)


def render() -> str:
    """The whole page."""
    walks = {scenario.name: list(walk(scenario, AT_ONCE, thorough=False)) for scenario in scenarios()}
    everything = [path for paths in walks.values() for path in paths]
    parts = [INTRO, "## Paths\n", PATHS]
    parts.append(table(["scenario", "at once", "uniform", "all", "different on chain", "endings"], counts_rows()))
    parts += ["## The tree\n", CLOCK, table(["state", "who", "move", "when", "next"], _tree(everything))]
    parts += ["## The matrix\n", MATRIX]
    head = ["conduct", "ending", *_columns("on chain"), *_columns("pay-off")]
    for name, paths in walks.items():
        shown = [path for path in paths if " at the deadline" not in path.name]
        parts += [f"### {name}\n", table(head, matrix_rows(shown, PARTIES, LETTERS))]
    parts += ["## What straying costs the other side\n", GRIEFING]
    parts.append(table(["by", "what", "cost", "harm", "factor"], grief_rows(grief_pairs())))
    parts += ["## Why deviating does not pay\n", INEQUALITIES]
    parts.append(table(["deviation", "by", "instead of", "what", "does not pay while"], inequality_rows()))
    parts += ["## What follows\n", FINDINGS, LEAST]
    parts.append(table(["N", "N1", "A", "prior", "prior, weight 10", "malice"], least_rows()))
    return "\n".join(parts)


def _tree(paths: Iterable[Path]) -> list[list[str]]:
    return tree_rows(paths, Role.STRANGER)


def _columns(what: str) -> Sequence[str]:
    return [f"{role}, {what}" for role in PARTIES]


if __name__ == "__main__":
    PAGE.write_text(render())
