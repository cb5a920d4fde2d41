"""Whether an accepted proof is about the very job it is shown beside: its model, its occasion and its data."""

from __future__ import annotations

from dataclasses import dataclass

from assay.report.blocks import BAD, Banner, Block, Code, Facts, Notice, Section, Text, Value
from assay.report.exchange import Exchange
from assay.report.verdicts import Examined
from assay.report.words import hexed

_DATA = ("data_root", "corpus_root")
_UNBOUND = "The proof is sound, but it is not about this job: it says nothing about what was paid for here."


@dataclass(frozen=True, slots=True)
class Tie:
    """One thing a proof and a job must have in common; both values are public.

    Args:
        what: the thing. other: what is to be said where it differs. proven: the proof's. agreed: the job's.
    """

    what: str
    other: str
    proven: bytes
    agreed: bytes

    @property
    def holds(self) -> bool:
        """Whether the two are the same."""
        return self.proven == self.agreed


def ties_of(found: Examined, exchange: Exchange) -> tuple[Tie, ...]:
    """What ties an accepted proof to the job; empty for one that was not accepted, which is about nothing.

    A proof about a model or data in the open has no commitment of them, and so is of another model and other data. A
    prediction round names no data.
    """
    if not found.accepted or found.bundle is None:
        return ()
    statement, terms = found.bundle.statement, exchange.reading.terms
    roots = [getattr(terms, name) for name in _DATA if hasattr(terms, name)]
    model, data = getattr(statement, "model", b""), getattr(statement, "data", b"")
    return (
        Tie("occasion", "made for another occasion", statement.context, exchange.reading.status.tag),
        Tie("model", "of another model", model, terms.model_id),
        *(Tie("data", "about other data", data, root) for root in roots),
    )


def bound_to_job(found: Examined, exchange: Exchange) -> bool:
    """Whether a proof is accepted and about this job in everything."""
    ties = ties_of(found, exchange)
    return bool(ties) and all(tie.holds for tie in ties)


def tie_banner(found: Examined, exchange: Exchange) -> Banner | None:
    """Said in large letters of an accepted proof about something else; None of any other."""
    broken = [tie.other for tie in ties_of(found, exchange) if not tie.holds]
    if not broken:
        return None
    return Banner(BAD, "NOT ABOUT THIS JOB", found.files[0].name, f"Accepted, but {', '.join(broken)}. {_UNBOUND}")


def tie_section(found: Examined, exchange: Exchange, mark: str) -> Section | None:
    """The comparison in full; None of a proof that was not accepted."""
    ties = ties_of(found, exchange)
    if not ties:
        return None
    rows: list[tuple[str, Value]] = []
    for tie in ties:
        rows += [
            (f"Same {tie.what} as the job", "yes" if tie.holds else f"NO: {tie.other}"),
            (f"The job's {tie.what}", Code(hexed(tie.agreed))),
            (f"The proof's {tie.what}", Code(hexed(tie.proven)) if tie.proven else "not committed: in the open"),
        ]
    blocks: list[Block] = [Facts(tuple(rows))]
    if not all(tie.holds for tie in ties):
        blocks.insert(0, Notice(BAD, "Not about this job", _UNBOUND))
    if all(tie.what != "data" for tie in ties):
        blocks.append(Text("A job of this kind names no data, so the proof's data were not compared."))
    return Section(f"{mark}tie", "Is the proof about this job?", tuple(blocks))
