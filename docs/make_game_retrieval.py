"""Writes docs/game-retrieval.md from the state machine itself; run ``python docs/make_game_retrieval.py`` to renew it.

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

from protocols.games.griefing import Grief, griefs
from protocols.games.paths import distinct_on_chain
from protocols.games.render import Letters, conduct, matrix_rows, state_name, table, tree_rows
from protocols.retrieval.deviations import deviation_inequalities
from protocols.retrieval.paths import Path, Role, Scenario, Worth
from protocols.retrieval.terms import WINDOW_FIELDS, Predicate, RetrievalTerms
from protocols.retrieval.walker import AT_ONCE, PACES, UNIFORM, honest_path, walk
from protocols.solidity import ZERO_ADDRESS

PAGE = File(__file__).with_name("game-retrieval.md")
LETTERS = Letters(("S", "F", "v", "u", "p", "w", "c", "NZ", "NP", "eps"))
"""Wei of each letter in the example job: so far apart that every amount can be read back in letters."""
PARTIES = (Role.RESPONDER, Role.REQUESTER)
DOCUMENTS, DAY_S = 4, 86_400
REQUESTER, RESPONDER, STRANGER, FEE_RECIPIENT, VERIFIER = (f"0x{digit * 40}" for digit in "12345")
WORTH = Worth(
    document=LETTERS["v"],
    bits=LETTERS["u"],
    disclosure=LETTERS["w"],
    inference=LETTERS["NP"] // DOCUMENTS,
    delivery=LETTERS["c"],
)

INTRO = """\
# The game of retrieval: every path and what it pays

Written by `docs/make_game_retrieval.py` from `protocols/retrieval`; a test fails when it is out of date. The same games
are played on a real chain, with real proofs, documents and complaints, by `tests/games`.

N documents in batches of b, m of them match, the requester has locked the price of C. S is the responder's deposit, F
the base fee, p the price of a document, eps the fee each side pays. Outside the escrow: Z and P, the cost of proving
and of plainly running the model on a document; c, of sending one; v, what a readable match is worth to the requester;
u, what the bare knowledge of the bits is worth to it; w, what a match that becomes readable costs the responder (what
hiding it is worth). F >= 2NZ and S >= F, by the contract. Amounts are in ether or a token alike.
"""
PATHS = """\
Each side plays a whole game at one pace: at once, or in the last second before every deadline. *At once* is the walk
with both of them quick, *uniform* adds both slow, *all* adds one quick and one slow. The last column counts the
sequences of transactions among *all* that a chain can tell apart.
"""
CLOCK = """\
An action is allowed iff now < deadline, `finalise` iff now >= deadline. Each row below is a move that was played and
counted. Every mover also tries in the second of its deadline, and `finalise` is also tried a second early: both are
refused. So are a flipped bit, a proof sent twice, a key hash the responder has used before, a wrong key, and complaints
about what is honest, was not sold, or is not opened.
"""
MATRIX = """\
Pay-offs with costs and values; gas is left out. Who sends a late `finalise` makes no difference and is left out, and so
is whether a move comes at once or in the last second. A move tried at its deadline is refused and as good as none; it
is not shown either. m = 2 where something matches.
"""
GRIEFING = """\
A path in which exactly one party strays, against the honest game of the same scenario: *cost* is what straying takes
from the one who strays, *harm* what it takes from the other. The griefing factor is harm / cost. Here it is worked out
at v = 6p, w = c = p/10, u = F/2, F = 2NZ, S = F + 2p, NZ = 2p, eps = p/100, P = Z/100; paths without harm are left out.
"""
INEQUALITIES = """\
A deviation does not pay while its inequality holds. q is the probability that somebody checks what was revealed and
complains in time (the requester, or a watchtower with the ciphertexts), g the share of documents with a false view, n
the size of a random audit before the job and *gain* what the false views are worth, t the probability that a requester
who can read the documents already gives no receipt for them, r the value of a bought record.

What follows from the table:

- The deposit stands behind the proofs and behind the key. It does *not* stand behind the delivery: whether ciphertexts
  were sent or ignored can't be told on chain, so both kinds of silence end neutrally, and only the price holds a
  responder to it: p >= c + w. Who hides by not delivering does so in plain sight, though, since the bits are public.
- The bits themselves are sold by the base fee. If knowing which documents match is worth more than F + eps, a requester
  may open jobs for the bits alone; the responder is paid at least twice its proving cost for each of them.
- A fault is the responder's loss only if somebody complains before the window closes. With q below 1 the deposit has to
  grow as w/q.
- A false view of a document that does *not* match is never sold, so no complaint reaches it. Only the random audit
  does, and a payload that differs from a true view it shows to the requester alone, off chain.
- A sample whose block is too old is drawn again from a new block. Each side must draw within 256 blocks (8,191 where
  the chain keeps them), or the other one can let a draw lapse that it does not like.
"""


def terms(**changes: Any) -> RetrievalTerms:
    """The example job: two batches of two, C = 2."""
    windows = dict.fromkeys(WINDOW_FIELDS, DAY_S)
    base = RetrievalTerms(
        requester=REQUESTER,
        responder=RESPONDER,
        model_id=bytes(32),
        weights_commitment=bytes(32),
        nonce=0,
        corpus_root=bytes(32),
        format_digest=bytes(32),
        total=DOCUMENTS,
        batch=2,
        predicate=Predicate.CLASS,
        outputs=2,
        selected=1,
        threshold=0,
        scale_bits=8,
        verifier=VERIFIER,
        verifier_codehash=b"\x01" * 32,
        srs_digest=bytes(32),
        token=ZERO_ADDRESS,
        proving_cost=LETTERS["NZ"] // DOCUMENTS,
        base_fee=LETTERS["F"],
        price=LETTERS["p"],
        cap=2,
        deposit=LETTERS["S"],
        fee=LETTERS["eps"],
        fee_recipient=FEE_RECIPIENT,
        **windows,
    )
    return replace(base, **changes)


def sample_terms() -> RetrievalTerms:
    """The priced audit: two documents, both drawn."""
    none: dict[str, Any] = {
        "outputs": 0,
        "selected": 0,
        "scale_bits": 0,
        "verifier": ZERO_ADDRESS,
        "verifier_codehash": bytes(32),
    }
    return terms(predicate=Predicate.SAMPLE, total=2, **none)


def scenarios() -> tuple[Scenario, ...]:
    """Matches within the cap, above it, none; a false view; the random audit."""
    within = Scenario(
        name="Two documents match, C = 2", terms=terms(), stranger=STRANGER, bits=(1, 2), worth=WORTH, start=1
    )
    return (
        within,
        replace(within, name="Two documents match, C = 1", terms=terms(cap=1)),
        replace(within, name="Nothing matches", bits=(0, 0)),
        replace(within, name="A matching document was committed with a false view", wrong_view=0),
        replace(within, name="Two documents are drawn at random", terms=sample_terms(), bits=(), drawn=(0, 1)),
    )


def honest_of(scenario: Scenario) -> Path:
    """The honest game a scenario is measured against: with true views."""
    return honest_path(replace(scenario, wrong_view=None))


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
        walks = [list(walk(scenario, paces)) for paces in (AT_ONCE, UNIFORM, PACES)]
        endings = sorted({path.job.state for path in walks[-1]})
        counts = [*map(len, walks), len(distinct_on_chain(walks[-1]))]
        rows.append([scenario.name, *map(str, counts), ", ".join(map(state_name, endings))])
    return rows


def example() -> Scenario:
    """The first scenario at round numbers, p = 1000: the amounts the griefing factors are worked out at."""
    price = 1_000
    worth = Worth(document=6 * price, bits=2 * price, disclosure=100, inference=5, delivery=100)
    amounts: dict[str, int] = {
        "price": price,
        "proving_cost": 500,
        "base_fee": 4 * price,
        "deposit": 6 * price,
        "fee": 10,
    }
    return replace(scenarios()[0], terms=terms(**amounts), worth=worth)


def grief_rows(pairs: Iterable[tuple[Grief, Grief]]) -> list[list[str]]:
    """Who strays how, cost and harm in letters, and the factor at the example's numbers, the worst first."""
    rows: dict[tuple[str, ...], Fraction | None] = {}
    for in_letters, in_numbers in pairs:
        if in_numbers.harm > 0 and " at the deadline" not in in_letters.path.name:
            cost, harm = LETTERS.text(in_letters.cost), LETTERS.text(in_letters.harm)
            rows[in_letters.by, _deed(in_letters), cost, harm] = in_numbers.factor
    worst_first = sorted(rows.items(), key=lambda row: (row[1] is not None, -(row[1] or 0)))
    return [[*cells, "free" if factor is None else f"{float(factor):.2f}"] for cells, factor in worst_first]


def _deed(grief: Grief) -> str:
    """What the straying party did last, without the path that led there."""
    own = [part.removeprefix(f"{grief.by} ") for part in conduct(grief.path).split("; ") if part.startswith(grief.by)]
    return own[-1] if own[-1] != "complains" else own[-2]


def grief_pairs() -> list[tuple[Grief, Grief]]:
    """The same deviations in letters and in round numbers."""
    found = []
    for scenario in (scenarios()[0], example()):
        paths = walk(scenario, AT_ONCE)
        found.append(griefs(honest_of(scenario), paths, (Role.RESPONDER, Role.REQUESTER)))
    return list(zip(*found, strict=True))


def render() -> str:
    """The whole page."""
    walks = {scenario.name: list(walk(scenario, AT_ONCE)) for scenario in scenarios()}
    everything = [path for paths in walks.values() for path in paths]
    parts = [INTRO, "## Paths\n", PATHS]
    parts.append(table(["scenario", "at once", "uniform", "all", "different on chain", "endings"], counts_rows()))
    tree = tree_rows(everything, Role.STRANGER)
    parts += ["## The tree\n", CLOCK, table(["state", "who", "move", "when", "next"], tree)]
    parts += ["## The matrix\n", MATRIX]
    head = ["conduct", "ending", *_columns("on chain"), *_columns("pay-off")]
    for name, paths in walks.items():
        shown = [path for path in paths if " at the deadline" not in path.name]
        parts += [f"### {name}\n", table(head, matrix_rows(shown, PARTIES, LETTERS))]
    parts += ["## What straying costs the other side\n", GRIEFING]
    parts.append(table(["by", "what", "cost", "harm", "factor"], grief_rows(grief_pairs())))
    parts += ["## Why deviating does not pay\n", INEQUALITIES]
    parts.append(table(["deviation", "by", "instead of", "what", "does not pay while"], inequality_rows()))
    return "\n".join(parts)


def _columns(what: str) -> Sequence[str]:
    return [f"{role}, {what}" for role in PARTIES]


if __name__ == "__main__":
    PAGE.write_text(render())
