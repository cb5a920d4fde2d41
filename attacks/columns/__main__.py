"""The whole story in three tables: ``python -m attacks.columns`` (half a minute)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from attacks.columns.positions import some, uncovered
from attacks.columns.recover import Equations, equations, equations_at
from attacks.columns.study import (
    Hidden,
    columns_attack,
    combinations_attack,
    hidden_attack,
    same_answers,
    score,
    seen,
)
from attacks.columns.victim import Seller
from proofs.sumcheck.ligero.parameters import openings

LOG_COLUMNS, BLOCK = 10, 1 << 10
PROOFS = 8
REPEATS = 5


def main() -> None:
    """Integrity proofs, repeated ones, and proofs that hide, within their budget and beyond."""
    console, began = Console(), time.monotonic()
    bare = Seller(LOG_COLUMNS)
    console.print(_integrity(bare))
    console.print(_repeated(bare))
    console.print(_hiding(Seller(LOG_COLUMNS, BLOCK)))
    console.print(f"{time.monotonic() - began:.0f} s")


def _integrity(seller: Seller) -> Table:
    """Proofs of different scores, one after the other."""
    table = _table("Integrity proofs of different scores", "proofs", "columns", "of", "weights known", "logits equal")
    shown = seen(seller, PROOFS)
    for count in range(1, PROOFS + 1):
        columns, found = columns_attack(seller, shown[:count])
        known, equal = score(seller, found), same_answers(seller, found)
        table.add_row(str(count), str(columns), str(1 << LOG_COLUMNS), _percent(known.determined), _percent(equal))
    return table


def _repeated(seller: Seller) -> Table:
    """Proofs of one score, again and again."""
    shown = seen(seller, REPEATS, same=True)
    rows = shown[0].weights.shape[1]
    table = _table(
        "Integrity proofs of one score: combinations", "proofs", "equations", "rows", "weights known", "logits equal"
    )
    for count in range(1, REPEATS + 1):
        found = combinations_attack(seller, shown[:count])
        known, equal = score(seller, found), same_answers(seller, found)
        table.add_row(str(count), str(4 * count), str(rows), _percent(known.determined), _percent(equal))
    return table


def _hiding(seller: Seller) -> Table:
    """What is shown within the budget, and what would be beyond."""
    names = ("true", "zero", "shuffled", "one off")
    table = _table(
        f"Zero-knowledge proofs, blocks of {BLOCK}", "shown by", "columns", "equations left",
        *(f"{name} fits" for name in names), "determined", "right", "correlation",
    )  # fmt: skip
    for who, system in _systems(seller):
        table.add_row(who, *_cells(hidden_attack(seller, system)))
    zeros = float((seller.truth == 0).mean())
    table.caption = f"guessing 0 everywhere is right for {_percent(zeros)}; a correlation is off by 0.02 by chance"
    return table


def _systems(seller: Seller) -> Iterator[tuple[str, Equations]]:
    """Real proofs to the end of the budget, then columns nobody would be shown."""
    budget = openings(LOG_COLUMNS, BLOCK)
    yield f"{budget} proofs, the budget", equations(seen(seller, budget), LOG_COLUMNS, BLOCK)
    generator = np.random.default_rng(5)
    beyond: Sequence[tuple[str, list[int]]] = (
        ("one column less than B", some(generator, LOG_COLUMNS, BLOCK - 1)),
        ("B columns", some(generator, LOG_COLUMNS, BLOCK)),
        ("B columns, chosen", uncovered(generator, LOG_COLUMNS, BLOCK)),
        ("one column more than B", some(generator, LOG_COLUMNS, BLOCK + 1)),
        ("N + B columns", some(generator, LOG_COLUMNS, (1 << LOG_COLUMNS) + BLOCK)),
    )
    for who, asked in beyond:
        yield who, equations_at(asked, seller.columns(asked), LOG_COLUMNS, BLOCK)


def _cells(found: Hidden) -> list[str]:
    """A row of the table."""
    fits = ["yes" if fit else "no" for fit in found.explained.values()]
    guess = found.guess
    own = [_percent(guess.determined), _percent(guess.right), f"{guess.correlation:+.3f}"]
    return [str(found.columns), str(found.leaked), *fits, *own]


def _percent(part: float) -> str:
    return f"{100 * part:.1f}%"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for name in columns:
        table.add_column(name, justify="right")
    return table


if __name__ == "__main__":
    main()
