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

LOG_COLUMNS, PROOFS = 10, 8
LOG_HIDING, BLOCK, TOO_MANY = 9, 1 << 9, 6
REPEATS = 5


def main() -> None:
    """Integrity proofs, repeated ones, and proofs that hide, within their budget and beyond."""
    console, began = Console(width=100), time.monotonic()
    bare = Seller(LOG_COLUMNS)
    console.print(_integrity(bare))
    console.print(_repeated(bare))
    console.print(_hiding(Seller(LOG_HIDING, BLOCK)))
    console.print(f"{time.monotonic() - began:.0f} s")


def _integrity(seller: Seller) -> Table:
    """Proofs of different scores, one after the other."""
    table = _table(
        f"Integrity proofs of different scores, rows of {1 << LOG_COLUMNS}",
        "proofs",
        "columns",
        "of",
        "weights known",
        "logits equal",
    )
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
        "The same of one score: combinations", "proofs", "equations", "rows", "weights known", "logits equal"
    )
    for count in range(1, REPEATS + 1):
        found = combinations_attack(seller, shown[:count])
        known, equal = score(seller, found), same_answers(seller, found)
        table.add_row(str(count), str(4 * count), str(rows), _percent(known.determined), _percent(equal))
    return table


def _hiding(seller: Seller) -> Table:
    """What is shown within the budget, and what would be beyond."""
    fits = ("true", "zero", "shuffled", "one off")
    headings = ("shown", "columns", "leaks", *fits, "known", "right", "correlated")
    table = _table(f"Zero-knowledge proofs, rows of {1 << LOG_HIDING} and blocks of {BLOCK}", *headings)
    for who, system in _systems(seller):
        table.add_row(who, *_cells(hidden_attack(seller, system)))
    zeros = float((seller.truth == 0).mean())
    table.caption = (
        "leaks: equations about a row's weights alone; true ... one off: does the candidate fit what was shown; "
        f"right, correlated: of one solution ({_percent(zeros)} of the weights are 0; by chance 0.02)"
    )
    return table


def _systems(seller: Seller) -> Iterator[tuple[str, Equations]]:
    """Real proofs, more than a seller's commands make, and columns nobody chooses."""
    budget, proofs = openings(LOG_HIDING, BLOCK), seen(seller, TOO_MANY)
    for count, words in ((1, "1 proof"), (budget, f"{budget} proofs, the budget"), (budget + 1, "one proof too many")):
        yield words, equations(proofs[:count], LOG_HIDING, BLOCK)
    yield f"{TOO_MANY} proofs", equations(proofs, LOG_HIDING, BLOCK)
    generator = np.random.default_rng(5)
    beyond: Sequence[tuple[str, list[int]]] = (
        ("B - 1 columns", some(generator, LOG_HIDING, BLOCK - 1)),
        ("B columns", some(generator, LOG_HIDING, BLOCK)),
        ("B columns, chosen badly", uncovered(generator, LOG_HIDING, BLOCK)),
        ("B + 1 columns", some(generator, LOG_HIDING, BLOCK + 1)),
    )
    for who, asked in beyond:
        yield who, equations_at(asked, seller.columns(asked), LOG_HIDING, BLOCK)


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
