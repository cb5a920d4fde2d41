"""Paths with common beginnings as one tree, so that a chain plays each shared step once and goes back by snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field

from helpers.chains import put_back

from escrow.chain import Chain
from protocols.accuracy.paths import Path, Step


@dataclass(slots=True)
class Branch:
    """The steps that can follow, and the path that ends here, if one does."""

    following: dict[Step, Branch] = field(default_factory=dict)
    path: Path | None = None

    def forks(self, chain: Chain) -> Iterator[tuple[Step, Branch]]:
        """Each step from here, played on ``chain``, which goes back to this fork before the next one.

        After the last it stays: an earlier fork goes back further, or the whole game is over.
        """
        left = len(self.following)
        for following in self.following.items():
            left -= 1
            with put_back(chain) if left else nullcontext():
                yield following

    @property
    def size(self) -> int:
        """Number of steps in the tree."""
        return sum(1 + branch.size for branch in self.following.values())


def grow(paths: Iterable[Path]) -> Branch:
    """The tree of paths of one scenario; two paths with the same steps are refused."""
    root = Branch()
    for path in paths:
        place = root
        for step in path.steps:
            place = place.following.setdefault(step, Branch())
        if place.path is not None or place.following:
            raise ValueError(f"{path.name} has the same steps as another path")
        place.path = path
    return root
