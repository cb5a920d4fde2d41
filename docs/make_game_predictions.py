"""Writes docs/game-predictions.md from the state machine itself; renew it by ``python docs/make_game_predictions.py``.

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

from protocols.games.board import EARLY
from protocols.games.griefing import Grief
from protocols.games.paths import distinct_on_chain
from protocols.games.render import Letters, matrix_rows, plain, state_name, table, tree_rows
from protocols.predictions.bounds import contests_needed
from protocols.predictions.deviations import deviation_inequalities
from protocols.predictions.griefing import deeds, measured
from protocols.predictions.paths import GamePath, Role, Scenario
from protocols.predictions.plan import contest_table
from protocols.predictions.terms import PredictionTerms
from protocols.predictions.walker import walk
from protocols.solidity import ZERO_ADDRESS

PAGE = File(__file__).with_name("game-predictions.md")
LETTERS = Letters(("w", "E", "Z", "p", "P", "c", "eps"), parts=1)
"""Wei of each letter in the example job: so far apart that every amount can be read back in letters."""
PARTIES = (Role.PROVIDER, Role.CLIENT)
DAY_S = 86_400
CLIENT, PROVIDER, STRANGER, FEE_RECIPIENT, VERIFIER = (f"0x{digit * 40}" for digit in "12345")
ROUNDS = (100, 1_000, 10_000, 65_535)

INTRO = """\
# The game of protocol B: every path and what it pays

Written by `docs/make_game_predictions.py` from `protocols/predictions`; a test fails when it is out of date.

K questions in a round, at most K1 of the answers contested. E, Z, P and c are the costs of working one right answer out
oneself, of proving one, of running the model once, and of a cheap wrong answer, E > Z > P > c; p is the price of an
answer, w what a right one is worth to the client, eps the fee each side pays. The client locks 2KZ + Kp + eps, the
provider beta\\*KZ + eps. Amounts are in ether or a token alike. In the example K = 3, K1 = 2 and beta = 2, so that
2KZ = beta\\*KZ = 6Z.
"""
PATHS = """\
*At once* is the walk in which every move comes at once; *all* adds every move in the last second before its deadline.
The last column counts the sequences of transactions among *all* that a chain can tell apart. The many ways to settle,
which nothing before them can change, are walked in full after honest serving with no contest and with one, and when
nothing was answered; elsewhere plainly.
"""
CLOCK = """\
Each row is a move that was played and counted. Refused, and played too: accepting at the deadline, contesting at the
round's end, proving at the prove end, ending a round a second early or with a contest open, collecting after the
ending, contesting what was never answered or never signed, twice, beyond the round or beyond K1, proving what is not
contested, proving twice, other outputs, forged proofs and receipts, old receipts after newer ones, and any move by
somebody else.
"""
MATRIX = """\
Pay-offs with costs and values; gas is left out. Who sends a late `finalise`, whether it is the provider who ends the
round, and whether a move comes at once or in the last second make no difference and are left out, and so are moves that
were refused without effect or sent by a stranger. *Drawn at random*: each draw is walked, right answers being as good
as one another.
"""
GRIEFING = """\
A path in which exactly one party strays, against the honest round with as many contests: *cost* is what straying takes
from the one who strays, *harm* what it takes from the other, the griefing factor harm / cost. It is worked out at
w = 4p, p = 2P, Z = 100P, c = 0. Two deviations are free: a wrong answer that no contest hits (which is what the random
contests are for), and the last receipt, worth the answers the provider gives on credit (one). The rest costs whoever
tries it; the harm is a gain missed, never more than the fee lost. *Contesting everything* costs the client 2Z a contest
and brings the provider 2Z for a proof that costs it Z: it harms nobody whose proofs cost at most 2Z and fit into the
prove window.
"""
INEQUALITIES = """\
A deviation does not pay while its inequality holds. m wrong (or refused) answers, f = m/K their share; n contests drawn
at random, in a round contested with probability q; D the chance that one of them hits; u the answers given on credit, r
what going on with the other side is worth; s how likely the client thinks an answer wrong; z what a proof really costs
the provider, t how long it takes.

What follows from the table:

- **One random contest a round deters every lie.** D >= m/K, so m wrong answers lose at least m(beta\\*Z + p) in
  expectation and save m(P - c), and P < Z. What a lie saves is small; what it *earns* elsewhere need not be: a provider
  who is paid by somebody else for a wrong answer is deterred only as far as D times the deposit reaches.
- **But nothing makes the client contest.** A contest of a right answer costs 2Z. It pays a client from a suspicion of
  about 1 in K on (beta = 2, small prices), so a client without a habit of contesting leaves room for about one wrong
  answer in K. The honest client here draws at least one contest in every round.
- **The deposit hangs on the time to prove.** All K1 contests may come in the last second of the round. An honest
  provider accepts only terms with K1 * t + margin within the prove window (`overload`).
- **Someone gives first.** The receipt follows the answer, so the provider can lose the last one; with the receipt first
  the client could. The loss is bounded by the credit u, and only the wish to go on (r) deters it.
- A silent client or provider costs itself the fee and the other side the fee and the use of its deposit for the round.
"""
CONTESTS = """\
Contests needed to hit a wrong share with 95% confidence: in a round of K (drawn without replacement, exact), for any K
(ln 0.05 / ln(1 - f)), two-sided, and as printed in the paper. The printed figures are two-sided, and the last is two
short; the question here is one-sided.
"""


def terms(**changes: Any) -> PredictionTerms:
    """The example job."""
    base = PredictionTerms(
        client=CLIENT,
        provider=PROVIDER,
        model_id=bytes(32),
        weights_commitment=bytes(32),
        nonce=0,
        format_digest=bytes(32),
        round=3,
        contests=2,
        outputs=1,
        verifier=VERIFIER,
        verifier_codehash=b"\x01" * 32,
        srs_digest=bytes(32),
        token=ZERO_ADDRESS,
        proving_cost=LETTERS["Z"],
        answer_price=LETTERS["p"],
        beta=2,
        fee=LETTERS["eps"],
        fee_recipient=FEE_RECIPIENT,
        accept_window=DAY_S,
        round_window=DAY_S,
        prove_window=DAY_S,
    )
    return replace(base, **changes)


def scenario(**changes: Any) -> Scenario:
    """The example game."""
    job = terms(**changes)
    return Scenario(
        name=f"K = {job.round}, K1 = {job.contests}",
        terms=job,
        stranger=STRANGER,
        hashes=tuple(range(job.round)),
        outputs=tuple((index,) for index in range(job.round)),
        example_cost=LETTERS["E"],
        inference_cost=LETTERS["P"],
        cheap_cost=LETTERS["c"],
        value=LETTERS["w"],
        start=1,
    )


def example() -> Scenario:
    """The same game at round numbers, P = 1000."""
    job = terms(proving_cost=100_000, answer_price=2_000, fee=1)
    return replace(scenario(), terms=job, example_cost=10**6, inference_cost=1_000, cheap_cost=0, value=8_000)


def counts_rows() -> list[list[str]]:
    """How many paths each size has."""
    rows = []
    for size, contests in ((1, 1), (2, 1), (3, 2), (4, 2), (4, 4)):
        game = scenario(round=size, contests=contests)
        early, paths = list(walk(game, (EARLY,))), list(walk(game))
        endings = sorted({path.job.state for path in paths})
        counts = [len(early), len(paths), len(distinct_on_chain(paths))]
        rows.append([game.name, *map(str, counts), ", ".join(map(state_name, endings))])
    return rows


WHEN = {
    ("Serving", "`contest`"): "before the round's end",
    ("Serving", "`proveAnswer`"): "before the prove end",
    ("Serving", "`collect`"): "until the ending",
    ("Serving", "`finalise`"): "provider: from the round's end on if no contest is open; anyone: from the prove end on",
}


def moves_rows(paths: Iterable[GamePath]) -> list[list[str]]:
    """The tree, with the two clocks of a round."""
    rows = []
    for before, who, function, when, after in tree_rows(paths, Role.STRANGER):
        rows.append([before, who, function, WHEN.get((before, function), when), after])
    return rows


IN_VAIN = ("beyond", "collects itself", "shows", "twice", "never received", "did not sign", "more than it may")
"""Words of deeds that were refused without effect."""


def told(path: GamePath) -> bool:
    """Whether a path belongs into the matrix: nothing in it was refused in vain, or done by a stranger's hand."""
    deeds_done = [did for _, did in path.behaviours]
    words = (*IN_VAIN, "has a stranger submit")
    return not any(word in did for did in deeds_done for word in words) and " at the deadline" not in path.name


def shortened(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """Rows without the acceptance and the plain ending of a round, each conduct once."""
    seen: dict[tuple[str, ...], None] = {}
    for conduct, *rest in rows:
        parts = [part for part in conduct.split("; ") if part not in ("provider accepts", "provider ends the round")]
        seen["; ".join(parts), *rest] = None
    return [list(row) for row in seen]


def grief_rows() -> list[list[str]]:
    """Who strays how, cost and harm in letters, and the factor at the example's numbers, the worst first."""
    in_letters, in_numbers = (measured(walk(game, (EARLY,))) for game in (scenario(), example()))
    rows: dict[tuple[str, ...], Fraction | None] = {}
    for letters, numbers in zip(in_letters, in_numbers, strict=True):
        if numbers.harm > 0 and told(letters.path) and not letters.path.job.contested:
            cost, harm = LETTERS.text(letters.cost), LETTERS.text(letters.harm)
            rows[letters.by, _deed(letters), cost, harm] = numbers.factor
    worst_first = sorted(rows.items(), key=lambda row: (row[1] is not None, -(row[1] or 0)))
    return [[*cells, "free" if factor is None else f"{float(factor):.2f}"] for cells, factor in worst_first]


def _deed(grief: Grief) -> str:
    left_out = ("contests nothing", "ends the round", "finalises", "collects")
    return "; ".join(plain(did) for did in deeds(grief).split("; ") if did not in left_out)


def inequality_rows() -> list[list[str]]:
    """Each deviation with the inequality that deters it."""
    return [
        [f"`{item.name}`", item.actor.value, item.instead_of, item.does, item.inequality.replace("*", "\\*")]
        for item in deviation_inequalities()
    ]


def contest_rows() -> list[list[str]]:
    """Contests by wrong share and round size, beside the paper's figures."""
    rows = []
    for (share, _, any_size, two_sided, printed), rate in zip(contest_table(), (0.05, 0.02, 0.01), strict=True):
        exact = [str(contests_needed(rate, 0.05, size)) for size in ROUNDS]
        rows.append([share, *exact, any_size, two_sided, printed])
    return rows


def render() -> str:
    """The whole page."""
    paths = list(walk(scenario(), (EARLY,)))
    parts = [INTRO, "## Paths\n", PATHS]
    parts.append(table(["round", "at once", "all", "different on chain", "endings"], counts_rows()))
    parts += ["## The tree\n", CLOCK, table(["state", "who", "move", "when", "next"], moves_rows(paths))]
    parts += ["## The matrix\n", MATRIX]
    head = ["conduct", "ending", *(f"{role}, {what}" for what in ("on chain", "pay-off") for role in PARTIES)]
    parts.append(table(head, shortened(matrix_rows(filter(told, paths), PARTIES, LETTERS))))
    parts += ["## What straying costs the other side\n", GRIEFING]
    parts.append(table(["by", "what", "cost", "harm", "factor"], grief_rows()))
    parts += ["## Why deviating does not pay\n", INEQUALITIES]
    parts.append(table(["deviation", "by", "instead of", "what", "does not pay while"], inequality_rows()))
    parts += ["## How many contests\n", CONTESTS]
    sizes = [f"K = {size:,}" for size in ROUNDS]
    parts.append(table(["wrong share", *sizes, "any K", "two-sided", "paper"], contest_rows()))
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(render())
