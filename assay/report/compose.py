"""Putting a page together from what was gathered."""

from __future__ import annotations

from collections.abc import Sequence

from assay import __version__
from assay.report.appendix import appendix
from assay.report.blocks import BAD, Block, Code, Facts, Page, Section, Text, Value
from assay.report.exchange import Exchange
from assay.report.exchange_sections import exchange_banner, exchange_sections
from assay.report.proof_sections import proof_banner, proof_sections
from assay.report.results import kind_of
from assay.report.timings import Timings
from assay.report.verdicts import Examined
from assay.report.words import hexed

LEAD = "What was proven, what was paid, what it rests on, and who could still lie."


def compose(proofs: Sequence[Examined], exchange: Exchange | None, timings: Timings, stamp: str = "") -> Page:
    """A page about an exchange, about proofs, or about both: the exchange comes first."""
    banners = [exchange_banner(exchange)] if exchange is not None else []
    sections = list(exchange_sections(exchange)) if exchange is not None else []
    for place, found in enumerate(proofs, 1):
        mark = f"proof-{place}-" if len(proofs) > 1 else "proof-"
        banners.append(proof_banner(found))
        added = list(proof_sections(found, mark, timings))
        if exchange is not None:
            added.insert(0, _tie(found, exchange, mark))
        if len(proofs) > 1:
            added = [_numbered(section, place) for section in added]
        sections += added
    banners.sort(key=lambda banner: banner.level != BAD)
    sections.append(appendix(proofs, exchange, __version__))
    return Page(_title(proofs, exchange), LEAD, tuple(banners), tuple(sections), stamp)


def _title(proofs: Sequence[Examined], exchange: Exchange | None) -> str:
    if exchange is not None:
        return f"{exchange.kind.name.capitalize()}: an exchange on a chain"
    kinds = list(dict.fromkeys(kind_of(found) for found in proofs))
    return f"{' and '.join(kinds).capitalize()}: proof off the chain"


def _numbered(section: Section, place: int) -> Section:
    return Section(section.name, f"Proof {place}: {section.title}", section.blocks, section.parts)


def _tie(found: Examined, exchange: Exchange, mark: str) -> Section:
    """Whether a proof is about this very job: model, and the tag it would be bound to."""
    blocks: tuple[Block, ...] = (Text("The file is no readable proof, so it is about nothing."),)
    if found.bundle is not None:
        statement, tag = found.bundle.statement, exchange.reading.status.tag
        model = getattr(statement, "model", None)
        rows: tuple[tuple[str, Value], ...] = (
            ("Bound to this job", "yes" if statement.context == tag else "NO: made for another occasion"),
            ("The job's tag", Code(hexed(tag))),
            ("The proof's context", Code(hexed(statement.context))),
            ("Same model id as the terms", "yes" if model == exchange.reading.terms.model_id else "NO"),
        )
        blocks = (Facts(rows),)
    return Section(f"{mark}tie", "Is the proof about this job?", blocks)
