"""What ``assay simulate`` prints of any game, and the options it can be played with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

PLACEHOLDERS = tuple(f"0x{digit * 40}" for digit in "1234")
"""Accounts of the first party, the second, the verifier, a stranger."""
BURN = "0x000000000000000000000000000000000000dEaD"
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line chose; each game reads what it needs, None is its own default.

    Args:
        batches: proofs that cover the data. target: right answers asked for (accuracy). cap: matches paid for in
            advance (retrieval). questions: K. contests: K1 (predictions).
    """

    batches: int | None = None
    target: int | None = None
    cap: int | None = None
    questions: int | None = None
    contests: int | None = None


class GamePath(Protocol):
    """A walked path of any protocol."""

    @property
    def name(self) -> str: ...
    @property
    def scenario(self) -> Any: ...
    @property
    def job(self) -> Any: ...
    @property
    def payoff(self) -> Mapping[Any, int]: ...


@dataclass(frozen=True, slots=True)
class Simulation:
    """A game that was played out.

    Args:
        title: of the table of paths. setting: what the scenarios differ in, head of the first column. paths: all games
            played. parties: roles whose pay-offs are shown. about: title of the table of deviations.
        deviations: actor, name, what it does, the inequality, and whether it holds in this setting.
    """

    title: str
    setting: str
    paths: Sequence[GamePath]
    parties: tuple[str, ...]
    about: str
    deviations: Sequence[tuple[str, str, str, str, bool]]

    def document(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "paths": [
                {
                    "scenario": path.scenario.name,
                    "path": path.name,
                    "ending": path.job.state.name.lower(),
                    "payoff_wei": {str(role): amount for role, amount in path.payoff.items()},
                }
                for path in self.paths
            ],
            "inequalities": [
                {"deviation": name, "inequality": inequality, "holds": holds}
                for _, name, _, inequality, holds in self.deviations
            ],
        }


def judged(deviations: Iterable[Any], stakes: Any) -> list[tuple[str, str, str, str, bool]]:
    """The deviations of a protocol with the verdict at ``stakes``."""
    return [(item.actor.value, item.name, item.does, item.inequality, item.deterred(stakes)) for item in deviations]
