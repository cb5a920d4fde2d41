"""What each deviation costs the other side, measured against the honest round with as many contests."""

from __future__ import annotations

from collections.abc import Iterable

from protocols.games.griefing import Grief, griefs
from protocols.predictions.events import State
from protocols.predictions.paths import GamePath, Role

PARTIES = (Role.CLIENT, Role.PROVIDER)


def measured(paths: Iterable[GamePath]) -> list[Grief]:
    """The deviations of one party alone in walked games of one scenario.

    Each is measured against the first honest game with the same number of contests, all of them proven, so that neither
    the client's random contests nor the provider's 2Z for them pass for harm or gain. Left out: games in which the
    client also worked the answers out itself, and jobs that were never accepted.
    """
    games = list(paths)
    honest: dict[int, GamePath] = {}
    for path in games:
        if not path.strays and path.job.state is State.COMPLETED:
            honest.setdefault(len(path.job.contested), path)
    found = []
    for count, reference in honest.items():
        alike = [path for path in games if len(path.job.contested) == count and not path.off_chain.checked]
        found += griefs(reference, (path for path in alike if path.job.state is not State.EXPIRED), PARTIES)
    return found


def deeds(grief: Grief) -> str:
    """What the deviating party did, without what every game has."""
    own = [did for role, did in grief.path.behaviours[1:] if role == grief.by]
    return "; ".join(did for did in own if not did.startswith("accepts"))
