"""Writes docs/game-accuracy.md from the state machine itself; run ``python docs/make_game_accuracy.py`` after a change.

A test renders it again and compares, so the page can't fall behind the code.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path as File

sys.path.insert(0, str(File(__file__).resolve().parents[1]))

from protocols.accuracy.deviations import deviation_inequalities
from protocols.accuracy.events import Event, Finalise, State
from protocols.accuracy.machine import JobState, apply
from protocols.accuracy.paths import Path, Role, Scenario
from protocols.accuracy.terms import AccuracyTerms
from protocols.accuracy.walker import EARLY, distinct_on_chain, walk

PAGE = File(__file__).with_name("game-accuracy.md")
LETTERS = {"v": 10**8, "NE": 10**6, "NZ": 10**4, "NP": 10**2, "eps": 1}
"""Wei of each letter in the example job: so far apart that every amount can be read back in letters."""
EXAMPLES, DAY_S = 4, 86_400
BUYER, SELLER, STRANGER, FEE_RECIPIENT, VERIFIER = (f"0x{digit * 40}" for digit in "12345")

INTRO = """\
# The game of protocol A: every path and what it pays

Written by `docs/make_game_accuracy.py` from `protocols/accuracy`; a test fails when it is out of date. The same paths
are played on a real chain with real proofs by `tests/games`.

N examples; E, Z and P are the costs of making, proving and running one example; eps is the fee each side pays; v is
what a completed audit is worth to the buyer. E > Z > P. Each side deposits 2NE + eps.
"""
CLOCK = """\
An action is allowed iff now < deadline, `finalise` iff now >= deadline. Each row below is a move that was played and
counted. Every mover also tries in the second of its deadline, and `finalise` is also tried a second early: both are
refused.
"""
MATRIX = """\
Pay-offs with the costs: the buyer pays NE for a test set (nothing for made-up labels), the seller NP when it runs the
model and Z for each example it proves; gas is left out. Who sends a late `finalise` makes no difference and is left
out, and so is whether a move comes at once or in the last second.
"""
INEQUALITIES = """\
A deviation does not pay while its inequality holds. m is the number of aborts a job tolerates, k the cost of the
capital staked on the model, d the value of one labelled example to the seller, r the value of a bought record, q the
probability that an unseen test set misses the target, l the probability that a seller proceeds without looking.
"""


def terms(target: int) -> AccuracyTerms:
    """The example job: two batches of two."""
    return AccuracyTerms(
        buyer=BUYER,
        seller=SELLER,
        model_id=bytes(32),
        nonce=0,
        data_root=bytes(32),
        format_digest=bytes(32),
        total=EXAMPLES,
        batch=2,
        target=target,
        verifier=VERIFIER,
        verifier_codehash=b"\x01" * 32,
        srs_digest=bytes(32),
        example_cost=LETTERS["NE"] // EXAMPLES,
        proving_cost=LETTERS["NZ"] // EXAMPLES,
        inference_cost=LETTERS["NP"] // EXAMPLES,
        fee=LETTERS["eps"],
        fee_recipient=FEE_RECIPIENT,
        min_stake=0,
        max_aborts=0,
        accept_window=DAY_S,
        hand_over_window=DAY_S,
        decide_window=DAY_S,
        prove_window=DAY_S,
    )


def scenarios() -> tuple[Scenario, ...]:
    """A model that reaches the target, one that misses it, and a buyer who makes the labels up."""
    good = Scenario(
        name="The model reaches the target",
        terms=terms(3),
        stranger=STRANGER,
        counts=(1, 2),
        value=LETTERS["v"],
        start=1,
    )
    weak = replace(good, name="The model misses the target", counts=(1, 1))
    return good, weak, replace(weak, name="The labels are made up", counts=(0, 1), sham_labels=True)


def in_letters(amount: int) -> str:
    """An amount of the example job as a sum of letters, e.g. ``-2NE - NZ/2 - eps``."""
    rest, parts = 2 * amount, []  # doubled, because half of the examples is the least that is ever proven
    for letter, value in reversed(LETTERS.items()):
        digit = (rest // value + 50) % 100 - 50  # the lower letters are taken off already
        rest -= digit * value
        if digit:
            parts.append(_term(Fraction(digit, 2), letter))
    if rest:
        raise ValueError(f"{amount} wei is no sum of {', '.join(LETTERS)}")
    text = " ".join(reversed(parts)).removeprefix("+ ")
    return "-" + text[2:] if text.startswith("- ") else text or "0"


def _term(factor: Fraction, letter: str) -> str:
    size = abs(factor)
    number = "" if size.numerator == 1 else str(size.numerator)
    divided = "" if size.denominator == 1 else f"/{size.denominator}"
    return f"{'-' if factor < 0 else '+'} {number}{letter}{divided}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def tree_rows(paths: Iterable[Path]) -> list[list[str]]:
    """Each move that led from one state to another, in the states' order."""
    moves: dict[tuple[State, str, State], set[Role]] = {}
    for path in paths:
        job = JobState(terms=path.scenario.terms)
        for step in path.steps:
            if step.reverts is None:
                after, _ = apply(job, step.event, step.time)
                moves.setdefault((job.state, _function(step.event), after.state), set()).add(step.actor)
                job = after
    rows = []
    for (before, function, after), roles in sorted(moves.items()):
        who = "anyone" if Role.STRANGER in roles else " or ".join(sorted(roles))
        when = "from the deadline on" if function == "finalise" else "before the deadline"
        rows.append([_state(before), who, f"`{function}`", "any time" if not before else when, _state(after)])
    return rows


def matrix_rows(paths: Iterable[Path]) -> list[list[str]]:
    """Conduct, ending, on-chain net and pay-off of each path, late ``finalise`` left out."""
    rows: dict[tuple[str, ...], None] = {}
    for path in paths:
        deeds = [f"{role} {_plain(did)}" for role, did in path.behaviours[1:] if did != "finalises"]
        amounts = [path.net[Role.SELLER], path.net[Role.BUYER], path.payoff[Role.SELLER], path.payoff[Role.BUYER]]
        rows["; ".join(deeds), _state(path.job.state), *map(in_letters, amounts)] = None
    return [list(row) for row in rows]


def inequality_rows() -> list[list[str]]:
    """Each deviation with the inequality that deters it."""
    return [
        [f"`{item.name}`", item.actor.value, item.instead_of, item.does, item.inequality.replace("|", "\\|")]
        for item in deviation_inequalities()
    ]


def counts_rows() -> list[list[str]]:
    """How many paths each scenario has, all clocks tried."""
    rows = []
    for scenario in scenarios():
        paths = list(walk(scenario))
        endings = sorted({path.job.state for path in paths})
        rows.append(
            [scenario.name, str(len(paths)), str(len(distinct_on_chain(paths))), ", ".join(map(_state, endings))]
        )
    return rows


def render() -> str:
    """The whole page."""
    walks = {scenario.name: list(walk(scenario, (EARLY,))) for scenario in scenarios()}
    everything = [path for paths in walks.values() for path in paths]
    parts = [INTRO, "## Paths\n", table(["scenario", "paths", "different on chain", "endings"], counts_rows())]
    parts += ["## The tree\n", CLOCK, table(["state", "who", "move", "when", "next"], tree_rows(everything))]
    parts += ["## The matrix\n", MATRIX]
    head = ["conduct", "ending", "seller on chain", "buyer on chain", "seller's pay-off", "buyer's pay-off"]
    for name, paths in walks.items():
        parts += [f"### {name}\n", table(head, matrix_rows(paths))]
    parts += ["## Why deviating does not pay\n", INEQUALITIES]
    parts.append(table(["deviation", "by", "instead of", "what", "does not pay while"], inequality_rows()))
    return "\n".join(parts)


def _function(event: Event) -> str:
    name = type(event).__name__
    return "finalise" if isinstance(event, Finalise) else name[0].lower() + name[1:]


def _state(state: State) -> str:
    return "".join(word.capitalize() for word in state.name.split("_"))


def _plain(did: str) -> str:
    return did.removesuffix(f" {EARLY}")


if __name__ == "__main__":
    PAGE.write_text(render())
