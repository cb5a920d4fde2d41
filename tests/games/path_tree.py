"""Paths with common beginnings as one tree, so that a chain plays each shared step once and goes back by snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from protocols.accuracy.paths import Path, Step


@dataclass(slots=True)
class Branch:
    """The steps that can follow, and the path that ends here, if one does."""

    following: dict[Step, Branch] = field(default_factory=dict)
    path: Path | None = None

    def __iter__(self) -> Iterator[tuple[Step, Branch]]:
        return iter(self.following.items())

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
